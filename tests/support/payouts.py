"""Payout batches of a test world, played by the people it takes."""

import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain import ledger
from domain.clock import business_day
from domain.ledger import Event
from domain.payouts import PayoutChannel, PayoutTerms
from domain.permissions import OfficerContext
from domain.roles import Role
from models import PayoutBatch, PayoutLine
from services import ledger as book
from services import payout_decisions, payout_drafts
from services.payout_drafts import DraftWanted
from tests.support.clock import START
from tests.support.people import make_context
from tests.support.world import COUNTY

TERMS = PayoutTerms()
#: When what was sold at START is past the refund window, and when a notice of that day has stood long enough.
RIPE = START + timedelta(days=8)
NOTICED = RIPE + timedelta(days=8)
_serial = itertools.count(1)


@dataclass(frozen=True)
class Office:
    """The people of one office: five for a payout above the tier."""

    maker: OfficerContext
    approver: OfficerContext
    second: OfficerContext
    releaser: OfficerContext


def make_office(session: Session, region: str = COUNTY) -> Office:
    """A maker, two approvers and a releaser."""
    return Office(
        make_context(session, Role.MAKER, region),
        make_context(session, Role.APPROVER, region),
        make_context(session, Role.APPROVER, region),
        make_context(session, Role.RELEASER, region),
    )


def fund_bank(session: Session, fen: int, at: datetime = START) -> None:
    """WeChat has settled so much to the bank."""
    posting = ledger.Posting(Event.SETTLED, ledger.BANK, ledger.WECHAT, fen)
    book.post(session, [posting], now=at, reference=f"settled {next(_serial)}")


def wanted(**changes: object) -> DraftWanted:
    """The whole county up to RIPE, one yuan or more, by bank."""
    facts = {
        "region_code": COUNTY,
        "up_to": business_day(RIPE),
        "threshold_fen": 100,
        "channel": PayoutChannel.BANK,
        **changes,
    }
    return DraftWanted(**facts)  # type: ignore[arg-type]  # facts of one row, by name


def make_draft(session: Session, office: Office, at: datetime = RIPE, **changes: object) -> PayoutBatch:
    """A draft of what is ripe."""
    return payout_drafts.draft(session, office.maker, wanted(**changes), TERMS, now=at)


def make_submitted(session: Session, office: Office, at: datetime = RIPE, **changes: object) -> PayoutBatch:
    """A batch whose notice is up."""
    batch = make_draft(session, office, at, **changes)
    return payout_decisions.submit(session, office.maker, batch.id, TERMS, now=at)


def make_approved(session: Session, office: Office, at: datetime = RIPE, **changes: object) -> PayoutBatch:
    """A batch that was approved, by two where it takes two."""
    batch, later = make_submitted(session, office, at, **changes), at + timedelta(days=8)
    for approver in (office.approver, office.second)[: batch.approvals_needed]:
        payout_decisions.approve(session, approver, batch.id, now=later)
    return batch


def make_released(session: Session, office: Office, at: datetime = RIPE, **changes: object) -> PayoutBatch:
    """A batch on its way, with the bank funded for what it lacks."""
    batch = make_approved(session, office, at, **changes)
    lacking = batch.amount_fen + book.balance_of(session, ledger.BANK)
    if batch.channel is PayoutChannel.BANK and lacking > 0:
        fund_bank(session, lacking)
    return payout_decisions.release(session, office.releaser, batch.id, TERMS, now=at + timedelta(days=8))


def lines_of(session: Session, batch: PayoutBatch) -> list[PayoutLine]:
    """The lines of a batch as they are now."""
    return list(
        session.scalars(
            sa.select(PayoutLine)
            .where(PayoutLine.batch_id == batch.id)
            .order_by(PayoutLine.id)
            .execution_options(populate_existing=True)
        )
    )
