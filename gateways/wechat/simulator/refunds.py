"""Refunds as WeChat Pay keeps them: accepted at once, ended later, told by a notice."""

import sqlite3
from collections.abc import Mapping

from gateways.wechat.simulator import funds, notices, orders
from gateways.wechat.simulator.checking import (
    REFUND_NUMBER,
    canonical,
    notify_url_in,
    object_in,
    optional_text_in,
    refuse_other_parameters,
    refuse_parameter,
    text_in,
    whole_in,
)
from gateways.wechat.simulator.opening import open_field
from gateways.wechat.simulator.world import Refuse, World, digits, rfc3339

LONGEST_AGE_SECONDS = 365 * 86400
MOST_PARTS = 50
PAUSE_SECONDS = 60
OUTCOMES = ("SUCCESS", "ABNORMAL", "CLOSED")


def create(world: World, values: Mapping[str, object]) -> dict[str, object]:
    """Accept a refund; the same number again only with the same parameters, and then told as it stands."""
    number = text_in(values, "out_refund_no", 64, REFUND_NUMBER)
    optional_text_in(values, "reason", 80)
    amount = object_in(values, "amount")
    refund_fen, total_fen = whole_in(amount, "refund", 1), whole_in(amount, "total", 1)
    if amount.get("currency") != "CNY":
        raise refuse_parameter("amount/currency", "退款币种必填，且只支持CNY")
    url = notify_url_in(values) if "notify_url" in values else None
    request = canonical(values)
    with world.storage.writing():
        kept = find(world, number)
        if kept is None:
            order = _order(world, values)
            _check(world, order, refund_fen, total_fen)
            _accept(world, order, number=number, request=request, refund_fen=refund_fen, url=url)
        elif kept["request"] != request:
            raise refuse_other_parameters()
    return query(world, number)


def _order(world: World, values: Mapping[str, object]) -> sqlite3.Row:
    column = "transaction_id" if "transaction_id" in values else "out_trade_no"
    order = orders.find(world, column, text_in(values, column, 32))
    if order is None or order["paid_at"] is None:
        raise Refuse(404, "RESOURCE_NOT_EXISTS", "订单不存在或未支付")
    return order


def _check(world: World, order: sqlite3.Row, refund_fen: int, total_fen: int) -> None:
    now = world.now()
    if total_fen != order["paid_fen"]:
        raise Refuse(400, "INVALID_REQUEST", "订单金额或退款金额与之前请求不一致，请核实后再试")
    if now - order["paid_at"] > LONGEST_AGE_SECONDS:
        raise Refuse(400, "INVALID_REQUEST", "订单已超过可退款的最大期限")
    earlier = world.storage.rows(
        "SELECT refund_fen, created_at FROM refunds WHERE out_trade_no = ? AND status != 'CLOSED'",
        order["out_trade_no"],
    )
    if refund_fen + sum(row["refund_fen"] for row in earlier) > total_fen:
        raise Refuse(400, "INVALID_REQUEST", "累计退款金额不能大于订单金额")
    if len(earlier) >= MOST_PARTS:
        raise Refuse(400, "INVALID_REQUEST", "已达到最大退款次数")
    if any(now - row["created_at"] < PAUSE_SECONDS for row in earlier):
        raise Refuse(429, "FREQUENCY_LIMITED", "对同一笔订单进行退款的请求过于频繁，请1分钟后再试")


def _accept(
    world: World, order: sqlite3.Row, *, number: str, request: str, refund_fen: int, url: str | None
) -> None:
    now = world.now()
    trade = order["out_trade_no"]
    earlier = world.storage.row(
        "SELECT COALESCE(SUM(refund_fen), 0) AS refund_fen, COALESCE(SUM(fee_fen), 0) AS fee_fen FROM refunds"
        " WHERE out_trade_no = ? AND status != 'CLOSED'",
        trade,
    )
    assert earlier is not None
    # The fee comes back in proportion; counting from the start keeps the parts' sum exact.
    fee = funds.fee_fen(world, order["paid_fen"])
    fee_back = fee * (earlier["refund_fen"] + refund_fen) // order["paid_fen"] - earlier["fee_fen"]
    if funds.balance_fen(world, funds.BASIC) + fee_back < refund_fen:
        raise Refuse(403, "NOT_ENOUGH", "基本账户余额不足，请充值后重新发起")
    refund_id = digits("5030", 28)
    world.storage.write(
        "INSERT INTO refunds (out_refund_no, request, out_trade_no, refund_id, refund_fen, fee_fen, notify_url,"
        " created_at, status, outcome, due_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'PROCESSING', ?, ?)",
        number, request, trade, refund_id, refund_fen, fee_back, url, now,
        _planned(world, number, trade), now + world.whole("refund_seconds"),
    )  # fmt: skip
    world.storage.write("UPDATE orders SET state = 'REFUND' WHERE out_trade_no = ?", trade)
    if fee_back:
        funds.move(world, funds.BASIC, fee_back, kind="退回交易手续费", number=refund_id, voucher=number)
    funds.move(world, funds.BASIC, -refund_fen, kind="退款", number=refund_id, voucher=number)


