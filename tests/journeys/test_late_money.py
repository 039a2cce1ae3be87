"""Money that comes late, wrong or twice finds trees, or goes back by itself."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from models import Certificate, Credit, Gate, Order, Refund, Unit, database, transaction
from services.offers import SALES
from tests.support import notices
from tests.support.buying import Buyer, codes_of, faults_found, make_shop, sold_twice, units_of
from tests.support.clock import START, SteppingClock
from tests.support.ground import OTHER_VILLAGE, VILLAGE
from tests.support.refunding import announce as announce_refund
from tests.support.refunding import book, follow, given_back, incidents, refund_count, standing, submit, told


def _closed(buyer: Buyer, **order: Any) -> str:
    """An order with a payment asked for, closed at its buyer's wish before the money was heard of."""
    number = buyer.order(**order)
    buyer.prepare(number)
    assert buyer.post(f"/orders/{number}/cancel").get_json()["status"] == "closed"
    return number


def _pay_late(buyer: Buyer, number: str, fen: int, **changes: Any) -> str:
    """Money for a closed order, told by a notice; the transaction's id."""
    transaction_id = str(changes.pop("transaction_id", notices.transaction_id()))
    answer = notices.announce(buyer.app, number, fen, transaction_id=transaction_id, **changes)
    assert answer.status_code == 204
    return transaction_id


def _settle_refunds(app: Flask, number: str) -> None:
    """Have the refunds of an order end well, as WeChat would tell."""
    for sent in standing(app, number).numbers:
        assert announce_refund(app, told(app, sent)).status_code == 204


def test_late_money_for_named_trees_gets_the_same_trees(app: Flask, clock: SteppingClock) -> None:
    shop = make_shop(app, (2, 2))
    lin = Buyer(app)
    codes = sorted([shop.code(0, 1), shop.code(1, 0)])
    number = _closed(lin, trees=codes)
    assert book(app) == {}
    clock.advance(hours=3)
    _pay_late(lin, number, 600)
    assert book(app) == {"wechat": -600, "households": 600}
    shown = lin.shown(number)
    assert shown["status"] == "paid"
    assert codes_of(app, number) == codes
    verdict = lin.client.get(f"/api/v1/certificates/{shown['certificate']}").get_json()
    assert verdict["verdict"] == "valid"
    assert incidents(app)["paid_late"] is not None
    assert refund_count(app) == 0
    assert faults_found(app) == []


def test_one_named_tree_that_is_gone_sends_all_the_money_back(app: Flask) -> None:
    shop = make_shop(app, (3,))
    lin, wang = Buyer(app), Buyer(app, "wang")
    number = _closed(lin, trees=[shop.code(0, 0), shop.code(0, 1)])
    wang.buy(trees=[shop.code(0, 1)])
    paid = _pay_late(lin, number, 600)
    assert lin.shown(number)["status"] == "refunding"
    assert codes_of(app, number) == []
    assert book(app) == {"wechat": -900, "households": 300, "refunds:due": 600}
    refund = standing(app, number)
    assert (refund.cause, refund.state, refund.amount_fen) == ("late_payment", "requested", 600)
    assert incidents(app)["paid_late"] is None
    _settle_refunds(app, number)
    assert lin.shown(number)["status"] == "refunded"
    assert incidents(app)["paid_late"] is not None
    # The same money told once more, after it has gone back.
    _pay_late(lin, number, 600, transaction_id=paid)
    assert refund_count(app) == 1
    assert book(app) == {"wechat": -300, "households": 300}
    assert faults_found(app) == []


@pytest.mark.parametrize("wish", [{"count": 2}, {"budget_fen": 700}, {"sink_g": 20_000}])
def test_late_money_for_so_many_trees_gets_as_many_others(app: Flask, wish: dict[str, int]) -> None:
    make_shop(app, (2, 2))
    lin, wang = Buyer(app), Buyer(app, "wang")
    number = _closed(lin, **wish)
    wang.buy(count=2)
    _pay_late(lin, number, 600)
    shown = lin.shown(number)
    assert (shown["status"], shown["count"], shown["sink_g"]) == ("paid", 2, 20_000)
    assert sum(units_of(app, number).values()) == 2
    assert book(app) == {"wechat": -1200, "households": 1200}
    assert sold_twice(app) == []
    assert faults_found(app) == []


def test_late_money_goes_back_when_everything_is_sold(app: Flask) -> None:
    make_shop(app, (3,))
    lin, wang = Buyer(app), Buyer(app, "wang")
    number = _closed(lin, count=2)
    wang.buy(count=2)
    _pay_late(lin, number, 600)
    assert lin.shown(number)["status"] == "refunding"
    assert units_of(app, number) == {}
    assert standing(app, number).cause == "late_payment"
    assert faults_found(app) == []


