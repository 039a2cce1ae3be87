"""Payouts of the sample data, by the real verbs: a batch that has ended with two bounces, the follow-up that reached
one of the two, and a batch on its way.
"""

from collections.abc import Mapping, Sequence
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
FOLLOW_UP_DRAFTED = timedelta(days=29)
SECOND_DRAFTED = timedelta(days=10)
RELEASED_AFTER = timedelta(days=8)
CONFIRMED_AFTER = timedelta(days=10)
#: The first account is still closed when the follow-up comes; the second one is no longer frozen.
BOUNCES = (BounceReason.ACCOUNT_CLOSED, BounceReason.ACCOUNT_FROZEN)


def pay_out(session: Session, now: datetime) -> int:
    """Pay two villages out, as far as their sales are old enough; how many batches that made."""
    villages = session.scalars(
        sa.select(Household.region_code)
        .join(Credit, Credit.household_id == Household.id)
        .where(Credit.state == CreditState.OWED, Credit.matures_at <= now - FIRST_DRAFTED)
        .group_by(Household.region_code)
        .order_by(Household.region_code)
    ).all()
    if not villages:
        return 0
    first = _released(session, villages[0], now - FIRST_DRAFTED)
    failed = _lines(session, first)[: len(BOUNCES)]
    bounced = {line.household_id: why for line, why in zip(failed, BOUNCES, strict=False)}
    _end(session, first, now - FIRST_DRAFTED + CONFIRMED_AFTER, bounced)
    came_back_fen = sum(line.amount_fen for line in failed)
    follow_up = _released(session, villages[0], now - FOLLOW_UP_DRAFTED, came_back_fen)
    closed = {failed[0].household_id: BOUNCES[0]}
    _end(session, follow_up, now - FOLLOW_UP_DRAFTED + CONFIRMED_AFTER, closed)
    if len(villages) == 1:
        return 2
    second = _released(session, villages[1], now - SECOND_DRAFTED)
    payouts.mark_sent(session, second.id, now - SECOND_DRAFTED + RELEASED_AFTER)
    return 3


def _released(session: Session, region_code: str, at: datetime, there_fen: int = 0) -> PayoutBatch:
    """A released batch, of whose money `there_fen` lies at the bank already."""
    maker, approver, releaser = (
        officers.context_of(session, name) for name in ("maker", "approver", "releaser")
    )
    wanted = DraftWanted(region_code, business_day(at), THRESHOLD_FEN, PayoutChannel.BANK)
    batch = payout_drafts.draft(session, maker, wanted, TERMS, now=at)
    payout_decisions.submit(session, maker, batch.id, TERMS, now=at)
    later = at + RELEASED_AFTER
    payout_decisions.approve(session, approver, batch.id, now=later)
    # What WeChat took lies at the bank by then; its simulator never heard of these sales.
    if batch.amount_fen > there_fen:
        settled = ledger.Posting(Event.SETTLED, ledger.BANK, ledger.WECHAT, batch.amount_fen - there_fen)
        book.post(session, [settled], now=later, reference=f"SAMPLE-SETTLED-{batch.id}")
    return payout_decisions.release(session, releaser, batch.id, TERMS, now=later)


def _lines(session: Session, batch: PayoutBatch) -> Sequence[PayoutLine]:
    return session.scalars(
        sa.select(PayoutLine).where(PayoutLine.batch_id == batch.id).order_by(PayoutLine.id)
    ).all()


def _end(session: Session, batch: PayoutBatch, at: datetime, bounced: Mapping[int, BounceReason]) -> None:
    """The lines of these households bounce, the others are paid: nothing of the batch is open any more."""
    payouts.mark_sent(session, batch.id, batch.released_at or at)
    for line in _lines(session, batch):
        if line.household_id in bounced:
            payout_news.bounce_line(
                session, line.reference, reason=bounced[line.household_id], now=at, actor="command"
            )
        else:
            payout_news.confirm_line(
                session, line.reference, amount_fen=line.amount_fen, receipt=None, now=at, actor="command"
            )
