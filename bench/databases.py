"""The PostgreSQL server of a run, and the databases of its own that it makes there and drops again."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from bin.postgresql import server

#: What we change on a server of our own, beside bin/postgresql.py's settings. fsync, synchronous_commit and
#: full_page_writes stay on, as in production; checkpoints are put far enough apart that a short run meets none.
CHANGED = {
    "max_wal_size": "4GB",
    "checkpoint_timeout": "30min",
    "checkpoint_completion_target": "0.9",
    "autovacuum_naptime": "15s",
    "random_page_cost": "1.1",
}
#: Settings that go into the result, whoever's server it is.
WRITTEN_DOWN = (
    "server_version",
    "fsync",
    "synchronous_commit",
    "full_page_writes",
    "wal_sync_method",
    "shared_buffers",
    "max_connections",
    "commit_delay",
    *CHANGED,
)


@dataclass(frozen=True, slots=True)
class Server:
    """A PostgreSQL server on which we may make databases; `pid` is None where it runs elsewhere."""

    url: sa.URL
    pid: int | None
    settings: dict[str, str]

    def url_of(self, name: str) -> str:
        """The URL of one of its databases."""
        return self.url.set(database=name).render_as_string(hide_password=False)


@contextmanager
def running_server(given: str) -> Iterator[Server]:
    """The server at `given`, or one of our own with fsync on when that is empty; raises bin.postgresql.ServerError."""
    if given:
        yield _look_at(_with_driver(given))
        return
    with server(durable=True) as url:
        found = sa.make_url(url)
        with _connected(found) as connection:
            for name, value in CHANGED.items():
                connection.exec_driver_sql(f"ALTER SYSTEM SET {name} = '{value}'")
            connection.exec_driver_sql("SELECT pg_reload_conf()")
        yield _look_at(found)


@contextmanager
def fresh_database(on: Server, name: str) -> Iterator[str]:
    """The URL of an empty database of this name, dropped when the block ends."""
    with _connected(on.url) as connection:
        connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.exec_driver_sql(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'")
    try:
        yield on.url_of(name)
    finally:
        with _connected(on.url) as connection:
            connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def settle_down(url: str) -> None:
    """Give the planner its statistics and write everything out, so that no run pays for what came before it."""
    with _connected(sa.make_url(url)) as connection:
        connection.exec_driver_sql("VACUUM (ANALYZE)")
        connection.exec_driver_sql("CHECKPOINT")


def _with_driver(url: str) -> sa.URL:
    made = sa.make_url(url.replace("postgres://", "postgresql://", 1))
    return made.set(drivername="postgresql+psycopg")


@contextmanager
def _connected(url: sa.URL) -> Iterator[sa.Connection]:
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        yield connection


def _look_at(url: sa.URL) -> Server:
    with _connected(url) as connection:
        settings = {
            name: str(connection.exec_driver_sql(f"SHOW {name}").scalar_one()) for name in WRITTEN_DOWN
        }
        backend = int(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())
        return Server(url, _postmaster(backend), settings)


def _postmaster(backend: int) -> int | None:
    """The parent of a backend, if both are processes of this machine."""
    try:
        fields = Path(f"/proc/{backend}/stat").read_text("ascii", "replace")
        name, _, rest = fields.partition("(")[2].rpartition(") ")
        return int(rest.split()[1]) if name.startswith("postgres") else None
    except OSError:
        return None
