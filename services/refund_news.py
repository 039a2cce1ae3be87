"""News of refunds, from an answer, a query or a notice: each moves its refund on once, whoever brings it first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain import ledger
from domain.ledger import Event
from domain.orders import OrderEvent, OrderState, move
from domain.refunds import ENDS_ORDER, RefundCause, RefundEvent, RefundState, wait
from domain.refunds import move as move_refund
from models import Order, Refund, RefundAttempt
from models.refunds import AttemptOutcome
from services import incidents
from services import ledger as book
from services.settlement import INCIDENTS

_BACK = "款项已原路退回。 The money has gone back to the payer."
_ACCEPTED = "微信已受理退款。 WeChat has accepted the refund."
#: Why a refund may be held up; over when WeChat accepts it.
NOT_ENOUGH, HELD = "refund_not_enough", "refund_held"


class News(StrEnum):
    """What WeChat says of a refund."""

    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    CLOSED = "closed"
    ABNORMAL = "abnormal"


class Learnt(StrEnum):
    """What came of the news."""

    RECORDED = "refund_recorded"
    DUPLICATE = "duplicate"
    MISMATCH = "mismatch"
    UNKNOWN_REFUND = "unknown_refund"
    UNKNOWN_ORDER = "unknown_order"


@dataclass(frozen=True, slots=True)
class Word:
    """One piece of news about a refund, from an answer, a query or a notice."""

    number: str
    news: News
    order_number: str
    transaction_id: str
    wechat_refund_id: str
    total_fen: int
    amount_fen: int


def learn(session: Session, word: Word, now: datetime) -> Learnt:
    """Move a refund on by news of it, each thing once, whoever brings it first.

    Success books the money as gone and ends the order; what is closed or abnormal waits for a person, its money still
    owed. News that does not echo what we sent books nothing.
    """
    row = session.execute(
        sa.select(Refund, RefundAttempt)
        .join(RefundAttempt, RefundAttempt.refund_id == Refund.id)
        .where(RefundAttempt.number == word.number)
        .with_for_update(of=(Refund, RefundAttempt))
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        return _not_ours(session, word, now)
    refund, attempt = row
    if (word.transaction_id, word.total_fen, word.amount_fen) != (
        attempt.transaction_id,
        attempt.total_fen,
        attempt.amount_fen,
    ):
        tell(
            session,
            "refund_mismatch",
            refund,
            attempt,
            now,
            billed_fen=word.amount_fen,
            transaction_id=word.transaction_id,
        )
        return Learnt.MISMATCH
    attempt.wechat_refund_id = attempt.wechat_refund_id or word.wechat_refund_id
    attempt.said = word.news.value
    session.flush()
    if word.news is News.SUCCEEDED:
        return _succeeded(session, refund, attempt, now)
    if attempt.outcome is not AttemptOutcome.OPEN or refund.state is RefundState.SUCCEEDED:
        return Learnt.DUPLICATE
    if word.news is News.CLOSED:
        fail(session, refund, attempt, now, "refund_closed")
    elif word.news is News.ABNORMAL:
        refund.state = move_refund(refund.state, RefundEvent.STICK)
        tell(session, "refund_abnormal", refund, attempt, now)
    elif refund.state is not RefundState.PROCESSING:
        refund.state, refund.tries = move_refund(refund.state, RefundEvent.ACCEPT), 0
        refund.next_try_at = now + wait(RefundState.PROCESSING, 0)
        _settled(session, (NOT_ENOUGH, HELD, "refund_abnormal"), attempt.number, now, _ACCEPTED)
    session.flush()
    return Learnt.RECORDED


def _succeeded(session: Session, refund: Refund, attempt: RefundAttempt, now: datetime) -> Learnt:
    if refund.state is RefundState.SUCCEEDED:
        if attempt.outcome is AttemptOutcome.SUCCEEDED:
            return Learnt.DUPLICATE
        tell(session, "refund_twice", refund, attempt, now)
        return Learnt.MISMATCH
    refund.state, refund.ended_at = move_refund(refund.state, RefundEvent.SUCCEED), now
    attempt.outcome, attempt.ended_at = AttemptOutcome.SUCCEEDED, now
    session.flush()
    book.post(
        session,
        [ledger.Posting(Event.REFUND_PAID, ledger.REFUNDS_DUE, ledger.WECHAT, refund.amount_fen)],
        now=now,
        order_id=refund.order_id,
        reference=attempt.number,
    )
    order = session.execute(sa.select(Order.number, Order.state).where(Order.id == refund.order_id)).one()
    if refund.cause in ENDS_ORDER:
        session.execute(
            sa.update(Order)
            .where(Order.id == refund.order_id, Order.state == OrderState.REFUNDING)
            .values(state=move(order.state, OrderEvent.REFUND_DONE))
            .execution_options(synchronize_session=False)
        )
    open_kinds = (NOT_ENOUGH, HELD, "refund_abnormal", "refund_closed", "refund_refused", "refund_overdue")
    _settled(session, open_kinds, attempt.number, now, _BACK)
    if refund.cause in INCIDENTS and not _owed(session, refund.order_id, refund.cause):
        incidents.resolve_gone(
            session,
            kind=INCIDENTS[refund.cause],
            subject=f"order:{order.number}",
            now=now,
            resolution=_BACK,
        )
    return Learnt.RECORDED


def _owed(session: Session, order_id: int, cause: RefundCause) -> bool:
    owed = sa.select(Refund.id).where(
        Refund.order_id == order_id, Refund.cause == cause, Refund.state != RefundState.SUCCEEDED
    )
    return session.scalar(owed.limit(1)) is not None


def _not_ours(session: Session, word: Word, now: datetime) -> Learnt:
    """A refund we never asked for: made by hand in WeChat's console, or forgotten by a restored backup."""
    if session.scalar(sa.select(Order.id).where(Order.number == word.order_number)) is None:
        return Learnt.UNKNOWN_ORDER
    incidents.open_incident(
        session,
        kind="refund_unknown",
        subject=f"refund:{word.number}",
        now=now,
        facts={
            "number": word.order_number,
            "transaction_id": word.transaction_id,
            "billed_fen": word.amount_fen,
            "state": word.news.value,
        },
    )
    return Learnt.UNKNOWN_REFUND


def _settled(session: Session, kinds: Sequence[str], number: str, now: datetime, how: str) -> None:
    for kind in kinds:
        incidents.resolve_gone(session, kind=kind, subject=f"refund:{number}", now=now, resolution=how)


def fail(session: Session, refund: Refund, attempt: RefundAttempt, now: datetime, kind: str) -> None:
    """A number has come to nothing for good, and a person is told."""
    refund.state = move_refund(refund.state, RefundEvent.FAIL)
    attempt.outcome, attempt.ended_at = AttemptOutcome.FAILED, now
    tell(session, kind, refund, attempt, now)


def tell(
    session: Session, kind: str, refund: Refund, attempt: RefundAttempt, now: datetime, **facts: object
) -> None:
    """Tell a person of something about one number of a refund."""
    incidents.open_incident(
        session,
        kind=kind,
        subject=f"refund:{attempt.number}",
        now=now,
        facts={
            "refund_number": attempt.number,
            "asked_fen": attempt.amount_fen,
            "state": refund.state.value,
            **facts,
        },
    )
