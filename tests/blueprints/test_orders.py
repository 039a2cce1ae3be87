"""Paying an order over HTTP: what the phone is given, what it is refused, and what asking WeChat brings."""

import base64
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from flask import Flask
from sqlalchemy.orm import Session

from gateways.wechat.simulator import Simulator
from models import Order, Payment, PrepayAttempt, database
from tests.support.buying import API, Buyer, codes_of, faults_found, make_shop, nothing_written
from tests.support.clock import SteppingClock
from tests.support.keeping import Kept


def make_lin(app: Flask) -> Buyer:
    """A buyer at a shop of nine trees of three households."""
    make_shop(app, (3, 3, 3))
    return Buyer(app)


@pytest.fixture
def lin(kept: Kept, app: Flask) -> Buyer:
    return kept(make_lin, app)


@pytest.fixture
def sandbox(lin: Buyer) -> Iterator[Simulator]:
    """The simulated WeChat, with nothing going wrong before and after."""
    assert lin.parts.sandbox is not None
    lin.parts.sandbox.repair()
    yield lin.parts.sandbox
    lin.parts.sandbox.repair()


def clock_of(buyer: Buyer) -> SteppingClock:
    """The clock of the application a buyer talks to."""
    clock = buyer.parts.clock
    assert isinstance(clock, SteppingClock)
    return clock


def counted(session: Session, model: type[Payment] | type[PrepayAttempt]) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def test_an_order_is_answered_as_it_is_shown_afterwards(lin: Buyer) -> None:
    answer = lin.ask(count=2, message="给山里", holder_public=True)
    assert answer.status_code == 201
    order = answer.get_json()
    assert order == lin.shown(order["number"])
    assert order["status"] == "pending"
    assert (order["message"], order["holder_public"], order["certificate"]) == ("给山里", True, None)
    assert order["money"] == {"to_households_fen": 0, "paid_out_fen": 0, "refunded_fen": 0}
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_sheet_carries_what_the_phone_needs_signed_by_the_merchant(
    lin: Buyer, sandbox: Simulator
) -> None:
    sheet = lin.post(f"/orders/{lin.order(count=1)}/payment").get_json()
    assert set(sheet) == {"appId", "timeStamp", "nonceStr", "package", "signType", "paySign"}
    assert all(isinstance(value, str) for value in sheet.values())
    assert sheet["signType"] == "RSA"
    assert sheet["appId"] == lin.parts.wechat.settings.apps["miniprogram"].appid
    message = f"{sheet['appId']}\n{sheet['timeStamp']}\n{sheet['nonceStr']}\n{sheet['package']}\n"
    sandbox.world.merchant_key.verify(
        base64.b64decode(sheet["paySign"]), message.encode(), PKCS1v15(), SHA256()
    )


def test_a_payment_may_be_asked_for_again(app: Flask, lin: Buyer, clock: SteppingClock) -> None:
    number = lin.order(count=1)
    first = lin.prepare(number)
    clock.advance(minutes=13)
    assert lin.prepare(number) == first
    with app.app_context():
        assert counted(database(), Payment) == 1


@pytest.mark.parametrize(("left_seconds", "status"), [(61, 201), (60, 409), (0, 409), (-3600, 409)])
def test_a_payment_is_asked_for_more_than_a_minute_before_the_time_is_over_or_not_at_all(
    app: Flask, lin: Buyer, clock: SteppingClock, left_seconds: int, status: int
) -> None:
    number = lin.order(count=1)
    clock.advance(seconds=15 * 60 - left_seconds)
    answer = lin.post(f"/orders/{number}/payment")
    assert answer.status_code == status
    if status == 409:
        assert answer.get_json()["code"] == "order_expired"
        with app.app_context():
            assert counted(database(), Payment) == 0


