"""GET /metrics, and the measuring of every request."""

import hmac
import time

from flask import Flask, Response, g, request

from domain.errors import Unauthorised
from flows.running import running
from gateways import metrics

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def register_metrics(app: Flask) -> None:
    """Measure every request and serve what was measured."""
    app.before_request(_start)
    app.after_request(_stop)
    app.add_url_rule("/metrics", view_func=show_metrics)


def route_of_request() -> str:
    """The rule that matched, not the path: a path may hold a serial, a code or a name."""
    return request.url_rule.rule if request.url_rule else "unmatched"


def seconds_so_far() -> float:
    """How long this request has been with us."""
    return time.perf_counter() - float(g.get("started", time.perf_counter()))


def show_metrics() -> Response:
    """Counts and times of every process, behind METRICS_TOKEN where one is set; never asks the database."""
    token = running().settings.metrics_token
    if token:
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
            raise Unauthorised("signed_out")
    return Response(metrics.exposition(), content_type=metrics.CONTENT_TYPE)


def _start() -> None:
    g.started = time.perf_counter()


def _stop(response: Response) -> Response:
    method = request.method if request.method in _METHODS else "other"
    metrics.request_answered(method, route_of_request(), response.status_code, seconds_so_far())
    return response
