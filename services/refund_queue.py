"""Refunds in the queue: taken by one worker at a time, and put back by what WeChat answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.refunds import HELD_FOR, OVERDUE_AFTER, RefundEvent, RefundState, from_states, wait
from domain.refunds import move as move_refund
from models import Refund, RefundAttempt
from models.refunds import AttemptOutcome
from services import gates
from services.offers import RESTORED
from services.refund_news import fail, tell

#: What is to be sent, and what is to be asked after.
TO_SEND = (RefundState.REQUESTED, RefundState.SUBMITTED)
TO_FOLLOW = (RefundState.PROCESSING, RefundState.ABNORMAL)


@dataclass(frozen=True, slots=True)
class Task:
    """One refund a worker has taken: what to send or to ask after. `fresh` has never been sent."""

    refund_id: int
    number: str
    transaction_id: str
    total_fen: int
    amount_fen: int
    reason: str
    notify_url: str
    fresh: bool


def claim_due(
    session: Session,
    states: Sequence[RefundState],
    *,
    now: datetime,
    notify_url: str,
    most: int = 20,
) -> list[Task]:
    """Take the refunds of these states whose turn has come; each is put off to its next turn first.

    A restored installation that is still closed sends nothing. What is to be sent is written down as submitted before
    it is: whoever finds it so after a crash asks WeChat first.
    """
    if set(states) & set(TO_SEND) and not gates.is_open(session, RESTORED):
        return []
    rows = session.execute(
        sa.select(Refund, RefundAttempt)
        .join(
            RefundAttempt,
            sa.and_(RefundAttempt.refund_id == Refund.id, RefundAttempt.outcome == AttemptOutcome.OPEN),
        )
        .where(Refund.state.in_(states), Refund.next_try_at <= now)
        .order_by(Refund.next_try_at, Refund.id)
        .limit(most)
        .with_for_update(of=(Refund, RefundAttempt), skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    tasks = []
    for refund, attempt in rows:
        fresh = attempt.sent_at is None
        refund.next_try_at = now + wait(refund.state, refund.tries)
        refund.tries += 1
        if refund.state in TO_SEND:
            refund.state = move_refund(refund.state, RefundEvent.SEND)
            attempt.sent_at = attempt.sent_at or now
            attempt.notify_url = attempt.notify_url or notify_url
        if now - refund.requested_at > OVERDUE_AFTER:
            tell(session, "refund_overdue", refund, attempt, now)
        tasks.append(
            Task(
                refund_id=refund.id,
                number=attempt.number,
                transaction_id=attempt.transaction_id,
                total_fen=attempt.total_fen,
                amount_fen=attempt.amount_fen,
                reason=attempt.reason,
                notify_url=attempt.notify_url or notify_url,
                fresh=fresh,
            )
        )
    session.flush()
    return tasks


def hold(session: Session, task: Task, *, kind: str, said: str, request_id: str, now: datetime) -> None:
    """WeChat will not take this number now, for want of balance or of a permission: the same one goes out later."""
    found = _under(session, task, RefundEvent.HOLD)
    if found is None:
        return
    refund, attempt = found
    refund.state = move_refund(refund.state, RefundEvent.HOLD)
    refund.next_try_at = now + HELD_FOR
    attempt.said, attempt.request_id = said, request_id or None
    tell(session, kind, refund, attempt, now, code=said)
    session.flush()


def refuse(session: Session, task: Task, *, said: str, request_id: str, now: datetime) -> None:
    """WeChat has refused this number for good and has nothing by it: a person decides about a new one."""
    found = _under(session, task, RefundEvent.FAIL)
    if found is None:
        return
    refund, attempt = found
    attempt.said, attempt.request_id = said, request_id or None
    fail(session, refund, attempt, now, "refund_refused")
    session.flush()


def unclear(
    session: Session, task: Task, *, said: str, request_id: str, now: datetime, kind: str | None = None
) -> None:
    """Nobody knows whether WeChat has taken this number: it stays as it is until its next turn.

    `kind` tells a person where it will not come right without one.
    """
    found = _under(session, task, RefundEvent.ACCEPT)
    if found is None:
        return
    refund, attempt = found
    attempt.said, attempt.request_id = said, request_id or None
    if kind is not None:
        tell(session, kind, refund, attempt, now, code=said)
    session.flush()


def _under(session: Session, task: Task, event: RefundEvent) -> tuple[Refund, RefundAttempt] | None:
    """The refund of a task, unless news has moved it on meanwhile."""
    row = session.execute(
        sa.select(Refund, RefundAttempt)
        .join(RefundAttempt, RefundAttempt.refund_id == Refund.id)
        .where(
            RefundAttempt.number == task.number,
            RefundAttempt.outcome == AttemptOutcome.OPEN,
            Refund.state.in_(from_states(event)),
        )
        .with_for_update(of=(Refund, RefundAttempt))
        .execution_options(populate_existing=True)
    ).one_or_none()
    return None if row is None else (row[0], row[1])
