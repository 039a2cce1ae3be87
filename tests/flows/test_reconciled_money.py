"""What a day's bills put into the book: fees, their return, refunds, settlements, and the sponsor's sales gate.

Balances stand as tables: before, the event, after.
"""

import itertools
from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from domain.bills import BillKind, TradeKind, day_fees
from domain.clock import day_start
from domain.ledger import Event
from flows.running import Running
from gateways.wechat.simulator import Simulator
from models import BillFile, Incident, Posting, RefundAttempt, database, transaction
from services import bills, offers, reconciliations, sponsor
from services.bills import FetchedBill
from tests.support.buying import Buyer, faults_found, make_shop
from tests.support.clock import START, SteppingClock
from tests.support.reconciling import (
    DAY,
    balances,
    differences,
    forget_orders,
    fund_sponsor,
    go_through,
    incidents_of,
    morning_after,
    postings,
    state_of,
)
from tests.support.refunding import follow, given_back, submit


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


def booked(app: Flask) -> tuple[int, int, int, int]:
    """wechat, sponsor, households, refunds:due."""
    found = balances(app)
    wanted = ("wechat", "sponsor", "households", "refunds:due")
    return tuple(found.get(name, 0) for name in wanted)  # type: ignore[return-value]  # four names


def test_a_refund_returns_its_part_of_the_fee(
    app: Flask, buyer: Buyer, sandbox: Simulator, clock: SteppingClock
) -> None:
    fund_sponsor(app, 100)
    kept, returned = buyer.buy(count=3), buyer.buy(count=2)
    number = given_back(buyer, returned)
    submit(app)
    sandbox.deliver_due()
    follow(app)
    #                      wechat  sponsor  households  refunds:due
    assert booked(app) == (-900, 100, 900, 0), kept
    morning_after(clock)
    row = go_through(app)
    # 900 fen bear 5.4 and 600 fen 3.6, each taken in whole fen; the 4 of the second come back.
    assert booked(app) == (-895, 95, 900, 0)
    assert postings(app, "fee", "fee_returned") == [
        ("fee_returned", "wechat", "sponsor", 4, DAY.isoformat()),
        ("fee", "sponsor", "wechat", 9, DAY.isoformat()),
    ]
    assert (row.state.value, differences(app)) == ("balanced", []), number
    assert row.figures["refunds"] == {
        "bill_count": 1,
        "bill_fen": 600,
        "fund_fen": 600,
        "asked_fen": 600,
        "book_fen": 600,
    }
    assert row.figures["wechat"] == {"fund_fen": 895, "book_fen": 895}
    assert faults_found(app) == []


def test_a_refund_of_all_there_is_may_cost_its_fee_until_its_bill_is_in(
    app: Flask, buyer: Buyer, sandbox: Simulator, clock: SteppingClock
) -> None:
    fund_sponsor(app, 100)
    order = buyer.buy(count=2)
    morning_after(clock)
    go_through(app)
    #                      wechat  sponsor  households  refunds:due
    assert booked(app) == (-596, 96, 600, 0)
    given_back(buyer, order)
    submit(app)
    sandbox.deliver_due()
    follow(app)
    # WeChat has given back the 4 fen too, but only tomorrow's bill will say so.
    assert booked(app) == (4, 96, 0, 0)
    assert faults_found(app) == []
    morning_after(clock, DAY + timedelta(days=1))
    go_through(app, DAY + timedelta(days=1))
    assert booked(app) == (0, 100, 0, 0)
    assert faults_found(app) == []


def test_a_refund_of_another_amount_needs_a_person(
    app: Flask, buyer: Buyer, sandbox: Simulator, clock: SteppingClock
) -> None:
    fund_sponsor(app)
    number = given_back(buyer, buyer.buy(count=2))
    submit(app)
    sandbox.deliver_due()
    with app.app_context(), transaction() as session:
        session.execute(sa.update(RefundAttempt).values(amount_fen=599))
    morning_after(clock)
    go_through(app)
    assert differences(app) == [("trade", "refund_differs", f"refund:{number}", "refund_differs")]


