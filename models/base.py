"""The database: its naming rules, how each engine begins, and the one place that commits."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import DeclarativeBase, Session

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of every table."""

    metadata = sa.MetaData(naming_convention=NAMING)


db = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False, "autoflush": False})

#: Milliseconds a SQLite writer waits for its turn before the request becomes a 503.
SQLITE_BUSY_MS = 30_000


def database() -> Session:
    """The session of this request or command."""
    return cast(Session, db.session())


@contextmanager
def transaction() -> Iterator[Session]:
    """Run a block that writes as one transaction: all of it is committed, or none of it.

    On SQLite the write lock is taken at the start, because a read that later turns into a write would lose the race
    with an error instead of waiting; a read that came before (authentication, say) is ended first. PostgreSQL reads
    what is committed at each statement, so there the block simply goes on.
    """
    session = database()
    try:
        if db.engine.dialect.name == "sqlite":
            session.rollback()
            session.connection(execution_options={"write": True})
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise


@contextmanager
def aside(*, writes: bool = False) -> Iterator[Connection]:
    """A short transaction on a connection of its own, beside whatever the caller's session is in the middle of.

    Never inside `transaction()` when it writes: SQLite has one writer, who would wait for itself.
    """
    with db.engine.connect().execution_options(write=writes) as connection, connection.begin():
        yield connection


def end_reading() -> None:
    """End what a read has opened, before somebody outside is asked: nothing is held while we wait for an answer."""
    database().commit()


def prepare_engine(engine: Engine) -> None:
    """Teach one engine our rules for beginning a transaction and its safety settings."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "begin", _sqlite_begin)


def _sqlite_connect(connection: Any, _record: Any) -> None:
    # The driver's own BEGIN comes too late and lets SAVEPOINTs survive a rollback, so we send our own.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "foreign_keys=ON",
        "journal_mode=WAL",
        # We answer WeChat 204 and it never asks again: a commit must be on the disk by then.
        "synchronous=FULL",
        f"busy_timeout={SQLITE_BUSY_MS}",
        "secure_delete=ON",
        "cache_size=-65536",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _sqlite_begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
