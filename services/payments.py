"""Payments: asked for once per order with frozen parameters, closed only when WeChat can take no money any more."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.certificates import kilograms_text
from domain.errors import Conflict
from domain.orders import OrderEvent, OrderState, move
from models import Order, Payment, WeChatIdentity
from models.payments import PaymentState
from services import reservations

#: A payment is asked for no later than this before the order's time is over.
LEAST_TIME = timedelta(minutes=1)
#: When the worker asks WeChat about a payment nobody has reported on, counted from asking for it.
QUERY_AFTER = tuple(
    timedelta(seconds=s) for s in (5, 30, 60, 180, 300, 600, 1800, 3600, 7200, 10800, 21600, 43200)
)


def ask(session: Session, order_id: int, identity_id: int, *, notify_url: str, now: datetime) -> Payment:
    """The payment of a pending order, made at first asking and the same ever after.

    Raises Conflict("order_expired") when less than a minute is left, Conflict("payment_elsewhere") when it was asked
    for by another WeChat app's identity, whose openid the order number is bound to.
    """
    order = session.get_one(Order, order_id, with_for_update=True, populate_existing=True)
    move(order.state, OrderEvent.PAY)
    if order.expires_at - now <= LEAST_TIME:
        raise Conflict("order_expired")
    identity = session.get_one(WeChatIdentity, identity_id)
    payment = session.scalar(sa.select(Payment).where(Payment.order_id == order.id))
    if payment is not None:
        if (payment.appid, payment.openid) != (identity.appid, identity.openid):
            raise Conflict("payment_elsewhere")
        return payment
    payment = Payment(
        order_id=order.id,
        state=PaymentState.ASKED,
        appid=identity.appid,
        openid=identity.openid,
        amount_fen=order.amount_fen,
        description=f"单株碳汇 {order.count}株 {order.year}年度 约{kilograms_text(order.sink_g)}千克",
        notify_url=notify_url,
        time_expire=order.expires_at,
        asked_at=now,
        prepay_id=None,
        prepay_at=None,
        next_query_at=now + QUERY_AFTER[0],
        queries=0,
        transaction_id=None,
        received_fen=None,
        paid_at=None,
        closed_at=None,
    )
    session.add(payment)
    session.flush()
    return payment


def note_prepaid(session: Session, payment_id: int, prepay_id: str, now: datetime) -> PaymentState:
    """Keep the prepay_id WeChat gave, and say what has become of the payment meanwhile."""
    noted = session.execute(
        sa.update(Payment)
        .where(Payment.id == payment_id)
        .values(prepay_id=prepay_id, prepay_at=now)
        .returning(Payment.state)
    )
    return noted.scalar_one()


def close_unasked(session: Session, order_id: int, now: datetime) -> bool:
    """Close a pending order for which nobody has asked a payment; False if somebody has, or it moved on."""
    # Whoever asks for a payment holds the order: only after waiting for it can be seen whether there is one.
    session.get_one(Order, order_id, with_for_update=True, populate_existing=True)
    return of_order(session, order_id) is None and close(session, order_id, now)


def close(session: Session, order_id: int, now: datetime) -> bool:
    """Close a pending order and free its trees, once WeChat can take no money for it any more; False if it moved on."""
    moved = session.execute(
        sa.update(Order)
        .where(Order.id == order_id, Order.state == OrderState.PENDING)
        .values(state=OrderState.CLOSED, closed_at=now)
        .returning(Order.id)
    ).first()
    if moved is None:
        return False
    reservations.give_back(session, [order_id])
    session.execute(
        sa.update(Payment)
        .where(Payment.order_id == order_id, Payment.state == PaymentState.ASKED)
        .values(state=PaymentState.CLOSED, closed_at=now)
    )
    return True


def of_order(session: Session, order_id: int) -> Payment | None:
    """The payment of an order, if one was asked for."""
    return session.scalar(sa.select(Payment).where(Payment.order_id == order_id))


def claim_due(session: Session, now: datetime, most: int = 20) -> Sequence[str]:
    """The numbers of orders whose payment should be asked about now; each is put off to its next turn first."""
    due = session.execute(
        sa.select(Payment, Order.number)
        .join(Order, Order.id == Payment.order_id)
        .where(Payment.state == PaymentState.ASKED, Payment.next_query_at <= now)
        .order_by(Payment.next_query_at)
        .limit(most)
        .with_for_update(of=Payment, skip_locked=True)
    ).all()
    for payment, _ in due:
        payment.queries += 1
        wait = QUERY_AFTER[min(payment.queries, len(QUERY_AFTER) - 1)]
        payment.next_query_at = now + wait
    session.flush()
    return [number for _, number in due]
