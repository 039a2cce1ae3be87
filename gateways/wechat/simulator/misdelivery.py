"""How a callback reaches us: as it should, or in one of the ways in which the real world spoils it.

lost                never delivered                    late               first delivered after `value` seconds
twice               once more, whatever came back      crowd              `value` senders at the same moment
probe               a SIGNTEST probe before it         certificate        signed by a platform certificate
wrong_signature     signed over something else         stale              signed `value` (or 400) seconds ago
unknown_serial      names a key nobody knows           other_amount       tells another amount: `value` fen
other_merchant      tells another mchid                other_appid        tells another appid
xml                 in WeChat's old XML form, unsigned
"""

import json
import secrets
import sqlite3
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from gateways.wechat.fields import encode
from gateways.wechat.pay import crypto
from gateways.wechat.simulator.wire import sign_headers
from gateways.wechat.simulator.world import World, rfc3339, token

AS_IT_SHOULD = ""
AT_QUEUE = ("lost", "late")
AT_DELIVERY = (
    "twice", "crowd", "probe", "certificate", "wrong_signature", "stale", "unknown_serial", "other_amount",
    "other_merchant", "other_appid", "xml",
)  # fmt: skip
VARIANTS = (*AT_QUEUE, *AT_DELIVERY)
NUMBERS = ("out_refund_no", "out_bill_no", "out_authorization_no", "complaint_id", "out_trade_no")
PROBE = "WECHATPAY/SIGNTEST/"


@dataclass(frozen=True)
class Variant:
    """A way to deliver; `value` means what the list above says."""

    name: str = AS_IT_SHOULD
    value: int = 0


def plan(world: World, variant: str, *, number: str, event_type: str, value: int, times: int) -> None:
    """Have the next `times` matching notices (or deliveries) go wrong; `*` matches any number or event."""
    if variant not in VARIANTS:
        raise ValueError(f"{variant} is none of {VARIANTS}")
    world.storage.write(
        "INSERT INTO plans (number, event_type, variant, value, times) VALUES (?, ?, ?, ?, ?)",
        number, event_type, variant, value, times,
    )  # fmt: skip


def first_due(world: World, event_type: str, payload: Mapping[str, object], now: int) -> int | None:
    """When a notice is due for the first time: now, later, or never."""
    variant = _take(world, event_type, payload, AT_QUEUE)
    if variant.name == "lost":
        return None
    return now + variant.value if variant.name == "late" else now


def next_variant(world: World, notice: sqlite3.Row) -> Variant:
    """How the next delivery of a notice is to go."""
    return _take(world, notice["event_type"], json.loads(notice["payload"]), AT_DELIVERY)


def _take(world: World, event_type: str, payload: Mapping[str, object], among: tuple[str, ...]) -> Variant:
    numbers = {payload.get(name) for name in NUMBERS} | {"*"}
    for row in world.storage.rows("SELECT * FROM plans WHERE times > 0 ORDER BY id"):
        matches = row["number"] in numbers and row["event_type"] in (event_type, "*")
        if matches and row["variant"] in among:
            taken = world.storage.write(
                "UPDATE plans SET times = times - 1 WHERE id = ? AND times > 0", row["id"]
            )
            if taken:
                return Variant(row["variant"], row["value"])
    return Variant()


def send(world: World, notice: sqlite3.Row, variant: Variant) -> int:
    """Send a notice in a given way, outside any write; what came back of the (last) genuine delivery, 0 for nothing."""
    if variant.name == "crowd":
        with ThreadPoolExecutor(max_workers=variant.value) as senders:
            answers = list(senders.map(lambda _: _send_one(world, notice, variant), range(variant.value)))
        return next((status for status in answers if status not in (200, 204)), answers[0])
    if variant.name == "probe":
        _send_one(world, notice, variant)
        return _send_one(world, notice, Variant())
    status = _send_one(world, notice, variant)
    return _send_one(world, notice, Variant()) if variant.name == "twice" else status


def _send_one(world: World, notice: sqlite3.Row, variant: Variant) -> int:
    headers, body = compose(world, notice, variant)
    try:
        status = world.deliver(notice["url"], headers, body)
    except OSError:
        status = 0
    world.storage.write(
        "INSERT INTO deliveries (notice_id, delivered_at, status, variant) VALUES (?, ?, ?, ?)",
        notice["notice_id"], world.now(), status, variant.name,
    )  # fmt: skip
    return status


def compose(world: World, notice: sqlite3.Row, variant: Variant) -> tuple[dict[str, str], bytes]:
    """Headers and body of one delivery: fresh time, nonce and signature every time."""
    if variant.name == "xml":
        return {"Content-Type": "text/xml"}, _as_xml()
    body = _sealed(world, notice, _told(json.loads(notice["payload"]), variant))
    serial = world.certificates()[0].serial if variant.name == "certificate" else world.calling_serial()
    age = (variant.value or 400) if variant.name == "stale" else 0
    headers = sign_headers(world, body, serial, age)
    if variant.name == "probe":
        headers["Wechatpay-Signature"] = PROBE + headers["Wechatpay-Signature"]
    elif variant.name == "wrong_signature":
        headers["Wechatpay-Signature"] = sign_headers(world, body + b" ", serial)["Wechatpay-Signature"]
    elif variant.name == "unknown_serial":
        headers["Wechatpay-Serial"] = "7" + secrets.token_hex(20).upper()[1:]
    return {"Content-Type": "application/json", "User-Agent": "Mozilla/4.0"} | headers, body


def _told(payload: dict[str, object], variant: Variant) -> dict[str, object]:
    match variant.name:
        case "other_amount":
            amount = payload.get("amount")
            if isinstance(amount, dict):
                key = "refund" if "refund" in amount else "total"
                return payload | {"amount": amount | {key: variant.value}}
            return payload | {"transfer_amount": variant.value}
        case "other_merchant":
            return payload | {("mch_id" if "mch_id" in payload else "mchid"): "1900000109"}
        case "other_appid":
            return payload | {"appid": "wx2421b1c4370ec43b"}
        case _:
            return payload


def _sealed(world: World, notice: sqlite3.Row, told: dict[str, object]) -> bytes:
    nonce = secrets.token_hex(6)
    kind = notice["original_type"]
    return encode(
        {
            "id": notice["notice_id"],
            "create_time": rfc3339(notice["created_at"]),
            "resource_type": "encrypt-resource",
            "event_type": notice["event_type"],
            "summary": notice["summary"],
            "resource": {
                "original_type": kind,
                "algorithm": "AEAD_AES_256_GCM",
                "ciphertext": crypto.seal_resource(world.cipher, nonce, kind, encode(told)),
                "associated_data": kind,
                "nonce": nonce,
            },
        }
    )


def _as_xml() -> bytes:
    return (
        "<xml><return_code>SUCCESS</return_code>"
        f"<nonce_str>{token('', 32)}</nonce_str><req_info><![CDATA[{token('', 64)}]]></req_info></xml>"
    ).encode()
