"""Starts the web server and the worker, and stops both together; run by bin/run inside .venv.

The application is loaded once, here, and each process begins as a copy of this one: loading takes some two seconds of
a core, and three processes that did it beside each other would have the second start take twice as long.
"""

import gc
import importlib
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from multiprocessing.context import ForkProcess
from pathlib import Path
from threading import Event
from typing import Any

from dotenv import dotenv_values
from gunicorn.app.wsgiapp import WSGIApplication

from bin.children import fork
from config import ConfigError, Settings

ROOT = Path(__file__).resolve().parent.parent
OFFICERS = "surveyor county county2 verifier maker approver approver2 releaser auditor admin admin2"
#: Seconds a child has to finish what it is doing: gunicorn's own grace and a little more.
GRACE_SECONDS = 35
#: Seconds the web server has to answer for the first time.
START_SECONDS = 60


class StartError(Exception):
    """Nothing was started; the message says why and what to do."""


def main() -> int:
    """Prepare, start, wait; returns the exit code of whatever ended first, 0 when asked to stop."""
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    os.chdir(ROOT)
    os.environ |= {k: v for k, v in dotenv_values(".env").items() if v is not None and k not in os.environ}
    try:
        settings = Settings.load(os.environ)
        _check_port(settings)
        # Web server and worker count into one folder, which /metrics adds up.
        counts = settings.instance / "metrics"
        counts.mkdir(parents=True, exist_ok=True)
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(counts)
        prepare = _load()
        _prepare(prepare, settings, stop)
    except (ConfigError, StartError) as error:
        print(error, file=sys.stderr)
        return 0 if stop.is_set() else 2
    children = {"web server": fork("danzhu-web", _serve), "worker": fork("danzhu-worker", prepare.work)}
    try:
        return _watch(children, settings, stop)
    finally:
        _end(children, stop)


def _load() -> Any:
    """Load the application once: loading takes longer than all the rest, and every child begins with it."""
    # What is loaded is there for good, and looking through it again and again takes a fifth of the time.
    gc.disable()
    prepare = importlib.import_module("bin.prepare")
    gc.freeze()
    gc.enable()
    return prepare


def _serve() -> None:
    sys.argv = ["gunicorn", "app:create_app()"]
    WSGIApplication("%(prog)s [OPTIONS] [APP_MODULE]", prog="gunicorn").run()


def _check_port(settings: Settings) -> None:
    host = "0.0.0.0" if settings.production or settings.demo_public else "127.0.0.1"
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, settings.port))
        except OSError as error:
            raise StartError(
                f"Port {settings.port} cannot be used ({error.strerror}). Stop what listens there,"
                f" or choose another: PORT={settings.port + 1} bin/run"
            ) from error


def _prepare(prepare: Any, settings: Settings, stop: Event) -> None:
    """Migrate, load the reference figures, and in demo mode the sample data; each does nothing the second time."""
    child = fork("danzhu-prepare", partial(prepare.main, ["--sample"] if settings.demo else []))
    while child.is_alive():
        if stop.wait(0.05):
            _end({"preparation": child}, stop)
            raise StartError("Stopped before everything was ready; the next start goes on from there.")
    if child.exitcode:
        raise StartError("The database could not be prepared; the lines above say why.")


def _watch(children: Mapping[str, ForkProcess], settings: Settings, stop: Event) -> int:
    announced, give_up = False, time.monotonic() + START_SECONDS
    while not stop.wait(0.1):
        for name, child in children.items():
            if not child.is_alive():
                print(f"The {name} ended by itself ({child.exitcode}); stopping the rest.", file=sys.stderr)
                return _exit_code(child.exitcode or 0)
        if not announced:
            announced = _answers(settings.port)
            if announced:
                _announce(settings)
            elif time.monotonic() > give_up:
                print(f"The web server did not answer within {START_SECONDS} seconds.", file=sys.stderr)
                return 1
    return 0


def _exit_code(code: int) -> int:
    """What a shell would say of it; ending by itself is a failure even where the child saw none."""
    return 128 - code if code < 0 else code or 1


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _announce(settings: Settings) -> None:
    print(f"\nDanzhu 单株 is running on http://127.0.0.1:{settings.port}")
    if settings.demo:
        print("Demo sign-ins: a buyer signs in with the code demo:<any name>;")
        print(
            f"officers ({', '.join(OFFICERS.split())}) with the password {settings.environ['DEMO_PASSWORD']}"
        )
    print("Ctrl-C stops everything.\n", flush=True)


def _end(children: Mapping[str, ForkProcess], stop: Event) -> None:
    """Ask every child to finish, wait, and end what has not; a second Ctrl-C ends the waiting."""
    stop.clear()
    for child in children.values():
        child.terminate()
    give_up = time.monotonic() + GRACE_SECONDS
    while any(child.is_alive() for child in children.values()):
        if stop.wait(0.05) or time.monotonic() > give_up:
            break
    for child in children.values():
        assert child.pid
        with suppress(ProcessLookupError):
            # The whole session of the child, so that nothing it started is left behind.
            os.killpg(child.pid, signal.SIGKILL)
        child.join()


if __name__ == "__main__":
    sys.exit(main())