def _planned(world: World, *numbers: str) -> str:
    for number in numbers:
        row = world.storage.row("SELECT outcome FROM outcomes WHERE number = ?", number)
        if row is not None and row["outcome"] in OUTCOMES:
            return str(row["outcome"])
    return "SUCCESS"


def find(world: World, number: str) -> sqlite3.Row | None:
    """A refund by our number."""
    return world.storage.row("SELECT * FROM refunds WHERE out_refund_no = ?", number)


def query(world: World, number: str) -> dict[str, object]:
    """A refund as WeChat tells it."""
    refund = find(world, number)
    if refund is None:
        raise Refuse(404, "RESOURCE_NOT_EXISTS", "退款单不存在")
    return _describe(world, refund) | {"status": refund["status"], "funds_account": "AVAILABLE"}


def _describe(world: World, refund: sqlite3.Row) -> dict[str, object]:
    order = orders.find(world, "out_trade_no", refund["out_trade_no"])
    assert order is not None
    told: dict[str, object] = {
        "out_trade_no": refund["out_trade_no"],
        "transaction_id": order["transaction_id"],
        "out_refund_no": refund["out_refund_no"],
        "refund_id": refund["refund_id"],
        "channel": "ORIGINAL",
        "user_received_account": "支付用户零钱",
        "create_time": rfc3339(refund["created_at"]),
        "amount": {
            "total": order["paid_fen"],
            "refund": refund["refund_fen"],
            "payer_total": order["paid_fen"],
            "payer_refund": refund["refund_fen"],
            "settlement_refund": refund["refund_fen"],
            "settlement_total": order["paid_fen"],
            "discount_refund": 0,
            "currency": "CNY",
        },
    }
    if refund["succeeded_at"]:
        told["success_time"] = rfc3339(refund["succeeded_at"])
    return told


def redirect(world: World, refund_id: str, values: Mapping[str, object]) -> dict[str, object]:
    """Send an abnormal refund another way; it is then on its way again."""
    number = text_in(values, "out_refund_no", 64, REFUND_NUMBER)
    kind = text_in(values, "type", 32, "USER_BANK_CARD|MERCHANT_BANK_CARD")
    if kind == "USER_BANK_CARD":
        text_in(values, "bank_type", 32)
        for field in ("bank_account", "real_name"):
            open_field(world, values, field)
    changed = world.storage.write(
        "UPDATE refunds SET status = 'PROCESSING', outcome = 'SUCCESS', due_at = ?"
        " WHERE out_refund_no = ? AND refund_id = ? AND status = 'ABNORMAL'",
        world.now() + world.whole("refund_seconds"), number, refund_id,
    )  # fmt: skip
    if not changed:
        raise Refuse(400, "INVALID_REQUEST", "退款单不存在或不是异常状态")
    return query(world, number)


def finish(world: World, number: str, status: str) -> None:
    """End a refund under way now, as SUCCESS, ABNORMAL or CLOSED, and queue its notice; both or neither."""
    if status not in OUTCOMES:
        raise ValueError(f"a refund ends in one of {OUTCOMES}")
    now = world.now()
    with world.storage.writing():
        changed = world.storage.write(
            "UPDATE refunds SET status = ?, due_at = NULL, succeeded_at = ?"
            " WHERE out_refund_no = ? AND status IN ('PROCESSING', 'ABNORMAL') AND status != ?",
            status, now if status == "SUCCESS" else None, number, status,
        )  # fmt: skip
        refund = find(world, number)
        if not changed or refund is None:
            return
        if status == "CLOSED":
            funds.move(
                world,
                funds.BASIC,
                refund["refund_fen"],
                kind="退款退回",
                number=refund["refund_id"],
                voucher=number,
            )
            if refund["fee_fen"]:
                funds.move(
                    world,
                    funds.BASIC,
                    -refund["fee_fen"],
                    kind="扣除交易手续费",
                    number=refund["refund_id"],
                    voucher=number,
                )
        if refund["notify_url"]:
            told = _describe(world, refund)
            del told["channel"], told["create_time"]
            told |= {"mchid": world.keys.merchant_id, "refund_status": status}
            notices.queue(world, refund["notify_url"], f"REFUND.{status}", told)


def pass_time(world: World) -> None:
    """End the refunds that are due."""
    due = world.storage.rows("SELECT out_refund_no, outcome FROM refunds WHERE due_at <= ?", world.now())
    for refund in due:
        finish(world, refund["out_refund_no"], refund["outcome"])
