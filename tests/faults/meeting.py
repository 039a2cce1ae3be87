"""Makes transactions meet where a test wants them to: one holds rows, others are seen to wait for them."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from flask import Flask

from models import Lane, Order, PayoutBatch, database, db, transaction

PATIENCE_SECONDS = 20.0
_WAITING = sa.text("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted")


@contextmanager
def lanes_held(app: Flask) -> Iterator[None]:
    """Hold every lane, as a purchase does that takes from all households; on SQLite that is the write lock."""
    with app.app_context(), transaction() as session:
        session.execute(sa.select(Lane.id).order_by(Lane.id).with_for_update()).all()
        yield


@contextmanager
def order_held(app: Flask, number: str) -> Iterator[None]:
    """Hold one order's row, as settling does; on SQLite that is the write lock."""
    with app.app_context(), transaction() as session:
        session.execute(sa.select(Order.id).where(Order.number == number).with_for_update()).one()
        yield


@contextmanager
def batch_held(app: Flask, batch_id: int) -> Iterator[None]:
    """Hold one payout batch's row, as deciding about it does; on SQLite that is the write lock."""
    with app.app_context(), transaction() as session:
        held = sa.select(PayoutBatch.id).where(PayoutBatch.id == batch_id)
        session.execute(held.with_for_update()).one()
        yield


def wait_until_waiting(app: Flask, transactions: int) -> None:
    """Return once so many transactions wait for a lock of another one.

    SQLite has one lock and lets nobody see who waits for it: there everybody is simply given a moment to arrive.
    """
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            time.sleep(0.1)
            return
        deadline = time.monotonic() + PATIENCE_SECONDS
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            while connection.scalar(_WAITING) < transactions:
                assert time.monotonic() < deadline, "nobody waits"
                time.sleep(0.005)


def engine_is_postgresql(app: Flask) -> bool:
    """Whether the application under test runs on PostgreSQL."""
    with app.app_context():
        return bool(database().get_bind().dialect.name == "postgresql")
