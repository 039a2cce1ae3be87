"""What the sample data shows of payouts: what bounced is paid again, and what bounced again is still owed."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.roles import Role
from flows.running import Running
from flows.sample_payouts import pay_out
from models import PayoutBatch, PayoutLine
from models.base import transaction
from services import ledger
from tests.support.accounts import make_account
from tests.support.clock import START
from tests.support.payout_world import book
from tests.support.sales import make_sale
from tests.support.world import (
    OTHER_VILLAGE,
    VILLAGE,
    make_household,
    make_officer,
    make_programme,
    make_units,
)

NOW = START + timedelta(days=60)


@pytest.fixture(autouse=True)
def _officers(session: Session) -> None:
    with transaction():
        make_programme(session)
        for role in (Role.MAKER, Role.APPROVER, Role.RELEASER):
            make_officer(session, role, username=role.value)


def make_sellers(session: Session, parts: Running, village: str, *trees: int) -> list[int]:
    sellers = [make_household(session, village) for _ in trees]
    for household, sold in zip(sellers, trees, strict=True):
        make_account(session, household)
        make_sale(session, parts, make_units(session, household, sold))
    return [household.id for household in sellers]


def test_of_two_that_bounced_the_follow_up_reaches_one(session: Session, parts: Running) -> None:
    with transaction():
        closed, _, _ = make_sellers(session, parts, VILLAGE, 1, 2, 3)
        make_sellers(session, parts, OTHER_VILLAGE, 4)
        assert pay_out(session, NOW) == 3
    rows = session.execute(
        sa.select(PayoutBatch.state, PayoutLine.amount_fen, PayoutLine.state, PayoutLine.bounce_reason)
        .join(PayoutLine, PayoutLine.batch_id == PayoutBatch.id)
        .order_by(PayoutLine.id)
    )
    assert [(batch.value, fen, line.value, why and why.value) for batch, fen, line, why in rows] == [
        ("settled", 300, "bounced", "account_closed"),
        ("settled", 600, "bounced", "account_frozen"),
        ("settled", 900, "paid", None),
        ("settled", 300, "bounced", "account_closed"),
        ("settled", 600, "paid", None),
        ("released", 1200, "sent", None),
    ]
    assert book(session)[f"household:{closed}"] == 300
    assert ledger.verify(session) == []


def test_without_sales_that_are_old_enough_nothing_is_paid(session: Session, parts: Running) -> None:
    with transaction():
        make_sellers(session, parts, VILLAGE, 1)
        assert pay_out(session, START + timedelta(days=20)) == 0


def test_one_village_has_a_batch_and_its_follow_up(session: Session, parts: Running) -> None:
    with transaction():
        make_sellers(session, parts, VILLAGE, 1)
        assert pay_out(session, NOW) == 2
    assert ledger.verify(session) == []
