"""Income: what households earned and where that money is, read from the credits and checked by the book."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.clock import business_day
from domain.errors import NotFound
from domain.income import CreditLine, Earnings, LineState, PayoutLine, PayoutState, Statement
from domain.income_periods import Cover, covering
from domain.ledger import Event, household
from domain.masking import officer_name
from domain.permissions import OfficerContext
from domain.regions import contains, village_bounds
from models import Certificate, Credit, Household, Order, Posting, Region, Tree
from models.credits import CreditState
from models.ledger import PAYOUT_EVENTS
from models.trees import TreeState
from services.income_sums import in_one_period, mark, moved
from services.payout_words import said_by

_LINE_STATES = {
    CreditState.OWED: LineState.OWED,
    CreditState.RESERVED: LineState.OWED,
    CreditState.IN_TRANSIT: LineState.IN_TRANSIT,
    CreditState.PAID: LineState.PAID,
    CreditState.CANCELLED: LineState.REFUNDED,
}
_PAYOUT_STATES = {
    Event.BATCH_RELEASED: PayoutState.RELEASED,
    Event.PAYOUT_CONFIRMED: PayoutState.ARRIVED,
    Event.PAYOUT_BOUNCED: PayoutState.BOUNCED,
    Event.PAYOUT_RETURNED: PayoutState.RETURNED,
}
ALL_TIME = covering(None, None)
FIGURES = ("trees_sold", "sink_g", "earned_fen", "in_transit_fen", "paid_fen")


def whole_sum(amount: Any, condition: sa.ColumnElement[bool] | None = None) -> sa.ColumnElement[int]:
    """Sum of whole numbers as a whole number on both engines, over the rows a condition picks."""
    counted = amount if condition is None else sa.case((condition, amount), else_=0)
    return sa.cast(sa.func.sum(counted), sa.BigInteger)


def in_region(scope: str) -> sa.ColumnElement[bool]:
    """The condition that a household lies in a division."""
    return Household.region_code.between(*village_bounds(scope))


def households_in(scope: str) -> sa.Select[int]:
    """The ids of the households in a division."""
    return sa.select(Household.id).where(in_region(scope))


def earnings_by_household(
    cover: Cover = ALL_TIME, owners: sa.Select[int] | None = None, *, seen: int
) -> sa.Subquery:
    """FIGURES, as the book has them, of households in a span; zero, or no row at all, where nothing was earned.

    `seen` is a `services.income_sums.mark` of a moment ago.
    """
    if cover.one_period is not None:
        rows = in_one_period(cover.one_period, owners, seen=seen)
        return sa.select(
            rows.c.household_id,
            rows.c.trees.label("trees_sold"),
            rows.c.sink_g,
            rows.c.earned_fen,
            (rows.c.released_fen - rows.c.paid_fen).label("in_transit_fen"),
            rows.c.paid_fen,
        ).subquery("earnings")
    rows = moved(cover, owners, seen=seen)
    return (
        sa.select(
            rows.c.household_id,
            whole_sum(rows.c.trees).label("trees_sold"),
            whole_sum(rows.c.sink_g).label("sink_g"),
            whole_sum(rows.c.earned_fen).label("earned_fen"),
            whole_sum(rows.c.released_fen - rows.c.paid_fen).label("in_transit_fen"),
            whole_sum(rows.c.paid_fen).label("paid_fen"),
        )
        .group_by(rows.c.household_id)
        .subquery("earnings")
    )


def growing_trees(*conditions: sa.ColumnElement[bool]) -> sa.Subquery:
    """How many growing trees each household has."""
    return (
        sa.select(Tree.household_id, sa.func.count().label("trees"))
        .where(Tree.state == TreeState.GROWING, *conditions)
        .group_by(Tree.household_id)
        .subquery("growing")
    )


def household_in_scope(session: Session, officer: OfficerContext, public_id: str) -> tuple[Household, Region]:
    """A household and where it lives, by public id; raises NotFound alike for a foreign one and for none."""
    found = None
    if public_id.isascii() and public_id.isalnum():
        found = session.execute(
            sa.select(Household, Region)
            .join(Region, Region.code == Household.region_code)
            .where(Household.public_id == public_id)
        ).one_or_none()
    if found is None or not contains(officer.region_code, found[0].region_code):
        raise NotFound("household_not_found")
    return found[0], found[1]


def statement(session: Session, officer: OfficerContext, public_id: str, now: datetime) -> Statement:
    """Everything a household earned and was paid, oldest first; raises NotFound outside the officer's region."""
    owner, region = household_in_scope(session, officer, public_id)
    rows = session.execute(
        sa.select(Credit, Certificate.serial, Order.number)
        .join(Certificate, Certificate.id == Credit.certificate_id)
        .join(Order, Order.id == Credit.order_id)
        .where(Credit.household_id == owner.id)
        .order_by(Credit.id)
    ).all()
    trees = session.scalar(
        sa.select(sa.func.count()).where(Tree.household_id == owner.id, Tree.state == TreeState.GROWING)
    )
    credits = tuple(_credit_line(row.Credit, row.serial, row.number) for row in rows)
    return Statement(
        public_id=owner.public_id,
        number=owner.number,
        name=officer_name(owner.head_name),
        place=region.path,
        as_of=now,
        trees=trees or 0,
        earnings=_added_up(credits),
        ledger_balance_fen=_booked(session, owner.id),
        credits=credits,
        payouts=_payout_lines(session, owner.id),
    )


