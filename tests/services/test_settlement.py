"""Money received: whatever comes in whatever order, every fen is booked once and every order gets what it is due."""

import random
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from domain.certificates import Basis, Purpose
from domain.tokens import verify
from flows.running import Running
from models import Certificate, Credit, Gift, Order, Payment, Posting, transaction
from models.base import db
from models.certificates import CertificateState
from services import ledger
from services.receipts import Receipt
from services.settlement import Outcome, Terms, settle
from tests.support.asking import asked_of
from tests.support.buying import faults_found
from tests.support.clock import START
from tests.support.keeping import Kept
from tests.support.world import make_household, make_order, make_units

MERCHANT, APP = "1900000001", "wx0000000000000001"


def terms(parts: Running) -> Terms:
    return Terms(MERCHANT, frozenset({APP}), gift_days=30, signer=parts.signer, random=parts.random)


def receipt(order: Order, **changes: Any) -> Receipt:
    facts: dict[str, Any] = {
        "number": order.number,
        "transaction_id": f"4200{order.id:024d}",
        "merchant_id": MERCHANT,
        "appid": APP,
        "openid": "o-payer",
        "amount_fen": order.amount_fen,
        "currency": "CNY",
        "paid_at": START,
        **changes,
    }
    return Receipt(**facts)


def received(session: Session, parts: Running, order: Order, **changes: Any) -> Outcome:
    """Settle the payment of an order, in a transaction of its own."""
    with transaction():
        outcome = settle(session, receipt(order, **changes), terms(parts), START)
    session.expire_all()
    return outcome


def make_pending(session: Session) -> Order:
    """A pending order of five trees of two households; those of one bring less than the flat figure."""
    with transaction():
        rich = make_units(session, make_household(session), 3)
        poor = make_units(session, make_household(session), 2, sink_g=4_000)
        return make_order(session, [*rich, *poor])


@pytest.fixture
def order(kept: Kept, session: Session) -> Order:
    return kept(make_pending, session)


def test_a_paid_order_gives_each_household_the_exact_price_of_its_trees(
    session: Session, parts: Running, order: Order
) -> None:
    assert received(session, parts, order) is Outcome.PAID
    credits = session.scalars(sa.select(Credit).order_by(Credit.household_id)).all()
    assert [(credit.trees, credit.amount_fen, credit.sink_g) for credit in credits] == [
        (3, 900, 30_000),
        (2, 600, 8_000),
    ]
    certificate = session.scalars(sa.select(Certificate)).one()
    for credit in credits:
        assert (credit.order_id, credit.certificate_id, credit.year) == (order.id, certificate.id, order.year)
        assert credit.earned_at == START
        # The buyer may change their mind for as long as the order says.
        assert credit.matures_at == START + timedelta(days=order.maturity_days)
    postings = session.scalars(sa.select(Posting)).all()
    assert sorted((posting.source, posting.amount_fen) for posting in postings) == [
        ("wechat", 600),
        ("wechat", 900),
    ]
    assert {posting.certificate_id for posting in postings} == {certificate.id}
    assert ledger.verify(session) == []


def test_the_certificate_says_what_was_bought_and_its_token_says_the_same(
    session: Session, parts: Running, order: Order
) -> None:
    received(session, parts, order)
    certificate = session.scalars(sa.select(Certificate)).one()
    assert (certificate.count, certificate.sink_g, certificate.amount_fen, certificate.year) == (
        5,
        38_000,
        1_500,
        2026,
    )
    assert (certificate.holder_name, certificate.holder_masked) == ("测试持证人", "测*")
    assert (certificate.state, certificate.basis) == (CertificateState.ISSUED, Basis.EXPECTED)
    assert certificate.token is not None
    claims = verify(certificate.token, parts.public_keys)
    assert (claims.serial, claims.holder, claims.count) == (certificate.serial, "测*", 5)
    assert (claims.sink_g, claims.years, claims.issued_on) == (38_000, (2026,), date(2026, 9, 1))


