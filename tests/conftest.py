"""The test application on both engines: SQLite always, PostgreSQL where the run has one (TEST_DATABASE_URL).

Each test starts from an empty, migrated database. Ask for `client` or `session`, never both: a test that holds the
session while using the client would hide a missing commit. Run on several processes, each has databases of its own.
"""

import gc
import os
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import flask_migrate
import hypothesis
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app import create_app
from blueprints.limits import limiter
from config import Settings
from domain.audit_actions import ACTIONS
from flows.running import EXTENSION, Running
from flows.wiring import wire
from models import AuditEntry
from models.base import database, db
from services import offers
from tests.support.clock import SteppingClock
from tests.support.databases import PostgreSQLDatabase, SQLiteFile, Store
from tests.support.dealing import left_out
from tests.support.keeping import Kept, World
from tests.support.network import close_network
from tests.support.people import make_passwords_quick
from tests.support.postgresql import own_database

# Their assertions are the machine's: one that fails shows what it compared.
pytest.register_assert_rewrite("tests.machine.proof", "tests.machine.programme")

# A machine that others use is late for many reasons, none of which is a fault.
hypothesis.settings.register_profile(
    "danzhu", deadline=None, derandomize=True, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.register_profile("explore", hypothesis.settings.get_profile("danzhu"), derandomize=False)
hypothesis.settings.load_profile("danzhu")

#: The database of this process; whoever starts another process on it reads the same variable.
POSTGRESQL = own_database(os.environ.get("TEST_DATABASE_URL", ""), os.environ.get("PYTEST_XDIST_WORKER", ""))
os.environ["TEST_DATABASE_URL"] = POSTGRESQL
GZIP = b"\x1f\x8b"
ENGINES = ["sqlite", "postgresql"] if POSTGRESQL else ["sqlite"]
#: Where SQLite's file lies: in memory where that can be had, for a commit waits for the disk.
FAST_FOLDER = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --all, which runs the long tests too."""
    parser.addoption("--all", action="store_true", help="run the tests marked long too")


def pytest_collection_finish() -> None:
    """Take what is there for good out of the garbage collector's rounds, as gunicorn.conf.py does."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what takes long, and say so; each case of a table runs on one engine then, and each rule on both."""
    if config.getoption("--all"):
        return
    others = left_out({item.nodeid: engine for item in items if (engine := _engine_of(item))}, ENGINES)
    for item in items:
        mark = item.get_closest_marker("one_engine")
        if item.get_closest_marker("long"):
            item.add_marker(pytest.mark.skip(reason="takes long; bin/test --all runs it"))
        elif (
            (mark.args[0] in ENGINES and mark.args[0] != _engine_of(item)) if mark else item.nodeid in others
        ):
            item.add_marker(pytest.mark.skip(reason="run on one engine; bin/test --all runs it on both"))


def _engine_of(item: pytest.Item) -> str:
    params: dict[str, object] = getattr(item, "callspec").params if hasattr(item, "callspec") else {}  # noqa: B009
    return str(params.get("engine_name", ""))


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name gzip bytes without their time stamp, which would differ from process to process."""
    if isinstance(val, bytes) and val.startswith(GZIP):
        return f"{argname}-gzip-{zlib.crc32(val[8:]):08x}"
    return None


@pytest.fixture(scope="session", autouse=True)
def _closed_network() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        close_network(patch)
        yield


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """Hash passwords quickly: that they are checked is tested everywhere, how long a hash takes in one place."""
    with pytest.MonkeyPatch.context() as patch:
        make_passwords_quick(patch)
        yield


@pytest.fixture(scope="session", autouse=True)
def _acts_are_in_the_table() -> Iterator[None]:
    """What tests/project cannot read from the code, because the act is in a variable."""

    def check(_entry: AuditEntry, _args: object, given: dict[str, object]) -> None:
        assert given["action"] in ACTIONS, f"{given['action']} is missing in domain/audit_actions.py"

    sa.event.listen(AuditEntry, "init", check)
    yield
    sa.event.remove(AuditEntry, "init", check)


@pytest.fixture(scope="session")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for secrets and files, shared by the whole run."""
    return tmp_path_factory.mktemp("instance")


@pytest.fixture(scope="session", params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    """The engine a test runs on."""
    return str(request.param)


@pytest.fixture(scope="session")
def clock() -> SteppingClock:
    """The one clock of the application under test."""
    return SteppingClock()


@pytest.fixture(scope="session")
def applications(instance: Path, clock: SteppingClock) -> Iterator[Callable[[str], tuple[Flask, Store]]]:
    """Gives the application of an engine, made and migrated the first time it is asked for."""
    made: dict[str, tuple[Flask, Store]] = {}
    with ExitStack() as stack:

        def application(engine_name: str) -> tuple[Flask, Store]:
            if engine_name not in made:
                file = stack.enter_context(tempfile.TemporaryDirectory("", "danzhu-tests-", FAST_FOLDER))
                copies = stack.enter_context(tempfile.TemporaryDirectory("", "danzhu-tests-"))
                made[engine_name] = _migrate(
                    engine_name, instance, Path(file) / "danzhu.sqlite3", Path(copies), clock
                )
            return made[engine_name]

        yield application
        for flask_app, _ in made.values():
            with flask_app.app_context():
                db.engine.dispose()


def _migrate(
    engine_name: str, instance: Path, file: Path, copies: Path, clock: SteppingClock
) -> tuple[Flask, Store]:
    url = POSTGRESQL if engine_name == "postgresql" else f"sqlite:///{file}"
    settings = Settings.load({"DATABASE_URL": url, "WEB_CONCURRENCY": "1"}, instance)
    app = create_app(settings, parts=wire(settings, clock))
    app.testing = True
    with app.app_context():
        if engine_name == "postgresql":
            with db.engine.begin() as connection:
                connection.execute(sa.text("DROP SCHEMA public CASCADE"))
                connection.execute(sa.text("CREATE SCHEMA public"))
        flask_migrate.upgrade()
        db.engine.dispose()
    return app, PostgreSQLDatabase() if engine_name == "postgresql" else SQLiteFile(file, copies)


@pytest.fixture(scope="session")
def migrated(engine_name: str, applications: Callable[[str], tuple[Flask, Store]]) -> tuple[Flask, Store]:
    """An application whose database has been migrated from nothing, and what its rows are kept in."""
    return applications(engine_name)


@pytest.fixture(scope="session")
def afresh(migrated: tuple[Flask, Store], clock: SteppingClock) -> Callable[[], Flask]:
    """Gives the application on an empty database, the clock at its usual start, as often as it is asked to."""

    def emptied() -> Flask:
        flask_app, store = migrated
        clock.reset()
        limiter.reset()
        offers.forget()
        with flask_app.app_context():
            store.empty()
        return flask_app

    return emptied


@pytest.fixture
def app(afresh: Callable[[], Flask]) -> Flask:
    """The application on an empty database, the clock at its usual start."""
    return afresh()


@pytest.fixture(scope="session")
def worlds() -> dict[str, dict[str, World]]:
    """What was made so far, by engine and name."""
    return {engine: {} for engine in ENGINES}


@pytest.fixture
def kept(
    app: Flask,
    clock: SteppingClock,
    engine_name: str,
    migrated: tuple[Flask, Store],
    worlds: dict[str, dict[str, World]],
) -> Kept:
    """Brings a world back that an earlier test made: `kept(make_it, session, parts)`, before anything else is made."""
    return Kept(app, clock, migrated[1], worlds[engine_name])


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A database session for tests of rules; commit with `transaction()`."""
    with app.app_context():
        yield database()
        database().rollback()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A signed-out HTTP client."""
    return app.test_client()


@pytest.fixture
def parts(app: Flask) -> Running:
    """The clock, gateways and keys of the application under test."""
    found: Running = app.extensions[EXTENSION]
    return found
