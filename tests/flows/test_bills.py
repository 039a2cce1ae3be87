"""Bills are fetched once they are there, by one worker, and kept as WeChat wrote them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from domain.bills import MOST_TRIES, BillKind
from domain.clock import SHANGHAI
from flows.bills import fetch_day, fetch_due, fund_lines
from flows.running import Running
from gateways.wechat.pay.bill_rows import FundRow
from gateways.wechat.simulator import Simulator, bills
from gateways.wechat.simulator.world import World
from jobs import tasks
from models import BillFile, FundLine, Incident, Reconciliation, TradeLine, database, transaction
from models.bills import BillState
from services import bills as kept
from services.bills import FetchedBill
from tests.support.buying import Buyer, make_shop
from tests.support.clock import SteppingClock
from tests.support.reconciling import (
    DAY,
    forget_orders,
    fund_sponsor,
    go_through,
    morning_after,
    postings,
    state_of,
)

#: The rows of a published sample bill, with their numbers changed: fees to two decimals, amounts with one.
SAMPLE = (
    "\ufeff" + bills.TRADE_NAMES + "\r\n"
    "`2026-09-01 12:10:21,`wx2421b1c4370ec43b,`1900000109,`0,`,`4200000000000000000000000001,`SAMPLE0001,"
    "`oUpF8uMuAJO_M2pxb1Q9zNjWeS6o,`JSAPI,`SUCCESS,`CFT,`CNY,`0.01,`0.0,`0,`0,`0,`0,`,`,`测试\\ 商品,`,"
    "`0.00000,`0.60%,`0.01,`0.0,`\r\n"
    "`2026-09-01 12:12:59,`wx2421b1c4370ec43b,`1900000109,`0,`,`4200000000000000000000000002,`SAMPLE0002,"
    "`oUpF8uMuAJO_M2pxb1Q9zNjWeS6o,`JSAPI,`REFUND,`CFT,`CNY,`0.0,`0.0,`50000000000000000000000001,`R0002,"
    "`0.14,`0.0,`ORIGINAL,`SUCCESS,`测试商品,`,`-0.00084,`0.60%,`0.0,`0.14,`\r\n"
    + bills.TRADE_TOTALS
    + "\r\n"
    "`2.0,`0.01,`0.14,`0.0,`-0.00,`0.01,`0.14\r\n"
)


@pytest.fixture(autouse=True)
def sandbox(app: Flask, parts: Running) -> Simulator:
    forget_orders(parts)
    make_shop(app, (5,))
    fund_sponsor(app)
    assert parts.sandbox is not None
    return parts.sandbox


def files(app: Flask) -> dict[tuple[date, BillKind], BillFile]:
    with app.app_context():
        return {(file.day, file.kind): file for file in database().scalars(sa.select(BillFile))}


def run(app: Flask) -> tuple[int, int]:
    """What the worker fetched, and how many days it went through."""
    with app.app_context():
        return tasks.fetch_bills(), tasks.reconcile_days()


def test_the_worker_fetches_and_reconciles_yesterday_after_ten(app: Flask, clock: SteppingClock) -> None:
    Buyer(app).buy(count=2)
    assert run(app) == (0, 0)
    clock.instant = datetime(2026, 9, 2, 9, 59, tzinfo=SHANGHAI).astimezone(UTC)
    assert run(app) == (0, 0)
    clock.advance(minutes=1)
    assert run(app) == (4, 1)
    assert state_of(app) == "balanced"
    assert run(app) == (0, 0)
    assert [fen for *_, fen, _ in postings(app, "fee")] == [4]


def test_a_bill_still_being_made_is_asked_for_again_in_half_an_hour(
    app: Flask, sandbox: Simulator, clock: SteppingClock
) -> None:
    run(app)
    now = morning_after(clock)
    # The simulated WeChat is behind: to it, it is not ten o'clock yet.
    sandbox.configure("clock_offset", -3600)
    assert run(app) == (0, 0)
    file = files(app)[DAY, BillKind.TRADE]
    assert (file.problem, file.next_try_at, file.tries) == (
        "STATEMENT_CREATING",
        now + timedelta(minutes=30),
        1,
    )
    sandbox.configure("clock_offset", 0)
    clock.advance(minutes=29)
    assert run(app) == (0, 0)
    clock.advance(minutes=1)
    assert run(app) == (4, 1)
    with app.app_context():
        assert database().scalars(sa.select(Incident.kind)).all() == []


def test_days_that_were_missed_are_made_up_for(app: Flask, clock: SteppingClock) -> None:
    run(app)
    for n in range(3):
        Buyer(app).buy(count=1)
        clock.advance(days=1)
        assert n < 3
    assert run(app) == (8, 2)
    assert run(app) == (4, 1)
    assert [reference for *_, reference in postings(app, "fee")] == ["2026-09-01", "2026-09-02", "2026-09-03"]


def test_a_person_is_told_of_a_bill_that_cannot_be_had(
    app: Flask, sandbox: Simulator, clock: SteppingClock
) -> None:
    run(app)
    morning_after(clock)
    sandbox.fail("500", "trade_bill", times=100)
    for _ in range(MOST_TRIES):
        run(app)
        clock.advance(minutes=30)
    with app.app_context():
        incident = database().scalars(sa.select(Incident)).one()
    assert (incident.kind, incident.subject) == ("bill_missing", f"bill:{DAY}:trade")
    sandbox.repair()
    clock.advance(minutes=30)
    run(app)
    with app.app_context():
        assert database().scalars(sa.select(Incident.resolved_at)).one() == clock()
    assert state_of(app) == "balanced"


def test_a_bill_two_workers_bring_is_kept_once(app: Flask, clock: SteppingClock) -> None:
    Buyer(app).buy(count=1)
    morning_after(clock)
    with app.app_context(), transaction() as session:
        kept.plan(session, clock())
        claimed = kept.claim_due(session, clock())
    assert len(claimed) == 4
    with app.app_context(), transaction() as session:
        assert kept.claim_due(session, clock()) == []
        empty = FetchedBill(None, {}, [])
        assert [kept.store(session, claimed[0].id, empty, clock()) for _ in range(2)] == [True, False]


def test_rows_are_kept_as_wechat_wrote_them(app: Flask, sandbox: Simulator, clock: SteppingClock) -> None:
    sandbox.configure("fee_fractions", True)
    number = Buyer(app).buy(count=1)
    morning_after(clock)
    with app.app_context():
        parts: Running = app.extensions["danzhu"]
        assert fetch_day(parts, DAY) == 4
        assert fetch_day(parts, DAY) == 0
        line = database().scalars(sa.select(TradeLine)).one()
        moves = database().execute(sa.select(FundLine.movement, FundLine.amount_fen)).all()
        file = database().scalars(sa.select(BillFile).where(BillFile.kind == BillKind.TRADE)).one()
    sandbox.configure("fee_fractions", False)
    assert (line.number, line.amount_fen, line.fee_yuan, line.refund_number) == (number, 300, "0.01800", None)
    assert [(movement.value, fen) for movement, fen in moves] == [("received", 300), ("fee", 2)]
    assert (file.state, file.row_count, len(file.sha1 or "")) == (BillState.FETCHED, 1, 40)


def test_a_published_sample_is_read_and_given_to_a_person(
    app: Flask, clock: SteppingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sample(world: World, bill: str, day: date, kind: str) -> bytes | None:
        return SAMPLE.encode() if bill == bills.TRADE and day == DAY else None

    monkeypatch.setattr(bills, "write", sample)
    morning_after(clock)
    row = go_through(app)
    assert row.figures["payments"]["bill_fen"] == 1
    assert row.figures["refunds"]["bill_fen"] == 14
    assert (row.fee_fen, row.fee_returned_fen) == (0, 0)
    assert row.figures["verdicts"] == {"theirs_only": 2}
    with app.app_context():
        kinds = set(database().scalars(sa.select(Incident.kind)))
    assert kinds == {"bill_unknown_order", "refund_unknown", "fund_differs"}


def test_a_bill_whose_hash_differs_is_not_kept(
    app: Flask, clock: SteppingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    Buyer(app).buy(count=1)
    morning_after(clock)
    download = bills.download

    def spoiled(world: World, name: str) -> bytes:
        download(world, name)
        return b"not the bill"

    with monkeypatch.context() as patch:
        patch.setattr(bills, "download", spoiled)
        assert go_through(app).state.value == "waiting"
    with app.app_context():
        assert database().scalars(sa.select(TradeLine)).all() == []
    assert go_through(app).state.value == "balanced"


def test_days_are_planned_once_and_on_from_the_last(app: Flask, clock: SteppingClock) -> None:
    with app.app_context():
        with transaction() as session:
            assert kept.plan(session, clock()) == 4
        with transaction() as session:
            assert kept.plan(session, clock()) == 0
        clock.advance(days=2)
        with transaction() as session:
            assert kept.plan(session, clock()) == 8
        assert fetch_due(app.extensions["danzhu"]) == 8
        assert database().scalars(sa.select(Reconciliation)).all() == []


def test_movements_under_one_number_or_none_are_told_apart() -> None:
    row = FundRow(
        at=datetime(2026, 9, 1, 10, tzinfo=SHANGHAI),
        business_number="4200000001",
        flow_number="1",
        business_name="交易",
        business_type="交易",
        is_income=True,
        amount_fen=300,
        balance_fen=300,
        applicant="system",
        note="",
        voucher_number="D1",
    )
    rows = [replace(row, flow_number=number) for number in ("1", "2", "1", "", "", "1")]
    assert [line["flow_number"] for line in fund_lines(rows)] == ["1", "2", "1#2", "#1", "#2", "1#3"]