def _credit_line(credit: Credit, serial: str, order_number: str) -> CreditLine:
    return CreditLine(
        day=business_day(credit.earned_at),
        certificate=serial,
        order=order_number,
        year=credit.year,
        trees=credit.trees,
        sink_g=credit.sink_g,
        amount_fen=credit.amount_fen,
        state=_LINE_STATES[credit.state],
        payable_from=business_day(credit.matures_at),
    )


def _added_up(credits: Sequence[CreditLine]) -> Earnings:
    kept = [line for line in credits if line.state is not LineState.REFUNDED]
    return Earnings(
        trees_sold=sum(line.trees for line in kept),
        sink_g=sum(line.sink_g for line in kept),
        earned_fen=sum(line.amount_fen for line in kept),
        in_transit_fen=sum(line.amount_fen for line in kept if line.state is LineState.IN_TRANSIT),
        paid_fen=sum(line.amount_fen for line in kept if line.state is LineState.PAID),
    )


def _of_payouts() -> sa.ColumnElement[bool]:
    # As literals, so that PostgreSQL sees at planning that the partial indexes hold these rows.
    return Posting.event.in_(
        sa.bindparam("events", list(PAYOUT_EVENTS), expanding=True, literal_execute=True)
    )


def _booked(session: Session, household_id: int) -> int:
    """The household's balance in the book, in fen."""
    rows = moved(ALL_TIME, sa.select(Household.id).where(Household.id == household_id), seen=mark(session))
    return int(session.scalar(sa.select(sa.func.sum(rows.c.earned_fen - rows.c.released_fen))) or 0)


def _payout_lines(session: Session, household_id: int) -> tuple[PayoutLine, ...]:
    """What happened to each payout: what left, what arrived, what came back; the reference holds one together."""
    account = household(household_id)
    columns = (
        Posting.id,
        Posting.posted_at,
        Posting.event,
        Posting.source,
        Posting.destination,
        Posting.amount_fen,
        Posting.reference,
    )
    mine = sa.select(Posting.reference).where(
        _of_payouts(), Posting.source == account, Posting.event == Event.BATCH_RELEASED
    )
    said = said_by(session, household_id)
    rows = session.execute(
        sa.union(
            sa.select(*columns).where(_of_payouts(), Posting.source == account),
            sa.select(*columns).where(_of_payouts(), Posting.destination == account),
            sa.select(*columns).where(_of_payouts(), Posting.reference.in_(mine)),
        ).order_by("id")
    ).all()
    batches = {row.reference: row.destination for row in rows if row.event == Event.BATCH_RELEASED}
    return tuple(
        PayoutLine(
            day=business_day(row.posted_at),
            batch=batches.get(row.reference, row.source).removeprefix("payout:"),
            amount_fen=row.amount_fen,
            state=_PAYOUT_STATES[row.event],
            said=said.get(row.reference, ()) if row.event is Event.BATCH_RELEASED else (),
        )
        for row in rows
        if row.event in _PAYOUT_STATES
    )
