"""Days to reconcile: a simulated WeChat without the orders of other tests, and the morning after."""

from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask

from domain.bills import ready_at
from domain.clock import business_day
from flows.reconciliations import reconcile
from flows.running import EXTENSION, Running
from models import Difference, Incident, Posting, Reconciliation, database, transaction
from services import ledger, sponsor
from services.reconciliations import shown
from tests.support.clock import START, SteppingClock

DAY = business_day(START)
#: The tables of what the simulated WeChat did for us, those first that point to others.
WECHAT_BOOKS = ("complaints", "shipments", "prepays", "refunds", "orders", "funds", "transfers", "outcomes")
#: What the sponsor pays in where a test is not about that.
SPONSOR_FEN = 100_000


def forget_orders(parts: Running) -> None:
    """Empty the books of the simulated WeChat, which all tests of a run share."""
    assert parts.sandbox is not None
    for table in WECHAT_BOOKS:
        parts.sandbox.world.storage.write(f"DELETE FROM {table}")
    parts.sandbox.repair()


def fund_sponsor(app: Flask, fen: int = SPONSOR_FEN) -> None:
    """The sponsor pays in."""
    with app.app_context(), transaction() as session:
        sponsor.pay_in(session, fen, f"PAY-IN-{fen}", START)


def morning_after(clock: SteppingClock, day: date = DAY) -> datetime:
    """Let it be five past ten on the day after."""
    clock.instant = ready_at(day) + timedelta(minutes=5)
    return clock.instant


def go_through(app: Flask, day: date = DAY) -> Reconciliation:
    """Reconcile a day as the command does."""
    with app.app_context():
        parts: Running = app.extensions[EXTENSION]
        return reconcile(parts, day)


def differences(app: Flask, day: date = DAY) -> list[tuple[str, str, str, str | None]]:
    """(source, verdict, subject, incident) of a day."""
    with app.app_context():
        rows = database().scalars(sa.select(Difference).where(Difference.day == day).order_by(Difference.id))
        return [(row.source.value, row.verdict.value, row.subject, row.incident) for row in rows]


def state_of(app: Flask, day: date = DAY) -> str:
    """How a day stands now, as an officer sees it."""
    with app.app_context():
        return shown(database(), day).state.value


def incidents_of(app: Flask) -> list[tuple[str, str, bool]]:
    """(kind, subject, still open) of every incident, oldest first."""
    with app.app_context():
        rows = database().scalars(sa.select(Incident).order_by(Incident.id))
        return [(row.kind, row.subject, row.resolved_at is None) for row in rows]


def balances(app: Flask) -> dict[str, int]:
    """Every account's balance in fen, all households in one."""
    with app.app_context():
        totals: dict[str, int] = {}
        for account, fen in ledger.balances(database()).items():
            name = "households" if account.startswith("household:") else account
            totals[name] = totals.get(name, 0) + fen
        assert sum(totals.values()) == 0
        return totals


def postings(app: Flask, *events: str) -> list[tuple[str, str, str, int, str | None]]:
    """(event, source, destination, fen, reference) of postings, oldest first."""
    with app.app_context():
        rows = database().scalars(sa.select(Posting).where(Posting.event.in_(events)).order_by(Posting.id))
        return [(row.event.value, row.source, row.destination, row.amount_fen, row.reference) for row in rows]


def everything(app: Flask) -> dict[str, list[Any]]:
    """Every row that reconciling may touch, to show that going through a day again changes none of them."""
    with app.app_context():
        session = database()
        return {
            model.__tablename__: [
                tuple(row)
                for row in session.execute(
                    sa.select(
                        *(column for column in model.__table__.columns if column.name not in _COUNTERS)
                    ).order_by(*[column for column in model.__table__.columns if column.name in _KEYS])
                )
            ]
            for model in (Posting, Difference, Incident, Reconciliation)
        }


#: What tells only how often and when a day was looked at.
_COUNTERS = frozenset({"runs", "reconciled_at", "look_again_at", "last_seen_at", "seen", "id"})
_KEYS = frozenset({"day", "subject", "kind", "event", "reference", "order_id", "destination"})
