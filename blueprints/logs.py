"""One line a request, as JSON: ids and figures, never people, addresses or query strings."""

import logging
import re

from flask import Flask, Response, g, request

from blueprints.metrics import route_of_request, seconds_so_far
from config import Settings
from gateways.log_lines import start_logging

log = logging.getLogger("danzhu.requests")

_SECRET_NAME = re.compile("SECRET|KEY|TOKEN|PASSWORD|DATABASE_URL")
#: Asked every few seconds by machines; worth a line only when they fail.
_QUIET = frozenset({"/healthz", "/readyz", "/metrics"})


def register_logs(app: Flask, settings: Settings) -> None:
    """Write the line once the answer is made."""
    secrets = [value for name, value in settings.environ.items() if _SECRET_NAME.search(name)]
    start_logging(secrets, explain=not settings.production)
    app.after_request(_write)


def actor_kind() -> str:
    """Who asked, as a kind: `officer`, `buyer`, `wechat` or `anybody`."""
    for kind in ("officer", "buyer"):
        if kind in g:
            return kind
    return "wechat" if request.path.startswith("/hooks/") else "anybody"


def _write(response: Response) -> Response:
    route = route_of_request()
    if route in _QUIET and response.status_code < 400:
        return response
    log.info(
        "request",
        extra={
            "request_id": g.get("request_id", ""),
            "method": request.method,
            "route": route,
            "status": response.status_code,
            "ms": round(seconds_so_far() * 1000, 1),
            "bytes": response.content_length,
            "actor": actor_kind(),
        },
    )
    return response
