"""What runs in processes of their own, to be killed: the web server's application, and a worker that is started anew.

The clock goes on from where the test says, so that both sides agree on the time whatever the day is.
"""

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from flask import Flask

from app import create_app
from config import Settings
from flows.wiring import wire
from jobs.worker import JOBS, work


def shifted(began: float, start: datetime) -> Callable[[], datetime]:
    """A clock that showed `start` at the second `began` of the real one."""
    return lambda: start + (datetime.now(UTC) - datetime.fromtimestamp(began, UTC))


def web(url: str, instance: str, began: float, start: str) -> Flask:
    """The application for gunicorn: `tests.faults.serving:web("…", "…", 0.0, "…")`."""
    settings = Settings.load({"DATABASE_URL": url, "WEB_CONCURRENCY": "1"}, Path(instance))
    return create_app(settings, parts=wire(settings, shifted(began, datetime.fromisoformat(start))))


def keep_working(app: Flask) -> None:
    """Run a worker as a child, and another whenever it dies; every job comes round each second. Never returns."""
    hurried = [replace(job, every_seconds=1) for job in JOBS]
    while True:
        child = os.fork()
        if child == 0:
            work(app, hurried, Event())
        os.waitpid(child, 0)


if __name__ == "__main__":
    keep_working(web(sys.argv[1], sys.argv[2], float(sys.argv[3]), sys.argv[4]))