def test_a_refund_made_by_hand_in_wechats_console_needs_a_person(
    app: Flask, buyer: Buyer, parts: Running, clock: SteppingClock
) -> None:
    fund_sponsor(app)
    order = buyer.buy(count=2)
    parts.wechat.refunds.create(
        out_trade_no=order, out_refund_no="BYHAND1", refund_fen=300, total_fen=600, reason="x"
    )
    morning_after(clock)
    go_through(app)
    assert differences(app) == [("trade", "theirs_only", "refund:BYHAND1", "refund_unknown")]
    assert state_of(app) == "differs"


def test_a_refund_that_no_bill_has_needs_a_person(
    app: Flask, buyer: Buyer, parts: Running, sandbox: Simulator, clock: SteppingClock
) -> None:
    fund_sponsor(app)
    number = given_back(buyer, buyer.buy(count=2))
    submit(app)
    sandbox.deliver_due()
    follow(app)
    sandbox.world.storage.write("DELETE FROM refunds")
    sandbox.world.storage.write("DELETE FROM funds WHERE voucher = ?", number)
    morning_after(clock)
    go_through(app)
    assert differences(app) == [("trade", "ours_only", f"refund:{number}", "refund_not_billed")]


def test_fees_of_five_decimals_are_summed_and_rounded_once_a_day(
    app: Flask, buyer: Buyer, sandbox: Simulator, clock: SteppingClock
) -> None:
    fund_sponsor(app)
    for _ in range(4):
        buyer.buy(count=1)
    sandbox.configure("fee_fractions", True)
    morning_after(clock)
    row = go_through(app)
    sandbox.configure("fee_fractions", False)
    # Four times 0.01800 yuan are 7.2 fen; WeChat took 2 fen four times, which a person must see.
    assert row.figures["fee"] == {"bill_yuan": "0.07200", "bill_fen": 7, "fund_fen": 8, "book_fen": 7}
    assert differences(app) == [("fund", "fee_differs", f"fund:{DAY}:fee", "fee_differs")]


def test_a_fee_waits_until_the_sponsor_can_bear_it(
    app: Flask, buyer: Buyer, sandbox: Simulator, clock: SteppingClock
) -> None:
    buyer.buy(count=10)
    morning_after(clock)
    assert booked(app) == (-3000, 0, 3000, 0)
    assert go_through(app).state.value == "differs"
    assert booked(app) == (-3000, 0, 3000, 0)
    assert incidents_of(app) == [("sponsor_short", f"day:{DAY}", True)]
    fund_sponsor(app, 17)
    go_through(app)
    assert booked(app) == (-3000, 17, 3000, 0)
    fund_sponsor(app, 1)
    assert go_through(app).state.value == "balanced"
    assert booked(app) == (-2982, 0, 3000, 0)
    assert incidents_of(app) == [("sponsor_short", f"day:{DAY}", False)]
    assert faults_found(app) == []


def gate(app: Flask, clock: SteppingClock, days: int = 3) -> tuple[bool, int]:
    """Whether sales are open, and the fees that are not booked yet, in fen."""
    with app.app_context(), transaction() as session:
        is_open = sponsor.set_sales_gate(session, now=clock(), fee_permille=6, days=days)
        return is_open, sponsor.unbooked_fees(session, clock(), 6)


def test_sales_close_when_the_sponsors_money_for_fees_runs_out(
    app: Flask, buyer: Buyer, sandbox: Simulator, clock: SteppingClock
) -> None:
    fund_sponsor(app, 26)
    assert gate(app, clock) == (True, 0)
    buyer.buy(count=10)
    # 18 fen of fees are foreseen for the sale; 8 are left, and three days of a seventh of 18 are wanted.
    assert gate(app, clock) == (True, 18)
    buyer.buy(count=1)
    assert gate(app, clock) == (False, 20)
    offers.forget()
    refused = buyer.ask(count=1)
    assert (refused.status_code, refused.get_json()["code"]) == (503, "sales_paused")
    fund_sponsor(app, 5)
    assert gate(app, clock) == (True, 20)
    offers.forget()
    assert buyer.ask(count=1).status_code == 201


