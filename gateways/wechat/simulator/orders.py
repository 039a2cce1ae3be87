"""Orders as WeChat Pay keeps them: prepay with its limits and re-entrance rule, query, close, and somebody paying."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from gateways.wechat.simulator import funds, notices
from gateways.wechat.simulator.checking import (
    NUMBER,
    canonical,
    notify_url_in,
    object_in,
    optional_text_in,
    refuse_other_parameters,
    refuse_parameter,
    text_in,
    whole_in,
)
from gateways.wechat.simulator.world import Refuse, World, digits, rfc3339, token

PREPAY_SECONDS = 2 * 3600
DEFAULT_EXPIRY_SECONDS = 7 * 86400
LONGEST_EXPIRY_SECONDS = 90 * 86400
SHORTEST_EXPIRY_SECONDS = 60
#: The outcome that has an order paid, and its notice delivered, before its prepay is answered.
PAID_AT_ONCE = "pay_at_once"

STATE_WORDS = {
    "NOTPAY": "订单未支付",
    "SUCCESS": "支付成功",
    "REFUND": "订单发生过退款，退款详情请查询退款单",
    "CLOSED": "订单已关闭",
}


@dataclass(frozen=True)
class PaidOrder:
    """What paying brought: the order, its notice, and the status our callback answered (None: not delivered now)."""

    out_trade_no: str
    transaction_id: str
    total_fen: int
    notice_id: str
    notice_status: int | None


def prepay(world: World, values: Mapping[str, object]) -> str:
    """A new prepay_id for an order; the same number again only with the same parameters."""
    now = world.now()
    appid = values.get("appid")
    if values.get("mchid") != world.keys.merchant_id or appid not in world.appids:
        raise Refuse(400, "APPID_MCHID_NOT_MATCH", "商户号与appid不匹配")
    number = text_in(values, "out_trade_no", 32, NUMBER)
    total = whole_in(object_in(values, "amount"), "total", 1)
    openid = text_in(object_in(values, "payer"), "openid", 128)
    description = text_in(values, "description", 127)
    attach = optional_text_in(values, "attach", 128)
    url = notify_url_in(values)
    expires = _expiry(values, now)
    request = canonical(values)
    with world.storage.writing():
        kept = world.storage.row("SELECT request, state FROM orders WHERE out_trade_no = ?", number)
        if kept is None:
            _check_payer(world, openid, str(appid))
            if expires < now + SHORTEST_EXPIRY_SECONDS:
                raise refuse_parameter("time_expire", "交易结束时间须晚于下单时间1分钟")
            world.storage.write(
                "INSERT INTO orders (out_trade_no, request, appid, openid, total_fen, description, attach,"
                " notify_url, created_at, expires_at, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'NOTPAY')",
                number, request, appid, openid, total, description, attach, url, now, expires,
            )  # fmt: skip
        else:
            _check_repeat(kept, request)
        prepay_id = token("wx", 36)
        world.storage.write("INSERT INTO prepays VALUES (?, ?, ?)", prepay_id, number, now)
    planned = world.storage.row("SELECT outcome FROM outcomes WHERE number = ?", number)
    if planned is not None and planned["outcome"] == PAID_AT_ONCE and kept is None:
        notices.deliver(world, pay(world, prepay_id, None, None))
    return prepay_id


def _expiry(values: Mapping[str, object], now: int) -> int:
    if "time_expire" not in values:
        return now + DEFAULT_EXPIRY_SECONDS
    try:
        expires = datetime.fromisoformat(text_in(values, "time_expire", 64))
    except ValueError:
        raise refuse_parameter("time_expire", "时间格式须遵循rfc3339标准") from None
    if expires.tzinfo is None or expires.timestamp() > now + LONGEST_EXPIRY_SECONDS:
        raise refuse_parameter("time_expire", "交易结束时间不得超过90天")
    return int(expires.timestamp())


def _check_payer(world: World, openid: str, appid: str) -> None:
    """A payer we have seen must be one of this app; openids nobody has signed in with are taken on trust."""
    seen = {row["appid"] for row in world.storage.rows("SELECT appid FROM people WHERE openid = ?", openid)}
    if seen and appid not in seen:
        raise Refuse(400, "PARAM_ERROR", "appid和openid不匹配", "/payer/openid")


def _check_repeat(kept: sqlite3.Row, request: str) -> None:
    if kept["request"] != request:
        raise refuse_other_parameters()
    if kept["state"] == "CLOSED":
        raise Refuse(400, "ORDER_CLOSED", "订单已关闭")
    if kept["state"] != "NOTPAY":
        raise Refuse(400, "ORDER_PAID", "该订单已支付")


def query(world: World, column: str, number: str, merchant_id: str) -> dict[str, object]:
    """An order as WeChat tells it, by `out_trade_no` or `transaction_id`."""
    if merchant_id != world.keys.merchant_id:
        raise refuse_parameter("mchid", "商户号不匹配")
    order = find(world, column, number)
    if order is None:
        raise Refuse(404, "ORDER_NOT_EXIST", "订单不存在")
    return describe(world, order)


def find(world: World, column: str, number: str) -> sqlite3.Row | None:
    """An order by `out_trade_no` or `transaction_id`."""
    statements = {
        "out_trade_no": "SELECT * FROM orders WHERE out_trade_no = ?",
        "transaction_id": "SELECT * FROM orders WHERE transaction_id = ?",
    }
    return world.storage.row(statements[column], number)


def describe(world: World, order: sqlite3.Row) -> dict[str, object]:
    """The fields of an order; an unpaid one past its end is told as closed."""
    state = "CLOSED" if _is_over(order, world.now()) else order["state"]
    told: dict[str, object] = {
        "appid": order["appid"],
        "mchid": world.keys.merchant_id,
        "out_trade_no": order["out_trade_no"],
        "trade_state": state,
        "trade_state_desc": STATE_WORDS[state],
        "payer": {"openid": order["openid"]},
        "amount": {"total": order["total_fen"], "currency": "CNY"},
    }
    if order["attach"]:
        told["attach"] = order["attach"]
    if order["transaction_id"]:
        told |= {
            "transaction_id": order["transaction_id"],
            "trade_type": "JSAPI",
            "bank_type": "OTHERS",
            "success_time": rfc3339(order["paid_at"]),
            "payer": {"openid": order["paid_by"]},
            "amount": {
                "total": order["paid_fen"],
                "payer_total": order["paid_fen"],
                "currency": "CNY",
                "payer_currency": "CNY",
            },
        }
    return told


def _is_over(order: sqlite3.Row, now: int) -> bool:
    return bool(order["state"] == "NOTPAY" and order["expires_at"] <= now)


def close(world: World, number: str, values: Mapping[str, object]) -> None:
    """Close an unpaid order; repeatable, and refused for a paid one."""
    if values.get("mchid") != world.keys.merchant_id:
        raise refuse_parameter("mchid", "商户号不匹配")
    changed = world.storage.write(
        "UPDATE orders SET state = 'CLOSED' WHERE out_trade_no = ? AND state IN ('NOTPAY', 'CLOSED')", number
    )
    if not changed:
        if find(world, "out_trade_no", number) is None:
            raise Refuse(404, "ORDER_NOT_EXIST", "订单不存在")
        raise Refuse(400, "ORDER_PAID", "该订单已支付")


def expire(world: World, number: str) -> None:
    """Let an unpaid order come to its end now."""
    world.storage.write("UPDATE orders SET expires_at = ? WHERE out_trade_no = ?", world.now(), number)


def pay(world: World, package: str, openid: str | None, total_fen: int | None) -> str:
    """Somebody pays a prepared order: the order is paid and its notice queued, both or neither; the notice's id.

    `total_fen` and `openid` may differ from the order's for a world that misbehaves.
    """
    prepay_id = package.removeprefix("prepay_id=")
    now = world.now()
    with world.storage.writing():
        order = world.storage.row(
            "SELECT orders.*, prepays.created_at AS prepared_at FROM orders JOIN prepays USING (out_trade_no)"
            " WHERE prepay_id = ?",
            prepay_id,
        )
        if order is None or order["prepared_at"] + PREPAY_SECONDS < now:
            raise Refuse(404, "ORDER_NOT_EXIST", "预支付单不存在或已过期")
        if _is_over(order, now) or order["state"] == "CLOSED":
            raise Refuse(400, "ORDER_CLOSED", "订单已关闭")
        if order["state"] != "NOTPAY":
            raise Refuse(400, "ORDER_PAID", "该订单已支付")
        number, transaction_id = order["out_trade_no"], digits("4200", 28)
        paid_fen, payer = total_fen or order["total_fen"], openid or order["openid"]
        world.storage.write(
            "UPDATE orders SET state = 'SUCCESS', transaction_id = ?, paid_at = ?, paid_by = ?, paid_fen = ?"
            " WHERE out_trade_no = ?",
            transaction_id, now, payer, paid_fen, number,
        )  # fmt: skip
        funds.move(world, funds.BASIC, paid_fen, kind="交易", number=transaction_id, voucher=number)
        fee = funds.fee_fen(world, paid_fen)
        if fee:
            funds.move(world, funds.BASIC, -fee, kind="扣除交易手续费", number=transaction_id, voucher=number)
        # Whoever pays agrees on the same page to one message of each template.
        world.storage.write(
            "INSERT INTO consents VALUES (?, '*', 1)"
            " ON CONFLICT (openid, template_id) DO UPDATE SET left_over = left_over + 1",
            payer,
        )
        paid = find(world, "out_trade_no", number)
        assert paid is not None
        return notices.queue(world, order["notify_url"], "TRANSACTION.SUCCESS", describe(world, paid))


def paid_order(world: World, notice_id: str, status: int | None) -> PaidOrder:
    """What to tell whoever paid."""
    notice = world.storage.row("SELECT payload FROM notices WHERE notice_id = ?", notice_id)
    assert notice is not None
    told = json.loads(notice["payload"])
    return PaidOrder(told["out_trade_no"], told["transaction_id"], told["amount"]["total"], notice_id, status)
