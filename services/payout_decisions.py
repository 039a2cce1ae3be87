"""What people decide about a batch: its maker submits or cancels it, others approve, reject and release it."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain import ledger
from domain.clock import rfc3339, shanghai_text
from domain.errors import Conflict
from domain.ledger import Event
from domain.money import grouped_yuan
from domain.payouts import (
    OPEN_LINES,
    BatchEvent,
    Duty,
    PayoutChannel,
    PayoutLineState,
    PayoutTerms,
    approvals_needed,
    objections_until,
)
from domain.permissions import OfficerContext
from models import Credit, PayoutBatch, PayoutDuty, PayoutLine, PayoutLineCredit, Posting, table_of
from models.credits import CreditState
from services import gates, payout_files
from services import ledger as book
from services.offers import RESTORED
from services.payout_traces import UNEQUAL_LINES
from services.payouts import (
    advance,
    credits_of,
    expect,
    find,
    free_withdrawn,
    move_credits,
    need_maker,
    record,
    set_aside,
    take_duty,
)

#: Where the money of a channel lies.
CASH_OF = {PayoutChannel.BANK: ledger.BANK, PayoutChannel.WECHAT: ledger.WECHAT}
_Postings = table_of(Posting)


def submit(
    session: Session,
    officer: OfficerContext,
    batch_id: int,
    terms: PayoutTerms,
    *,
    now: datetime,
    address: str | None = None,
) -> PayoutBatch:
    """Reserve the credits of a draft and put it up for objection; its lines are fixed from here on.

    Households that have come under a soft lock since are set aside. Raises NotFound; Conflict
    payout_of_another, payout_state, payout_empty, or payout_stale when a credit is not owed any more: draft anew.
    """
    batch = find(session, batch_id, officer.region_code, lock=True)
    need_maker(session, batch, officer)
    expect(batch, BatchEvent.SUBMIT)
    aside = set_aside(session, batch, terms, now)
    prepared = PayoutLine.state == PayoutLineState.PREPARED
    move_credits(session, credits_of(batch.id, prepared), CreditState.OWED, CreditState.RESERVED)
    _check_amounts(session, batch.id)
    lines = sa.select(PayoutLine.id).where(PayoutLine.batch_id == batch.id, prepared)
    session.execute(
        sa.update(PayoutLineCredit)
        .where(PayoutLineCredit.line_id.in_(lines))
        .values(reserved=True)
        .execution_options(synchronize_session=False)
    )
    advance(
        session,
        batch,
        BatchEvent.SUBMIT,
        submitted_at=now,
        objections_until=objections_until(now, terms.notice_days),
        approvals_needed=approvals_needed(batch.amount_fen, terms.second_approval_fen),
    )
    record(session, batch, "payout_submitted", officer, now, address=address, set_aside=aside)
    return batch


def approve(
    session: Session,
    officer: OfficerContext,
    batch_id: int,
    *,
    now: datetime,
    address: str | None = None,
) -> PayoutBatch:
    """Approve a batch once nobody can object any more; it is approved when enough different people have.

    Raises NotFound; Conflict payout_state, or payout_notice_running until the objection window is over; Forbidden
    duties_not_separate for whoever did something else for it.
    """
    batch = find(session, batch_id, officer.region_code, lock=True)
    expect(batch, BatchEvent.APPROVE)
    until = batch.objections_until
    assert until, "what is submitted has a notice"
    if now < until:
        raise Conflict(
            "payout_notice_running", {"objections_until": rfc3339(until)}, until=shanghai_text(until)
        )
    take_duty(session, batch, officer, Duty.APPROVER, now)
    approvals = session.scalar(
        sa.select(sa.func.count()).where(PayoutDuty.batch_id == batch.id, PayoutDuty.duty == Duty.APPROVER)
    )
    if (approvals or 0) >= batch.approvals_needed:
        advance(session, batch, BatchEvent.APPROVE, approved_at=now)
    record(session, batch, "payout_approved", officer, now, address=address, approvals=approvals)
    return batch


def reject(
    session: Session,
    officer: OfficerContext,
    batch_id: int,
    reason: str,
    *,
    now: datetime,
    address: str | None = None,
) -> PayoutBatch:
    """Refuse a batch that is not released; its credits are owed again. Raises NotFound, Conflict payout_state."""
    batch = find(session, batch_id, officer.region_code, lock=True)
    _end(session, batch, BatchEvent.REJECT, ended_at=now, reason=reason, ended_by_id=officer.id)
    record(session, batch, "payout_rejected", officer, now, address=address, reason=reason)
    return batch


def cancel(
    session: Session,
    officer: OfficerContext,
    batch_id: int,
    reason: str,
    *,
    now: datetime,
    address: str | None = None,
) -> PayoutBatch:
    """Take one's own batch back before it is released; its credits are owed again.

    Raises NotFound, Conflict payout_of_another or payout_state.
    """
    batch = find(session, batch_id, officer.region_code, lock=True)
    need_maker(session, batch, officer)
    _end(session, batch, BatchEvent.CANCEL, ended_at=now, reason=reason, ended_by_id=officer.id)
    record(session, batch, "payout_cancelled", officer, now, address=address, reason=reason)
    return batch


def release(
    session: Session,
    officer: OfficerContext,
    batch_id: int,
    terms: PayoutTerms,
    *,
    now: datetime,
    address: str | None = None,
) -> PayoutBatch:
    """Let the money of an approved batch go: from here on each line waits for the bank's or WeChat's word.

    Households that have come under a soft lock since are set aside, which only makes the batch smaller. Raises
    NotFound; Conflict duties_not_separate, payout_state, payout_empty, payout_not_covered when the channel
    holds less than is to go; Invalid bank_file_impossible for a payee no bank file can hold; Unavailable after a
    restored backup.
    """
    gates.check_open(session, RESTORED)
    batch = find(session, batch_id, officer.region_code, lock=True)
    expect(batch, BatchEvent.RELEASE)
    take_duty(session, batch, officer, Duty.RELEASER, now)
    aside = set_aside(session, batch, terms, now)
    _check_cover(session, batch)
    advance(session, batch, BatchEvent.RELEASE, released_at=now)
    session.execute(
        sa.update(PayoutLine)
        .where(PayoutLine.batch_id == batch.id, PayoutLine.state == PayoutLineState.PREPARED)
        .values(state=PayoutLineState.REQUESTED)
        .execution_options(synchronize_session=False)
    )
    requested = PayoutLine.state == PayoutLineState.REQUESTED
    move_credits(session, credits_of(batch.id, requested), CreditState.RESERVED, CreditState.IN_TRANSIT)
    _post_release(session, batch, now)
    if batch.channel is PayoutChannel.BANK:
        payout_files.freeze(session, batch, now=now, encoding=terms.file_encoding)
    record(session, batch, "payout_released", officer, now, address=address, set_aside=aside)
    return batch


def _post_release(session: Session, batch: PayoutBatch, now: datetime) -> None:
    """The money leaves each household's balance: a posting for each line, named by its reference."""
    values = {
        "posted_at": sa.literal(now, _Postings.c.posted_at.type),
        "event": sa.literal(Event.BATCH_RELEASED.value),
        "source": sa.literal("household:") + sa.cast(PayoutLine.household_id, sa.String),
        "destination": sa.literal(ledger.payout(batch.id)),
        "amount_fen": PayoutLine.amount_fen,
        "reference": PayoutLine.reference,
    }
    released = PayoutLine.batch_id == batch.id, PayoutLine.state == PayoutLineState.REQUESTED
    session.execute(
        sa.insert(_Postings).from_select(
            list(values), sa.select(*values.values()).where(*released).order_by(PayoutLine.id)
        )
    )


