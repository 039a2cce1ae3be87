"""What WeChat tells our hook: believed only when signed, booked once, and answered 204 only when it is on disk."""

import json
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from flows.running import EXTENSION, Running
from models import Incident, Notice, Order, Payment, Unit, database, transaction
from services import ledger
from tests.support.buying import Buyer, faults_found, make_shop, nothing_written
from tests.support.clock import SteppingClock
from tests.support.keeping import Kept
from tests.support.notices import HOOK, OTHER_APPID, announce, sealed, send, told, transaction_id


def make_lin(app: Flask) -> Buyer:
    """A buyer at a shop of three trees."""
    make_shop(app)
    return Buyer(app)


@pytest.fixture
def lin(kept: Kept, app: Flask) -> Buyer:
    return kept(make_lin, app)


def parts_of(app: Flask) -> Running:
    parts: Running = app.extensions[EXTENSION]
    return parts


def incidents(app: Flask) -> list[tuple[str, str]]:
    """Kind and subject of everything that waits for a person."""
    with app.app_context():
        rows = database().execute(sa.select(Incident.kind, Incident.subject).order_by(Incident.kind))
        return [(row.kind, row.subject) for row in rows]


def kept(app: Flask) -> list[tuple[str, str, str]]:
    """Event, subject and outcome of every notice that was written down."""
    with app.app_context():
        rows = database().execute(
            sa.select(Notice.event_type, Notice.subject, Notice.outcome).order_by(Notice.id)
        )
        return [(row.event_type, row.subject, row.outcome) for row in rows]


def balances(app: Flask) -> dict[str, int]:
    """Every account that holds something, households together."""
    with app.app_context():
        found: dict[str, int] = {}
        for account, fen in ledger.balances(database()).items():
            name = account.partition(":")[0] if account.startswith("household:") else account
            found[name] = found.get(name, 0) + fen
        return {name: fen for name, fen in found.items() if fen}


def payer(app: Flask, number: str) -> dict[str, str]:
    """Who asked for the payment of an order."""
    with app.app_context():
        joined = (
            sa.select(Payment.openid).join(Order, Order.id == Payment.order_id).where(Order.number == number)
        )
        return {"openid": database().scalars(joined).one()}


def prepared(lin: Buyer, count: int = 2) -> str:
    number = lin.order(count=count)
    lin.prepare(number)
    return number


def assert_fails(answer: TestResponse, status: int) -> None:
    assert answer.status_code == status
    assert answer.get_json() == {"code": "FAIL", "message": "失败"}


def test_a_notice_of_the_right_amount_pays_the_order(app: Flask, lin: Buyer) -> None:
    number = prepared(lin)
    answer = announce(app, number, 600, payer=payer(app, number))
    assert (answer.status_code, answer.data) == (204, b"")
    order = lin.shown(number)
    assert (order["status"], order["money"]["to_households_fen"]) == ("paid", 600)
    assert order["certificate"] is not None
    assert balances(app) == {"wechat": -600, "household": 600}
    assert kept(app) == [("TRANSACTION.SUCCESS", number, "paid")]
    assert incidents(app) == []
    assert faults_found(app) == []


def test_the_same_notice_again_changes_nothing_and_is_answered_the_same(app: Flask, lin: Buyer) -> None:
    number = prepared(lin)
    parts = parts_of(app)
    body = sealed(parts, told(parts, number, 600, payer=payer(app, number)))
    assert send(app, body).status_code == 204
    with nothing_written(app):
        assert send(app, body).status_code == 204
    assert balances(app) == {"wechat": -600, "household": 600}


def test_another_notice_of_the_same_transaction_is_written_down_and_books_nothing(
    app: Flask, lin: Buyer
) -> None:
    number = prepared(lin)
    parts = parts_of(app)
    payload = told(parts, number, 600, payer=payer(app, number))
    assert [send(app, sealed(parts, payload)).status_code for _ in range(3)] == [204] * 3
    assert [outcome for _, _, outcome in kept(app)] == ["paid", "duplicate", "duplicate"]
    assert balances(app) == {"wechat": -600, "household": 600}
    assert incidents(app) == []


