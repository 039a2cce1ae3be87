"""Paying, in every way WeChat can leave us in: the order ends paid, or its money goes back."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from flask import Flask

from gateways.wechat.simulator import Simulator
from jobs import tasks
from services import payments
from tests.faults.meeting import order_held, wait_until_waiting
from tests.support.between import between
from tests.support.buying import Buyer
from tests.support.clock import SteppingClock
from tests.support.refunding import book, follow, incidents, standing, submit

#: The client tries both hosts.
BOTH = 2


def sync_payments(app: Flask) -> int:
    """One run of the worker's asking after payments."""
    with app.app_context():
        return tasks.sync_payments()


def lost(sandbox: Simulator, buyer: Buyer, number: str) -> None:
    """Have an order paid of which no notice ever comes."""
    sandbox.misdeliver("lost", number)
    buyer.pay(number)
    assert sandbox.deliveries(number) == []


def test_double_notification(lin: Buyer, sandbox: Simulator, app: Flask) -> None:
    number = lin.order(count=2)
    sandbox.misdeliver("twice", number)
    lin.pay(number)
    assert [one.status for one in sandbox.deliveries(number)] == [204, 204]
    assert sandbox.redeliver(sandbox.notices(number)[0]) == 204
    assert book(app) == {"wechat": -600, "households": 600}
    assert lin.shown(number)["status"] == "paid"


def test_eight_concurrent_notifications(lin: Buyer, sandbox: Simulator, app: Flask) -> None:
    number = lin.order(count=2)
    package = lin.prepare(number)
    sandbox.misdeliver("late", number, value=1)
    notice = sandbox.pay(package).notice_id
    with ThreadPoolExecutor(1) as pool:
        with order_held(app, number):
            sent = pool.submit(sandbox.redeliver, notice, "crowd", 8)
            wait_until_waiting(app, 8)
        assert sent.result() == 204
    assert [one.status for one in sandbox.deliveries(number)] == [204] * 8
    assert book(app) == {"wechat": -600, "households": 600}
    assert lin.shown(number)["status"] == "paid"


def test_notify_before_the_prepay_commit(lin: Buyer, sandbox: Simulator, app: Flask) -> None:
    number = lin.order(count=2)
    sandbox.pay_at_once(number)
    answer = lin.post(f"/orders/{number}/payment")
    assert (answer.status_code, answer.get_json()["fields"]) == (409, {"status": "paid"})
    assert lin.shown(number)["status"] == "paid"
    assert book(app) == {"wechat": -600, "households": 600}


def test_query_sees_success_before_notify(
    lin: Buyer, sandbox: Simulator, app: Flask, clock: SteppingClock
) -> None:
    number = lin.order(count=2)
    sandbox.misdeliver("late", number, value=60)
    lin.pay(number)
    assert lin.shown(number)["status"] == "pending"
    assert lin.post(f"/orders/{number}/sync").get_json()["status"] == "paid"
    clock.advance(minutes=1)
    assert sandbox.deliver_due() == 1
    assert [one.status for one in sandbox.deliveries(number)] == [204]
    assert book(app) == {"wechat": -600, "households": 600}


@pytest.mark.parametrize("notice", ["", "lost"])
def test_pay_after_local_expiry(
    lin: Buyer, sandbox: Simulator, app: Flask, clock: SteppingClock, notice: str
) -> None:
    number = lin.order(count=2)
    package = lin.prepare(number)
    # WeChat's clock is two minutes behind ours: it still takes what is over here.
    sandbox.advance(minutes=-2)
    clock.advance(minutes=15, seconds=30)
    if notice:
        sandbox.misdeliver(notice, number)
    sandbox.pay(package)
    sync_payments(app)
    assert lin.shown(number)["status"] == "paid"
    assert book(app) == {"wechat": -600, "households": 600}


def test_close_returns_order_paid(lin: Buyer, sandbox: Simulator, app: Flask, clock: SteppingClock) -> None:
    number = lin.order(count=2)
    package = lin.prepare(number)
    sandbox.advance(minutes=-2)
    sandbox.misdeliver("lost", number)
    clock.advance(minutes=15, seconds=30)
    asked: list[str] = []

    def pay_in_the_gap(request: httpx.Request) -> None:
        asked.append(request.url.path.rpartition("/")[2])
        if asked[-1] == "close":
            sandbox.pay(package)

    with between(app, before=pay_in_the_gap):
        sync_payments(app)
    assert asked == [number, "close", number]
    assert lin.shown(number)["status"] == "paid"
    assert book(app) == {"wechat": -600, "households": 600}


