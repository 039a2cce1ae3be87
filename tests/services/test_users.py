"""Who is who: identities of WeChat joined into users, and what is left of one who goes."""

import os
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from domain.certificates import Purpose
from domain.errors import Conflict
from domain.orders import OrderState
from flows.running import Running
from flows.sign_in import sign_in
from models import IdempotencyKey, Order, SignInSession, User, WeChatIdentity, database, transaction
from models.certificates import Certificate, CertificateState
from services import users
from services.users import GONE, Known
from tests.services.test_payments import overhearing
from tests.support.buying import Buyer, make_shop
from tests.support.clock import START
from tests.support.sales import make_sale
from tests.support.world import make_household, make_order, make_units, make_user


def mini(openid: str, unionid: str | None = None) -> Known:
    return Known("miniprogram", "wx-mini", openid, unionid)


def official(openid: str, unionid: str | None = None) -> Known:
    return Known("official_account", "wx-official", openid, unionid)


def seen(session: Session, known: Known) -> int:
    with transaction():
        return users.recognise(session, known, START, os.urandom)[0].id


def test_the_same_openid_of_the_same_app_is_the_same_user(session: Session) -> None:
    assert seen(session, mini("o1")) == seen(session, mini("o1"))
    assert seen(session, mini("o1")) != seen(session, mini("o2"))


def test_the_same_openid_of_another_app_is_somebody_else(session: Session) -> None:
    assert seen(session, mini("o1")) != seen(session, official("o1"))


def test_one_unionid_in_two_apps_is_one_user(session: Session) -> None:
    assert seen(session, mini("o1", "u1")) == seen(session, official("o2", "u1"))


def test_a_unionid_that_comes_later_joins_an_identity_that_holds_nothing(session: Session) -> None:
    first = seen(session, mini("o1", "u1"))
    second = seen(session, official("o2"))
    assert second != first
    assert seen(session, official("o2", "u1")) == first


@pytest.mark.parametrize("had", ["an order", "a gift"])
def test_a_unionid_that_comes_later_takes_nothing_from_whoever_holds_something(
    session: Session, parts: Running, had: str
) -> None:
    first, second = seen(session, mini("o1", "u1")), seen(session, official("o2"))
    with transaction():
        units = make_units(session, make_household(session), 1)
        if had == "an order":
            make_order(session, units, user=session.get_one(User, second))
        else:
            order = make_sale(session, parts, units)
            session.execute(
                sa.update(Certificate).where(Certificate.order_id == order.id).values(user_id=second)
            )
    assert seen(session, official("o2", "u1")) == second != first


def test_a_person_who_comes_twice_at_the_same_moment_is_one_user_and_let_in_both_times(
    app: Flask, parts: Running
) -> None:
    both_asked = Barrier(2)
    parts = overhearing(parts, lambda _: None)

    def come(_: int) -> int:
        with app.app_context():
            both_asked.wait()
            return sign_in(parts, "miniprogram", "demo:twin").user.id

    for _ in range(5):
        with ThreadPoolExecutor(2) as pool:
            assert len(set(pool.map(come, range(2)))) == 1
        with app.app_context(), transaction() as session:
            session.execute(sa.delete(SignInSession))
            session.execute(sa.delete(WeChatIdentity))


def left(app: Flask, user_id: int) -> None:
    with app.app_context(), transaction() as session:
        users.leave(session, user_id, START)


@pytest.mark.parametrize("state", [OrderState.PENDING, OrderState.REFUNDING])
def test_nobody_leaves_while_money_may_still_move(session: Session, state: OrderState) -> None:
    with transaction():
        user, _ = make_user(session)
        order = make_order(session, make_units(session, make_household(session), 1), state, user)
    with pytest.raises(Conflict, match="orders_open") as refused, transaction():
        users.leave(session, user.id, START)
    assert refused.value.fields == {"order": order.number}
    session.expire_all()
    assert session.get_one(User, user.id).deleted_at is None


@pytest.mark.parametrize("public", [False, True])
def test_whoever_leaves_leaves_no_name_behind(app: Flask, public: bool) -> None:
    make_shop(app)
    lin = Buyer(app)
    number = lin.buy(count=2, holder_name="林大满", holder_public=public)
    gift = lin.buy(count=1, purpose="gift", holder_name="林大满", message="大满留念")
    serial = lin.shown(number)["certificate"]
    left(app, lin.id)
    with app.app_context():
        session = database()
        user = session.get_one(User, lin.id)
        assert (user.nickname, user.deleted_at) == (GONE, START)
        held = session.scalars(sa.select(Certificate).where(Certificate.user_id == lin.id)).all()
        assert {certificate.holder_name for certificate in held} == {"林*"}
        assert {certificate.holder_public for certificate in held} == {False}
        orders = session.scalars(sa.select(Order).where(Order.number.in_([number, gift]))).all()
        assert {(order.holder_name, order.message) for order in orders} == {(GONE, None)}
        assert session.scalars(sa.select(IdempotencyKey)).all() == []
        openids = session.scalars(sa.select(WeChatIdentity.openid)).all()
        assert all(openid.startswith("gone:") for openid in openids)
        assert session.scalars(sa.select(WeChatIdentity.unionid)).all() == [None]
        assert all(one.ended_at for one in session.scalars(sa.select(SignInSession)))
    verdict = app.test_client().get(f"/api/v1/certificates/{serial}").get_json()
    assert (verdict["verdict"], verdict["certificate"]["holder"]) == ("valid", "林*")


def test_whoever_leaves_is_signed_out_and_comes_back_as_somebody_new(app: Flask) -> None:
    make_shop(app)
    lin = Buyer(app)
    lin.buy(count=1)
    left(app, lin.id)
    assert lin.get("/me").status_code == 401
    again = Buyer(app)
    assert again.id != lin.id
    assert again.get("/orders").get_json()["items"] == []


def test_a_gift_outlives_its_giver(app: Flask) -> None:
    make_shop(app)
    lin, wang = Buyer(app), Buyer(app, "wang")
    code = lin.shown(lin.buy(count=1, purpose="gift"))["gift_code"]
    left(app, lin.id)
    claimed = wang.post(f"/gifts/{code}/claim", {"holder_name": "王小明"})
    assert claimed.status_code == 201
    with app.app_context():
        certificate = database().scalars(sa.select(Certificate)).one()
        assert (certificate.user_id, certificate.state) == (wang.id, CertificateState.ISSUED)
        assert certificate.purpose is Purpose.GIFT