def test_a_sale_is_unbilled_until_the_bill_of_its_own_day_is_in(
    app: Flask, buyer: Buyer, sandbox: Simulator, clock: SteppingClock
) -> None:
    fund_sponsor(app)
    buyer.buy(count=10)
    clock.advance(hours=20)
    buyer.buy(count=20)
    assert gate(app, clock)[1] == 18 + 36
    morning_after(clock)
    go_through(app)
    # The fee of the first day is posted after the second day's sale, which is in no bill yet.
    assert postings(app, "fee") == [("fee", "sponsor", "wechat", 18, DAY.isoformat())]
    assert gate(app, clock)[1] == 36
    morning_after(clock, DAY + timedelta(days=1))
    go_through(app, DAY + timedelta(days=1))
    assert gate(app, clock)[1] == 0
    assert booked(app)[1] == 100_000 - 54


def test_a_fee_that_waits_is_counted_as_the_bill_tells_it(
    app: Flask, buyer: Buyer, sandbox: Simulator, clock: SteppingClock
) -> None:
    buyer.buy(count=1)
    assert gate(app, clock)[1] == 2
    sandbox.configure("fee_rate_bp", 600)
    buyer.buy(count=1)
    morning_after(clock)
    go_through(app)
    sandbox.configure("fee_rate_bp", 60)
    with app.app_context():
        fees = database().scalars(sa.select(Incident.facts).where(Incident.kind == "sponsor_short")).one()
    assert gate(app, clock)[1] == fees["fee_fen"]


#: The fees of a month's days as bills write them, five decimals, below zero where returned.
MONTH = st.lists(
    st.lists(st.integers(-60_000, 90_000).map(lambda n: Decimal(n) / 100_000), max_size=6),
    min_size=28,
    max_size=31,
)
_first_day = itertools.count()


@pytest.mark.one_engine("sqlite")
@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(month=MONTH)
def test_the_fees_booked_in_a_month_are_the_bills_fees_rounded_each_day(
    session: Session, month: list[list[Decimal]]
) -> None:
    # Each example has days of its own, so that none finds what another booked.
    first = DAY - timedelta(days=40 * (1 + next(_first_day)))
    days = [first + timedelta(days=n) for n in range(len(month))]
    with transaction():
        sponsor.pay_in(session, 10_000_000, f"PAY-IN-{first}", START)
        for day, fees in zip(days, month, strict=True):
            bring_bills(session, day, fees)
            reconciliations.begin(session, day, START)
            reconciliations.conclude(session, day, START)
    references = [day.isoformat() for day in days]
    assert fees_booked(session, Event.FEE, references) == sum(day_fees(f).taken_fen for f in month)
    assert fees_booked(session, Event.FEE_RETURNED, references) == sum(
        day_fees(f).returned_fen for f in month
    )


def fees_booked(session: Session, event: Event, references: list[str]) -> int:
    """The fen of an event's postings that bear one of these references."""
    total = sa.select(sa.func.coalesce(sa.func.sum(Posting.amount_fen), 0))
    return int(
        session.execute(total.where(Posting.event == event, Posting.reference.in_(references))).scalar_one()
    )


def bring_bills(session: Session, day: date, fees: list[Decimal]) -> None:
    """The bills of a day whose trade bill has one row for each fee, and whose other bills are empty."""
    rows = [
        {
            "kind": TradeKind.PAYMENT if fee > 0 else TradeKind.REFUND,
            "at": day_start(day),
            "number": f"ELSEWHERE{day:%m%d}{n}",
            "transaction_id": f"42{day:%Y%m%d}{n:04d}",
            "refund_number": None if fee > 0 else f"R{day:%Y%m%d}{n}",
            "refund_id": None if fee > 0 else f"50{day:%Y%m%d}{n:04d}",
            "amount_fen": 300,
            "settlement_fen": 300,
            "fee_yuan": f"{fee:.5f}",
            "merchant_id": "1900000109",
            "appid": "wx2421b1c4370ec43b",
            "openid": "o-somebody",
            "currency": "CNY",
            "state": "SUCCESS",
            "verdict": None,
        }
        for n, fee in enumerate(fees)
    ]
    bills.plan_day(session, day)
    files = session.scalars(sa.select(BillFile).where(BillFile.day == day)).all()
    for file in files:
        trade = file.kind is BillKind.TRADE
        told = FetchedBill(None, {"fee_yuan": str(sum(fees))}, rows if trade else [])
        assert bills.store(session, file.id, told, START)
