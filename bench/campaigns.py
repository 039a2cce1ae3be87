"""A generated campaign in a fresh database: what the cases play on that look at a whole programme."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from app import create_app
from bench.databases import Server, fresh_database, settle_down
from bench.stage import migrate, settings_of
from bench.wechat import Merchant
from config import Settings
from domain.campaign import Campaign
from flows.campaign import generate
from flows.running import EXTENSION
from models import database, db


@dataclass(frozen=True, slots=True)
class Written:
    """The database, the application on it, the environment of a web server on it, and seconds it took to write."""

    url: str
    app: Flask
    environ: dict[str, str]
    log: Path
    seconds: float


@contextmanager
def written(
    server: Server, place: Path, campaign: Campaign, say: Callable[[str], None], **settings: str
) -> Iterator[Written]:
    """The campaign, written until the block ends, with `settings` of its own; raises bench.stage.StageError."""
    place.mkdir()
    with fresh_database(server, "danzhu_bench_campaign") as url:
        say(f"Writing {campaign.trees:,} trees of {campaign.households:,} households ...")
        environ = {**settings_of(url, Merchant(), place), **settings}
        migrate(environ)
        app = create_app(Settings.load(environ, place / "instance"))
        began = time.monotonic()
        with app.app_context():
            generate(app.extensions[EXTENSION], campaign, lambda _: None)
        seconds = time.monotonic() - began
        settle_down(url)
        try:
            yield Written(url, app, environ, place / "web.log", seconds)
        finally:
            with app.app_context():
                database().close()
                db.engine.dispose()
