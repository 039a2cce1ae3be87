"""Money given back, and the bills that tell of it: never more than was paid, and read to the last decimal."""

import sqlalchemy as sa
from flask import Flask

from gateways.wechat.simulator import Simulator
from models import TradeLine, database
from tests.support.buying import Buyer
from tests.support.clock import SteppingClock
from tests.support.reconciling import fund_sponsor, go_through, morning_after, postings
from tests.support.refunding import ask_back, book, follow, given_back, refund_count, standing, submit

BOTH = 2
PLENTY_FEN = 10_000_000


def test_refund_429_but_accepted(lin: Buyer, sandbox: Simulator, app: Flask, clock: SteppingClock) -> None:
    number = lin.buy(count=2)
    refund = given_back(lin, number)
    sandbox.fail("429_after", "create_refund", refund, times=BOTH)
    assert submit(app) == 1
    for _ in range(3):
        clock.advance(minutes=2)
        submit(app)
        follow(app)
    assert standing(app, number).numbers == [refund]
    assert lin.shown(number)["status"] == "refunded"
    assert book(app) == {}
    assert sandbox.balance_fen() == PLENTY_FEN


def test_refund_sum(lin: Buyer, sandbox: Simulator, app: Flask, clock: SteppingClock) -> None:
    number = lin.buy(count=2)
    given_back(lin, number)
    again = ask_back(lin, number, key="another-key")
    assert (again.status_code, again.get_json()["code"]) == (409, "order_state")
    for _ in range(3):
        submit(app)
        follow(app)
        clock.advance(minutes=2)
        assert ask_back(lin, number, key=f"key-at-{clock().timestamp()}").status_code == 409
    assert refund_count(app) == 1
    assert [row["refund_fen"] for row in sandbox.world.storage.rows("SELECT refund_fen FROM refunds")] == [
        600
    ]
    assert book(app) == {}
    assert sandbox.balance_fen() == PLENTY_FEN


def test_bill_with_a_fee_of_five_decimals_and_an_escaped_comma(
    lin: Buyer, sandbox: Simulator, app: Flask, clock: SteppingClock
) -> None:
    fund_sponsor(app)
    number = lin.buy(count=1)
    sandbox.configure("fee_fractions", True)
    sandbox.world.storage.write("UPDATE orders SET description = '单株碳汇,1株,约10千克'")
    morning_after(clock)
    day = go_through(app)
    assert day.figures["fee"]["bill_yuan"] == "0.01800"
    assert postings(app, "fee") == [("fee", "sponsor", "wechat", 2, str(day.day))]
    with app.app_context():
        lines = (
            database().execute(sa.select(TradeLine.number, TradeLine.amount_fen, TradeLine.fee_yuan)).all()
        )
    assert [tuple(line) for line in lines] == [(number, 300, "0.01800")]
    assert day.state.value == "balanced"