def test_an_order_paid_after_its_year_is_over_claims_no_review_that_has_not_been(
    session: Session, parts: Running, order: Order
) -> None:
    with transaction():
        settle(session, receipt(order), terms(parts), START.replace(year=2027, month=1, day=1))
    certificate = session.scalars(sa.select(Certificate)).one()
    assert certificate.basis is Basis.EXPECTED
    assert certificate.issued_on == date(2027, 1, 1)


def test_a_gift_is_booked_in_full_and_waits_for_its_holder(
    session: Session, parts: Running, order: Order
) -> None:
    with transaction():
        session.execute(sa.update(Order).values(purpose=Purpose.GIFT))
    received(session, parts, order)
    certificate = session.scalars(sa.select(Certificate)).one()
    assert (certificate.state, certificate.token, certificate.kid) == (CertificateState.RESERVED, None, None)
    gift = session.scalars(sa.select(Gift)).one()
    assert gift.expires_at == START + timedelta(days=30)
    assert ledger.verify(session) == []


def test_what_wechat_says_of_the_payment_is_kept(session: Session, parts: Running, order: Order) -> None:
    received(session, parts, order, paid_at=START - timedelta(seconds=7), openid="o-somebody")
    payment = session.scalars(sa.select(Payment)).one()
    assert (payment.received_fen, payment.paid_at) == (1_500, START - timedelta(seconds=7))
    assert payment.openid == "o-somebody"
    session.expire_all()
    assert session.get_one(Order, order.id).paid_at == START


@pytest.mark.parametrize("households", [1, 40])
def test_settling_takes_as_many_statements_for_many_trees_and_households_as_for_one(
    session: Session, parts: Running, households: int
) -> None:
    with transaction():
        units = [unit for _ in range(households) for unit in make_units(session, make_household(session), 5)]
        order = make_order(session, units)
    with asked_of(db.engine) as sent:
        received(session, parts, order)
    assert len(sent) <= 9
    assert session.scalar(sa.select(sa.func.count()).select_from(Credit)) == households
    assert ledger.verify(session) == []


def test_nothing_known_is_the_answer_to_an_order_nobody_placed(
    session: Session, parts: Running, order: Order
) -> None:
    assert received(session, parts, order, number="D260901NOBODYS") is Outcome.UNKNOWN_ORDER
    assert session.scalars(sa.select(Posting)).all() == []


def _news(chance: random.Random, orders: list[Order]) -> dict[str, Any]:
    order = chance.choice(orders)
    fen = chance.choice([order.amount_fen] * 4 + [order.amount_fen - 1, order.amount_fen + 300])
    return {
        "order": order,
        "transaction_id": f"4200{order.id}{chance.choice('0001')}",
        "amount_fen": fen,
        "appid": chance.choice([APP] * 9 + ["wx-foreign"]),
        "currency": chance.choice(["CNY"] * 9 + ["USD"]),
    }


@pytest.mark.parametrize("seed", range(6))
def test_any_sequence_of_news_books_every_transaction_at_most_once(
    app: Flask, session: Session, parts: Running, seed: int
) -> None:
    chance = random.Random(seed)
    with transaction():
        units = make_units(session, make_household(session), 12) + make_units(
            session, make_household(session), 12
        )
        chance.shuffle(units)
        orders = [make_order(session, units[at : at + 3]) for at in range(0, 24, 3)]
    believed: dict[str, int] = {}
    for _ in range(40):
        news = _news(chance, orders)
        order = news.pop("order")
        outcome = received(session, parts, order, **news)
        if outcome in (Outcome.PAID, Outcome.UNPLACED, Outcome.REALLOCATED):
            # A transaction is believed once; what is told of it later changes nothing.
            assert news["transaction_id"] not in believed
            believed[news["transaction_id"]] = news["amount_fen"]
        else:
            assert outcome in (Outcome.DUPLICATE, Outcome.MISMATCH)
    assert ledger.balance_of(session, "wechat") == -sum(believed.values())
    session.rollback()
    assert faults_found(app) == []