def test_a_notice_for_an_order_whose_payment_we_do_not_know_of_pays_it_all_the_same(
    app: Flask, lin: Buyer
) -> None:
    # As after a backup was restored: the order is there, what was asked of WeChat since is not.
    number = lin.order(count=2)
    assert announce(app, number, 600).status_code == 204
    assert lin.shown(number)["status"] == "paid"
    with app.app_context():
        payment = database().scalars(sa.select(Payment)).one()
        assert (payment.received_fen, payment.amount_fen) == (600, 600)
    assert faults_found(app) == []


def test_a_notice_that_overtakes_our_own_commit_is_asked_for_again(app: Flask, lin: Buyer) -> None:
    parts = parts_of(app)
    body = sealed(parts, told(parts, "D260901NOTHEREYET", 600))
    assert_fails(send(app, body), 404)
    assert kept(app) == [("TRANSACTION.SUCCESS", "D260901NOTHEREYET", "unknown_order")]
    number = lin.order(count=2)
    with app.app_context(), transaction() as session:
        session.execute(sa.update(Order).where(Order.number == number).values(number="D260901NOTHEREYET"))
    assert send(app, body).status_code == 204
    assert lin.shown("D260901NOTHEREYET")["status"] == "paid"
    assert [outcome for _, _, outcome in kept(app)] == ["paid"]


@pytest.mark.parametrize(
    "spoiled",
    [
        {"Wechatpay_Timestamp": "0"},
        {"Wechatpay_Timestamp": "not a time"},
        {"Wechatpay_Timestamp": ""},
        {"Wechatpay_Nonce": "another"},
        {"Wechatpay_Nonce": ""},
        {"Wechatpay_Signature": "AAAA"},
        {"Wechatpay_Signature": "not base64!"},
        {"Wechatpay_Signature": ""},
        {"Wechatpay_Serial": "PUB_KEY_ID_0000000000000000000000000000"},
        {"Wechatpay_Serial": ""},
    ],
)
def test_a_notice_that_is_not_signed_by_wechat_is_not_believed(
    app: Flask, lin: Buyer, spoiled: dict[str, str]
) -> None:
    number = prepared(lin)
    parts = parts_of(app)
    body = sealed(parts, told(parts, number, 600))
    with nothing_written(app):
        assert_fails(send(app, body, **spoiled), 401)
    assert lin.shown(number)["status"] == "pending"


@pytest.mark.parametrize("seconds", [-301, 301])
def test_a_notice_more_than_five_minutes_off_is_stale(
    app: Flask, lin: Buyer, clock: SteppingClock, seconds: int
) -> None:
    number = prepared(lin)
    parts = parts_of(app)
    body = sealed(parts, told(parts, number, 600))
    assert parts.sandbox is not None
    signed = parts.sandbox.sign(body)
    clock.advance(seconds=seconds)
    with nothing_written(app):
        assert_fails(app.test_client().post(HOOK, data=body, headers=signed), 401)
    clock.advance(seconds=-seconds)
    assert app.test_client().post(HOOK, data=body, headers=signed).status_code == 204


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b"<xml><return_code>SUCCESS</return_code></xml>", b"\xff\xfe", b"{}",
     b'{"id": 1, "event_type": 2, "resource": 3}', b'{"id": "EV-1", "event_type": "X", "resource": {}}'],
)  # fmt: skip
def test_what_is_signed_and_is_no_notice_fails_without_an_error_of_ours(app: Flask, body: bytes) -> None:
    with nothing_written(app):
        assert_fails(send(app, body), 401)


def test_the_old_xml_form_unsigned_fails_without_an_error_of_ours(app: Flask) -> None:
    answer = app.test_client().post(HOOK, data=b"<xml></xml>", content_type="text/xml")
    assert_fails(answer, 401)


