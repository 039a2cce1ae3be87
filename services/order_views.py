"""Orders as their buyer sees them: with certificate, gift and where the money is, for one order or a page of them."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Certificate, Gift, Order
from services import certificates as certifying
from services import gifts, money


def fresh(order: Order) -> dict[str, Any]:
    """An order just placed: there is nothing yet to look up."""
    return _view(order, None, None, money.NOTHING)


def with_outcome(session: Session, orders: Sequence[Order]) -> list[dict[str, Any]]:
    """Orders with their certificates, gifts and money, in three statements however many they are."""
    ids = [order.id for order in orders]
    certificates = {
        row.order_id: row
        for row in session.execute(
            sa.select(Certificate.order_id, Certificate.serial, Certificate.token).where(
                Certificate.order_id.in_(ids)
            )
        )
    }
    given = gifts.of_orders(session, ids)
    trails = money.of_orders(session, ids)
    return [
        _view(
            order,
            _serial(certificates.get(order.id)),
            given.get(order.id),
            trails.get(order.id, money.NOTHING),
        )
        for order in orders
    ]


def _serial(row: Any) -> str | None:
    return None if row is None or not certifying.is_made_out(row) else str(row.serial)


def _view(order: Order, serial: str | None, gift: Gift | None, trail: money.Trail) -> dict[str, Any]:
    return {
        "number": order.number,
        "status": order.state.value,
        "purpose": order.purpose.value,
        "count": order.count,
        "amount_fen": order.amount_fen,
        "sink_g": order.sink_g,
        "year": order.year,
        "holder_name": order.holder_name,
        "holder_public": order.holder_public,
        "message": order.message,
        "words_state": order.words_state.value,
        "created_at": order.created_at,
        "expires_at": order.expires_at,
        "paid_at": order.paid_at,
        "certificate": serial,
        "gift_code": gift.code if gift is not None else None,
        "gift_status": gift.state.value if gift is not None else None,
        "money": trail.as_dict(),
    }
