"""Payouts as their batches leave them once they are released: rows, duties of different people, and postings."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain import ledger
from domain.ledger import Event
from domain.payouts import BatchState, Duty, PayoutChannel, PayoutLineState, line_reference
from domain.roles import Role
from models import (
    Credit,
    Household,
    HouseholdAccount,
    PayoutBatch,
    PayoutDuty,
    PayoutLine,
    PayoutLineCredit,
)
from models.credits import CreditState
from services import ledger as book
from tests.support.clock import START
from tests.support.people import make_officer


def make_released(
    session: Session, household: Household, account: HouseholdAccount, at: datetime = START
) -> PayoutLine:
    """Everything a household is owed, released to an account by people who are all different; the test moves it on."""
    credits = session.scalars(
        sa.select(Credit).where(Credit.household_id == household.id, Credit.state == CreditState.OWED)
    ).all()
    fen = sum(credit.amount_fen for credit in credits)
    batch = PayoutBatch(
        region_code=household.region_code,
        channel=account.channel,
        up_to=at.date(),
        threshold_fen=0,
        year_end=False,
        state=BatchState.DRAFT,
        amount_fen=fen,
        line_count=1,
        approvals_needed=1,
        drafted_at=at,
    )
    session.add(batch)
    session.flush()
    _duty(session, batch.id, Duty.MAKER, at)
    for officer_id in {account.editor_id, account.confirmer_id} - {None}:
        session.add(PayoutDuty(batch_id=batch.id, officer_id=officer_id, duty=Duty.ACCOUNT, done_at=at))
    session.flush()
    line = PayoutLine(
        batch_id=batch.id,
        household_id=household.id,
        reference=line_reference(batch.id, 1),
        amount_fen=fen,
        account_id=account.id,
        editor_id=account.editor_id,
        confirmer_id=account.confirmer_id,
        payee_name=household.head_name,
        bank=account.bank,
        account=account.account,
        account_hash=account.account_hash,
        state=PayoutLineState.PREPARED,
    )
    session.add(line)
    session.flush()
    named = [PayoutLineCredit(line_id=line.id, credit_id=credit.id, reserved=False) for credit in credits]
    session.add_all(named)
    session.flush()
    for one in named:
        one.reserved = True
    batch.state, batch.submitted_at, batch.objections_until = BatchState.SUBMITTED, at, at
    session.flush()
    _duty(session, batch.id, Duty.APPROVER, at)
    batch.state, batch.approved_at = BatchState.APPROVED, at
    session.flush()
    _duty(session, batch.id, Duty.RELEASER, at)
    batch.state, batch.released_at = BatchState.RELEASED, at
    session.flush()
    line.state = PayoutLineState.REQUESTED
    for credit in credits:
        credit.state = CreditState.IN_TRANSIT
    posting = ledger.Posting(
        Event.BATCH_RELEASED, ledger.household(household.id), ledger.payout(batch.id), fen
    )
    book.post(session, [posting], now=at, reference=line.reference)
    session.flush()
    return line


def make_paid(session: Session, line: PayoutLine, at: datetime = START) -> PayoutLine:
    """A released payment that is known to have arrived."""
    batch = session.get_one(PayoutBatch, line.batch_id)
    cash = ledger.WECHAT if batch.channel is PayoutChannel.WECHAT else ledger.BANK
    line.state, line.paid_at = PayoutLineState.PAID, at
    session.execute(
        sa.update(Credit)
        .where(
            Credit.id.in_(sa.select(PayoutLineCredit.credit_id).where(PayoutLineCredit.line_id == line.id))
        )
        .values(state=CreditState.PAID)
    )
    posting = ledger.Posting(Event.PAYOUT_CONFIRMED, ledger.payout(batch.id), cash, line.amount_fen)
    book.post(session, [posting], now=at, reference=line.reference)
    session.flush()
    return line


def _duty(session: Session, batch_id: int, duty: Duty, at: datetime) -> None:
    role = {Duty.MAKER: Role.MAKER, Duty.APPROVER: Role.APPROVER, Duty.RELEASER: Role.RELEASER}[duty]
    officer = make_officer(session, role)
    session.add(PayoutDuty(batch_id=batch_id, officer_id=officer.id, duty=duty, done_at=at))
    session.flush()
