"""Where the money of a purchase is now: owed to households, paid out to them, or given back to the buyer."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.ledger import Event
from models import Credit, Posting
from models.credits import CreditState


@dataclass(frozen=True, slots=True)
class Trail:
    """Fen of one order by where they are."""

    to_households_fen: int
    paid_out_fen: int
    refunded_fen: int

    def as_dict(self) -> dict[str, int]:
        """The trail as an answer shows it."""
        return asdict(self)


NOTHING = Trail(0, 0, 0)


def of_orders(session: Session, order_ids: Sequence[int]) -> dict[int, Trail]:
    """The trails of these orders by order id, in two statements; an order without money is left out."""
    trails: dict[int, dict[str, int]] = {}
    credits = session.execute(
        sa.select(Credit.order_id, Credit.state, sa.func.sum(Credit.amount_fen))
        .where(Credit.order_id.in_(order_ids), Credit.state != CreditState.CANCELLED)
        .group_by(Credit.order_id, Credit.state)
    )
    for order_id, state, fen in credits:
        trail = trails.setdefault(order_id, NOTHING.as_dict())
        trail["to_households_fen"] += int(fen)
        if state is CreditState.PAID:
            trail["paid_out_fen"] += int(fen)
    refunds = session.execute(
        sa.select(Posting.order_id, sa.func.sum(Posting.amount_fen))
        .where(Posting.order_id.in_(order_ids), Posting.event == Event.REFUND_PAID)
        .group_by(Posting.order_id)
    )
    for refunded_id, fen in refunds:
        assert refunded_id is not None
        trails.setdefault(refunded_id, NOTHING.as_dict())["refunded_fen"] += int(fen)
    return {order_id: Trail(**trail) for order_id, trail in trails.items()}


def of_order(session: Session, order_id: int) -> Trail:
    """The trail of one order."""
    return of_orders(session, [order_id]).get(order_id, NOTHING)


def of_user(session: Session, condition: sa.ColumnElement[bool]) -> dict[str, Any]:
    """Fen owed and paid out for the credits a condition picks."""
    row = session.execute(
        sa.select(
            sa.func.coalesce(sa.func.sum(Credit.amount_fen), 0),
            sa.func.coalesce(
                sa.func.sum(sa.case((Credit.state == CreditState.PAID, Credit.amount_fen), else_=0)), 0
            ),
            sa.func.count(sa.distinct(Credit.household_id)),
        ).where(Credit.state != CreditState.CANCELLED, condition)
    ).one()
    return {"spent_fen": int(row[0]), "paid_out_fen": int(row[1]), "households": int(row[2])}
