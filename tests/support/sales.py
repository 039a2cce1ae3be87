"""Sales and payouts as the book would hold them."""

import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain import ledger
from domain.ledger import Event
from flows.running import Running
from models import Credit, Order, Unit
from models.credits import CreditState
from services import ledger as book
from services.receipts import Receipt
from services.settlement import Outcome, Terms, settle
from tests.support.clock import START
from tests.support.world import make_order

_MERCHANT, _APP = "1900000001", "wx0000000000000001"
_transaction = itertools.count(1)


def make_sale(session: Session, parts: Running, units: Sequence[Unit], at: datetime = START) -> Order:
    """These free units bought and paid for at an instant: certificate, credits and postings."""
    order = make_order(session, units, created_at=at, expires_at=at + timedelta(minutes=15))
    receipt = Receipt(
        number=order.number,
        transaction_id=f"42000000{next(_transaction):020d}",
        merchant_id=_MERCHANT,
        appid=_APP,
        openid="somebody",
        amount_fen=order.amount_fen,
        currency="CNY",
        paid_at=at,
    )
    terms = Terms(_MERCHANT, frozenset({_APP}), gift_days=30, signer=parts.signer, random=parts.random)
    assert settle(session, receipt, terms, at) is Outcome.PAID
    session.expire_all()
    return order


def make_payout(
    session: Session, household_id: int, batch: int, *, confirmed: bool, at: datetime = START
) -> int:
    """Everything owed to a household released in a batch, and confirmed by the bank or not; gives the fen."""
    owed = sa.select(sa.func.sum(Credit.amount_fen)).where(
        Credit.household_id == household_id, Credit.state == CreditState.OWED
    )
    fen = int(session.scalar(owed) or 0)
    account, transit = ledger.household(household_id), ledger.payout(batch)
    postings = [ledger.Posting(Event.BATCH_RELEASED, account, transit, fen)]
    if confirmed:
        postings.append(ledger.Posting(Event.PAYOUT_CONFIRMED, transit, ledger.BANK, fen))
    book.post(session, postings, now=at, reference=f"P{batch:08d}L{household_id:05d}")
    session.execute(
        sa.update(Credit)
        .where(Credit.household_id == household_id, Credit.state == CreditState.OWED)
        .values(state=CreditState.PAID if confirmed else CreditState.IN_TRANSIT)
    )
    session.expire_all()
    return fen