@pytest.mark.parametrize("fault", ["drop", "drop_after", "slow", "500_after"])
def test_prepay_timeout_then_retry_same_number(
    lin: Buyer, sandbox: Simulator, app: Flask, fault: str
) -> None:
    number = lin.order(count=2)
    sandbox.fail(fault, "prepay", number, times=BOTH)
    answer = lin.post(f"/orders/{number}/payment")
    assert (answer.status_code, answer.get_json()["code"]) == (503, "payment_unavailable")
    lin.pay(number)
    assert lin.shown(number)["status"] == "paid"
    assert sandbox.world.storage.row("SELECT COUNT(*) FROM orders")[0] == 1  # type: ignore[index]  # it counts
    assert book(app) == {"wechat": -600, "households": 600}


def test_other_amount_in_notify(lin: Buyer, sandbox: Simulator, app: Flask, clock: SteppingClock) -> None:
    number = lin.order(count=2)
    lin.pay(number, total_fen=1)
    assert lin.shown(number)["status"] == "refunding"
    assert book(app) == {"wechat": -1, "refunds:due": 1}
    submit(app)
    clock.advance(minutes=1)
    follow(app)
    assert standing(app, number).amount_fen == 1
    assert lin.shown(number)["status"] == "refunded"
    assert book(app) == {}
    assert sandbox.balance_fen() == 10_000_000
    assert lin.quote(count=6).status_code == 200


def test_other_mchid(lin: Buyer, sandbox: Simulator, app: Flask, clock: SteppingClock) -> None:
    number = lin.order(count=2)
    sandbox.misdeliver("other_merchant", number)
    lin.pay(number)
    assert [one.status for one in sandbox.deliveries(number)] == [204]
    assert lin.shown(number)["status"] == "pending"
    assert book(app) == {}
    assert incidents(app) == {"notice_mismatch": None}
    # What WeChat says itself when asked is believed.
    clock.advance(seconds=5)
    assert sync_payments(app) == 1
    assert lin.shown(number)["status"] == "paid"


@pytest.mark.parametrize("variant", ["stale", "wrong_signature", "unknown_serial", "xml"])
def test_stale(lin: Buyer, sandbox: Simulator, app: Flask, clock: SteppingClock, variant: str) -> None:
    number = lin.order(count=2)
    sandbox.misdeliver(variant, number)
    lin.pay(number)
    assert [one.status for one in sandbox.deliveries(number)] == [401]
    assert lin.shown(number)["status"] == "pending"
    clock.advance(seconds=15)
    assert sandbox.deliver_due() == 1
    assert lin.shown(number)["status"] == "paid"
    assert book(app) == {"wechat": -600, "households": 600}


def test_signtest(lin: Buyer, sandbox: Simulator, app: Flask) -> None:
    number = lin.order(count=2)
    sandbox.misdeliver("probe", number)
    lin.pay(number)
    assert [one.status for one in sandbox.deliveries(number)] == [401, 204]
    assert lin.shown(number)["status"] == "paid"
    assert book(app) == {"wechat": -600, "households": 600}


def test_partial_refund_state_refund(
    lin: Buyer, sandbox: Simulator, app: Flask, clock: SteppingClock
) -> None:
    number = lin.order(count=2)
    lost(sandbox, lin, number)
    # Somebody gave a part of it back by hand before we heard of the payment.
    found = lin.parts.wechat.pay.query_by_number(number)
    assert found.transaction_id is not None
    lin.parts.wechat.refunds.create(
        transaction_id=found.transaction_id,
        out_refund_no="BYHAND1",
        refund_fen=100,
        total_fen=600,
        reason="人工",
    )
    assert lin.parts.wechat.pay.query_by_number(number).state.value == "REFUND"
    clock.advance(seconds=payments.QUERY_AFTER[0].total_seconds())
    assert sync_payments(app) == 1
    assert lin.shown(number)["status"] == "paid"
    assert book(app) == {"wechat": -600, "households": 600}
