"""The simulator runs alone on a port, and never in production."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from flask import Flask

from flows.running import EXTENSION, Running

ROOT = Path(__file__).parents[2]
SOON_SECONDS = 30.0


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def _simulator(folder: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "app", "wechat-sim",
         "--port", str(port), "--storage", str(folder / "alone.sqlite3")],
        cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        env={**os.environ, "DATABASE_URL": f"sqlite:///{folder / 'danzhu.sqlite3'}"},
        # A suite that was started in the background ignores Ctrl-C, and so would its children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509  # no thread runs
    )  # fmt: skip
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=SOON_SECONDS)


def _when_up(url: str) -> httpx.Response:
    deadline = time.monotonic() + SOON_SECONDS
    while True:
        try:
            return httpx.get(url)
        except httpx.TransportError:
            assert time.monotonic() < deadline, "the simulator does not answer"
            time.sleep(0.1)


@pytest.mark.long
def test_the_simulator_serves_alone_and_says_where(tmp_path: Path) -> None:
    port = _free_port()
    with _simulator(tmp_path, port) as process:
        verbs = _when_up(f"http://127.0.0.1:{port}/_sim/").json()
        assert process.stdout is not None
        said = process.stdout.readline()
    assert "pay" in verbs
    assert f"http://127.0.0.1:{port}" in said
    assert (tmp_path / "alone.sqlite3.keys.json").stat().st_mode & 0o077 == 0


def test_the_simulator_is_told_where_to_listen(app: Flask) -> None:
    shown = app.test_cli_runner().invoke(args=["wechat-sim", "--help"]).output
    assert all(option in shown for option in ("--host", "--port", "--storage"))


def test_the_simulator_has_no_place_in_production(app: Flask, parts: Running, tmp_path: Path) -> None:
    app.extensions[EXTENSION] = replace(parts, settings=replace(parts.settings, app_env="production"))
    try:
        told = app.test_cli_runner().invoke(args=["wechat-sim", "--storage", str(tmp_path / "a.sqlite3")])
    finally:
        app.extensions[EXTENSION] = parts
    assert told.exit_code == 1
    assert "production" in told.output
    assert not (tmp_path / "a.sqlite3").exists()
