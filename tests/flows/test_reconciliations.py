"""A day beside WeChat's bills: what agrees, what was missed, and what a person must see."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from domain.clock import SHANGHAI
from domain.errors import Conflict
from flows.running import Running
from gateways.wechat.settings import MINIPROGRAM
from gateways.wechat.simulator import bills
from gateways.wechat.simulator.world import World
from models import Payment, TradeLine, database, transaction
from models.payments import PaymentState
from tests.support.buying import Buyer, faults_found, make_shop
from tests.support.clock import SteppingClock
from tests.support.reconciling import (
    DAY,
    balances,
    differences,
    everything,
    forget_orders,
    fund_sponsor,
    go_through,
    incidents_of,
    morning_after,
    postings,
    state_of,
)


@pytest.fixture(autouse=True)
def day_of_sales(app: Flask, parts: Running) -> None:
    forget_orders(parts)
    make_shop(app, (30,))
    fund_sponsor(app)


@pytest.fixture
def buyer(app: Flask) -> Buyer:
    return Buyer(app)


def lost(parts: Running, number: str) -> None:
    """Have the notices of an order never arrive."""
    assert parts.sandbox is not None
    parts.sandbox.misdeliver("lost", number)


def test_a_day_that_agrees_is_balanced_and_its_fee_is_booked(
    app: Flask, buyer: Buyer, clock: SteppingClock
) -> None:
    buyer.buy(count=3)
    buyer.buy(count=1)
    assert balances(app) == {"households": 1200, "wechat": -1200, "sponsor": 100_000, "bank": -100_000}
    morning_after(clock)
    row = go_through(app)
    assert (row.state.value, differences(app), incidents_of(app)) == ("balanced", [], [])
    assert postings(app, "fee", "fee_returned") == [("fee", "sponsor", "wechat", 7, DAY.isoformat())]
    assert balances(app) == {"households": 1200, "wechat": -1193, "sponsor": 99_993, "bank": -100_000}
    assert row.figures["payments"] == {"bill_count": 2, "bill_fen": 1200, "fund_fen": 1200, "book_fen": 1200}
    assert row.figures["wechat"] == {"fund_fen": 1193, "book_fen": 1193}
    assert row.figures["verdicts"] == {"both": 2}
    assert faults_found(app) == []


def test_going_through_a_day_again_changes_nothing(app: Flask, buyer: Buyer, clock: SteppingClock) -> None:
    buyer.buy(count=2)
    morning_after(clock)
    go_through(app)
    before = everything(app)
    go_through(app)
    assert everything(app) == before


def test_a_day_on_which_nothing_happened_is_balanced(app: Flask, clock: SteppingClock) -> None:
    morning_after(clock)
    row = go_through(app)
    assert (row.state.value, row.fee_fen, row.figures["wechat"]["fund_fen"]) == ("balanced", 0, 0)
    assert postings(app, "fee") == []


def test_a_day_is_not_asked_for_before_ten_the_next_morning(app: Flask, clock: SteppingClock) -> None:
    clock.instant = datetime(2026, 9, 2, 9, 59, 59, tzinfo=SHANGHAI).astimezone(UTC)
    with pytest.raises(Conflict, match="day_not_over"):
        go_through(app)


def test_a_payment_whose_notice_was_lost_is_settled_from_the_bill(
    app: Flask, buyer: Buyer, parts: Running, clock: SteppingClock
) -> None:
    number = buyer.order(count=2)
    lost(parts, number)
    buyer.pay(number)
    assert buyer.shown(number)["status"] == "pending"
    morning_after(clock)
    go_through(app)
    assert buyer.shown(number)["status"] == "paid"
    assert buyer.shown(number)["certificate"]
    assert differences(app) == [("trade", "settled", f"order:{number}", None)]
    assert state_of(app) == "balanced"
    assert balances(app)["households"] == 600
    assert faults_found(app) == []
    with app.app_context():
        paid_at = database().scalars(sa.select(Payment.paid_at)).one()
        assert paid_at == database().scalars(sa.select(TradeLine.at)).one()


def test_a_wrong_amount_of_which_no_notice_came_is_owed_back(
    app: Flask, buyer: Buyer, parts: Running, clock: SteppingClock
) -> None:
    number = buyer.order(count=1)
    lost(parts, number)
    buyer.pay(number, total_fen=250)
    morning_after(clock)
    go_through(app)
    assert differences(app) == [("trade", "unplaced", f"order:{number}", None)]
    assert balances(app)["refunds:due"] == 250
    assert ("wrong_amount", f"order:{number}", True) in incidents_of(app)


def test_a_wrong_amount_that_was_booked_as_it_came_agrees_with_the_bill(
    app: Flask, buyer: Buyer, clock: SteppingClock
) -> None:
    number = buyer.order(count=1)
    buyer.pay(number, total_fen=250)
    morning_after(clock)
    go_through(app)
    assert differences(app) == [("trade", "amount_differs", f"order:{number}", None)]
    assert state_of(app) == "balanced"


def test_an_amount_other_than_the_one_booked_needs_a_person(
    app: Flask, buyer: Buyer, clock: SteppingClock
) -> None:
    number = buyer.buy(count=1)
    with app.app_context(), transaction() as session:
        session.execute(sa.update(Payment).values(received_fen=299))
    morning_after(clock)
    go_through(app)
    assert differences(app) == [("trade", "amount_differs", f"order:{number}", "bill_amount_differs")]
    assert state_of(app) == "differs"


def test_an_order_that_only_wechat_knows_needs_a_person(
    app: Flask, parts: Running, clock: SteppingClock
) -> None:
    assert parts.sandbox is not None
    package = parts.wechat.pay.prepay_jsapi(
        appid=parts.wechat.settings.apps[MINIPROGRAM].appid,
        openid="o-somebody-else",
        out_trade_no="ELSEWHERE0001",
        description="another programme's tree, with a comma",
        total_fen=300,
        time_expire=clock() + timedelta(minutes=15),
        notify_url=parts.wechat.settings.notify_url("transactions"),
    )
    parts.sandbox.pay(package)
    morning_after(clock)
    go_through(app)
    assert differences(app) == [("trade", "theirs_only", "order:ELSEWHERE0001", "bill_unknown_order")]
    assert incidents_of(app) == [("bill_unknown_order", "order:ELSEWHERE0001", True)]
    assert "households" not in balances(app)


def test_a_payment_that_only_we_know_needs_a_person(
    app: Flask, buyer: Buyer, parts: Running, clock: SteppingClock
) -> None:
    number = buyer.buy(count=1)
    forget_orders(parts)
    morning_after(clock)
    go_through(app)
    assert differences(app) == [("trade", "ours_only", f"order:{number}", "payment_not_billed")]
    assert incidents_of(app) == [("payment_not_billed", f"order:{number}", True)]


def test_what_is_no_longer_found_resolves_its_incident_by_itself(
    app: Flask, buyer: Buyer, clock: SteppingClock
) -> None:
    number = buyer.buy(count=1)
    with app.app_context(), transaction() as session:
        session.execute(sa.update(Payment).values(received_fen=299))
    morning_after(clock)
    go_through(app)
    with app.app_context(), transaction() as session:
        session.execute(sa.update(Payment).values(received_fen=300))
    go_through(app)
    assert differences(app) == []
    assert incidents_of(app) == [("bill_amount_differs", f"order:{number}", False)]
    assert state_of(app) == "balanced"


def test_a_transaction_that_stands_twice_in_a_bill_is_one(
    app: Flask, buyer: Buyer, clock: SteppingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = buyer.buy(count=1)
    told = bills.write

    def twice(world: World, bill: str, day: date, kind: str) -> bytes | None:
        text = told(world, bill, day, kind)
        if text is None or bill != bills.TRADE:
            return text
        names, row, totals, _ = text.decode().strip().splitlines()
        doubled = ["`2", "`6.00", "`0", "`0", "`0.04", "`6.00", "`0"]
        return "\r\n".join([names, row, row, totals, ",".join(doubled)]).encode()

    monkeypatch.setattr(bills, "write", twice)
    morning_after(clock)
    go_through(app)
    assert differences(app)[0] == ("trade", "duplicate", f"order:{number}", "bill_duplicate")
    assert balances(app)["households"] == 300


@pytest.mark.parametrize(
    ("at", "day"), [("2026-09-01 23:59:59", "2026-09-01"), ("2026-09-02 00:00:01", "2026-09-02")]
)
def test_a_payment_belongs_to_the_day_it_was_made_on_in_shanghai(
    app: Flask, buyer: Buyer, clock: SteppingClock, at: str, day: str
) -> None:
    clock.instant = datetime.fromisoformat(at).replace(tzinfo=SHANGHAI).astimezone(UTC)
    buyer.buy(count=1)
    morning_after(clock, DAY + timedelta(days=1))
    for each in (DAY, DAY + timedelta(days=1)):
        assert go_through(app, each).state.value == "balanced"
    assert postings(app, "fee") == [("fee", "sponsor", "wechat", 2, day)]


def test_a_payment_two_clocks_place_on_two_days_is_found(
    app: Flask, buyer: Buyer, clock: SteppingClock
) -> None:
    clock.instant = datetime(2026, 9, 2, 0, 0, 1, tzinfo=SHANGHAI).astimezone(UTC)
    number = buyer.buy(count=1)
    with app.app_context(), transaction() as session:
        session.execute(sa.update(Payment).values(paid_at=clock() - timedelta(seconds=2)))
    morning_after(clock)
    assert go_through(app).state.value == "balanced"
    morning_after(clock, DAY + timedelta(days=1))
    for each in (DAY, DAY + timedelta(days=1)):
        assert go_through(app, each).state.value == "balanced", number
    assert incidents_of(app) == []


def test_a_payment_at_midnight_that_no_bill_has_is_found_missing_a_day_later(
    app: Flask, buyer: Buyer, parts: Running, clock: SteppingClock
) -> None:
    clock.instant = datetime(2026, 9, 1, 23, 59, 59, tzinfo=SHANGHAI).astimezone(UTC)
    number = buyer.buy(count=1)
    forget_orders(parts)
    morning_after(clock)
    assert go_through(app).state.value == "balanced"
    morning_after(clock, DAY + timedelta(days=1))
    go_through(app, DAY + timedelta(days=1))
    go_through(app)
    assert incidents_of(app) == [("payment_not_billed", f"order:{number}", True)]


def test_a_closed_order_that_was_paid_all_the_same_is_not_forgotten(
    app: Flask, buyer: Buyer, parts: Running, clock: SteppingClock
) -> None:
    number = buyer.order(count=1)
    lost(parts, number)
    buyer.pay(number)
    with app.app_context(), transaction() as session:
        session.execute(sa.update(Payment).values(state=PaymentState.CLOSED))
    morning_after(clock)
    go_through(app)
    assert buyer.shown(number)["status"] == "paid"
    assert state_of(app) == "balanced"
