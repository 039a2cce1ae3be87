"""What WeChat said each time it was asked to prepare a payment, for whoever looks into an order later."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Payment, PrepayAttempt, table_of

#: The outcome of a call that gave a prepay_id; any other is WeChat's own code.
PREPARED = "prepared"

_Attempts = table_of(PrepayAttempt)


def note(
    session: Session, payment_id: int, *, now: datetime, outcome: str = PREPARED, request_id: str = ""
) -> None:
    """Write one prepay call down."""
    session.execute(
        sa.insert(_Attempts).values(
            payment_id=payment_id, asked_at=now, outcome=outcome[:64], request_id=request_id[:80] or None
        )
    )


def of_order(session: Session, order_id: int) -> Sequence[PrepayAttempt]:
    """The prepay calls of an order, oldest first."""
    return session.scalars(
        sa.select(PrepayAttempt)
        .join(Payment, Payment.id == PrepayAttempt.payment_id)
        .where(Payment.order_id == order_id)
        .order_by(PrepayAttempt.id)
    ).all()
