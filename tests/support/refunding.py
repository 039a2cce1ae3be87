"""Refunds as tests bring them about and look at them."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from flows.running import EXTENSION, Running
from gateways.wechat.simulator import Simulator
from jobs import tasks
from models import Incident, Order, Refund, RefundAttempt, database
from services import ledger, refunds
from tests.support import notices
from tests.support.buying import Buyer

HOOK = "/hooks/wechat-pay/refunds"


@dataclass(frozen=True)
class Standing:
    """How the only (or last) refund of an order stands, and the numbers it was sent under."""

    cause: str
    state: str
    amount_fen: int
    numbers: list[str]
    outcomes: list[str]


def ask_back(buyer: Buyer, number: str, reason: str = "买错了", key: str | None = None) -> TestResponse:
    """Ask for the money of an order back."""
    return buyer.post(f"/orders/{number}/refunds", {"reason": reason}, key or f"refund-{number}")


def given_back(buyer: Buyer, number: str) -> str:
    """Have the money of an order asked back; the refund's number."""
    answer = ask_back(buyer, number)
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return str(answer.get_json()["refund_number"])


def submit(app: Flask) -> int:
    """One run of the worker's sending."""
    with app.app_context():
        return tasks.submit_refunds()


def follow(app: Flask) -> int:
    """One run of the worker's asking."""
    with app.app_context():
        return tasks.follow_refunds()


def standing(app: Flask, number: str) -> Standing:
    """The last refund of an order."""
    with app.app_context():
        session = database()
        order_id = session.scalars(sa.select(Order.id).where(Order.number == number)).one()
        refund, attempts = refunds.of_order(session, order_id)[-1]
        return Standing(
            refund.cause.value,
            refund.state.value,
            refund.amount_fen,
            [attempt.number for attempt in attempts],
            [attempt.outcome.value for attempt in attempts],
        )


def refund_count(app: Flask) -> int:
    """How many refunds there are."""
    with app.app_context():
        return database().scalar(sa.select(sa.func.count()).select_from(Refund)) or 0


def attempt_facts(app: Flask, number: str) -> RefundAttempt:
    """One number with everything that is known of it."""
    with app.app_context():
        return database().scalars(sa.select(RefundAttempt).where(RefundAttempt.number == number)).one()


def book(app: Flask) -> dict[str, int]:
    """Balances of the accounts that are not zero, all households in one line."""
    with app.app_context():
        totals: dict[str, int] = {}
        for account, fen in ledger.balances(database()).items():
            name = "households" if account.startswith("household:") else account
            totals[name] = totals.get(name, 0) + fen
        return {name: fen for name, fen in totals.items() if fen}


def incidents(app: Flask) -> dict[str, str | None]:
    """Every incident by its kind: None while it is open, else how it was resolved."""
    with app.app_context():
        rows = database().execute(sa.select(Incident.kind, Incident.resolution).order_by(Incident.id))
        return {row[0]: row[1] for row in rows}


def sandbox_of(app: Flask) -> Simulator:
    """The simulated WeChat behind the application."""
    parts: Running = app.extensions[EXTENSION]
    assert parts.sandbox is not None
    return parts.sandbox


def told(app: Flask, refund: str, status: str = "SUCCESS", **changes: Any) -> dict[str, Any]:
    """What WeChat says in a notice of a refund we sent; `changes` replace fields."""
    parts: Running = app.extensions[EXTENSION]
    sent = attempt_facts(app, refund)
    return {
        "mchid": parts.wechat.settings.merchant_id,
        "out_trade_no": refund.rpartition("R")[0],
        "transaction_id": sent.transaction_id,
        "out_refund_no": refund,
        "refund_id": "50300000000000000000000000001",
        "refund_status": status,
        "success_time": "2026-09-01T10:01:05+08:00",
        "user_received_account": "支付用户零钱",
        "amount": {
            "total": sent.total_fen,
            "refund": sent.amount_fen,
            "payer_total": sent.total_fen,
            "payer_refund": sent.amount_fen,
        },
        **changes,
    }


def announce(app: Flask, payload: dict[str, Any], notice_id: str | None = None) -> TestResponse:
    """Bring a notice of a refund to our hook, signed and sealed."""
    parts: Running = app.extensions[EXTENSION]
    event_type = f"REFUND.{payload['refund_status']}"
    body = notices.sealed(parts, payload, event_type=event_type, original_type="refund", notice_id=notice_id)
    return send(app, body)


def send(app: Flask, body: bytes) -> TestResponse:
    """Bring a body to the hook for refunds, signed by the simulator."""
    signed = sandbox_of(app).sign(body)
    return app.test_client().post(HOOK, data=body, headers=signed, content_type="application/json")
