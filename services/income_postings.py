"""The postings behind a household's figures, one by one, in the order of the book."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.clock import day_span, day_start
from domain.income_flows import HOUSEHOLD_ACCOUNT
from domain.income_periods import Span
from domain.ledger import Event, household
from domain.permissions import OfficerContext
from models import Certificate, Credit, Order, Posting
from models.ledger import PAYOUT_EVENTS
from services.income import household_in_scope
from services.income_flows import MEASURES, flows

#: What stands for another household's account: its number is nobody's business here.
ANOTHER_HOUSEHOLD = "household"


@dataclass(frozen=True, slots=True)
class HouseholdPosting:
    """One posting as it concerns one household; fen, trees and grams with their sign, as they count in a report."""

    id: int
    at: datetime
    event: Event
    source: str
    destination: str
    amount_fen: int
    trees: int
    sink_g: int
    earned_fen: int
    released_fen: int
    paid_fen: int
    order: str | None
    certificate: str | None
    reference: str | None


def postings_of(
    session: Session, officer: OfficerContext, public_id: str, span: Span, *, after: int, limit: int
) -> Sequence[HouseholdPosting]:
    """Up to `limit` postings beyond an id, in the order of the book; raises NotFound outside the officer's region."""
    owner, _ = household_in_scope(session, officer, public_id)
    conditions = [Posting.id > after, Posting.id.in_(sa.select(_concerning(owner.id).c.id))]
    if span.first is not None:
        conditions.append(Posting.posted_at >= day_start(span.first))
    if span.last is not None:
        conditions.append(Posting.posted_at < day_span(span.last, span.last)[1])
    moved = flows(*conditions)
    rows = session.execute(
        sa.select(
            Posting,
            *(moved.c[name] for name in MEASURES),
            Order.number.label("order_number"),
            Certificate.serial,
        )
        .join(moved, moved.c.id == Posting.id)
        .outerjoin(Order, Order.id == Posting.order_id)
        .outerjoin(Certificate, Certificate.id == Posting.certificate_id)
        .where(moved.c.household_id == owner.id)
        .order_by(Posting.id)
        .limit(limit)
    )
    mine = household(owner.id)
    return [
        HouseholdPosting(
            id=row.Posting.id,
            at=row.Posting.posted_at,
            event=row.Posting.event,
            source=_account(row.Posting.source, mine, public_id),
            destination=_account(row.Posting.destination, mine, public_id),
            amount_fen=row.Posting.amount_fen,
            **{name: int(row._mapping[name]) for name in MEASURES},
            order=row.order_number,
            certificate=row.serial,
            reference=row.Posting.reference,
        )
        for row in rows
    ]


def _concerning(household_id: int) -> sa.Subquery:
    """The ids of all postings that may concern a household, by the indexes there are: its orders', its payouts'."""
    account = household(household_id)
    # As literals, so that PostgreSQL sees at planning that the partial indexes hold these rows.
    of_payouts = Posting.event.in_(
        sa.bindparam("events", list(PAYOUT_EVENTS), expanding=True, literal_execute=True)
    )
    # A credit that has moved on to another household is not among its own any more; the move names the order.
    orders = sa.union(
        sa.select(Credit.order_id).where(Credit.household_id == household_id),
        sa.select(Posting.order_id).where(
            of_payouts, Posting.source == account, Posting.order_id.is_not(None)
        ),
    ).subquery("orders_of")
    out = sa.select(Posting.reference).where(of_payouts, Posting.source == account)
    return sa.union(
        sa.select(Posting.id).where(
            Posting.order_id.in_(sa.select(orders.c[0])),
            sa.or_(Posting.source == account, Posting.destination == account),
        ),
        sa.select(Posting.id).where(of_payouts, Posting.source == account),
        sa.select(Posting.id).where(of_payouts, Posting.destination == account),
        sa.select(Posting.id).where(of_payouts, Posting.reference.in_(out)),
    ).subquery("concerning")


def _account(name: str, mine: str, public_id: str) -> str:
    if name == mine:
        return f"{HOUSEHOLD_ACCOUNT}{public_id}"
    return ANOTHER_HOUSEHOLD if name.startswith(HOUSEHOLD_ACCOUNT) else name