@pytest.mark.parametrize("fault", ["drop", "drop_after", "500", "502", "503", "429", "malformed", "stale"])
def test_while_wechat_is_down_the_order_is_kept_and_can_be_paid_later(
    app: Flask, lin: Buyer, sandbox: Simulator, fault: str
) -> None:
    number = lin.order(count=2)
    sandbox.fail(fault, "prepay", number, times=2)
    answer = lin.post(f"/orders/{number}/payment")
    assert (answer.status_code, answer.get_json()["code"]) == (503, "payment_unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    assert lin.shown(number)["status"] == "pending"
    sandbox.repair()
    lin.pay(number)
    assert lin.shown(number)["status"] == "paid"
    assert faults_found(app) == []


def test_one_lost_answer_of_wechat_is_made_up_for_by_its_second_host(lin: Buyer, sandbox: Simulator) -> None:
    number = lin.order(count=1)
    sandbox.fail("drop_after", "prepay", number)
    lin.pay(number)
    assert lin.shown(number)["status"] == "paid"


def test_a_payment_begun_in_one_app_is_not_continued_in_another(
    app: Flask, lin: Buyer, sandbox: Simulator
) -> None:
    elsewhere = Buyer(app, "lin", "official_account")
    assert elsewhere.id == lin.id
    number = lin.order(count=1)
    lin.prepare(number)
    answer = elsewhere.post(f"/orders/{number}/payment")
    assert (answer.status_code, answer.get_json()["code"]) == (409, "payment_elsewhere")
    lin.pay(number)
    assert elsewhere.shown(number)["status"] == "paid"


def test_an_order_placed_in_one_app_may_be_paid_in_the_other(app: Flask, lin: Buyer) -> None:
    elsewhere = Buyer(app, "lin", "official_account")
    number = lin.order(count=1)
    sheet = elsewhere.post(f"/orders/{number}/payment").get_json()
    assert sheet["appId"] == lin.parts.wechat.settings.apps["official_account"].appid
    elsewhere.pay(number)
    assert lin.shown(number)["status"] == "paid"


def test_a_paid_order_is_not_paid_again(lin: Buyer) -> None:
    number = lin.buy(count=1)
    answer = lin.post(f"/orders/{number}/payment")
    assert (answer.status_code, answer.get_json()["code"]) == (409, "order_state")
    assert answer.get_json()["fields"] == {"status": "paid"}


def test_syncing_an_order_whose_notice_was_lost_pays_it(app: Flask, lin: Buyer, sandbox: Simulator) -> None:
    number = lin.order(count=2)
    package = lin.prepare(number)
    sandbox.misdeliver("lost", number)
    sandbox.pay(package)
    assert lin.shown(number)["status"] == "pending"
    answer = lin.post(f"/orders/{number}/sync")
    assert (answer.status_code, answer.get_json()["status"]) == (200, "paid")
    assert faults_found(app) == []


def test_syncing_what_is_not_paid_yet_changes_nothing(app: Flask, lin: Buyer) -> None:
    number = lin.order(count=1)
    with nothing_written(app):
        assert lin.post(f"/orders/{number}/sync").get_json()["status"] == "pending"
    lin.prepare(number)
    with nothing_written(app):
        assert lin.post(f"/orders/{number}/sync").get_json()["status"] == "pending"


@pytest.mark.parametrize("asked", [False, True])
def test_syncing_what_nobody_paid_in_time_closes_it_at_wechat_and_frees_its_trees(
    app: Flask, lin: Buyer, clock: SteppingClock, asked: bool
) -> None:
    number = lin.order(count=9)
    if asked:
        lin.prepare(number)
    clock.advance(minutes=15)
    assert lin.post(f"/orders/{number}/sync").get_json()["status"] == "closed"
    if asked:
        assert lin.parts.wechat.pay.query_by_number(number).state.value == "CLOSED"
    assert len(codes_of(app, Buyer(app, "wang").order(count=9))) == 9
    assert faults_found(app) == []


@pytest.mark.parametrize("asked", [False, True])
def test_cancelling_frees_the_trees_at_once(app: Flask, lin: Buyer, asked: bool) -> None:
    number = lin.order(count=9)
    if asked:
        lin.prepare(number)
    answer = lin.post(f"/orders/{number}/cancel")
    assert (answer.status_code, answer.get_json()["status"]) == (200, "closed")
    assert Buyer(app, "wang").order(count=9)
    assert faults_found(app) == []


def test_cancelling_what_was_paid_answers_that_it_is_paid(app: Flask, lin: Buyer, sandbox: Simulator) -> None:
    number = lin.order(count=2)
    package = lin.prepare(number)
    sandbox.misdeliver("lost", number)
    sandbox.pay(package)
    answer = lin.post(f"/orders/{number}/cancel")
    assert (answer.status_code, answer.get_json()["status"]) == (200, "paid")
    assert answer.get_json()["certificate"] is not None
    assert faults_found(app) == []


@pytest.mark.parametrize("verb", ["sync", "cancel"])
def test_asking_again_after_the_end_changes_nothing(app: Flask, lin: Buyer, verb: str) -> None:
    paid, closed = lin.buy(count=1), lin.order(count=1)
    lin.post(f"/orders/{closed}/cancel")
    with nothing_written(app):
        assert lin.post(f"/orders/{paid}/{verb}").get_json()["status"] == "paid"
        assert lin.post(f"/orders/{closed}/{verb}").get_json()["status"] == "closed"


@pytest.mark.parametrize("verb", ["sync", "cancel"])
@pytest.mark.parametrize("endpoint", ["query_order", "close_order"])
def test_while_wechat_does_not_answer_nothing_is_freed(
    app: Flask, lin: Buyer, sandbox: Simulator, verb: str, endpoint: str
) -> None:
    number = lin.order(count=9)
    lin.prepare(number)
    # At WeChat as here its time is over.
    clock_of(lin).advance(minutes=15)
    sandbox.fail("503", endpoint, number, times=2)
    answer = lin.post(f"/orders/{number}/{verb}")
    assert (answer.status_code, answer.get_json()["code"]) == (503, "payment_unavailable")
    assert lin.shown(number)["status"] == "pending"
    assert Buyer(app, "wang").ask(count=1).status_code == 409
    sandbox.repair()
    assert lin.post(f"/orders/{number}/{verb}").get_json()["status"] == "closed"
    assert faults_found(app) == []


def test_an_order_wechat_has_never_heard_of_is_closed(app: Flask, lin: Buyer, sandbox: Simulator) -> None:
    number = lin.order(count=1)
    sandbox.fail("drop", "prepay", number, times=2)
    assert lin.post(f"/orders/{number}/payment").status_code == 503
    assert lin.post(f"/orders/{number}/cancel").get_json()["status"] == "closed"
    assert faults_found(app) == []


def test_orders_are_listed_newest_first_page_by_page_each_once(lin: Buyer, clock: SteppingClock) -> None:
    numbers = []
    for _ in range(5):
        clock.advance(seconds=1)
        numbers.append(lin.order(count=1))
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = lin.get("/orders?limit=2" + (f"&cursor={cursor}" if cursor else "")).get_json()
        assert len(page["items"]) <= 2
        seen += [order["number"] for order in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == numbers[::-1]


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "limit=1e9", "cursor=!"])
def test_a_page_that_cannot_be_is_refused(lin: Buyer, query: str) -> None:
    answer = lin.get(f"/orders?{query}")
    assert answer.status_code == 422
    assert answer.get_json()["code"] in ("invalid_fields", "invalid_cursor")


def test_refusals_speak_the_language_that_is_asked_for(lin: Buyer) -> None:
    english = lin.client.get(f"{API}/orders/D1", headers={**lin.headers, "Accept-Language": "en"}).get_json()
    chinese = lin.get("/orders/D1").get_json()
    assert english["code"] == chinese["code"] == "order_not_found"
    assert english["message"].isascii()
    assert not chinese["message"].isascii()


def test_two_phones_that_ask_for_a_payment_at_once_get_the_same_one(app: Flask, lin: Buyer) -> None:
    number = lin.order(count=1)
    answers: list[Any] = []
    start = threading.Barrier(4)

    def ask() -> None:
        client = app.test_client()
        start.wait()
        answers.append(client.post(f"{API}/orders/{number}/payment", headers=lin.headers))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [201] * 4
    with app.app_context():
        assert counted(database(), Payment) == 1
        assert database().scalars(sa.select(Order.state)).one().value == "pending"
    lin.pay(number)
    assert faults_found(app) == []
