"""The sponsor prefunds the channel's fees, so that a household's price stays whole; without that money sales stop."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain import ledger
from domain.bills import KEPT_DAYS
from domain.clock import business_day, day_start
from domain.errors import Conflict, Invalid
from domain.ledger import Event
from models import Gate, Payment, Posting, Reconciliation
from models.payments import PaymentState
from services import ledger as book
from services.offers import SALES

#: The days of sales from which a day's fees are foreseen.
LOOK_BACK = 7


def pay_in(session: Session, amount_fen: int, reference: str, now: datetime) -> None:
    """Book money the sponsor paid into the bank account.

    Raises Invalid unless it is positive, Conflict("reference_booked") when the bank's reference has been booked before.
    """
    if amount_fen <= 0:
        raise Invalid("amount_not_positive", {"amount_fen": amount_fen})
    known = sa.exists().where(Posting.event == Event.SPONSOR_PAID_IN, Posting.reference == reference)
    if session.scalar(sa.select(known)):
        raise Conflict("reference_booked", {"reference": reference}, reference=reference)
    book.post(
        session,
        [ledger.Posting(Event.SPONSOR_PAID_IN, ledger.BANK, ledger.SPONSOR, amount_fen)],
        now=now,
        reference=reference,
    )


def set_sales_gate(session: Session, *, now: datetime, fee_permille: int, days: int) -> bool:
    """Open or close sales by what the sponsor has left; returns whether they are open.

    Open while the sponsor's balance, less the fees that are not booked yet, covers `days` days of fees as foreseen
    from the money received in the last week.
    """
    left = book.balance_of(session, ledger.SPONSOR) - unbooked_fees(session, now, fee_permille)
    week = _received(session, [(now - timedelta(days=LOOK_BACK), None)])
    needed = -(-week * fee_permille * days // (LOOK_BACK * 1000))
    is_open = left >= needed
    reason = "" if is_open else f"sponsor has {left} fen left, {needed} fen needed"
    gate = session.get(Gate, SALES)
    if gate is None:
        session.add(Gate(name=SALES, open=is_open, reason=reason, set_at=now))
    elif gate.open != is_open or gate.reason != reason:
        gate.open, gate.reason, gate.set_at = is_open, reason, now
    session.flush()
    return is_open


def unbooked_fees(session: Session, now: datetime, fee_permille: int) -> int:
    """Fees in fen that the sponsor owes and that are not booked yet.

    Of a day whose bill is in, what the bill says. Of any other day the rate on what was received on it, by WeChat's own
    time of payment: when something was posted says nothing of which bill it will be in.
    """
    first = business_day(now) - timedelta(days=KEPT_DAYS)
    billed = session.execute(
        sa.select(
            Reconciliation.day,
            Reconciliation.fee_fen,
            Reconciliation.fee_booked_at.is_not(None).label("is_booked"),
        )
        .where(Reconciliation.day >= first, Reconciliation.fee_fen.is_not(None))
        .order_by(Reconciliation.day)
    ).all()
    waiting = sum(fee_fen or 0 for _, fee_fen, is_booked in billed if not is_booked)
    received = _received(session, _gaps([day for day, _, _ in billed]))
    return waiting + -(-received * fee_permille // 1000)


Span = tuple[datetime | None, datetime | None]


def _gaps(days: Sequence[date]) -> list[Span]:
    """The half-open spans of instants that none of these days, in order, covers."""
    gaps: list[Span] = []
    begin: datetime | None = None
    for day in days:
        if begin != day_start(day):
            gaps.append((begin, day_start(day)))
        begin = day_start(day + timedelta(days=1))
    return [*gaps, (begin, None)]


def _received(session: Session, spans: Iterable[Span]) -> int:
    """Money received at WeChat within any of these spans, whatever became of it: every fen bears the fee."""
    within = [
        sa.and_(
            Payment.paid_at.is_not(None),
            *([] if begin is None else [Payment.paid_at >= begin]),
            *([] if end is None else [Payment.paid_at < end]),
        )
        for begin, end in spans
    ]
    statement = sa.select(sa.func.coalesce(sa.func.sum(Payment.received_fen), 0)).where(
        Payment.state == PaymentState.PAID, sa.or_(*within)
    )
    return int(session.execute(statement).scalar_one() or 0)
