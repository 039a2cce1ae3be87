"""After a payment WeChat is told of the delivery and the buyer of the certificate: later, once, never forgotten."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from domain.errands import TOLD, WAITS, ErrandKind
from flows import errands as running_errands
from flows.running import EXTENSION, Running
from gateways.wechat.simulator import Simulator
from models import Errand, Incident, Order, database, transaction
from services import errands
from tests.support.buying import Buyer, make_shop
from tests.support.clock import SteppingClock

TEMPLATE = "template-of-a-test"


@pytest.fixture
def sandbox(parts: Running) -> Iterator[Simulator]:
    assert parts.sandbox is not None
    yield parts.sandbox
    parts.sandbox.repair()


@pytest.fixture
def messaging(app: Flask, parts: Running) -> Iterator[Running]:
    """The application with a message template set."""
    given = replace(parts, settings=replace(parts.settings, message_template=TEMPLATE))
    app.extensions[EXTENSION] = given
    yield given
    app.extensions[EXTENSION] = parts


def _run(app: Flask) -> int:
    """One turn of the worker: errands tried."""
    parts: Running = app.extensions[EXTENSION]
    with app.app_context():
        running_errands.plan(parts)
        return running_errands.run_due(parts)


def _errands(app: Flask) -> list[tuple[Any, ...]]:
    with app.app_context():
        rows = database().execute(
            sa.select(Errand.kind, Errand.state, Errand.outcome, Errand.attempts).order_by(Errand.id)
        )
        return [(kind.value, state.value, outcome, attempts) for kind, state, outcome, attempts in rows]


def _incidents(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        return [(one.kind, one.subject) for one in database().scalars(sa.select(Incident))]


def _shipped(sandbox: Simulator, number: str) -> bool:
    return sandbox.world.storage.row("SELECT 1 FROM shipments WHERE out_trade_no = ?", number) is not None


def test_a_paid_order_is_reported_as_delivered_once(app: Flask, sandbox: Simulator) -> None:
    make_shop(app)
    number = Buyer(app).buy(count=1)
    assert _errands(app) == []
    assert _run(app) == 1
    assert _shipped(sandbox, number)
    assert _errands(app) == [("shipping_info", "done", "uploaded", 1)]
    assert _run(app) == 0
    assert len(_errands(app)) == 1


def test_every_payment_gets_its_errand_however_often_they_are_planned(
    app: Flask, sandbox: Simulator, clock: SteppingClock
) -> None:
    make_shop(app, (9,))
    lin = Buyer(app)
    numbers = [lin.buy(count=1)]
    _run(app)
    clock.advance(minutes=50)
    numbers += [lin.buy(count=1), lin.buy(count=1)]
    _run(app)
    clock.advance(days=3)
    numbers.append(Buyer(app).buy(count=1))
    _run(app)
    assert [_shipped(sandbox, number) for number in numbers] == [True] * 4
    assert len(_errands(app)) == 4


def test_an_order_that_cannot_be_shipped_yet_is_reported_later(
    app: Flask, sandbox: Simulator, clock: SteppingClock
) -> None:
    make_shop(app)
    number = Buyer(app).buy(count=1)
    write = sandbox.world.storage.write
    write("UPDATE orders SET state = 'NOTPAY' WHERE out_trade_no = ?", number)
    _run(app)
    assert _errands(app) == [("shipping_info", "due", "not_shippable_yet", 1)]
    write("UPDATE orders SET state = 'SUCCESS' WHERE out_trade_no = ?", number)
    assert _run(app) == 0
    clock.advance(minutes=1)
    assert _run(app) == 1
    assert _errands(app) == [("shipping_info", "done", "uploaded", 2)]
    assert _incidents(app) == []


def test_what_fails_to_the_end_goes_to_a_person_and_can_be_tried_again(
    app: Flask, sandbox: Simulator, clock: SteppingClock
) -> None:
    make_shop(app)
    number = Buyer(app).buy(count=1)
    write = sandbox.world.storage.write
    write("UPDATE orders SET state = 'NOTPAY' WHERE out_trade_no = ?", number)
    tries = 0
    for wait in (*WAITS[ErrandKind.SHIPPING_INFO], None):
        assert _incidents(app) == []
        tries += _run(app)
        if wait is not None:
            clock.advance(seconds=wait.total_seconds())
    assert tries == len(WAITS[ErrandKind.SHIPPING_INFO]) + 1
    assert _errands(app) == [("shipping_info", "dropped", "not_shippable_yet", tries)]
    assert _incidents(app) == [("shipping_info_failed", f"order:{number}")]
    listed = app.test_cli_runner().invoke(args=["errands", "list"]).output
    assert number in listed
    assert "given up" in listed
    write("UPDATE orders SET state = 'SUCCESS' WHERE out_trade_no = ?", number)
    assert app.test_cli_runner().invoke(args=["errands", "retry", number]).exit_code == 0
    assert _run(app) == 1
    assert _shipped(sandbox, number)
    assert app.test_cli_runner().invoke(args=["errands", "retry", number]).exit_code == 1


def test_payments_of_the_official_account_need_no_shipping_info(app: Flask, sandbox: Simulator) -> None:
    make_shop(app)
    number = Buyer(app, channel="official_account").buy(count=1)
    assert _run(app) == 0
    assert _errands(app) == [("shipping_info", "dropped", "not_needed", 0)]
    assert not _shipped(sandbox, number)
    assert "not_needed" not in app.test_cli_runner().invoke(args=["errands", "list"]).output


def test_a_buyer_who_agreed_is_told_of_the_certificate(
    app: Flask, messaging: Running, sandbox: Simulator
) -> None:
    make_shop(app)
    lin = Buyer(app)
    number = lin.buy(count=2)
    with app.app_context():
        openid = str(database().scalar(sa.text("SELECT openid FROM wechat_identities")))
    before = len(sandbox.messages(openid))
    _run(app)
    (told,) = sandbox.messages(openid)[before:]
    serial = lin.shown(number)["certificate"]
    assert told["data"] == {
        "thing1": {"value": "单株碳汇购碳证书"},
        "character_string2": {"value": serial},
        "thing3": {"value": "2株，2026年度"},
    }
    assert ("certificate_message", "done", "sent", 1) in _errands(app)


def test_a_buyer_who_did_not_agree_is_left_in_peace(
    app: Flask, messaging: Running, sandbox: Simulator
) -> None:
    make_shop(app)
    Buyer(app, "silent").buy(count=1)
    # The simulator's buyers agree in the payment tap.
    sandbox.world.storage.write("DELETE FROM consents")
    _run(app)
    assert ("certificate_message", "done", "no_consent", 1) in _errands(app)
    assert _incidents(app) == []


def test_who_bought_before_there_were_messages_gets_none(
    app: Flask, messaging: Running, clock: SteppingClock
) -> None:
    make_shop(app)
    Buyer(app).buy(count=1)
    clock.advance(hours=2)
    Buyer(app, "wang").buy(count=1)
    _run(app)
    assert sorted(kind for kind, *_ in _errands(app)) == [
        "certificate_message",
        "shipping_info",
        "shipping_info",
    ]


def test_the_giver_of_a_gift_is_told_of_no_certificate(app: Flask, messaging: Running) -> None:
    make_shop(app)
    Buyer(app).buy(count=1, purpose="gift")
    _run(app)
    assert [kind for kind, *_ in _errands(app)] == ["shipping_info"]


def test_a_message_wechat_refuses_is_given_up_with_one_incident_for_all(
    app: Flask, messaging: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_shop(app)
    for name in ("lin", "wang"):
        Buyer(app, name).buy(count=1)
    # No value may be empty, and a day there is none of is.
    monkeypatch.setattr(running_errands, "message_values", lambda **_: dict.fromkeys(TOLD, ""))
    _run(app)
    messages = [one for one in _errands(app) if one[0] == "certificate_message"]
    assert messages == [("certificate_message", "dropped", "message_value_wrong", 1)] * 2
    assert _incidents(app) == [("message_failed", "message:message_value_wrong")]


def test_an_errand_of_a_refunded_order_is_not_run(
    app: Flask, sandbox: Simulator, clock: SteppingClock
) -> None:
    make_shop(app)
    number = Buyer(app).buy(count=1)
    with app.app_context(), transaction() as session:
        session.execute(sa.update(Order).where(Order.number == number).values(state="refunding"))
    _run(app)
    assert not _shipped(sandbox, number)
    assert _errands(app) == [("shipping_info", "done", "order_refunded", 1)]


def test_an_errand_is_claimed_by_one_worker(app: Flask, parts: Running) -> None:
    make_shop(app)
    lin = Buyer(app)
    for _ in range(3):
        lin.buy(count=1)
    with app.app_context():
        running_errands.plan(parts)
        with transaction() as session:
            first = errands.claim_due(session, parts.clock(), most=2)
        with transaction() as session:
            second = errands.claim_due(session, parts.clock())
        with transaction() as session:
            third = errands.claim_due(session, parts.clock())
    assert (len(first), len(second), third) == (2, 1, [])
    assert {run.errand_id for run in first} & {run.errand_id for run in second} == set()


def test_wechat_being_down_costs_a_try_and_nothing_else(
    app: Flask, parts: Running, clock: SteppingClock
) -> None:
    make_shop(app)
    Buyer(app).buy(count=1)
    with app.app_context():
        running_errands.plan(parts)
        none = replace(parts, wechat=replace(parts.wechat, settings=replace(parts.wechat.settings, apps={})))
        running_errands.run_due(none)
    assert _errands(app) == [("shipping_info", "due", "channel_not_set_up", 1)]
    clock.advance(minutes=1)
    _run(app)
    assert _errands(app) == [("shipping_info", "done", "uploaded", 2)]