def test_a_notice_sealed_with_another_key_is_not_believed(app: Flask, lin: Buyer) -> None:
    number = prepared(lin)
    parts = parts_of(app)
    envelope = json.loads(sealed(parts, told(parts, number, 600)))
    envelope["resource"]["associated_data"] = "refund"
    with nothing_written(app):
        assert_fails(send(app, json.dumps(envelope).encode()), 401)


@pytest.mark.parametrize(
    "field",
    ["mchid", "appid", "out_trade_no", "trade_state", "amount", "transaction_id", "success_time"],
)
def test_a_notice_that_leaves_out_what_was_agreed_is_asked_for_again(
    app: Flask, lin: Buyer, field: str
) -> None:
    number = prepared(lin)
    parts = parts_of(app)
    payload = told(parts, number, 600)
    del payload[field]
    with nothing_written(app):
        assert send(app, sealed(parts, payload)).status_code in (401, 503)
    assert lin.shown(number)["status"] == "pending"


@pytest.mark.parametrize(
    "changes",
    [
        {"mchid": "1900000109"},
        {"appid": OTHER_APPID},
        {"amount": {"total": 600, "payer_total": 600, "currency": "USD"}},
    ],
)
def test_money_of_a_foreign_merchant_app_or_currency_books_nothing_and_tells_a_person(
    app: Flask, lin: Buyer, changes: dict[str, Any]
) -> None:
    number = prepared(lin)
    assert announce(app, number, 600, **changes).status_code == 204
    assert lin.shown(number)["status"] == "pending"
    assert balances(app) == {}
    assert ("notice_mismatch", f"order:{number}") in incidents(app)
    assert kept(app) == [("TRANSACTION.SUCCESS", number, "mismatch")]
    # The right one may still come.
    assert announce(app, number, 600, payer=payer(app, number)).status_code == 204
    assert lin.shown(number)["status"] == "paid"
    assert faults_found(app) == []


@pytest.mark.parametrize("fen", [1, 599, 601, 300, 10**9])
def test_a_wrong_amount_is_owed_back_in_full_and_the_trees_are_free(app: Flask, lin: Buyer, fen: int) -> None:
    number = prepared(lin)
    assert announce(app, number, fen, payer=payer(app, number)).status_code == 204
    assert lin.shown(number)["status"] == "refunding"
    assert balances(app) == {"wechat": -fen, "refunds:due": fen}
    assert incidents(app) == [("wrong_amount", f"order:{number}")]
    with app.app_context():
        assert database().scalars(sa.select(Unit.order_id).where(Unit.order_id.is_not(None))).all() == []
    assert faults_found(app) == []
    assert Buyer(app, "wang").order(count=3)


def test_what_the_payer_paid_after_a_coupon_is_not_what_counts(app: Flask, lin: Buyer) -> None:
    number = prepared(lin)
    amount = {"total": 600, "payer_total": 550, "currency": "CNY", "payer_currency": "CNY"}
    assert announce(app, number, 600, amount=amount).status_code == 204
    assert lin.shown(number)["status"] == "paid"


def test_somebody_elses_wallet_pays_as_well_and_a_person_is_told(app: Flask, lin: Buyer) -> None:
    number = prepared(lin)
    assert announce(app, number, 600).status_code == 204
    assert lin.shown(number)["status"] == "paid"
    assert incidents(app) == [("payer_differs", f"order:{number}")]


def test_an_order_refunded_in_part_at_wechat_is_still_paid(app: Flask, lin: Buyer) -> None:
    number = prepared(lin)
    assert announce(app, number, 600, trade_state="REFUND").status_code == 204
    assert lin.shown(number)["status"] == "paid"


