"""Whatever goes wrong between us and WeChat, a refund is paid once or is with a person."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from flows import refunds as refunding
from flows.running import EXTENSION, Running
from gateways.wechat import connect
from gateways.wechat.simulator import Simulator
from models import Posting, transaction
from services import refund_queue
from tests.support.buying import Buyer, faults_found, make_shop
from tests.support.clock import SteppingClock
from tests.support.keeping import Kept
from tests.support.refunding import (
    Standing,
    attempt_facts,
    book,
    follow,
    given_back,
    incidents,
    sandbox_of,
    standing,
    submit,
)

CREATE, QUERY = "create_refund", "query_refund"
#: The client tries both hosts.
BOTH = 2
PLENTY = 10_000_000


@pytest.fixture
def sandbox(app: Flask) -> Simulator:
    """The simulated WeChat with money to pay from and nothing going wrong, yet."""
    simulator = sandbox_of(app)
    simulator.repair()
    simulator.set_balance("BASIC", PLENTY)
    return simulator


def make_order(app: Flask) -> str:
    """An order of 600 fen, paid at a WeChat that can pay it back; its number."""
    sandbox_of(app).set_balance("BASIC", PLENTY)
    make_shop(app)
    return Buyer(app).buy(count=2)


@pytest.fixture
def order(kept: Kept, app: Flask) -> str:
    return kept(make_order, app)


@pytest.fixture
def refund(app: Flask, order: str) -> str:
    """The number of the refund its buyer has asked for."""
    return given_back(Buyer(app), order)


def _paid_out(app: Flask) -> list[tuple[str | None, int]]:
    with app.app_context(), transaction() as session:
        rows = session.execute(
            sa.select(Posting.reference, Posting.amount_fen).where(Posting.event == "refund_paid")
        )
        return [(row[0], row[1]) for row in rows]


def _until_done(app: Flask, clock: SteppingClock, hours: int = 2) -> None:
    for _ in range(hours * 4):
        submit(app)
        follow(app)
        clock.advance(minutes=15)


def _spent(app: Flask, simulator: Simulator, refund: str) -> int:
    """What WeChat itself paid back under this number."""
    rows = simulator.world.storage.rows(
        "SELECT refund_fen FROM refunds WHERE out_refund_no = ? AND status = 'SUCCESS'", refund
    )
    return sum(row["refund_fen"] for row in rows)


@pytest.mark.parametrize(
    "fault",
    [
        "drop", "drop_after", "500", "502", "503", "429", "202", "empty_404",
        "500_after", "502_after", "503_after", "429_after", "202_after",
        "slow", "malformed", "wrong_signature", "stale", "unknown_serial",
    ],
)  # fmt: skip
def test_a_refund_survives_any_spoiled_answer_and_is_paid_once(
    app: Flask, clock: SteppingClock, sandbox: Simulator, order: str, fault: str
) -> None:
    refund = given_back(Buyer(app), order)
    sandbox.fail(fault, CREATE, refund, times=BOTH)
    assert submit(app) == 1
    _until_done(app, clock, hours=1)
    assert standing(app, order).state == "succeeded"
    assert standing(app, order).numbers == [refund]
    assert _spent(app, sandbox, refund) == 600
    assert _paid_out(app) == [(refund, 600)]
    assert book(app) == {}
    assert faults_found(app) == []
    assert None not in incidents(app).values()


@pytest.mark.parametrize("fault", ["drop_after", "429_after", "wrong_signature"])
def test_a_refund_that_was_taken_without_an_answer_is_found_by_asking(
    app: Flask, sandbox: Simulator, order: str, refund: str, fault: str
) -> None:
    sandbox.fail(fault, CREATE, refund, times=BOTH)
    assert submit(app) == 1
    assert standing(app, order).state in ("processing", "succeeded")


def test_nothing_is_decided_while_wechat_says_nothing_at_all(
    app: Flask, clock: SteppingClock, sandbox: Simulator, order: str, refund: str
) -> None:
    sandbox.fail("drop", CREATE, refund, times=40)
    sandbox.fail("drop", QUERY, refund, times=40)
    _until_done(app, clock, hours=2)
    assert standing(app, order).state == "submitted"
    assert standing(app, order).numbers == [refund]
    assert book(app) == {"wechat": -600, "refunds:due": 600}
    sandbox.repair()
    _until_done(app, clock)
    assert _paid_out(app) == [(refund, 600)]


def test_without_balance_the_same_number_waits_for_the_top_up(
    app: Flask, clock: SteppingClock, sandbox: Simulator, order: str, refund: str
) -> None:
    sandbox.set_balance("BASIC", 0)
    submit(app)
    assert standing(app, order).state == "requested"
    assert incidents(app) == {"refund_not_enough": None}
    assert attempt_facts(app, refund).said == "NOT_ENOUGH"
    # Not before its turn.
    assert submit(app) == 0
    clock.advance(minutes=31)
    assert submit(app) == 1
    assert standing(app, order).state == "requested"
    sandbox.set_balance("BASIC", PLENTY)
    _until_done(app, clock)
    assert standing(app, order) == Standing("buyer", "succeeded", 600, [refund], ["succeeded"])
    assert incidents(app)["refund_not_enough"] is not None
    assert _paid_out(app) == [(refund, 600)]


def test_a_refund_wechat_closes_waits_for_a_person_and_then_gets_a_new_number(
    app: Flask, clock: SteppingClock, sandbox: Simulator, order: str, refund: str
) -> None:
    sandbox.plan_refund(refund, "CLOSED")
    _until_done(app, clock, hours=1)
    assert standing(app, order).state == "failed"
    assert incidents(app) == {"refund_closed": None}
    assert Buyer(app).shown(order)["status"] == "refunding"
    assert book(app) == {"wechat": -600, "refunds:due": 600}
    assert faults_found(app) == []
    # Nobody sends it again by himself.
    assert submit(app) == follow(app) == 0

    renewed = app.test_cli_runner().invoke(args=["refunds", "renew", refund])
    assert (renewed.exit_code, renewed.output) == (0, f"{refund} is over, {order}R2 will be sent\n")
    clock.advance(minutes=2)
    _until_done(app, clock, hours=1)
    assert standing(app, order).numbers == [refund, f"{order}R2"]
    assert standing(app, order).outcomes == ["failed", "succeeded"]
    assert _paid_out(app) == [(f"{order}R2", 600)]
    assert Buyer(app).shown(order)["status"] == "refunded"


def test_an_abnormal_refund_stays_with_a_person_until_wechat_says_it_arrived(
    app: Flask, clock: SteppingClock, sandbox: Simulator, order: str, refund: str
) -> None:
    sandbox.plan_refund(refund, "ABNORMAL")
    _until_done(app, clock, hours=1)
    assert standing(app, order).state == "abnormal"
    assert incidents(app) == {"refund_abnormal": None}
    assert book(app) == {"wechat": -600, "refunds:due": 600}
    refused = app.test_cli_runner().invoke(args=["refunds", "renew", refund])
    assert refused.exit_code == 1
    # A person redirects it in WeChat's console; we only ask.
    sandbox.finish_refund(refund, "SUCCESS")
    clock.advance(hours=7)
    follow(app)
    assert standing(app, order).state == "succeeded"
    assert incidents(app)["refund_abnormal"] is not None
    assert _paid_out(app) == [(refund, 600)]


def test_a_definite_no_is_for_a_person(
    app: Flask, clock: SteppingClock, sandbox: Simulator, order: str, refund: str
) -> None:
    # WeChat holds that more was asked for than was paid.
    sandbox.world.storage.write("UPDATE orders SET paid_fen = 599 WHERE out_trade_no = ?", order)
    submit(app)
    assert standing(app, order).state == "failed"
    assert attempt_facts(app, refund).said == "INVALID_REQUEST"
    assert incidents(app) == {"refund_refused": None}
    assert book(app) == {"wechat": -600, "refunds:due": 600}


def test_a_death_between_sending_and_writing_down_pays_nothing_twice(
    app: Flask, clock: SteppingClock, sandbox: Simulator, order: str, refund: str
) -> None:
    parts: Running = app.extensions[EXTENSION]
    with app.app_context(), transaction() as session:
        taken = refund_queue.claim_due(
            session, refund_queue.TO_SEND, now=clock(), notify_url=parts.wechat.settings.notify_url("refunds")
        )
    # The worker sends it and dies before it can write anything down.
    parts.wechat.refunds.create(
        transaction_id=taken[0].transaction_id,
        out_refund_no=taken[0].number,
        refund_fen=taken[0].amount_fen,
        total_fen=taken[0].total_fen,
        reason=taken[0].reason,
        notify_url=taken[0].notify_url,
    )
    assert standing(app, order).state == "submitted"
    assert submit(app) == 0
    clock.advance(minutes=2)
    # The next one asks before it sends: this call would be refused.
    sandbox.fail("500", CREATE, refund, times=BOTH)
    assert submit(app) == 1
    _until_done(app, clock, hours=1)
    assert _paid_out(app) == [(refund, 600)]
    assert _spent(app, sandbox, refund) == 600
    left = sandbox.world.storage.rows("SELECT times FROM faults WHERE number = ?", refund)
    assert [row["times"] for row in left] == [BOTH]


def test_what_is_sent_again_is_what_was_sent_before(
    app: Flask, clock: SteppingClock, sandbox: Simulator, order: str, refund: str
) -> None:
    sandbox.fail("500", CREATE, refund, times=BOTH)
    submit(app)
    first = attempt_facts(app, refund)
    clock.advance(minutes=5)
    submit(app)
    again = attempt_facts(app, refund)
    for name in ("number", "transaction_id", "total_fen", "amount_fen", "reason", "notify_url", "sent_at"):
        assert getattr(again, name) == getattr(first, name)
    assert again.notify_url == "http://127.0.0.1:8000/hooks/wechat-pay/refunds"


def test_two_workers_never_take_the_same_refund(
    app: Flask, clock: SteppingClock, order: str, refund: str
) -> None:
    with app.app_context():
        with transaction() as session:
            first = refund_queue.claim_due(
                session, refund_queue.TO_SEND, now=clock(), notify_url="https://a/b"
            )
        with transaction() as session:
            second = refund_queue.claim_due(
                session, refund_queue.TO_SEND, now=clock(), notify_url="https://a/b"
            )
    assert ([task.number for task in first], second) == ([refund], [])


def test_workers_at_once_share_the_queue(app: Flask, clock: SteppingClock, sandbox: Simulator) -> None:
    make_shop(app, (6,))
    lin = Buyer(app)
    orders = [lin.buy(count=1) for _ in range(6)]
    numbers = [given_back(lin, order) for order in orders]
    with ThreadPoolExecutor(3) as pool:
        taken = [pool.submit(submit, app) for _ in range(3)]
        assert sum(worker.result() for worker in taken) == 6
    _until_done(app, clock, hours=1)
    assert sorted(_paid_out(app)) == [(number, 300) for number in sorted(numbers)]
    assert [_spent(app, sandbox, number) for number in numbers] == [300] * 6
    assert faults_found(app) == []


def test_a_refund_that_does_not_arrive_for_three_days_is_shown_to_a_person(
    app: Flask, clock: SteppingClock, sandbox: Simulator, order: str, refund: str
) -> None:
    sandbox.configure("refund_seconds", 30 * 86_400)
    try:
        submit(app)
        clock.advance(days=3, minutes=1)
        follow(app)
    finally:
        sandbox.configure("refund_seconds", 0)
    assert standing(app, order).state == "processing"
    assert incidents(app) == {"refund_overdue": None}
    sandbox.finish_refund(refund)
    clock.advance(hours=7)
    follow(app)
    assert incidents(app)["refund_overdue"] is not None


def test_the_worker_goes_on_when_one_of_several_refunds_is_stuck(
    app: Flask, clock: SteppingClock, sandbox: Simulator
) -> None:
    make_shop(app)
    lin = Buyer(app)
    orders = [lin.buy(count=1) for _ in range(3)]
    numbers = [given_back(lin, order) for order in orders]
    sandbox.fail("drop", CREATE, numbers[1], times=BOTH)
    sandbox.fail("drop", QUERY, numbers[1], times=BOTH)
    assert submit(app) == 3
    _until_done(app, clock, hours=1)
    assert [standing(app, order).state for order in orders] == ["succeeded"] * 3
    assert faults_found(app) == []


def test_a_setting_that_wechat_refuses_is_for_a_person_and_the_number_stays(
    app: Flask, clock: SteppingClock, sandbox: Simulator, order: str, refund: str
) -> None:
    parts: Running = app.extensions[EXTENSION]
    # The merchant's certificate was renewed in the console and not here: every signature of ours is refused.
    unknown = replace(parts.wechat.settings, merchant_serial="F" * 40)
    with app.app_context():
        stranger = replace(parts, wechat=connect(unknown, sandbox.transport(), clock))
        assert refunding.submit_due(stranger) == 1
    assert standing(app, order).state == "submitted"
    assert attempt_facts(app, refund).said == "SIGN_ERROR"
    assert incidents(app) == {"refund_held": None}
    clock.advance(minutes=5)
    _until_done(app, clock, hours=1)
    assert _paid_out(app) == [(refund, 600)]
    assert incidents(app)["refund_held"] is not None
