"""The whole system as bin/run starts it, in a folder of its own: gunicorn, the worker, the simulated WeChat.

python -m tests.browser.serving prepare|serve    with DATABASE_URL, PORT and SITE_FOLDER in the environment
"""

import os
import signal
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Event

from flask import Flask
from flask.cli import ScriptInfo
from gunicorn.app.wsgiapp import WSGIApplication

from app import create_app
from bin.children import end_with_parent, fork
from config import Settings
from flows.running import running
from flows.sample import Extent, load_sample
from jobs.worker import JOBS, work
from models import transaction
from services import sponsor

#: What bin/run loads, but less of it: a quarter of the trees and a quarter of the sales.
EXTENT = Extent(trees_of_a_household=6, orders=64)
#: Fees of whatever a test lets households earn: where they are not covered, nothing is sold to the tests after it.
SPONSOR_FEN = 1_000_000
PASSWORD = "eleven officers, one password"  # of every demo officer
#: A job that comes round within a minute comes so often here: nobody waits for it in a test.
HURRIED_SECONDS = 2
GRACE_SECONDS = 5


def settings(database_url: str, folder: Path, port: int) -> Settings:
    """The settings of the system in a folder, in demo mode."""
    return Settings.load(
        {
            "DATABASE_URL": database_url,
            "PORT": str(port),
            "WEB_CONCURRENCY": "1",
            "DEMO_PASSWORD": PASSWORD,
        },
        folder,
    )


def web() -> Flask:
    """The application for gunicorn, and for the worker."""
    given = os.environ
    return create_app(settings(given["DATABASE_URL"], Path(given["SITE_FOLDER"]), int(given["PORT"])))


def prepare(app: Flask) -> None:
    """Migrate, and load the reference figures and the sample data."""
    for command in (["db", "upgrade"], ["seed"]):
        app.cli.main(args=command, obj=ScriptInfo(create_app=lambda: app), standalone_mode=False)
    with app.app_context():
        load_sample(running(), PASSWORD, EXTENT)
        with transaction() as session:
            sponsor.pay_in(session, SPONSOR_FEN, "BROWSER-PAY-IN", running().clock())


def serve(app: Flask) -> None:
    """Run web server and worker until asked to end, or until one of them has ended by itself."""
    stop = Event()
    hurried = [
        replace(job, every_seconds=min(job.every_seconds, HURRIED_SECONDS))
        if job.every_seconds <= 60
        else job
        for job in JOBS
    ]
    children = [fork("danzhu-web", _gunicorn), fork("danzhu-worker", partial(work, app, hurried, Event()))]
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    while not stop.wait(0.2) and all(child.is_alive() for child in children):
        continue
    for child in children:
        child.terminate()
    for child in children:
        child.join(GRACE_SECONDS)
        child.kill()


def _gunicorn() -> None:
    sys.argv = ["gunicorn", "tests.browser.serving:web()"]
    WSGIApplication("%(prog)s [OPTIONS] [APP_MODULE]", prog="gunicorn").run()


if __name__ == "__main__":
    end_with_parent()
    {"prepare": prepare, "serve": serve}[sys.argv[1]](web())
