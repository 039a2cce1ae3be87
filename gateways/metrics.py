"""What is counted for Prometheus. Functions only, so that callers know nothing of the library.

With PROMETHEUS_MULTIPROC_DIR set (gunicorn.conf.py and bin/run do), every process writes to that folder and
`exposition` adds them up; else a process counts for itself. Labels take their values from short fixed lists,
never from people.
"""

import os

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

CONTENT_TYPE = CONTENT_TYPE_LATEST

_requests = Histogram(
    "danzhu_request_seconds",
    "Requests by method, route and status.",
    ("method", "route", "status"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
_orders_placed = Counter("danzhu_orders_placed", "Orders placed.")
_payments_settled = Counter(
    "danzhu_payments_settled", "Payments heard of, by what became of them.", ("outcome",)
)
_jobs = Histogram(
    "danzhu_job_seconds",
    "Runs of the worker's jobs by outcome.",
    ("job", "outcome"),
    buckets=(0.01, 0.1, 0.5, 1, 5, 30, 120),
)
_heartbeat = Gauge(
    "danzhu_worker_heartbeat", "When the worker last said that it is alive.", multiprocess_mode="max"
)
_incidents = Gauge(
    "danzhu_incidents_open", "Incidents that wait for a person.", multiprocess_mode="mostrecent"
)


def request_answered(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answered request; `route` is the rule, never the path."""
    _requests.labels(method, route, str(status)).observe(seconds)


def order_placed() -> None:
    """Count one order, once its transaction is committed."""
    _orders_placed.inc()


def payment_settled(outcome: str) -> None:
    """Count one payment that was heard of, once its transaction is committed."""
    _payments_settled.labels(outcome).inc()


def job_ran(job: str, outcome: str, seconds: float) -> None:
    """Count one run of a job: `done` or `failed`."""
    _jobs.labels(job, outcome).observe(seconds)


def worker_alive(at_seconds: float, incidents_open: int) -> None:
    """Note that the worker is alive (seconds since 1970) and how many incidents are open."""
    _heartbeat.set(at_seconds)
    _incidents.set(incidents_open)


def exposition() -> bytes:
    """Everything counted so far, by every process, in Prometheus' text form."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the library leaves it untyped
    return generate_latest(registry)