@pytest.mark.parametrize("state", ["NOTPAY", "CLOSED", "PAYERROR", "USERPAYING"])
def test_news_that_nothing_was_paid_pays_nothing(app: Flask, lin: Buyer, state: str) -> None:
    number = prepared(lin)
    answer = announce(app, number, 600, trade_state=state, transaction_id=None, success_time=None)
    assert answer.status_code == 204
    assert lin.shown(number)["status"] == "pending"
    assert kept(app) == [("TRANSACTION.SUCCESS", number, "other")]


@pytest.mark.parametrize(
    ("event_type", "original_type"),
    [
        ("TRANSACTION.SUCCESS", "profitsharing"),
        ("PROFITSHARING.SUCCESS", "profitsharing"),
        ("PROFITSHARING.RETURN", "profitsharing"),
        ("TRANSACTION.SUCCESS", ""),
        ("TRANSACTION.SUCCESS", "refund"),
        ("TRANSACTION.FAIL", "transaction"),
        ("COUPON.USE", "coupon"),
    ],
)
def test_a_notice_of_another_kind_is_written_down_and_pays_nothing(
    app: Flask, lin: Buyer, event_type: str, original_type: str
) -> None:
    number = prepared(lin)
    parts = parts_of(app)
    body = sealed(
        parts, told(parts, number, 600), event_type=event_type, original_type=original_type, notice_id="EV-1"
    )
    assert [send(app, body).status_code for _ in range(2)] == [204, 204]
    assert lin.shown(number)["status"] == "pending"
    assert balances(app) == {}
    assert [(event, outcome) for event, _, outcome in kept(app)] == [(event_type, "other")]


def test_a_second_transaction_of_an_order_is_not_the_orders_and_waits_for_a_person(
    app: Flask, lin: Buyer
) -> None:
    number = prepared(lin)
    announce(app, number, 600, payer=payer(app, number))
    assert announce(app, number, 600, payer=payer(app, number)).status_code == 204
    assert lin.shown(number)["status"] == "paid"
    assert balances(app) == {"wechat": -1200, "household": 600, "refunds:due": 600}
    assert incidents(app) == [("second_transaction", f"order:{number}")]
    assert faults_found(app) == []


def test_one_transaction_number_pays_one_order(app: Flask, lin: Buyer) -> None:
    first, second = prepared(lin, 1), prepared(lin, 1)
    same = transaction_id()
    announce(app, first, 300, payer=payer(app, first), transaction_id=same)
    answer = announce(app, second, 300, payer=payer(app, second), transaction_id=same)
    assert answer.status_code >= 400
    assert lin.shown(second)["status"] == "pending"
    assert balances(app) == {"wechat": -300, "household": 300}
    assert faults_found(app) == []


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_the_hook_is_for_posts(app: Flask, method: str) -> None:
    answer = app.test_client().open(HOOK, method=method)
    assert (answer.status_code, answer.get_json()["code"]) == (405, "method_not_allowed")


def test_a_notice_greater_than_any_is_not_read(app: Flask) -> None:
    answer = app.test_client().post(HOOK, data=b"x" * (2 << 20))
    assert answer.status_code == 413


def test_the_simulators_own_ways_of_failing_pay_an_order_once_in_the_end(
    app: Flask, clock: SteppingClock
) -> None:
    make_shop(app, (40,))
    lin = Buyer(app)
    sandbox = lin.parts.sandbox
    assert sandbox is not None
    numbers = []
    for variant in (
        "twice",
        "crowd",
        "probe",
        "certificate",
        "wrong_signature",
        "stale",
        "unknown_serial",
        "xml",
    ):
        number = lin.order(count=1)
        package = lin.prepare(number)
        sandbox.misdeliver(variant, number, value=4 if variant == "crowd" else 0)
        sandbox.pay(package)
        numbers.append(number)
    for _ in range(20):
        clock.advance(seconds=30)
        sandbox.deliver_due()
    assert {lin.shown(number)["status"] for number in numbers} == {"paid"}
    assert balances(app) == {"wechat": -300 * len(numbers), "household": 300 * len(numbers)}
    assert faults_found(app) == []
