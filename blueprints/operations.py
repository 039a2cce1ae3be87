"""What whoever runs the system needs: health, readiness, request ids, logs, measures, limits and safe headers."""

import re
import secrets

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, Response, current_app, g, jsonify, request
from werkzeug.middleware.proxy_fix import ProxyFix

from blueprints.bodies import register_bodies
from blueprints.headers import register_headers
from blueprints.limits import register_limits
from blueprints.logs import register_logs
from blueprints.metrics import register_metrics
from config import Settings
from domain.errors import Unavailable
from flows.running import running
from models.base import database

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_HEADS = "danzhu-migration-heads"


def register_operations(app: Flask) -> None:
    """Add health checks, and all that happens around every request.

    What is added first runs first before a view and last after it, so a line in the log has the final answer.
    """
    with app.app_context():
        settings = running().settings
    app.before_request(_identify)
    register_logs(app, settings)
    register_metrics(app)
    app.after_request(_stamp)
    register_headers(app)
    register_bodies(app)
    register_limits(app, settings)
    app.add_url_rule("/healthz", view_func=healthz)
    app.add_url_rule("/readyz", view_func=readyz)
    _trust_proxies(app, settings)


def _trust_proxies(app: Flask, settings: Settings) -> None:
    """Believe X-Forwarded-For and -Proto of exactly so many proxies; of none unless told."""
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)  # type: ignore[method-assign]  # as Flask says


def _identify() -> None:
    given = request.headers.get("X-Request-ID", "")
    g.request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)


def _stamp(response: Response) -> Response:
    response.headers["X-Request-ID"] = g.get("request_id", "")
    return response


def healthz() -> Response:
    """The process answers."""
    return jsonify(status="ok")


def readyz() -> Response:
    """The database answers, and has every migration this version needs."""
    found = set(MigrationContext.configure(database().connection()).get_current_heads())
    if found != _wanted_heads():
        raise Unavailable("database_not_migrated")
    return jsonify(status="ok")


def _wanted_heads() -> set[str]:
    """The newest migrations in the tree; read from the disk once."""
    if _HEADS not in current_app.extensions:
        config: Config = current_app.extensions["migrate"].migrate.get_config()
        current_app.extensions[_HEADS] = set(ScriptDirectory.from_config(config).get_heads())
    heads: set[str] = current_app.extensions[_HEADS]
    return heads
