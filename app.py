"""Assembles the application: settings, database, gateways, blueprints and commands. Nobody imports this."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from flask.sessions import SessionInterface
from flask_migrate import Migrate
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from blueprints.api import api_settings, make_api
from blueprints.bodies import RequestInMemory
from blueprints.compression import register_compression
from blueprints.failures import register_failures
from blueprints.operations import register_operations
from blueprints.register import register_blueprints
from blueprints.static_files import register_static_files
from config import Settings
from domain.sealing import Vault
from flows.running import EXTENSION, Running
from flows.wiring import wire
from gateways.wechat.simulator import deliver_to_wsgi
from jobs.commands import register_commands
from models.base import db, prepare_engine
from models.types import use_vault


class NoCookies(SessionInterface):
    """Nobody is remembered by a cookie: who signs in is given a token, which names a row of ours."""

    def open_session(self, app: Flask, request: Any) -> None:
        """Open nothing; Flask's session then refuses to be written to."""


class Application(Flask):
    """Flask without what we have no use for, and would pay for in every request."""

    session_interface = NoCookies()
    request_class = RequestInMemory

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Our functions as they are: none is asynchronous, and Flask would ask twenty of them in each request."""
        return func


def create_app(settings: Settings | None = None, parts: Running | None = None) -> Flask:
    """The WSGI application for the given settings (from the environment when None).

    `parts` replaces the clock, the randomness or the gateways; tests give their own.
    """
    settings = settings or Settings.load()
    app = Application("danzhu", root_path=str(Path(__file__).resolve().parent), static_folder=None)
    # Chinese in an answer is for people to read, also in a terminal.
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # the default provider's own switch
    app.config.update(
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings),
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=settings.max_body_bytes,
        **api_settings(),
    )
    use_vault(Vault.from_text(settings.data_keys, settings.index_key))
    db.init_app(app)
    Migrate(app, db, render_as_batch=False)
    with app.app_context():
        prepare_engine(db.engine)
    app.extensions[EXTENSION] = parts or wire(settings)
    register_failures(app)
    register_operations(app)
    register_compression(app)
    register_static_files(app)
    register_blueprints(app, make_api(app))
    register_commands(app)
    sandbox = app.extensions[EXTENSION].sandbox
    if sandbox is not None:
        # Its notices call our own hook in process: a lone worker would otherwise wait for itself.
        sandbox.deliver_through(deliver_to_wsgi(app.wsgi_app))
        app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {"/sandbox": sandbox.app})  # type: ignore[method-assign]  # as Flask says
    return app


def engine_options(settings: Settings) -> dict[str, object]:
    """Pool and driver options of the engine behind `settings.database_url`."""
    # A failed statement is reported without its values: they may be about people.
    if settings.database_url.startswith("sqlite"):
        return {"hide_parameters": True, "connect_args": {"check_same_thread": False}}
    return {
        "hide_parameters": True,
        "pool_size": 8,
        "max_overflow": 4,
        "pool_timeout": 10,
        "pool_pre_ping": False,
        "pool_recycle": 1800,
        # Statements are prepared the second time they are seen: without that PostgreSQL plans each one anew.
        "connect_args": {"prepare_threshold": 1, "connect_timeout": 5},
    }
