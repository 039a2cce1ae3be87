"""What a person decides about refunds: money out of goodwill, and a new number for a refund that has failed."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain import ledger
from domain.errors import Conflict, Invalid, NotFound
from domain.ledger import Event
from domain.orders import OrderState
from domain.refunds import RefundCause, RefundEvent, RefundState, check_refundable, from_states
from models import Credit, Order, Payment, Refund, RefundAttempt
from models.credits import CreditState
from services import audit, gifts, refunds
from services import ledger as book


def goodwill(
    session: Session, number: str, *, amount_fen: int, reason: str, now: datetime, actor: str
) -> Refund:
    """Give a buyer money back from the sponsor's, where the ordinary refund is over: the order itself stands.

    Raises NotFound; Invalid for an amount that is not above zero or more than is left of what was paid;
    Conflict order_state unless the order is paid, refund_still_open while the buyer may simply ask, sponsor_short.
    """
    order = session.scalar(
        sa.select(Order)
        .where(Order.number == number)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if order is None:
        raise NotFound("order_not_found")
    if order.state is not OrderState.PAID:
        raise Conflict("order_state", {"status": order.state.value}, state=order.state.value)
    if _may_ask(session, order, now):
        raise Conflict("refund_still_open")
    payment = session.execute(
        sa.select(Payment.transaction_id, Payment.received_fen).where(Payment.order_id == order.id)
    ).one()
    given = session.scalar(
        sa.select(sa.func.coalesce(sa.func.sum(Refund.amount_fen), 0)).where(
            Refund.order_id == order.id, Refund.cause == RefundCause.GOODWILL
        )
    )
    left = payment.received_fen - (given or 0)
    if not 0 < amount_fen <= left:
        raise Invalid("refund_amount", {"left_fen": left}, left_fen=left)
    if book.balance_of(session, ledger.SPONSOR) < amount_fen:
        raise Conflict("sponsor_short")
    book.post(
        session,
        [ledger.Posting(Event.GOODWILL, ledger.SPONSOR, ledger.REFUNDS_DUE, amount_fen)],
        now=now,
        order_id=order.id,
    )
    audit.record(
        session,
        actor=actor,
        action="goodwill_refund",
        subject=f"order:{number}",
        now=now,
        facts={"amount_fen": amount_fen},
    )
    return refunds.request(
        session,
        refunds.Payback(
            order.id,
            number,
            RefundCause.GOODWILL,
            payment.transaction_id,
            payment.received_fen,
            amount_fen,
            reason,
        ),
        now,
    )


def renew(session: Session, attempt: str, now: datetime, actor: str) -> Refund:
    """Give a failed refund a new number, after `attempt` is known to have come to nothing.

    Raises NotFound for a number nobody knows, Conflict("refund_state") unless the refund has failed by this number.
    """
    row = session.execute(
        sa.select(Refund, RefundAttempt, Order.number)
        .join(RefundAttempt, RefundAttempt.refund_id == Refund.id)
        .join(Order, Order.id == Refund.order_id)
        .where(RefundAttempt.number == attempt)
        .with_for_update(of=(Refund, RefundAttempt))
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound("refund_not_found")
    refund: Refund = row[0]
    if refund.state not in from_states(RefundEvent.RENEW) or attempt != refunds.latest_number(
        session, refund.id
    ):
        raise Conflict("refund_state", {"state": refund.state.value}, state=refund.state.value)
    refund.state, refund.tries, refund.next_try_at, refund.ended_at = RefundState.REQUESTED, 0, now, None
    refunds.add_attempt(session, refund, row[2], now)
    audit.record(session, actor=actor, action="refund_renewed", subject=f"refund:{attempt}", now=now)
    return refund


def _may_ask(session: Session, order: Order, now: datetime) -> bool:
    claimed = gifts.is_claimed(session, order.id)
    states = session.scalars(sa.select(Credit.state).where(Credit.order_id == order.id))
    try:
        check_refundable(
            state=order.state,
            paid_at=order.paid_at,
            maturity_days=order.maturity_days,
            all_owed=set(states) <= {CreditState.OWED},
            gift_claimed=claimed,
            now=now,
        )
    except Conflict:
        return False
    return True
