"""Complaints as WeChat Pay keeps them: made by a buyer, answered by the merchant, announced at every step."""

import json
import sqlite3
from collections.abc import Mapping
from datetime import date

from domain.clock import day_span
from gateways.wechat.pay.crypto import encrypt_field
from gateways.wechat.simulator import notices, orders
from gateways.wechat.simulator.checking import notify_url_in, refuse_parameter, text_in
from gateways.wechat.simulator.world import Refuse, World, digits, rfc3339

LONGEST_SPAN_DAYS = 30
MOST_A_PAGE = 50
MOST_STEPS = 300


def complain(world: World, number: str, detail: str, phone: str) -> str:
    """A buyer complains of a paid order; the complaint's number."""
    order = orders.find(world, "out_trade_no", number)
    if order is None or order["paid_at"] is None:
        raise ValueError("only a paid order can be complained of")
    complaint_id = digits("2002", 29)
    with world.storage.writing():
        world.storage.write(
            "INSERT INTO complaints VALUES (?, ?, ?, ?, ?, 'PENDING', 0, '[]')",
            complaint_id, number, detail, phone, world.now(),
        )  # fmt: skip
        _step(world, complaint_id, "投诉人", "USER_CREATE_COMPLAINT", detail)
        _announce(world, complaint_id, "COMPLAINT.CREATE", "CREATE_COMPLAINT")
    return complaint_id


def speak(world: World, complaint_id: str, text: str) -> None:
    """The buyer says something more."""
    with world.storage.writing():
        world.storage.write("UPDATE complaints SET has_new_message = 1 WHERE complaint_id = ?", complaint_id)
        _step(world, complaint_id, "投诉人", "USER_RESPONSE", text)
        _announce(world, complaint_id, "COMPLAINT.STATE_CHANGE", "USER_RESPONSE")


def reply(world: World, complaint_id: str, values: Mapping[str, object]) -> None:
    """The merchant answers; a pending complaint is then being dealt with."""
    _check_merchant(world, values)
    text = text_in(values, "response_content", 200)
    _find(world, complaint_id)
    with world.storage.writing():
        world.storage.write(
            "UPDATE complaints SET has_new_message = 0,"
            " state = CASE state WHEN 'PENDING' THEN 'PROCESSING' ELSE state END WHERE complaint_id = ?",
            complaint_id,
        )
        _step(world, complaint_id, world.keys.merchant_id, "MERCHANT_RESPONSE", text)
        _announce(world, complaint_id, "COMPLAINT.STATE_CHANGE", "MERCHANT_RESPONSE")


def finish(world: World, complaint_id: str, values: Mapping[str, object]) -> None:
    """The merchant says that the complaint is settled; it must have answered before."""
    _check_merchant(world, values)
    if _find(world, complaint_id)["state"] == "PENDING":
        raise Refuse(400, "INVALID_REQUEST", "投诉单未回复，不能反馈处理完成")
    with world.storage.writing():
        world.storage.write("UPDATE complaints SET state = 'PROCESSED' WHERE complaint_id = ?", complaint_id)
        _step(world, complaint_id, world.keys.merchant_id, "MERCHANT_CONFIRM_COMPLETE", "")
        _announce(world, complaint_id, "COMPLAINT.STATE_CHANGE", "MERCHANT_CONFIRM_COMPLETE")


def list_between(world: World, args: Mapping[str, str]) -> dict[str, object]:
    """A page of the complaints made in a span of days."""
    try:
        first, last = (
            date.fromisoformat(args.get("begin_date", "")),
            date.fromisoformat(args.get("end_date", "")),
        )
        limit, offset = int(args.get("limit", "10")), int(args.get("offset", "0"))
    except ValueError:
        raise refuse_parameter("begin_date", "日期或分页参数不正确") from None
    if not 0 <= (last - first).days <= LONGEST_SPAN_DAYS or not 1 <= limit <= MOST_A_PAGE or offset < 0:
        raise refuse_parameter("end_date", "查询日期跨度不超过30天，每页不超过50条")
    begin, end = (int(instant.timestamp()) for instant in day_span(first, last))
    rows = world.storage.rows(
        "SELECT * FROM complaints WHERE made_at >= ? AND made_at < ? ORDER BY made_at, rowid LIMIT ? OFFSET ?",
        begin, end, limit, offset,
    )  # fmt: skip
    count = world.storage.row(
        "SELECT COUNT(*) AS n FROM complaints WHERE made_at >= ? AND made_at < ?", begin, end
    )
    assert count is not None
    return {
        "data": [_describe(world, row) for row in rows],
        "limit": limit,
        "offset": offset,
        "total_count": count["n"],
    }


