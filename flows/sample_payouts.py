"""Payouts of the sample data, by the real verbs: one batch that has ended with two bounces, one on its way."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain import ledger
from domain.clock import business_day
from domain.ledger import Event
from domain.payouts import BounceReason, PayoutChannel, PayoutTerms
from models import Credit, Household, PayoutBatch, PayoutLine
from models.credits import CreditState
from services import ledger as book
from services import officers, payout_decisions, payout_drafts, payout_news, payouts
from services.payout_drafts import DraftWanted

TERMS = PayoutTerms()
THRESHOLD_FEN = 100
#: How long before now each batch is drafted, and how long after that it is approved and released.
FIRST_DRAFTED = timedelta(days=40)
SECOND_DRAFTED = timedelta(days=10)
RELEASED_AFTER = timedelta(days=8)
CONFIRMED_AFTER = timedelta(days=10)
BOUNCES = (BounceReason.ACCOUNT_CLOSED, BounceReason.NAME_MISMATCH)


def pay_out(session: Session, now: datetime) -> int:
    """Pay two villages out, as far as their sales are old enough; how many batches that made."""
    villages = session.scalars(
        sa.select(Household.region_code)
        .join(Credit, Credit.household_id == Household.id)
        .where(Credit.state == CreditState.OWED, Credit.matures_at <= now - FIRST_DRAFTED)
        .group_by(Household.region_code)
        .order_by(Household.region_code)
    ).all()
    batches = [
        _released(session, village, now - drafted)
        for village, drafted in zip(villages, (FIRST_DRAFTED, SECOND_DRAFTED), strict=False)
    ]
    if batches:
        _end(session, batches[0], now - FIRST_DRAFTED + CONFIRMED_AFTER)
    if len(batches) > 1:
        payouts.mark_sent(session, batches[1].id, now - SECOND_DRAFTED + RELEASED_AFTER)
    return len(batches)


def _released(session: Session, region_code: str, at: datetime) -> PayoutBatch:
    maker, approver, releaser = (
        officers.context_of(session, name) for name in ("maker", "approver", "releaser")
    )
    wanted = DraftWanted(region_code, business_day(at), THRESHOLD_FEN, PayoutChannel.BANK)
    batch = payout_drafts.draft(session, maker, wanted, TERMS, now=at)
    payout_decisions.submit(session, maker, batch.id, TERMS, now=at)
    later = at + RELEASED_AFTER
    payout_decisions.approve(session, approver, batch.id, now=later)
    # What WeChat took lies at the bank by then; its simulator never heard of these sales.
    settled = ledger.Posting(Event.SETTLED, ledger.BANK, ledger.WECHAT, batch.amount_fen)
    book.post(session, [settled], now=later, reference=f"SAMPLE-SETTLED-{batch.id}")
    return payout_decisions.release(session, releaser, batch.id, TERMS, now=later)


def _end(session: Session, batch: PayoutBatch, at: datetime) -> None:
    """Two lines bounce, the others are paid: nothing of the batch is open any more."""
    lines = session.scalars(
        sa.select(PayoutLine).where(PayoutLine.batch_id == batch.id).order_by(PayoutLine.id)
    ).all()
    payouts.mark_sent(session, batch.id, batch.released_at or at)
    for line, reason in zip(lines, BOUNCES, strict=False):
        payout_news.bounce_line(session, line.reference, reason=reason, now=at, actor="command")
    for line in lines[len(BOUNCES) :]:
        payout_news.confirm_line(
            session, line.reference, amount_fen=line.amount_fen, receipt=None, now=at, actor="command"
        )
