"""A business day beside WeChat's bills: compared as a whole, its fees and bank moves booked, its differences kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.bills import ABOUT_MIDNIGHT, BillKind, ready_at
from domain.clock import day_span
from domain.errors import NotFound
from domain.reconciliations import DayState, Source
from models import (
    BillFile,
    Difference,
    Incident,
    Reconciliation,
    insert_for,
)
from models.bills import BillState
from services import bill_comparison, bill_funds, bill_postings, bills, day_figures, differences

#: How soon a worker comes back to a day: it died over it, a fee waits for the sponsor, something is still open.
LEASE = timedelta(minutes=30)
FEE_WAITS = timedelta(hours=1)
STILL_OPEN = timedelta(days=1)
#: Days after which an open difference is left to its incident alone.
LOOKED_AT_FOR = timedelta(days=14)
#: Differences shown of one day; all of them are kept.
SHOWN = 1_000

#: Differences that follow from the bills; those with the bank are looked for when a statement is brought.
_OF_BILLS = (Difference.source.in_((Source.TRADE, Source.FUND)),)


@dataclass(frozen=True, slots=True)
class ShownDifference:
    """A difference with the incident it opened, if there is one."""

    difference: Difference
    incident: Incident | None


@dataclass(frozen=True, slots=True)
class ShownDay:
    """A day as officers see it; `state` follows its incidents."""

    row: Reconciliation
    state: DayState
    missing: Sequence[BillKind]
    differences: Sequence[ShownDifference]


def begin(session: Session, day: date, now: datetime) -> None:
    """Have a row for a day, so that whoever reconciles it can lock it."""
    session.execute(
        insert_for(session.get_bind().dialect.name, Reconciliation)
        .values(day=day, state=DayState.WAITING, look_again_at=now, runs=0, figures={})
        .on_conflict_do_nothing(index_elements=["day"])
    )


def claim_due(session: Session, now: datetime, most: int = 3) -> list[date]:
    """Days to be gone through now, oldest first; each is put off first, so that no other worker takes it."""
    complete = (
        sa.select(BillFile.day)
        .where(~sa.exists().where(Reconciliation.day == BillFile.day))
        .group_by(BillFile.day)
        .having(sa.func.sum(sa.case((BillFile.state == BillState.FETCHED, 1), else_=0)) == len(BillKind))
    )
    for day in session.scalars(complete).all():
        begin(session, day, now)
    rows = session.scalars(
        sa.select(Reconciliation)
        .where(Reconciliation.look_again_at <= now)
        .order_by(Reconciliation.day)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        row.look_again_at = now + LEASE
    session.flush()
    return [row.day for row in rows]


def conclude(session: Session, day: date, now: datetime) -> Reconciliation:
    """Compare a day both ways, book its fees and bank moves once, keep the differences, and open their incidents.

    The same day again changes nothing that has not changed at one of the sides. Without all its bills it waits.
    """
    row = session.get_one(Reconciliation, day, with_for_update=True, populate_existing=True)
    if bills.missing_of(session, day):
        row.state, row.look_again_at = DayState.WAITING, max(ready_at(day), now + LEASE)
        session.flush()
        return row
    _, end = day_span(day, day)
    tomorrow_is_in = not bills.missing_of(session, day + timedelta(days=1))
    until = end if tomorrow_is_in else end - ABOUT_MIDNIGHT
    fees = bill_funds.fees_of(session, day)
    row.fee_fen, row.fee_returned_fen = fees.taken_fen, fees.returned_fen
    funds = bill_funds.compare(session, day, fees, until, now)
    fee_booked = bill_postings.book_fees(session, row, now)
    moved_fen, unmoved = bill_postings.book_bank_moves(session, day, now)
    found = [
        *bill_comparison.payments(session, day, until),
        *bill_comparison.refunds(session, day, until),
        *bill_funds.fee_total(session, day, fees),
        *funds.found,
        *unmoved,
    ]
    differences.replace(session, found, now, *_OF_BILLS, Difference.day == day)
    row.figures = day_figures.of_day(session, day, fees, funds.figures, moved_fen)
    row.state = DayState.DIFFERS if _open_incidents(session, day) or not fee_booked else DayState.BALANCED
    row.reconciled_at, row.runs = now, row.runs + 1
    undecided = funds.undecided or not tomorrow_is_in or bill_comparison.refunds_under_way(session, day)
    row.look_again_at = _look_again(row, now, fee_booked, undecided)
    session.flush()
    return row


def _look_again(row: Reconciliation, now: datetime, fee_booked: bool, undecided: bool) -> datetime | None:
    if not fee_booked:
        return now + FEE_WAITS
    if undecided and now < ready_at(row.day) + LOOKED_AT_FOR:
        # The next day's bills decide what happened about midnight.
        return max(ready_at(row.day + timedelta(days=1)) + LEASE, now + FEE_WAITS)
    if row.state is DayState.DIFFERS and now < ready_at(row.day) + LOOKED_AT_FOR:
        return now + STILL_OPEN
    return None


def _incident_of() -> sa.ColumnElement[bool]:
    return sa.and_(Incident.kind == Difference.incident, Incident.subject == Difference.subject)


def _open_incidents(session: Session, day: date) -> int:
    statement = (
        sa.select(sa.func.count())
        .select_from(Difference)
        .join(Incident, _incident_of())
        .where(Difference.day == day, Incident.resolved_at.is_(None))
    )
    return session.execute(statement).scalar_one()


def shown(session: Session, day: date) -> ShownDay:
    """A day with its differences and their incidents; raises NotFound for one nobody has begun."""
    row = session.get(Reconciliation, day, populate_existing=True)
    if row is None:
        raise NotFound("reconciliation_not_found")
    newest = sa.select(sa.func.max(Incident.id)).where(_incident_of()).correlate(Difference).scalar_subquery()
    differences = [
        ShownDifference(difference, incident)
        for difference, incident in session.execute(
            sa.select(Difference, Incident)
            .outerjoin(Incident, Incident.id == newest)
            .where(Difference.day == day)
            .order_by(Difference.id)
            .limit(SHOWN)
        )
    ]
    state = row.state
    if state is not DayState.WAITING:
        waits = row.fee_booked_at is None or _open_incidents(session, day)
        state = DayState.DIFFERS if waits else DayState.BALANCED
    return ShownDay(row, state, bills.missing_of(session, day), differences)