def get(world: World, complaint_id: str) -> dict[str, object]:
    """One complaint."""
    return _describe(world, _find(world, complaint_id))


def history(world: World, complaint_id: str, args: Mapping[str, str]) -> dict[str, object]:
    """What was said and done, newest first."""
    try:
        limit, offset = int(args.get("limit", "100")), int(args.get("offset", "0"))
    except ValueError:
        raise refuse_parameter("limit", "分页参数不正确") from None
    if not 1 <= limit <= MOST_STEPS or offset < 0:
        raise refuse_parameter("limit", "分页参数不正确")
    steps = json.loads(_find(world, complaint_id)["history"])[::-1]
    return {
        "data": steps[offset : offset + limit],
        "limit": limit,
        "offset": offset,
        "total_count": len(steps),
    }


def listen(world: World, values: Mapping[str, object], *, anew: bool) -> dict[str, object]:
    """Set the address complaints are announced to: once by creating it, afterwards by changing it."""
    url = notify_url_in(values, "url")
    if anew == bool(world.text("complaint_url")):
        raise Refuse(400, "INVALID_REQUEST", "投诉通知回调地址已存在" if anew else "投诉通知回调地址不存在")
    world.configure("complaint_url", url)
    return listening_at(world)


def listening_at(world: World) -> dict[str, object]:
    """The address complaints are announced to."""
    url = world.text("complaint_url")
    if not url:
        raise Refuse(404, "RESOURCE_NOT_EXISTS", "投诉通知回调地址不存在")
    return {"mchid": world.keys.merchant_id, "url": url}


def stop_listening(world: World) -> None:
    """Announce no more."""
    listening_at(world)
    world.configure("complaint_url", "")


def _check_merchant(world: World, values: Mapping[str, object]) -> None:
    if values.get("complainted_mchid") != world.keys.merchant_id:
        raise refuse_parameter("complainted_mchid", "被诉商户号不匹配")


def _find(world: World, complaint_id: str) -> sqlite3.Row:
    found = world.storage.row("SELECT * FROM complaints WHERE complaint_id = ?", complaint_id)
    if found is None:
        raise Refuse(404, "RESOURCE_NOT_EXISTS", "投诉单不存在")
    return found


def _describe(world: World, complaint: sqlite3.Row) -> dict[str, object]:
    order = orders.find(world, "out_trade_no", complaint["out_trade_no"])
    assert order is not None
    steps = json.loads(complaint["history"])
    refunded = world.storage.row(
        "SELECT COALESCE(SUM(refund_fen), 0) AS fen FROM refunds WHERE out_trade_no = ? AND status = 'SUCCESS'",
        complaint["out_trade_no"],
    )
    assert refunded is not None
    return {
        "complaint_id": complaint["complaint_id"],
        "complaint_time": rfc3339(complaint["made_at"]),
        "complaint_detail": complaint["detail"],
        "complainted_mchid": world.keys.merchant_id,
        "complaint_state": complaint["state"],
        "payer_phone": encrypt_field(world.merchant_key, complaint["phone"]),
        "payer_openid": order["paid_by"],
        "complaint_order_info": [
            {
                "transaction_id": order["transaction_id"],
                "out_trade_no": order["out_trade_no"],
                "amount": order["paid_fen"],
            }
        ],
        "complaint_full_refunded": refunded["fen"] >= order["paid_fen"],
        "incoming_user_response": bool(complaint["has_new_message"]),
        "user_complaint_times": sum(step["operate_type"] == "USER_CREATE_COMPLAINT" for step in steps),
    }


def _step(world: World, complaint_id: str, operator: str, kind: str, text: str) -> None:
    complaint = _find(world, complaint_id)
    steps = json.loads(complaint["history"])
    steps.append(
        {
            "log_id": digits("3002", 24),
            "operator": operator,
            "operate_time": rfc3339(world.now()),
            "operate_type": kind,
            "operate_details": text,
        }
    )
    world.storage.write(
        "UPDATE complaints SET history = ? WHERE complaint_id = ?",
        json.dumps(steps, ensure_ascii=False),
        complaint_id,
    )


def _announce(world: World, complaint_id: str, event_type: str, action: str) -> None:
    url = world.text("complaint_url")
    if url:
        notices.queue(world, url, event_type, {"complaint_id": complaint_id, "action_type": action})
