"""News of refunds: doubled, at once, out of order, about somebody else's money, or not to be believed."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from models import Notice, Posting, database
from tests.faults.meeting import order_held
from tests.support import notices
from tests.support.buying import Buyer, faults_found, make_shop, nothing_written
from tests.support.clock import SteppingClock
from tests.support.keeping import Kept
from tests.support.refunding import (
    HOOK,
    announce,
    book,
    follow,
    given_back,
    incidents,
    sandbox_of,
    send,
    standing,
    submit,
    told,
)

SENDERS = 8


def make_order(app: Flask) -> str:
    """An order of 600 fen, paid, whose buyer has asked for the money back."""
    make_shop(app)
    lin = Buyer(app)
    number = lin.buy(count=2)
    given_back(lin, number)
    return number


@pytest.fixture
def order(kept: Kept, app: Flask) -> str:
    return kept(make_order, app)


def _outcomes(app: Flask) -> list[str]:
    with app.app_context():
        refund_notices = sa.select(Notice.outcome).where(Notice.event_type.startswith("REFUND"))
        return list(database().scalars(refund_notices.order_by(Notice.id)))


def _paid_out(app: Flask) -> list[int]:
    with app.app_context():
        return list(database().scalars(sa.select(Posting.amount_fen).where(Posting.event == "refund_paid")))


def test_the_simulators_own_notice_ends_a_refund(app: Flask, order: str) -> None:
    submit(app)
    sandbox = sandbox_of(app)
    sandbox.finish_refund(f"{order}R1")
    notice = sandbox.notices(f"{order}R1")[-1]
    assert sandbox.redeliver(notice) == 204
    assert standing(app, order).state == "succeeded"
    assert Buyer(app).shown(order)["money"]["refunded_fen"] == 600
    assert sandbox.redeliver(notice) == 204
    assert _paid_out(app) == [600]
    assert _outcomes(app) == ["refund_recorded"]


def test_one_notice_from_eight_senders_at_once_is_booked_once(app: Flask, order: str) -> None:
    submit(app)
    body = notices.sealed(
        Buyer(app).parts, told(app, f"{order}R1"), event_type="REFUND.SUCCESS", original_type="refund"
    )
    with ThreadPoolExecutor(SENDERS) as pool:
        with order_held(app, order):
            sent = [pool.submit(send, app, body) for _ in range(SENDERS)]
        assert [answer.result().status_code for answer in sent] == [204] * SENDERS
    assert _paid_out(app) == [600]
    assert book(app) == {}
    assert faults_found(app) == []


def test_a_notice_before_our_own_answer_is_written_down_is_believed(app: Flask, order: str) -> None:
    # Nothing was sent yet as far as we know: the worker died, or is slower than WeChat.
    assert announce(app, told(app, f"{order}R1")).status_code == 204
    assert standing(app, order).state == "succeeded"
    assert submit(app) == 0
    assert _paid_out(app) == [600]


def test_the_answer_after_the_notice_changes_nothing(app: Flask, clock: SteppingClock, order: str) -> None:
    sandbox_of(app).configure("refund_seconds", 3600)
    try:
        submit(app)
        assert announce(app, told(app, f"{order}R1")).status_code == 204
        clock.advance(minutes=1)
        assert follow(app) == 0
    finally:
        sandbox_of(app).configure("refund_seconds", 0)
    assert standing(app, order).state == "succeeded"
    assert _paid_out(app) == [600]


def test_the_payments_own_notice_after_the_refunds_changes_nothing(app: Flask, order: str) -> None:
    submit(app)
    announce(app, told(app, f"{order}R1"))
    sandbox = sandbox_of(app)
    paid = sandbox.notices(order)[0]
    assert sandbox.redeliver(paid) == 204
    assert Buyer(app).shown(order)["status"] == "refunded"
    assert book(app) == {}


@pytest.mark.parametrize(
    ("status", "state", "kind"),
    [("CLOSED", "failed", "refund_closed"), ("ABNORMAL", "abnormal", "refund_abnormal")],
)
def test_a_refund_that_fails_keeps_the_money_owed_and_tells_a_person_once(
    app: Flask, order: str, status: str, state: str, kind: str
) -> None:
    submit(app)
    for _ in range(2):
        assert announce(app, told(app, f"{order}R1", status)).status_code == 204
    assert standing(app, order).state == state
    assert incidents(app) == {kind: None}
    assert book(app) == {"wechat": -600, "refunds:due": 600}
    assert faults_found(app) == []


def test_money_that_arrived_after_all_is_believed(app: Flask, order: str) -> None:
    submit(app)
    announce(app, told(app, f"{order}R1", "CLOSED"))
    announce(app, told(app, f"{order}R1"))
    assert standing(app, order).state == "succeeded"
    assert standing(app, order).outcomes == ["succeeded"]
    assert incidents(app)["refund_closed"] is not None
    assert faults_found(app) == []


def test_a_success_is_not_undone_by_older_news(app: Flask, order: str) -> None:
    submit(app)
    announce(app, told(app, f"{order}R1"))
    for status in ("CLOSED", "ABNORMAL"):
        assert announce(app, told(app, f"{order}R1", status)).status_code == 204
    assert standing(app, order).state == "succeeded"
    assert _outcomes(app) == ["refund_recorded", "duplicate", "duplicate"]


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": {"total": 600, "refund": 599, "payer_total": 600, "payer_refund": 599}},
        {"amount": {"total": 601, "refund": 600, "payer_total": 601, "payer_refund": 600}},
        {"transaction_id": "4200000000000000000000000000"},
    ],
)
def test_news_that_does_not_echo_what_we_sent_books_nothing(
    app: Flask, order: str, changes: dict[str, Any]
) -> None:
    assert announce(app, told(app, f"{order}R1", **changes)).status_code == 204
    assert standing(app, order).state == "requested"
    assert incidents(app) == {"refund_mismatch": None}
    assert book(app) == {"wechat": -600, "refunds:due": 600}


def test_another_merchants_refund_books_nothing(app: Flask, order: str) -> None:
    assert announce(app, told(app, f"{order}R1", mchid="1900000109")).status_code == 204
    assert standing(app, order).state == "requested"
    assert incidents(app) == {"notice_mismatch": None}


def test_coupons_make_the_payers_part_smaller_and_nothing_else(app: Flask, order: str) -> None:
    amount = {"total": 600, "refund": 600, "payer_total": 550, "payer_refund": 550}
    assert announce(app, told(app, f"{order}R1", amount=amount)).status_code == 204
    assert _paid_out(app) == [600]


def test_a_refund_made_by_hand_is_told_to_a_person(app: Flask, order: str) -> None:
    payload = told(app, f"{order}R1", out_refund_no="console-7")
    assert announce(app, payload).status_code == 204
    assert incidents(app) == {"refund_unknown": None}
    assert book(app) == {"wechat": -600, "refunds:due": 600}


def test_a_refund_of_an_unknown_order_is_asked_for_again(app: Flask, order: str) -> None:
    payload = told(app, f"{order}R1", out_refund_no="D0R1", out_trade_no="D0")
    answer = announce(app, payload)
    assert (answer.status_code, answer.get_json()["code"]) == (404, "FAIL")
    assert _outcomes(app) == ["unknown_order"]


def test_a_refund_announced_before_its_payment_waits_with_a_person(app: Flask) -> None:
    make_shop(app)
    lin = Buyer(app)
    number = lin.order(count=1)
    lin.prepare(number)
    payload = {
        "mchid": lin.parts.wechat.settings.merchant_id,
        "out_trade_no": number,
        "transaction_id": notices.transaction_id(),
        "out_refund_no": "console-8",
        "refund_id": "50300000000000000000000000002",
        "refund_status": "SUCCESS",
        "amount": {"total": 300, "refund": 300},
    }
    assert announce(app, payload).status_code == 204
    assert incidents(app) == {"refund_unknown": None}
    assert lin.shown(number)["status"] == "pending"
    assert faults_found(app) == []


@pytest.mark.parametrize("variant", ["wrong_signature", "stale", "unknown_serial", "xml"])
def test_what_cannot_be_believed_is_refused_and_leaves_nothing(app: Flask, order: str, variant: str) -> None:
    submit(app)
    sandbox = sandbox_of(app)
    sandbox.finish_refund(f"{order}R1")
    notice = sandbox.notices(f"{order}R1")[-1]
    with nothing_written(app):
        assert sandbox.redeliver(notice, variant) == 401
    assert sandbox.redeliver(notice) == 204


def test_a_signed_body_that_is_not_json_is_answered_fail(app: Flask) -> None:
    body = b"<xml><return_code>SUCCESS</return_code></xml>"
    answer = app.test_client().post(HOOK, data=body, headers=sandbox_of(app).sign(body))
    assert (answer.status_code, answer.get_json()) == (401, {"code": "FAIL", "message": "失败"})


def test_a_probe_is_refused_and_what_follows_it_is_not(app: Flask, order: str) -> None:
    submit(app)
    sandbox = sandbox_of(app)
    sandbox.finish_refund(f"{order}R1")
    assert sandbox.redeliver(sandbox.notices(f"{order}R1")[-1], "probe") == 204
    assert _paid_out(app) == [600]


def test_a_notice_is_settled_again_from_what_was_written_down(app: Flask, order: str) -> None:
    payload = told(app, f"{order}R1")
    announce(app, payload, notice_id="EV-1")
    run = app.test_cli_runner().invoke(args=["payments", "replay-notice", "EV-1"])
    assert (run.exit_code, run.output) == (0, "EV-1: duplicate\n")
    assert _outcomes(app) == ["refund_recorded"]
    assert _paid_out(app) == [600]
