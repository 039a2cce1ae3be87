"""The story of one order, told to an operator: every attempt, notice, posting and incident in the order of time.

It names numbers, amounts and states, and nobody.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.money import yuan_text
from models import Certificate, Errand, Gift, Order, Payment, Posting
from services import incidents, notices, orders, prepay_attempts, refunds


@dataclass(frozen=True, slots=True)
class Entry:
    """What happened at an instant."""

    at: datetime
    what: str


def of_order(session: Session, number: str) -> list[Entry]:
    """Everything we know of an order, oldest first; raises NotFound."""
    order = orders.by_number(session, number)
    parts = (_order, _payment, _certificate, _errands, _postings, _refunds, _notices_and_incidents)
    entries = [entry for tell in parts for entry in tell(session, order)]
    # What happened at one instant stays in the order in which it is told.
    return sorted(entries, key=lambda entry: entry.at)


def _order(_session: Session, order: Order) -> Iterator[Entry]:
    yield Entry(
        order.created_at,
        f"order placed: {order.count} trees of {order.year}, {yuan_text(order.amount_fen)} yuan,"
        f" held until {order.expires_at:%Y-%m-%d %H:%M:%SZ}",
    )
    if order.closed_at is not None:
        yield Entry(order.closed_at, "order closed unpaid, its trees given back")


def _payment(session: Session, order: Order) -> Iterator[Entry]:
    payment = session.scalar(sa.select(Payment).where(Payment.order_id == order.id))
    if payment is None:
        return
    yield Entry(
        payment.asked_at, f"payment asked for in app {payment.appid}, {payment.queries} queries since"
    )
    for attempt in prepay_attempts.of_order(session, order.id):
        told = f" (request {attempt.request_id})" if attempt.request_id else ""
        yield Entry(attempt.asked_at, f"prepay: {attempt.outcome}{told}")
    if payment.paid_at is not None:
        yield Entry(
            payment.paid_at,
            f"WeChat received {yuan_text(payment.received_fen or 0)} yuan as transaction {payment.transaction_id}",
        )
    if payment.closed_at is not None:
        yield Entry(payment.closed_at, "payment closed at WeChat")


def _certificate(session: Session, order: Order) -> Iterator[Entry]:
    certificate = session.scalar(sa.select(Certificate).where(Certificate.order_id == order.id))
    if certificate is not None:
        yield Entry(certificate.created_at, f"certificate {certificate.serial} made, now {certificate.state}")
        if certificate.revoked_at is not None:
            yield Entry(certificate.revoked_at, f"certificate revoked: {certificate.revoked_reason}")
    gift = session.scalar(sa.select(Gift).where(Gift.order_id == order.id))
    if gift is not None:
        yield Entry(gift.offered_at, "gift offered")
        if gift.ended_at is not None:
            yield Entry(gift.ended_at, f"gift {gift.state}")


def _errands(session: Session, order: Order) -> Iterator[Entry]:
    done = (
        sa.select(Errand)
        .join(Certificate, Certificate.id == Errand.certificate_id)
        .where(Certificate.order_id == order.id)
        .order_by(Errand.id)
    )
    for errand in session.scalars(done):
        yield Entry(errand.ended_at or errand.planned_at, f"{errand.kind}: {errand.outcome or errand.state}")


def _postings(session: Session, order: Order) -> Iterator[Entry]:
    booked = sa.select(Posting).where(Posting.order_id == order.id).order_by(Posting.id)
    for posting in session.scalars(booked):
        fen = yuan_text(posting.amount_fen)
        reference = f" ({posting.reference})" if posting.reference else ""
        yield Entry(
            posting.posted_at,
            f"booked {posting.event}: {posting.source} -> {posting.destination} {fen} yuan{reference}",
        )


def _refunds(session: Session, order: Order) -> Iterator[Entry]:
    for refund, attempts in refunds.of_order(session, order.id):
        fen = yuan_text(refund.amount_fen)
        yield Entry(
            refund.requested_at, f"refund of {fen} yuan requested ({refund.cause}), now {refund.state}"
        )
        if refund.state not in ("succeeded", "failed"):
            yield Entry(refund.next_try_at, f"refund: next turn, after {refund.tries} tries")
        for attempt in attempts:
            yield Entry(attempt.created_at, f"refund number {attempt.number} taken")
            if attempt.sent_at is not None:
                told = f", WeChat last said {attempt.said}" if attempt.said else ""
                yield Entry(attempt.sent_at, f"refund {attempt.number} first sent{told}")
            if attempt.ended_at is not None:
                yield Entry(attempt.ended_at, f"refund {attempt.number} {attempt.outcome}")


def _notices_and_incidents(session: Session, order: Order) -> Iterator[Entry]:
    numbers = [attempt.number for _, sent in refunds.of_order(session, order.id) for attempt in sent]
    for notice in notices.about(session, [order.number, *numbers]):
        yield Entry(notice.received_at, f"notice {notice.notice_id} {notice.event_type}: {notice.outcome}")
    subjects = [f"order:{order.number}", *(f"refund:{number}" for number in numbers)]
    for incident in incidents.about(session, subjects):
        yield Entry(incident.opened_at, f"incident {incident.id} {incident.kind} opened")
        if incident.resolved_at is not None:
            yield Entry(incident.resolved_at, f"incident {incident.id} resolved: {incident.resolution}")
