"""Money that moves between WeChat and the bank: settled to the bank, brought to WeChat, and used before a bill tells.

Balances stand as tables: before, the event, after.
"""

from datetime import timedelta

import pytest
from flask import Flask

from flows.running import Running
from gateways.wechat.simulator import Simulator
from models import transaction
from services import sponsor
from tests.support.buying import Buyer, faults_found, make_shop
from tests.support.clock import START, SteppingClock
from tests.support.reconciling import (
    DAY,
    balances,
    differences,
    everything,
    forget_orders,
    fund_sponsor,
    go_through,
    morning_after,
    postings,
)
from tests.support.refunding import follow, given_back, submit

NEXT_DAY = DAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def shop(app: Flask, parts: Running) -> None:
    forget_orders(parts)
    make_shop(app, (60,))


@pytest.fixture
def sandbox(parts: Running) -> Simulator:
    assert parts.sandbox is not None
    parts.sandbox.configure("fee_fractions", False)
    return parts.sandbox


@pytest.fixture
def buyer(app: Flask) -> Buyer:
    return Buyer(app)


def cash(app: Flask) -> tuple[int, int]:
    """What the book has at WeChat and at the bank."""
    found = balances(app)
    return -found.get("wechat", 0), -found.get("bank", 0)


def sell_and_settle(app: Flask, buyer: Buyer, sandbox: Simulator, clock: SteppingClock) -> str:
    """Sell two trees and have all that WeChat holds of them settled, booked on the morning after; the order."""
    fund_sponsor(app, 1_000)
    order = buyer.buy(count=2)
    sandbox.withdraw(596)
    morning_after(clock)
    go_through(app)
    return order


def give_back(app: Flask, buyer: Buyer, sandbox: Simulator, order: str) -> None:
    """Have an order's money reach its payer again."""
    given_back(buyer, order)
    submit(app)
    sandbox.deliver_due()
    follow(app)


def top_up(sandbox: Simulator, fen: int) -> None:
    """Bring money to the account from which WeChat pays refunds."""
    sandbox.set_balance("BASIC", sandbox.balance_fen("BASIC") + fen)


def test_what_wechat_settles_to_the_bank_is_booked_once(
    app: Flask, buyer: Buyer, sandbox: Simulator, clock: SteppingClock
) -> None:
    fund_sponsor(app)
    buyer.buy(count=10)
    sandbox.withdraw(2000)
    morning_after(clock)
    assert balances(app) == {"households": 3000, "sponsor": 100_000, "wechat": -3000, "bank": -100_000}
    row = go_through(app)
    after = {"households": 3000, "sponsor": 99_982, "wechat": -982, "bank": -102_000}
    assert balances(app) == after
    ((_, source, destination, fen, reference),) = postings(app, "settled")
    assert (source, destination, fen) == ("bank", "wechat", 2000)
    assert reference is not None
    assert row.figures["wechat"] == {"fund_fen": 982, "book_fen": 982}
    before = everything(app)
    go_through(app)
    assert everything(app) == before


def test_more_than_the_book_holds_is_not_settled_by_itself(
    app: Flask, buyer: Buyer, sandbox: Simulator, clock: SteppingClock
) -> None:
    fund_sponsor(app)
    buyer.buy(count=1)
    sandbox.withdraw(301)
    morning_after(clock)
    go_through(app)
    assert [incident for *_, incident in differences(app)] == ["movement_unbooked"]
    assert postings(app, "settled") == []
    assert faults_found(app) == []


def test_a_refund_after_everything_was_settled_is_paid_by_what_is_brought_there(
    app: Flask, buyer: Buyer, sandbox: Simulator, clock: SteppingClock
) -> None:
    order = sell_and_settle(app, buyer, sandbox, clock)
    assert cash(app) == (0, 1_596)
    top_up(sandbox, 596)
    give_back(app, buyer, sandbox, order)
    # WeChat has paid; that 596 fen were brought there and 4 are a fee it gave up, only tomorrow's bill will say.
    assert cash(app) == (-600, 1_596)
    assert faults_found(app) == []
    morning_after(clock, NEXT_DAY)
    row = go_through(app, NEXT_DAY)
    assert cash(app) == (0, 1_000)
    assert [line[:4] for line in postings(app, "topped_up")] == [("topped_up", "wechat", "bank", 596)]
    assert row.figures["topped_up"] == {"book_fen": 596}
    assert row.figures["wechat"] == {"fund_fen": 0, "book_fen": 0}
    assert (row.state.value, faults_found(app)) == ("balanced", [])
    before = everything(app)
    go_through(app, NEXT_DAY)
    assert everything(app) == before


def test_a_settlement_is_booked_although_its_bill_comes_after_a_refund(
    app: Flask, buyer: Buyer, sandbox: Simulator, clock: SteppingClock
) -> None:
    fund_sponsor(app, 1_000)
    order = buyer.buy(count=2)
    sandbox.withdraw(596)
    # Nine in the morning: yesterday's bill is not made yet, and the money of the refund is brought by hand.
    morning_after(clock)
    top_up(sandbox, 596)
    give_back(app, buyer, sandbox, order)
    assert cash(app) == (0, 1_000)
    go_through(app)
    assert (cash(app), differences(app), faults_found(app)) == ((-600, 1_596), [], [])
    morning_after(clock, NEXT_DAY)
    go_through(app, NEXT_DAY)
    assert (cash(app), differences(app, NEXT_DAY), faults_found(app)) == ((0, 1_000), [], [])


def test_a_refund_with_money_that_nobody_brought_there_is_found_once_its_bill_is_in(
    app: Flask, buyer: Buyer, sandbox: Simulator, clock: SteppingClock
) -> None:
    order = sell_and_settle(app, buyer, sandbox, clock)
    # It lay there before the programme began: no bill shows it.
    sandbox.world.storage.write("UPDATE funds SET balance_fen = balance_fen + 600")
    give_back(app, buyer, sandbox, order)
    assert faults_found(app) == []
    morning_after(clock, NEXT_DAY)
    go_through(app, NEXT_DAY)
    assert faults_found(app) == ["sign: wechat: 596 fen"]


def test_money_that_was_brought_from_outside_waits_until_it_is_paid_in(
    app: Flask, sandbox: Simulator, clock: SteppingClock
) -> None:
    top_up(sandbox, 5_000)
    morning_after(clock)
    go_through(app)
    ((source, verdict, subject, incident),) = differences(app)
    assert (source, verdict, incident) == ("fund", "theirs_only", "movement_unbooked")
    assert subject.startswith("fund:")
    assert (cash(app), faults_found(app)) == ((0, 0), [])
    with app.app_context(), transaction() as session:
        sponsor.pay_in(session, 5_000, "FLOAT", START)
    assert go_through(app).state.value == "balanced"
    assert cash(app) == (5_000, 0)


def test_what_is_brought_and_settled_on_one_day_is_booked_both(
    app: Flask, sandbox: Simulator, clock: SteppingClock
) -> None:
    fund_sponsor(app, 1_000)
    top_up(sandbox, 1_000)
    sandbox.withdraw(400)
    morning_after(clock)
    row = go_through(app)
    assert (cash(app), row.state.value) == ((600, 400), "balanced")
