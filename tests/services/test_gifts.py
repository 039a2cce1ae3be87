"""Gifts on the rows: lapsed in portions, by one worker each, whatever has become of their orders."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from domain.certificates import Purpose
from domain.errors import NotFound
from domain.orders import OrderState
from flows.running import Running
from models import Certificate, Gift, Order, transaction
from models.certificates import CertificateState
from models.gifts import GiftState
from services import gifts
from tests.services.test_settlement import received
from tests.support.clock import START
from tests.support.keeping import Kept
from tests.support.world import make_household, make_order, make_units, make_user

LATER = START + timedelta(days=30)


def make_given(session: Session, parts: Running) -> list[Order]:
    """Five gifts, paid at START."""
    with transaction():
        units = make_units(session, make_household(session), 5)
        orders = [make_order(session, [unit], purpose=Purpose.GIFT) for unit in units]
    for order in orders:
        received(session, parts, order)
    return orders


@pytest.fixture
def given(kept: Kept, session: Session, parts: Running) -> list[Order]:
    return kept(make_given, session, parts)


def states(session: Session) -> list[GiftState]:
    session.expire_all()
    return list(session.scalars(sa.select(Gift.state).order_by(Gift.id)))


def lapse(session: Session, parts: Running, most: int = 100) -> int:
    with transaction():
        return gifts.lapse(session, parts.signer, LATER, most)


def test_gifts_lapse_in_portions_until_none_is_left(
    session: Session, parts: Running, given: list[Order]
) -> None:
    assert [lapse(session, parts, most=2) for _ in range(4)] == [2, 2, 1, 0]
    assert states(session) == [GiftState.LAPSED] * 5
    certificates = session.scalars(sa.select(Certificate)).all()
    assert {certificate.state for certificate in certificates} == {CertificateState.ISSUED}
    assert {certificate.user_id for certificate in certificates} == {order.user_id for order in given}
    assert all(certificate.token for certificate in certificates)


def test_two_workers_lapse_every_gift_once(app: Flask, parts: Running, given: list[Order]) -> None:
    def work(_: int) -> int:
        with app.app_context(), transaction() as session:
            return gifts.lapse(session, parts.signer, LATER, 3)

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(work, range(3))) == 5


def test_a_gift_whose_certificate_was_revoked_holds_up_no_other(
    session: Session, parts: Running, given: list[Order]
) -> None:
    with transaction():
        session.execute(
            sa.update(Certificate)
            .where(Certificate.order_id == given[0].id)
            .values(state=CertificateState.REVOKED, revoked_at=START)
        )
        session.execute(sa.update(Order).where(Order.id == given[0].id).values(state=OrderState.REFUNDED))
    assert lapse(session, parts) == 5
    assert states(session) == [GiftState.LAPSED] * 5
    issued = sa.select(sa.func.count()).where(Certificate.state == CertificateState.ISSUED)
    assert session.scalar(issued) == 4


def test_a_gift_of_a_revoked_certificate_cannot_be_claimed(
    session: Session, parts: Running, given: list[Order]
) -> None:
    with transaction():
        code = session.scalars(sa.select(Gift).where(Gift.order_id == given[0].id)).one().code
        friend = make_user(session, "friend")[0]
        session.execute(sa.update(Certificate).values(state=CertificateState.REVOKED, revoked_at=START))
    with pytest.raises(NotFound, match="gift_not_found"), transaction():
        gifts.claim(
            session,
            code,
            user_id=friend.id,
            holder_name="陈知秋",
            holder_public=False,
            words_state=given[0].words_state,
            signer=parts.signer,
            now=START,
        )
    assert states(session) == [GiftState.OFFERED] * 5
