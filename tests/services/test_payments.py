"""Asking for a payment, hearing nothing, and closing: never freed first, never lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
import sqlalchemy as sa
from flask import Flask

from domain.errors import Conflict, Unavailable
from flows import payments as paying
from flows.running import Running
from gateways.wechat import connect
from jobs import tasks
from models import Order, Payment, WeChatIdentity, database, transaction
from models.payments import PaymentState
from services import lapses, payments
from tests.faults.meeting import order_held, wait_until_waiting
from tests.support.buying import Buyer, faults_found, make_shop
from tests.support.clock import SteppingClock


class Overheard(httpx.BaseTransport):
    """The way to the simulator, with somebody who listens before each call goes out."""

    def __init__(self, inner: httpx.BaseTransport, listen: Callable[[httpx.Request], None]) -> None:
        self._inner = inner
        self._listen = listen

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._listen(request)
        return self._inner.handle_request(request)


def overhearing(parts: Running, listen: Callable[[httpx.Request], None]) -> Running:
    """The same parts, with a WeChat client that is listened to."""
    assert parts.sandbox is not None
    transport = Overheard(parts.sandbox.transport(), listen)
    return replace(parts, wechat=connect(parts.wechat.settings, transport, parts.clock))


def order_of(number: str) -> Order:
    return database().scalars(sa.select(Order).where(Order.number == number)).one()


def payment_of(number: str) -> Payment | None:
    joined = sa.select(Payment).join(Order, Order.id == Payment.order_id).where(Order.number == number)
    return database().scalars(joined).one_or_none()


def identity_of(user_id: int) -> int:
    identity = sa.select(WeChatIdentity.id).where(WeChatIdentity.user_id == user_id)
    return database().scalars(identity).one()


def test_what_is_asked_of_wechat_is_frozen_with_the_first_asking(app: Flask, clock: SteppingClock) -> None:
    make_shop(app)
    lin = Buyer(app)
    number = lin.order(count=2)
    lin.prepare(number)
    with app.app_context():
        first = payment_of(number)
        assert first is not None
        frozen = (
            first.appid,
            first.openid,
            first.amount_fen,
            first.description,
            first.notify_url,
            first.time_expire,
        )
    clock.advance(minutes=10)
    lin.prepare(number)
    with app.app_context():
        again = payment_of(number)
        assert again is not None
        assert frozen == (
            again.appid, again.openid, again.amount_fen, again.description, again.notify_url, again.time_expire,
        )  # fmt: skip
        assert again.amount_fen == 600
        assert again.time_expire == order_of(number).expires_at


def test_nothing_of_the_database_is_held_while_wechat_is_asked(app: Flask, clock: SteppingClock) -> None:
    make_shop(app, (5,))
    lin = Buyer(app)
    calls: list[tuple[str, bool]] = []

    def listen(request: httpx.Request) -> None:
        calls.append((request.url.path.rpartition("/")[2], database().in_transaction()))

    parts = overhearing(lin.parts, listen)
    first, second = lin.order(count=1), lin.order(count=1)
    with app.app_context():
        paying.ask(parts, first, lin.id, identity_of(lin.id))
        paying.sync(parts, first, lin.id)
        paying.cancel(parts, first, lin.id)
        paying.ask(parts, second, lin.id, identity_of(lin.id))
        clock.advance(minutes=16)
        paying.sync_number(parts, second)
    assert [call for call, held in calls if held] == []
    about_money = [call for call, _ in calls if call in ("jsapi", "close", first, second)]
    assert about_money == ["jsapi", first, first, "close", "jsapi", second, "close"]


def test_an_order_closed_while_its_payment_is_prepared_is_closed_at_wechat_too(app: Flask) -> None:
    make_shop(app)
    lin = Buyer(app)
    number = lin.order(count=2)

    def cancel(request: httpx.Request) -> None:
        if request.url.path.endswith("/jsapi"):
            assert lin.post(f"/orders/{number}/cancel").get_json()["status"] == "closed"

    parts = overhearing(lin.parts, cancel)
    with app.app_context():
        with pytest.raises(Conflict, match="order_state") as refused:
            paying.ask(parts, number, lin.id, identity_of(lin.id))
        assert refused.value.fields == {"status": "closed"}
        assert lin.parts.wechat.pay.query_by_number(number).state.value == "CLOSED"
    assert faults_found(app) == []


def test_an_order_paid_between_our_question_and_our_closing_is_paid(app: Flask) -> None:
    make_shop(app)
    lin = Buyer(app)
    number = lin.order(count=2)
    package = lin.prepare(number)
    sandbox = lin.parts.sandbox
    assert sandbox is not None
    sandbox.misdeliver("lost", number)

    def pay(request: httpx.Request) -> None:
        if request.url.path.endswith("/close"):
            sandbox.pay(package)

    with app.app_context():
        order = paying.cancel(overhearing(lin.parts, pay), number, lin.id)
    assert order.state.value == "paid"
    assert lin.shown(number)["money"]["to_households_fen"] == 600
    assert faults_found(app) == []


def test_an_order_paid_before_its_prepay_is_answered_is_paid(app: Flask) -> None:
    make_shop(app)
    lin = Buyer(app)
    number = lin.order(count=2)
    assert lin.parts.sandbox is not None
    lin.parts.sandbox.pay_at_once(number)
    answer = lin.post(f"/orders/{number}/payment")
    assert (answer.status_code, answer.get_json()["fields"]) == (409, {"status": "paid"})
    assert lin.shown(number)["status"] == "paid"
    assert faults_found(app) == []


def test_a_cancel_that_meets_the_first_asking_for_a_payment_closes_at_wechat_first(app: Flask) -> None:
    make_shop(app)
    lin = Buyer(app)
    number = lin.order(count=2)
    with ThreadPoolExecutor(2) as pool:
        with order_held(app, number):
            asked = pool.submit(lin.post, f"/orders/{number}/payment")
            wait_until_waiting(app, 1)
            cancelled = pool.submit(lin.post, f"/orders/{number}/cancel")
            wait_until_waiting(app, 2)
        assert cancelled.result().get_json()["status"] == "closed"
        assert asked.result().status_code in (201, 409)
    with app.app_context():
        payment = payment_of(number)
        if payment is not None:
            assert payment.state is PaymentState.CLOSED
            assert lin.parts.wechat.pay.query_by_number(number).state.value == "CLOSED"
    assert faults_found(app) == []


def test_a_payment_asked_for_while_the_hold_was_being_lapsed_keeps_its_order(
    app: Flask, clock: SteppingClock
) -> None:
    make_shop(app)
    lin = Buyer(app)
    number = lin.order(count=2)
    late = clock() + timedelta(minutes=16)

    def lapse() -> int:
        with app.app_context(), transaction() as session:
            return lapses.lapse_for(session, late, year=2026)

    with ThreadPoolExecutor(1) as pool:
        with app.app_context(), transaction() as session:
            order = session.scalars(sa.select(Order).where(Order.number == number).with_for_update()).one()
            lapsing = pool.submit(lapse)
            wait_until_waiting(app, 1)
            payments.ask(session, order.id, identity_of(lin.id), notify_url="https://a.example/", now=clock())
        assert lapsing.result() == 0
    assert lin.shown(number)["status"] == "pending"
    assert faults_found(app) == []


def test_the_worker_asks_about_a_payment_less_and_less_often(app: Flask, clock: SteppingClock) -> None:
    make_shop(app)
    lin = Buyer(app)
    lin.prepare(lin.order(count=1))
    waits = []
    with app.app_context():
        for _ in range(4):
            asked_at = clock()
            while not _due(clock):
                clock.advance(seconds=1)
            waits.append(int((clock() - asked_at).total_seconds()))
    assert waits == [5, 30, 60, 180]


def _due(clock: SteppingClock) -> bool:
    with transaction() as session:
        return bool(payments.claim_due(session, clock()))


def test_the_worker_books_a_payment_nobody_has_told_of(app: Flask, clock: SteppingClock) -> None:
    make_shop(app)
    lin = Buyer(app)
    number = lin.order(count=2)
    package = lin.prepare(number)
    assert lin.parts.sandbox is not None
    lin.parts.sandbox.misdeliver("lost", number)
    lin.parts.sandbox.pay(package)
    assert lin.shown(number)["status"] == "pending"
    clock.advance(seconds=6)
    with app.app_context():
        assert tasks.sync_payments() == 1
    assert lin.shown(number)["status"] == "paid"
    assert faults_found(app) == []


def test_the_worker_closes_at_wechat_before_it_frees_trees(app: Flask, clock: SteppingClock) -> None:
    make_shop(app)
    lin = Buyer(app)
    number = lin.order(count=3)
    lin.prepare(number)
    clock.advance(minutes=16)
    assert lin.parts.sandbox is not None
    lin.parts.sandbox.fail("503", "close_order", number, times=2)
    with app.app_context():
        assert tasks.sync_payments() == 1
    assert lin.shown(number)["status"] == "pending"
    clock.advance(seconds=30)
    with app.app_context():
        assert tasks.sync_payments() == 1
        assert lin.parts.wechat.pay.query_by_number(number).state.value == "CLOSED"
    assert lin.shown(number)["status"] == "closed"
    assert Buyer(app, "wang").order(count=3)
    assert faults_found(app) == []


def test_a_worker_whose_wechat_is_down_loses_nothing_and_comes_again(
    app: Flask, clock: SteppingClock
) -> None:
    make_shop(app)
    lin = Buyer(app)
    number = lin.order(count=1)
    lin.prepare(number)
    assert lin.parts.sandbox is not None
    lin.parts.sandbox.misdeliver("lost", number)
    lin.parts.sandbox.pay_number(number)
    clock.advance(seconds=6)
    lin.parts.sandbox.fail("drop", "query_order", number, times=2)
    with app.app_context():
        assert tasks.sync_payments() == 1
        assert tasks.sync_payments() == 0
    assert lin.shown(number)["status"] == "pending"
    clock.advance(seconds=30)
    with app.app_context():
        assert tasks.sync_payments() == 1
    assert lin.shown(number)["status"] == "paid"


def test_two_workers_ask_about_a_payment_once(app: Flask, clock: SteppingClock) -> None:
    make_shop(app, (6,))
    lin = Buyer(app)
    for _ in range(6):
        lin.prepare(lin.order(count=1))
    clock.advance(seconds=6)

    def work(_: int) -> int:
        with app.app_context():
            return tasks.sync_payments()

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(work, range(3))) == 6


def test_wechat_that_answers_nonsense_is_as_good_as_down(app: Flask) -> None:
    make_shop(app)
    lin = Buyer(app)
    number = lin.order(count=1)
    assert lin.parts.sandbox is not None
    lin.parts.sandbox.fail("wrong_signature", "prepay", number)
    with app.app_context(), pytest.raises(Unavailable, match="payment_unavailable"):
        paying.ask(lin.parts, number, lin.id, identity_of(lin.id))
    lin.prepare(number)