def test_late_money_takes_trees_of_the_region_it_was_for(app: Flask) -> None:
    here = make_shop(app, (1,), village=VILLAGE)
    make_shop(app, (5,), village=OTHER_VILLAGE)
    lin, wang = Buyer(app), Buyer(app, "wang")
    number = _closed(lin, count=1, region=VILLAGE)
    wang.buy(trees=[here.code()])
    _pay_late(lin, number, 300)
    assert lin.shown(number)["status"] == "refunding"


def test_late_money_takes_trees_that_only_lapsed_orders_hold(app: Flask, clock: SteppingClock) -> None:
    make_shop(app, (2,))
    lin, wang = Buyer(app), Buyer(app, "wang")
    number = _closed(lin, count=2)
    held = wang.order(count=2)
    clock.advance(minutes=16)
    _pay_late(lin, number, 600)
    assert lin.shown(number)["status"] == "paid"
    assert wang.shown(held)["status"] == "closed"
    assert faults_found(app) == []


def test_late_money_never_takes_what_somebody_is_about_to_pay(app: Flask) -> None:
    make_shop(app, (2,))
    lin, wang = Buyer(app), Buyer(app, "wang")
    number = _closed(lin, count=2)
    held = wang.order(count=2)
    _pay_late(lin, number, 600)
    assert lin.shown(number)["status"] == "refunding"
    assert wang.shown(held)["status"] == "pending"
    assert faults_found(app) == []


def test_others_that_bring_less_than_was_promised_are_not_as_good(app: Flask) -> None:
    shop = make_shop(app, (1, 1))
    lin, wang = Buyer(app), Buyer(app, "wang")
    number = _closed(lin, count=1)
    with app.app_context(), transaction() as session:
        session.execute(sa.update(Unit).values(sink_g=9_999))
    wang.buy(trees=[shop.code(0)])
    _pay_late(lin, number, 300)
    assert lin.shown(number)["status"] == "refunding"
    assert units_of(app, number) == {}
    assert faults_found(app) == []


def test_others_of_another_price_are_not_as_good(app: Flask) -> None:
    make_shop(app, (2,))
    lin = Buyer(app)
    number = _closed(lin, count=1)
    with app.app_context(), transaction() as session:
        session.execute(sa.update(Unit).values(price_fen=301))
    _pay_late(lin, number, 300)
    assert lin.shown(number)["status"] == "refunding"
    assert units_of(app, number) == {}
    assert faults_found(app) == []


def test_while_sales_are_paused_late_money_goes_back(app: Flask) -> None:
    make_shop(app)
    lin = Buyer(app)
    number = _closed(lin, count=1)
    with app.app_context(), transaction() as session:
        session.merge(Gate(name=SALES, open=False, reason="test", set_at=START))
    _pay_late(lin, number, 300)
    assert lin.shown(number)["status"] == "refunding"


def test_a_late_gift_is_offered(app: Flask) -> None:
    make_shop(app)
    lin = Buyer(app)
    number = _closed(lin, count=1, purpose="gift")
    _pay_late(lin, number, 300)
    shown = lin.shown(number)
    assert (shown["status"], shown["gift_status"], shown["certificate"]) == ("paid", "offered", None)
    assert faults_found(app) == []


def test_a_late_order_has_its_whole_window(app: Flask, clock: SteppingClock) -> None:
    make_shop(app)
    lin = Buyer(app)
    number = _closed(lin, count=1)
    clock.advance(days=5)
    _pay_late(lin, number, 300)
    with app.app_context():
        earned, matures = database().execute(sa.select(Credit.earned_at, Credit.matures_at)).one()
    assert (earned, matures) == (clock(), clock() + timedelta(days=7))
    clock.advance(days=6)
    # Signed in anew: a sign-in does not last so long unused.
    given_back(Buyer(app), number)
    assert faults_found(app) == []


@pytest.mark.parametrize("fen", [299, 301, 1])
@pytest.mark.parametrize("closed", [False, True])
def test_a_wrong_amount_goes_back_as_it_came(app: Flask, fen: int, closed: bool) -> None:
    make_shop(app, (1,))
    lin, wang = Buyer(app), Buyer(app, "wang")
    number = _closed(lin, count=1) if closed else lin.order(count=1)
    _pay_late(lin, number, fen)
    refund = standing(app, number)
    assert (refund.cause, refund.amount_fen) == ("wrong_amount", fen)
    assert book(app) == {"wechat": -fen, "refunds:due": fen}
    assert incidents(app)["wrong_amount"] is None
    # The tree is free for somebody else at once.
    wang.buy(count=1)
    _settle_refunds(app, number)
    shown = lin.shown(number)
    assert (shown["status"], shown["certificate"]) == ("refunded", None)
    assert shown["money"] == {"to_households_fen": 0, "paid_out_fen": 0, "refunded_fen": fen}
    assert incidents(app)["wrong_amount"] is not None
    assert faults_found(app) == []


