"""The database of a run on each engine: emptied before every test, filled again with rows that were copied.

Used in the application's context, while nobody is in the middle of a transaction.
"""

import itertools
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from models.base import Base, db


class Store(Protocol):
    """What tests keep their rows in."""

    def empty(self) -> None:
        """Leave no row."""

    def copy(self) -> Any:
        """The rows as they are."""

    def fill(self, copied: Any) -> None:
        """Bring copied rows back, where there are none."""


class SQLiteFile:
    """A migrated file; each copy is a file too, in a folder of theirs."""

    def __init__(self, file: Path, copies: Path) -> None:
        self._file = file
        self._names = (copies / f"{n}.sqlite3" for n in itertools.count())
        self.migrated = self.copy()

    def empty(self) -> None:
        """Leave no row."""
        self.fill(self.migrated)

    def copy(self) -> Path:
        """The rows as they are."""
        copied = next(self._names)
        with closing(sqlite3.connect(self._file)) as source, closing(sqlite3.connect(copied)) as target:
            source.backup(target)
        return copied

    def fill(self, copied: Path) -> None:
        """Bring copied rows back, in the place of those there are."""
        db.engine.dispose()
        for left in ("-wal", "-shm"):
            self._file.with_name(self._file.name + left).unlink(missing_ok=True)
        shutil.copyfile(copied, self._file)


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows by table, as COPY writes them, and the statement that sets the counters."""

    tables: dict[str, bytes]
    counters: str


class PostgreSQLDatabase:
    """A migrated database on a server; what is copied is kept by us."""

    def empty(self) -> None:
        """Leave no row."""
        with _past_triggers() as connection:
            deletes = [f"DELETE FROM {table}" for table in filled(connection)]
            # Numbers begin at 1 in every test, as they do in the copy of an empty SQLite file.
            counters = "SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'"
            # All at once, because this happens before every test.
            connection.exec_driver_sql(";".join([*deletes, counters]))

    def copy(self) -> Rows:
        """The rows as they are."""
        with db.engine.begin() as connection:
            used = connection.exec_driver_sql(
                "SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL"
            )
            counters = ", ".join(f"setval('{name}', {value})" for name, value in used)
            return Rows(
                {table: _written(connection, table) for table in filled(connection)}, f"SELECT {counters}"
            )

    def fill(self, copied: Rows) -> None:
        """Bring copied rows back, where there are none."""
        with _past_triggers() as connection:
            cursor = connection.connection.cursor()
            for table, rows in copied.tables.items():
                with cursor.copy(f"COPY {table} FROM STDIN (FORMAT binary)") as copy:
                    copy.write(rows)
            connection.exec_driver_sql(copied.counters)


@contextmanager
def _past_triggers() -> Iterator[Connection]:
    with db.engine.begin() as connection:
        # A transaction some test left open should fail the next one, not stop the run. As a replica the server does
        # not run triggers, so append-only tables can be emptied too.
        connection.exec_driver_sql(
            "SET LOCAL lock_timeout = '20s'; SET LOCAL session_replication_role = replica"
        )
        yield connection


def _written(connection: Connection, table: str) -> bytes:
    with connection.connection.cursor().copy(f"COPY {table} TO STDOUT (FORMAT binary)") as copy:
        return b"".join(bytes(part) for part in copy)


def filled(connection: Connection) -> list[str]:
    """The tables that have rows, those first that point to others."""
    found = connection.execute(_which_are_filled()).one()
    return [table.name for table, has_rows in zip(_tables(), found, strict=True) if has_rows]


@cache
def _tables() -> list[sa.Table]:
    return list(reversed(Base.metadata.sorted_tables))


@cache
def _which_are_filled() -> sa.Select[*tuple[bool, ...]]:
    return sa.select(*(sa.exists(sa.select(table)).label(table.name) for table in _tables()))
