"""Bills fetched and to be fetched: planned a day at a time, claimed by one worker, stored once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.bills import ASK_AGAIN, KEPT_DAYS, MOST_TRIES, BillKind, ready_at
from domain.clock import business_day
from domain.errors import Conflict
from models import BillFile, FundLine, Payment, TradeLine, insert_for, table_of
from models.bills import BillState
from services import incidents

#: Rows of one INSERT; a launch day has a hundred thousand.
CHUNK = 1_000


@dataclass(frozen=True, slots=True)
class FetchedBill:
    """A bill as it came: hash of its bytes (None for a day without one), its totals, and its rows as columns."""

    sha1: str | None
    summary: Mapping[str, object]
    rows: Sequence[Mapping[str, object]]


def plan(session: Session, now: datetime) -> int:
    """Write down every bill that will be wanted up to today's; returns how many were not planned before.

    Goes on after the last day planned. The first time, it begins with the first payment ever asked for, or today.
    """
    today = business_day(now)
    planned = session.scalar(sa.select(sa.func.max(BillFile.day)))
    if planned is not None:
        first = planned + timedelta(days=1)
    else:
        asked_at = session.scalar(sa.select(sa.func.min(Payment.asked_at)))
        first = today if asked_at is None else business_day(asked_at)
    first = max(first, today - timedelta(days=KEPT_DAYS))
    days = [first + timedelta(days=n) for n in range((today - first).days + 1)]
    return sum(plan_day(session, day) for day in days)


def plan_day(session: Session, day: date) -> int:
    """Write down that the bills of a day are wanted; those known already are left as they are."""
    made = session.execute(
        insert_for(session.get_bind().dialect.name, BillFile)
        .values(
            [
                {"day": day, "kind": kind, "state": BillState.DUE, "next_try_at": ready_at(day), "tries": 0}
                for kind in BillKind
            ]
        )
        .on_conflict_do_nothing(index_elements=["day", "kind"])
        .returning(table_of(BillFile).c.id)
    )
    return len(made.all())


def claim_due(session: Session, now: datetime, most: int = 8) -> Sequence[BillFile]:
    """Bills whose turn it is, oldest day first; each is put off first, so that no other worker asks meanwhile."""
    due = session.scalars(
        sa.select(BillFile)
        .where(BillFile.state == BillState.DUE, BillFile.next_try_at <= now)
        .order_by(BillFile.day, BillFile.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()
    _put_off(due, now)
    session.flush()
    return due


def claim_day(session: Session, day: date, now: datetime) -> Sequence[BillFile]:
    """The bills of a day that have not come yet, whether or not it is their turn.

    Raises Conflict("day_not_over") before they can be there, Conflict("day_too_old") for a day WeChat has forgotten.
    """
    if now < ready_at(day):
        raise Conflict("day_not_over", {"day": day.isoformat()}, day=day.isoformat())
    plan_day(session, day)
    due = session.scalars(
        sa.select(BillFile)
        .where(BillFile.day == day, BillFile.state == BillState.DUE)
        .order_by(BillFile.id)
        .with_for_update()
    ).all()
    if due and day < business_day(now) - timedelta(days=KEPT_DAYS):
        raise Conflict(
            "day_too_old", {"day": day.isoformat(), "days": KEPT_DAYS}, day=day.isoformat(), days=KEPT_DAYS
        )
    _put_off(due, now)
    session.flush()
    return due


def _put_off(due: Iterable[BillFile], now: datetime) -> None:
    for file in due:
        file.tries += 1
        file.next_try_at = now + ASK_AGAIN


def note_problem(session: Session, file_id: int, problem: str, *, definite: bool, now: datetime) -> None:
    """Note why a bill could not be had; a person is told of a definite no, or when it was tried too often."""
    file = session.get_one(BillFile, file_id, populate_existing=True)
    file.problem = problem
    if definite or file.tries >= MOST_TRIES:
        incidents.open_incident(
            session,
            kind="bill_missing",
            subject=_subject(file),
            now=now,
            facts={
                "day": file.day.isoformat(),
                "kind": file.kind.value,
                "problem": problem,
                "tries": file.tries,
            },
        )
    session.flush()


def store(session: Session, file_id: int, bill: FetchedBill, now: datetime) -> bool:
    """Keep a bill and its rows; False when another worker has brought it already, and nothing is changed."""
    file = session.execute(
        sa.update(BillFile)
        .where(BillFile.id == file_id, BillFile.state == BillState.DUE)
        .values(
            state=BillState.FETCHED,
            fetched_at=now,
            sha1=bill.sha1,
            row_count=len(bill.rows),
            summary=dict(bill.summary),
            problem=None,
        )
        .returning(BillFile.day, BillFile.kind)
        .execution_options(synchronize_session=False)
    ).first()
    if file is None:
        return False
    table = table_of(TradeLine if file.kind is BillKind.TRADE else FundLine)
    numbered = [{"file_id": file_id, "line": n, **row} for n, row in enumerate(bill.rows, start=1)]
    for start in range(0, len(numbered), CHUNK):
        session.execute(sa.insert(table), numbered[start : start + CHUNK])
    incidents.resolve_gone(
        session, kind="bill_missing", subject=f"bill:{file.day.isoformat()}:{file.kind.value}", now=now
    )
    return True


def missing_of(session: Session, day: date) -> list[BillKind]:
    """The bills of a day that have not come; all of them where none was planned."""
    there = session.scalars(
        sa.select(BillFile.kind).where(BillFile.day == day, BillFile.state == BillState.FETCHED)
    )
    come = set(there)
    return [kind for kind in BillKind if kind not in come]


def _subject(file: BillFile) -> str:
    return f"bill:{file.day.isoformat()}:{file.kind.value}"