def test_a_wrong_amount_goes_back_through_the_worker(app: Flask, clock: SteppingClock) -> None:
    make_shop(app)
    lin = Buyer(app)
    number = lin.order(count=2)
    lin.pay(number, total_fen=500)
    assert lin.shown(number)["status"] == "refunding"
    assert submit(app) == 1
    clock.advance(seconds=31)
    follow(app)
    assert lin.shown(number)["money"]["refunded_fen"] == 500
    assert book(app) == {}
    assert faults_found(app) == []


def test_a_second_payment_goes_back_and_the_order_stands(app: Flask) -> None:
    make_shop(app)
    lin = Buyer(app)
    number = lin.buy(count=1)
    second = _pay_late(lin, number, 300)
    _pay_late(lin, number, 300, transaction_id=second)
    assert lin.shown(number)["status"] == "paid"
    refund = standing(app, number)
    assert (refund.cause, refund.amount_fen) == ("second_payment", 300)
    with app.app_context():
        assert database().scalars(sa.select(Refund.transaction_id)).one() == second
    assert book(app) == {"wechat": -600, "households": 300, "refunds:due": 300}
    _settle_refunds(app, number)
    assert lin.shown(number)["status"] == "paid"
    assert book(app) == {"wechat": -300, "households": 300}
    assert incidents(app)["second_transaction"] is not None
    assert faults_found(app) == []


def test_a_second_payment_of_an_order_taken_back_goes_back_too(app: Flask) -> None:
    make_shop(app)
    lin = Buyer(app)
    number = lin.buy(count=1)
    lin.post(f"/orders/{number}/refunds", {"reason": "买错了"}, "k")
    _pay_late(lin, number, 300)
    assert book(app) == {"wechat": -600, "refunds:due": 600}
    assert standing(app, number).numbers == [f"{number}R2"]
    assert announce_refund(app, told(app, f"{number}R2")).status_code == 204
    assert lin.shown(number)["status"] == "refunding"
    assert announce_refund(app, told(app, f"{number}R1")).status_code == 204
    assert lin.shown(number)["status"] == "refunded"
    assert faults_found(app) == []


def test_a_foreign_second_payment_books_nothing(app: Flask) -> None:
    make_shop(app)
    lin = Buyer(app)
    number = lin.buy(count=1)
    _pay_late(lin, number, 300, appid=notices.OTHER_APPID)
    assert book(app) == {"wechat": -300, "households": 300}
    assert incidents(app) == {"notice_mismatch": None}


def _crowd(app: Flask, numbers: Sequence[str], fen: int) -> list[int]:
    with ThreadPoolExecutor(len(numbers)) as pool:
        sent = [pool.submit(notices.announce, app, number, fen) for number in numbers]
        return [answer.result().status_code for answer in sent]


def test_late_money_of_many_orders_at_once_shares_what_is_left(app: Flask) -> None:
    make_shop(app, (2, 1))
    buyers = [Buyer(app, f"buyer{n}") for n in range(6)]
    numbers = [_closed(buyer, count=1) for buyer in buyers]
    waiting = numbers
    # Whoever meets another one too often is told again by WeChat.
    for _ in range(5):
        statuses = _crowd(app, waiting, 300)
        waiting = [number for number, status in zip(waiting, statuses, strict=True) if status != 204]
        if not waiting:
            break
    assert waiting == []
    states = sorted(buyer.shown(number)["status"] for buyer, number in zip(buyers, numbers, strict=True))
    assert states == ["paid"] * 3 + ["refunding"] * 3
    assert book(app) == {"wechat": -1800, "households": 900, "refunds:due": 900}
    assert sold_twice(app) == []
    assert faults_found(app) == []


def test_a_late_notice_twice_at_once_pays_once(app: Flask) -> None:
    make_shop(app)
    lin = Buyer(app)
    number = _closed(lin, count=1)
    body = notices.sealed(lin.parts, notices.told(lin.parts, number, 300))
    with ThreadPoolExecutor(4) as pool:
        sent = [pool.submit(notices.send, app, body) for _ in range(4)]
        assert [answer.result().status_code for answer in sent] == [204] * 4
    assert book(app) == {"wechat": -300, "households": 300}
    with app.app_context():
        session = database()
        assert session.scalar(sa.select(sa.func.count()).select_from(Certificate)) == 1
        assert session.scalars(sa.select(Order.state)).one() == "paid"
    assert faults_found(app) == []
