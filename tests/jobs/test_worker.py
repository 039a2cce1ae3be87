"""The worker goes on whatever a job does, and ends in order."""

import logging
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

import pytest
from flask import Flask, current_app
from prometheus_client import REGISTRY

from jobs.worker import JOBS, Job, run_job, work
from models import Incident, transaction
from models.base import db
from services import incidents
from tests.support.clock import SteppingClock
from tests.support.databases import SQLiteFile

ROOT = Path(__file__).parents[2]
SOON = 20


def _runs(job: str, outcome: str) -> float:
    return REGISTRY.get_sample_value("danzhu_job_seconds_count", {"job": job, "outcome": outcome}) or 0


def _fail() -> int:
    raise RuntimeError("no luck")


def test_every_job_has_a_name_of_its_own_and_an_interval() -> None:
    assert len({job.name for job in JOBS}) == len(JOBS)
    assert all(job.every_seconds > 0 for job in JOBS)


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_a_job_finds_nothing_to_do_in_an_empty_database(app: Flask, job: Job) -> None:
    assert run_job(app, job)


def test_a_failure_is_logged_and_counted_and_goes_no_further(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    before = _runs("unlucky", "failed")
    with caplog.at_level(logging.ERROR, "danzhu.worker"):
        assert not run_job(app, Job("unlucky", 1, _fail))
    assert _runs("unlucky", "failed") == before + 1
    assert [vars(record)["job"] for record in caplog.records if record.name == "danzhu.worker"] == ["unlucky"]


def test_a_job_gives_its_connection_back(app: Flask) -> None:
    with app.app_context():
        pool = db.engine.pool
    run_job(app, Job("asks", 1, lambda: db.session.scalar(db.select(db.func.count(Incident.id)))))
    run_job(
        app,
        Job("asks and fails", 1, lambda: db.session.scalar(db.select(db.func.count(Incident.id))) + _fail()),
    )
    assert pool.checkedout() == 0  # type: ignore[attr-defined]  # both engines' pools have it


def test_jobs_go_on_after_one_of_them_failed(app: Flask) -> None:
    stop, seen = Event(), []

    def count() -> int:
        seen.append(current_app.name)
        if len(seen) == 3:
            stop.set()
        return _fail()

    worker = Thread(target=work, args=(app, [Job("fails always", 1, _fail), Job("counts", 1, count)], stop))
    worker.start()
    worker.join(SOON)
    assert not worker.is_alive()
    assert seen == ["danzhu"] * 3


def test_a_running_job_is_finished_before_the_worker_ends(app: Flask) -> None:
    stop, begun, finished = Event(), Event(), Event()

    def slow() -> int:
        begun.set()
        stop.wait(SOON)
        time.sleep(0.3)
        finished.set()
        return 1

    worker = Thread(target=work, args=(app, [Job("slow", 60, slow)], stop))
    worker.start()
    assert begun.wait(SOON)
    stop.set()
    worker.join(SOON)
    assert finished.is_set()


def test_the_heartbeat_tells_how_many_incidents_are_open(app: Flask, clock: SteppingClock) -> None:
    with app.app_context(), transaction() as session:
        for order in ("D1", "D2", "D2"):
            incidents.open_incident(session, kind="paid_late", subject=f"order:{order}", now=clock())
    run_job(app, next(job for job in JOBS if job.name == "heartbeat"))
    assert REGISTRY.get_sample_value("danzhu_incidents_open") == 2
    assert REGISTRY.get_sample_value("danzhu_worker_heartbeat") == clock().timestamp()


def test_the_command_runs_every_job_once(app: Flask) -> None:
    before = {job.name: _runs(job.name, "done") for job in JOBS}
    result = app.test_cli_runner().invoke(args=["worker", "--once"])
    assert result.exit_code == 0, result.output
    assert {job.name: _runs(job.name, "done") - before[job.name] for job in JOBS} == dict.fromkeys(before, 1)


#: `flask …` with an instance folder, and so a database, secrets and a simulated WeChat, of its own.
FLASK = """
import sys
from pathlib import Path
from flask.cli import ScriptInfo
from app import create_app
from config import Settings

app = create_app(Settings.load({}, Path(sys.argv[1])))
app.cli.main(args=sys.argv[2:], obj=ScriptInfo(create_app=lambda: app))
"""


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.long)], ids=lambda one: one.name
)
def test_the_command_ends_in_order_when_asked(
    tmp_path: Path, number: signal.Signals, applications: Callable[[str], tuple[Flask, SQLiteFile]]
) -> None:
    _, store = applications("sqlite")
    shutil.copy(store.migrated, tmp_path / "danzhu.sqlite3")
    command = [sys.executable, "-c", FLASK, str(tmp_path), "worker"]
    said = ""
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as child:
        assert child.stderr
        for line in child.stderr:
            said += line
            if "worker alive" in line:
                child.send_signal(number)
    assert child.returncode == 0
    assert '"worker stopped"' in said
