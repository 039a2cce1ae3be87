"""The simulator's own memory: one SQLite file that several processes may share."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gateways.wechat.simulator.schema import SCHEMA


class Storage:
    """Connections by thread and process to one file; times in it are whole seconds since 1970."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._local = threading.local()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        self._connection().executescript(f"BEGIN IMMEDIATE; {SCHEMA} COMMIT;")

    def _connection(self) -> sqlite3.Connection:
        local = self._local
        if getattr(local, "pid", None) != os.getpid():
            # A connection must not cross a fork; isolation_level None leaves every BEGIN to us.
            connection = sqlite3.connect(self.path, timeout=30, isolation_level=None)
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA busy_timeout = 30000")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
            local.connection, local.pid = connection, os.getpid()
        return local.connection  # type: ignore[no-any-return]  # threading.local is untyped

    def rows(self, statement: str, *values: object) -> list[sqlite3.Row]:
        """All rows of a query."""
        return self._connection().execute(statement, values).fetchall()

    def row(self, statement: str, *values: object) -> sqlite3.Row | None:
        """The first row of a query, or None."""
        found = self._connection().execute(statement, values).fetchone()
        return found if isinstance(found, sqlite3.Row) else None

    def write(self, statement: str, *values: object) -> int:
        """Run one statement and say how many rows it changed."""
        return self._connection().execute(statement, values).rowcount

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Everything inside happens or nothing does, one writer at a time."""
        connection = self._connection()
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    def close(self) -> None:
        """Close this thread's connection."""
        if getattr(self._local, "pid", None) == os.getpid():
            self._local.connection.close()
            del self._local.pid
