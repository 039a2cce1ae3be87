"""What runs in processes of their own, to be killed: the web server's application, and a worker that is started anew.

The clock goes on from where the test says, so that both sides agree on the time whatever the day is. A test may also
say in a file where in its next request the web server kills itself with SIGKILL: `{"passings": n}` at the n-th place
(from 0 on) among statements that write, COMMITs, and COMMITs that have been answered; `{"before": "INSERT INTO x"}` as
it sends that statement; with `"careless": true` after a COMMIT of what there is so far.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app import create_app
from config import Settings
from flows.wiring import wire
from jobs.worker import JOBS, work


def shifted(began: float, start: datetime) -> Callable[[], datetime]:
    """A clock that showed `start` at the second `began` of the real one."""
    return lambda: start + (datetime.now(UTC) - datetime.fromtimestamp(began, UTC))


def web(url: str, instance: str, began: float, start: str, fate: str = "") -> Flask:
    """The application for gunicorn: `tests.faults.serving:web("…", "…", 0.0, "…", "…")`."""
    settings = Settings.load({"DATABASE_URL": url, "WEB_CONCURRENCY": "1"}, Path(instance))
    app = create_app(settings, parts=wire(settings, shifted(began, datetime.fromisoformat(start))))
    if fate:
        make_mortal(app, Path(fate))
    return app


def make_mortal(app: Flask, fate: Path) -> None:
    """Let the process kill itself in the next request once a file says where; the file is taken away by that."""
    planned: dict[str, Any] = {}

    def read() -> None:
        planned.clear()
        if fate.exists():
            planned.update(json.loads(fate.read_text()))

    def die(connection: sa.Connection | None = None) -> None:
        fate.unlink()
        if planned.get("careless") and connection is not None:
            connection.connection.commit()
        os.kill(os.getpid(), signal.SIGKILL)

    def passes(*_: object) -> None:
        if "passings" in planned:
            if planned["passings"] == 0:
                die()
            planned["passings"] -= 1

    def sends(connection: sa.Connection, _cursor: object, statement: str, *_: object) -> None:
        if "before" in planned and statement.startswith(planned["before"]):
            die(connection)
        if statement.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE", "WITH")):
            passes()

    app.before_request(read)
    sa.event.listen(sa.Engine, "before_cursor_execute", sends)
    sa.event.listen(Session, "before_commit", passes)
    sa.event.listen(Session, "after_commit", passes)


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
