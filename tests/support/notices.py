"""Notices of WeChat Pay, signed and sealed by the simulator's own keys, saying whatever a test wants them to say."""

import json
import secrets
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from flows.running import EXTENSION, Running
from gateways.wechat.pay import crypto
from gateways.wechat.settings import MINIPROGRAM

HOOK = "/hooks/wechat-pay/transactions"
OTHER_APPID = "wx2421b1c4370ec43b"


def transaction_id() -> str:
    """A number as WeChat gives them, never the same."""
    return "4200" + "".join(secrets.choice("0123456789") for _ in range(24))


def told(parts: Running, number: str, total_fen: int, **changes: Any) -> dict[str, Any]:
    """What WeChat says of a paid order; `changes` replace fields, None leaves one out."""
    settings = parts.wechat.settings
    payload: dict[str, Any] = {
        "mchid": settings.merchant_id,
        "appid": settings.apps[MINIPROGRAM].appid,
        "out_trade_no": number,
        "transaction_id": transaction_id(),
        "trade_type": "JSAPI",
        "trade_state": "SUCCESS",
        "trade_state_desc": "支付成功",
        "bank_type": "OTHERS",
        "success_time": "2026-09-01T10:00:05+08:00",
        "payer": {"openid": "o-somebody-who-pays"},
        "amount": {"total": total_fen, "payer_total": total_fen, "currency": "CNY", "payer_currency": "CNY"},
        **changes,
    }
    return {name: value for name, value in payload.items() if value is not None}


def sealed(
    parts: Running,
    payload: dict[str, Any],
    *,
    event_type: str = "TRANSACTION.SUCCESS",
    original_type: str = "transaction",
    notice_id: str | None = None,
) -> bytes:
    """The body of a notice: `payload` encrypted as WeChat does."""
    assert parts.sandbox is not None
    nonce = secrets.token_hex(6)
    plain = json.dumps(payload, ensure_ascii=False).encode()
    envelope = {
        "id": notice_id or f"EV-{secrets.token_hex(12)}",
        "create_time": "2026-09-01T10:00:06+08:00",
        "resource_type": "encrypt-resource",
        "event_type": event_type,
        "summary": "支付成功",
        "resource": {
            "original_type": original_type,
            "algorithm": "AEAD_AES_256_GCM",
            "ciphertext": crypto.seal_resource(parts.sandbox.world.cipher, nonce, original_type, plain),
            "associated_data": original_type,
            "nonce": nonce,
        },
    }
    return json.dumps(envelope, ensure_ascii=False).encode()


def send(app: Flask, body: bytes, **headers: str) -> TestResponse:
    """Bring a body to our hook, signed by the simulator; `headers` (underscores for hyphens) replace its own."""
    parts: Running = app.extensions[EXTENSION]
    assert parts.sandbox is not None
    signed = parts.sandbox.sign(body) | {name.replace("_", "-"): value for name, value in headers.items()}
    return app.test_client().post(HOOK, data=body, headers=signed, content_type="application/json")


def announce(app: Flask, number: str, total_fen: int, **changes: Any) -> TestResponse:
    """Tell our hook that an order was paid."""
    parts: Running = app.extensions[EXTENSION]
    return send(app, sealed(parts, told(parts, number, total_fen, **changes)))
