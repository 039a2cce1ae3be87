"""`flask worker`: runs each job of one table again and again until it is asked to stop.

Jobs claim the rows they work on, so several workers may run beside each other, and a run that fails is simply tried
again the next time.
"""

import logging
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event

import click
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask, current_app
from flask.cli import with_appcontext

from flows.running import running
from gateways import metrics
from jobs import audit_tasks, cleaning_tasks, import_tasks, payout_tasks, tasks, tree_tasks, wechat_tasks
from models import database
from services import incidents

log = logging.getLogger("danzhu.worker")

#: Jobs that run at the same time: a slow answer from WeChat must not hold up the rest.
THREADS = 4


@dataclass(frozen=True, slots=True)
class Job:
    """What to run and how often; `run` has an application context and tells how many things it changed."""

    name: str
    every_seconds: int
    run: Callable[[], int]


def heartbeat() -> int:
    """Say that the worker is alive, and how many incidents wait for a person."""
    waiting = incidents.count_open(database())
    metrics.worker_alive(running().clock().timestamp(), waiting)
    log.info("worker alive", extra={"incidents_open": waiting})
    return 0


JOBS: tuple[Job, ...] = (
    Job("check_uploads", 5, import_tasks.check_uploads),
    Job("clear_imports", 86_400, cleaning_tasks.clear_imports),
    Job("clear_photos", 86_400, tree_tasks.clear_photos),
    Job("deliver_sandbox_notices", 2, tasks.deliver_sandbox_notices),
    Job("fetch_bills", 120, tasks.fetch_bills),
    Job("fetch_complaints", 600, wechat_tasks.fetch_complaints),
    Job("fold_income", 10, tasks.fold_income),
    Job("follow_refunds", 15, tasks.follow_refunds),
    Job("follow_transfers", 15, wechat_tasks.follow_transfers),
    Job("forget_guesses", 86_400, cleaning_tasks.forget_guesses),
    Job("forget_keys", 3600, tasks.forget_keys),
    Job("forget_sign_in_states", 3600, cleaning_tasks.forget_sign_in_states),
    Job("heartbeat", 60, heartbeat),
    Job("lapse_gifts", 600, tasks.lapse_gifts),
    Job("lapse_orders", 60, tasks.lapse_orders),
    Job("make_good_losses", 120, tree_tasks.make_good_losses),
    Job("plan_errands", 30, wechat_tasks.plan_errands),
    Job("reconcile_days", 120, tasks.reconcile_days),
    Job("request_payouts", 10, wechat_tasks.request_payouts),
    Job("review_words", 60, wechat_tasks.review_words),
    Job("run_authorizations", 30, wechat_tasks.run_authorizations),
    Job("run_errands", 15, wechat_tasks.run_errands),
    Job("seal_audit", 60, audit_tasks.seal_audit),
    Job("submit_refunds", 10, tasks.submit_refunds),
    Job("submit_transfers", 10, wechat_tasks.submit_transfers),
    Job("sweep_withdrawn", 300, tasks.sweep_withdrawn),
    Job("sync_payments", 10, tasks.sync_payments),
    Job("watch_payouts", 3600, payout_tasks.watch_payouts),
    Job("watch_sponsor", 60, tasks.watch_sponsor),
    Job("withdraw_unbound", 60, wechat_tasks.withdraw_unbound),
)


def run_job(app: Flask, job: Job) -> bool:
    """Run one job once; a failure is logged and counted, and ends nothing but this run."""
    started, outcome = time.perf_counter(), "failed"
    try:
        with app.app_context():
            changed = job.run()
        outcome = "done"
        if changed:
            log.info("job done", extra={"job": job.name, "changed": changed})
    except Exception:
        log.exception("job failed", extra={"job": job.name})
    metrics.job_ran(job.name, outcome, time.perf_counter() - started)
    return outcome == "done"


def work(app: Flask, jobs: Sequence[Job], stop: Event) -> None:
    """Run every job at once and then at its interval, until `stop` is set; what runs then is finished first."""
    scheduler = BackgroundScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(THREADS)},
        # A job never runs beside itself, and what was missed is made up for by one run.
        job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None},
    )
    for job in jobs:
        scheduler.add_job(
            run_job,
            "interval",
            (app, job),
            seconds=job.every_seconds,
            id=job.name,
            next_run_time=datetime.now(UTC),
        )
    scheduler.start()
    try:
        stop.wait()
    finally:
        scheduler.shutdown(wait=True)


@click.command("worker")
@click.option("--once", is_flag=True, help="Run every job once and end, for a timetable of one's own.")
@with_appcontext
def worker(once: bool) -> None:
    """Do what time brings: lapse, settle, remind. Ends in order on SIGTERM and Ctrl-C."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # threads need the object itself
    if once:
        failed = [job.name for job in JOBS if not run_job(app, job)]
        if failed:
            raise click.ClickException(f"failed: {', '.join(failed)}")
        return
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    log.info("worker started", extra={"jobs": len(JOBS)})
    work(app, JOBS, stop)
    log.info("worker stopped")
