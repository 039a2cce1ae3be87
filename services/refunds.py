"""Refunds: what a buyer may ask for, and what is owed to a payer without being asked.

The money of every refund stands in `refunds:due` from the moment there is a refund until it has reached the payer.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain import ledger
from domain.errors import NotFound
from domain.ledger import Event
from domain.orders import OrderEvent, move
from domain.refunds import (
    WORDS,
    RefundCause,
    RefundState,
    attempt_number,
    check_refundable,
)
from models import Credit, Order, Payment, Refund, RefundAttempt, table_of
from models.credits import CreditState
from models.refunds import AttemptOutcome
from services import audit, certificates, gifts, reservations
from services import ledger as book

_Orders = table_of(Order)
_Credits = table_of(Credit)


@dataclass(frozen=True, slots=True)
class Payback:
    """What is to go back: `amount_fen` of the `total_fen` that were paid by one transaction under an order's number."""

    order_id: int
    order_number: str
    cause: RefundCause
    transaction_id: str
    total_fen: int
    amount_fen: int
    reason: str | None = None


def request(session: Session, payback: Payback, now: datetime) -> Refund:
    """Put a refund in the queue with its first number; its money must stand in `refunds:due` already."""
    refund = Refund(
        order_id=payback.order_id,
        cause=payback.cause,
        state=RefundState.REQUESTED,
        transaction_id=payback.transaction_id,
        total_fen=payback.total_fen,
        amount_fen=payback.amount_fen,
        reason=payback.reason,
        requested_at=now,
        next_try_at=now,
        tries=0,
        ended_at=None,
    )
    session.add(refund)
    session.flush()
    add_attempt(session, refund, payback.order_number, now)
    return refund


def is_owed_back(session: Session, transaction_id: str) -> bool:
    """Whether the money of a transaction goes back whole, or has gone."""
    whole = Refund.transaction_id == transaction_id, Refund.cause != RefundCause.GOODWILL
    return session.scalar(sa.select(Refund.id).where(*whole)) is not None


def ask(
    session: Session, number: str, user_id: int, reason: str, now: datetime, *, address: str | None = None
) -> tuple[Order, Refund]:
    """Take an order back at its buyer's wish: all of it, in one transaction.

    Its credits are cancelled and their money moves to `refunds:due`, its certificate is revoked, its trees are free
    again, an unclaimed gift ends, and the refund is requested. Raises NotFound for an order that is not the buyer's;
    Conflict gift_claimed, already_paid_out, refund_window_over, or order_state.
    """
    order = _locked(session, number, user_id)
    unclaimed = gifts.end_for_refund(session, order.id, now)
    credits = sa.select(Credit.state).where(Credit.order_id == order.id).order_by(Credit.id)
    # Held only once they are known to be owed: a file that books what is on its way to a thousand households holds them
    # part by part, and must not meet whoever holds others of the same.
    for look in (credits, credits.with_for_update()):
        check_refundable(
            state=order.state,
            paid_at=order.paid_at,
            maturity_days=order.maturity_days,
            all_owed=set(session.scalars(look)) <= {CreditState.OWED},
            gift_claimed=not unclaimed,
            now=now,
        )
    refund = take_back(session, order, reason, now)
    audit.record(
        session,
        actor=f"user:{user_id}",
        action="refund_requested",
        subject=f"order:{number}",
        now=now,
        facts={"amount_fen": refund.amount_fen},
        address=address,
    )
    session.refresh(order)
    return order, refund


def take_back(session: Session, order: Order, reason: str | None, now: datetime) -> Refund:
    """Undo a paid order, whatever the window: what `ask` says, without its questions."""
    _cancel_credits(session, order.id, now)
    certificates.revoke(session, order.id, RefundCause.BUYER.value, now)
    reservations.release(session, order.id, now)
    session.execute(
        sa.update(_Orders)
        .where(_Orders.c.id == order.id)
        .values(state=move(order.state, OrderEvent.ASK_REFUND))
    )
    payment = session.execute(
        sa.select(Payment.transaction_id, Payment.received_fen).where(Payment.order_id == order.id)
    ).one()
    return request(
        session,
        Payback(
            order.id,
            order.number,
            RefundCause.BUYER,
            payment.transaction_id,
            payment.received_fen,
            payment.received_fen,
            reason,
        ),
        now,
    )


def latest_number(session: Session, refund_id: int) -> str:
    """The number a refund goes by now."""
    numbers = sa.select(RefundAttempt.number).where(RefundAttempt.refund_id == refund_id)
    return session.scalars(numbers.order_by(RefundAttempt.id.desc()).limit(1)).one()


def of_order(session: Session, order_id: int) -> list[tuple[Refund, list[RefundAttempt]]]:
    """The refunds of an order with the numbers each was sent under, oldest first."""
    refunds = session.scalars(sa.select(Refund).where(Refund.order_id == order_id).order_by(Refund.id)).all()
    attempts = session.scalars(
        sa.select(RefundAttempt)
        .where(RefundAttempt.refund_id.in_([refund.id for refund in refunds]))
        .order_by(RefundAttempt.id)
    ).all()
    return [(one, [attempt for attempt in attempts if attempt.refund_id == one.id]) for one in refunds]


def unfinished(session: Session) -> list[tuple[Refund, str, str]]:
    """Every refund that has not reached its payer, with its order's number and its own, oldest first."""
    newest = (
        sa.select(sa.func.max(RefundAttempt.id))
        .where(RefundAttempt.refund_id == Refund.id)
        .correlate(Refund)
        .scalar_subquery()
    )
    rows = session.execute(
        sa.select(Refund, Order.number, RefundAttempt.number)
        .join(Order, Order.id == Refund.order_id)
        .join(RefundAttempt, RefundAttempt.id == newest)
        .where(Refund.state != RefundState.SUCCEEDED)
        .order_by(Refund.id)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def _locked(session: Session, number: str, user_id: int) -> Order:
    order = session.scalar(
        sa.select(Order)
        .where(Order.number == number, Order.user_id == user_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if order is None:
        raise NotFound("order_not_found")
    return order


def _cancel_credits(session: Session, order_id: int, now: datetime) -> None:
    owed = _Credits.c.order_id == order_id, _Credits.c.state == CreditState.OWED
    book.post_from_credits(session, owed, event=Event.REFUND_ACCEPTED, to=ledger.REFUNDS_DUE, now=now)
    session.execute(sa.update(_Credits).where(*owed).values(state=CreditState.CANCELLED))


def add_attempt(session: Session, refund: Refund, order_number: str, now: datetime) -> None:
    """Take the next number of an order for a refund."""
    earlier = session.scalars(
        sa.select(RefundAttempt.number)
        .join(Refund, Refund.id == RefundAttempt.refund_id)
        .where(Refund.order_id == refund.order_id)
    )
    session.add(
        RefundAttempt(
            refund_id=refund.id,
            number=attempt_number(order_number, earlier),
            outcome=AttemptOutcome.OPEN,
            transaction_id=refund.transaction_id,
            total_fen=refund.total_fen,
            amount_fen=refund.amount_fen,
            reason=WORDS[refund.cause],
            notify_url=None,
            created_at=now,
            sent_at=None,
            wechat_refund_id=None,
            said=None,
            request_id=None,
            ended_at=None,
        )
    )
    session.flush()
