"""What a case plays on: a server, a database with stock and buyers, and the settings of the application."""

import base64
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from subprocess import run

from flask import Flask

from app import create_app
from bench.databases import Server, fresh_database, settle_down
from bench.machine import ROOT
from bench.stock import Size, fill, sign_in_buyers
from bench.wechat import Merchant
from config import Settings
from domain import clock
from domain.signing import key_ring_text, make_key
from models import transaction
from services.programmes import year_on_sale

#: Taken over from the caller, because they are what one may want to compare.
PASSED_ON = ("PATH", "LANG", "LC_ALL", "TMPDIR", "WEB_CONCURRENCY", "WEB_THREADS")


class StageError(Exception):
    """The stage could not be set; the message says why."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What was asked for on the command line."""

    clients: tuple[int, ...]
    seconds: float
    rounds: int
    #: Seconds to wait at most, before each round, for others to leave the machine.
    wait: float
    size: Size


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything a case needs."""

    plan: Plan
    server: Server
    environ: dict[str, str]
    app: Flask
    merchant: Merchant
    tokens: list[str]
    folder: Path


@contextmanager
def prepared(plan: Plan, server: Server, folder: Path) -> Iterator[Stage]:
    """A fresh database of the planned size, migrated, seeded and filled; dropped when the block ends."""
    merchant = Merchant()
    with fresh_database(server, "danzhu_bench") as url:
        environ = settings_of(url, merchant, folder)
        migrate(environ)
        app = create_app(Settings.load(environ, folder / "instance"))
        now = clock.now()
        with app.app_context(), transaction() as session:
            # Long ago enough that no clock finds the stock to come from the future.
            fill(session, plan.size, year=year_on_sale(now), now=now - timedelta(days=1))
            tokens = sign_in_buyers(session, merchant.appid, now)
        settle_down(url)
        yield Stage(plan, server, environ, app, merchant, tokens, folder)


def migrate(environ: dict[str, str]) -> None:
    """Migrate and seed as bin/run does."""
    command = [sys.executable, "-m", "bin.prepare"]
    said = run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    if said.returncode:
        raise StageError(f"the database could not be prepared:\n{said.stdout}{said.stderr}")


def settings_of(url: str, merchant: Merchant, folder: Path) -> dict[str, str]:
    """The environment of the application: no demo, real clock, fresh secrets, a merchant of our own."""
    metrics = folder / "metrics"
    metrics.mkdir(exist_ok=True)
    year = clock.business_day(clock.now()).replace(month=1, day=1)
    return {
        **{name: os.environ[name] for name in PASSED_ON if name in os.environ},
        **merchant.settings(),
        "APP_ENV": "development",
        "DEMO": "0",
        "DEMO_PASSWORD": secrets.token_urlsafe(9),
        "DATABASE_URL": url,
        "SECRET_KEY": secrets.token_urlsafe(32),
        "DATA_KEYS": "1:" + base64.b64encode(secrets.token_bytes(32)).decode(),
        "INDEX_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        "CERTIFICATE_KEYS": key_ring_text([make_key(f"test-{year.year}a", secrets.token_bytes, year)]),
        "METRICS_TOKEN": secrets.token_urlsafe(16),
        "PROMETHEUS_MULTIPROC_DIR": str(metrics),
    }