def _check_amounts(session: Session, batch_id: int) -> None:
    """Raise Conflict payout_stale where a line is not the sum of its credits, or one of them has moved elsewhere."""
    moved = (
        sa.select(PayoutLine.reference)
        .join(PayoutLineCredit, PayoutLineCredit.line_id == PayoutLine.id)
        .join(Credit, Credit.id == PayoutLineCredit.credit_id)
        .where(
            PayoutLine.batch_id == batch_id,
            PayoutLine.state == PayoutLineState.PREPARED,
            Credit.household_id != PayoutLine.household_id,
        )
    )
    wrong = session.execute(UNEQUAL_LINES.where(PayoutLine.batch_id == batch_id)).all()
    wrong_lines = {row[0] for row in wrong} | set(session.scalars(moved))
    if wrong_lines:
        raise Conflict("payout_stale", {"lines": len(wrong_lines)})


def _check_cover(session: Session, batch: PayoutBatch) -> None:
    """Raise Conflict payout_not_covered unless the channel holds the batch beside what is on its way already."""
    under_way = session.scalar(
        sa.select(sa.func.coalesce(sa.func.sum(PayoutLine.amount_fen), 0))
        .join(PayoutBatch, PayoutBatch.id == PayoutLine.batch_id)
        .where(PayoutBatch.channel == batch.channel, PayoutLine.state.in_(sorted(OPEN_LINES)))
    )
    free = -book.balance_of(session, CASH_OF[batch.channel]) - int(under_way or 0)
    if free < batch.amount_fen:
        free = max(free, 0)
        short = {"free_fen": free, "amount_fen": batch.amount_fen}
        said = {"free": grouped_yuan(free), "amount": grouped_yuan(batch.amount_fen)}
        raise Conflict("payout_not_covered", short, **said)


def _end(
    session: Session, batch: PayoutBatch, event: BatchEvent, *, ended_at: datetime, **why: object
) -> None:
    was_draft = batch.submitted_at is None
    advance(session, batch, event, ended_at=ended_at, **why)
    session.execute(
        sa.update(PayoutLine)
        .where(PayoutLine.batch_id == batch.id, PayoutLine.state == PayoutLineState.PREPARED)
        .values(state=PayoutLineState.WITHDRAWN, failed_at=ended_at)
        .execution_options(synchronize_session=False)
    )
    if not was_draft:
        free_withdrawn(session, batch)
