"""Merchant transfers as WeChat Pay keeps them: asked for, waiting for the user, confirmed, failed or withdrawn."""

import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime

from domain.clock import business_day, day_start
from domain.transfers import LEAST_FEN, NAME_ALLOWED_FROM_FEN, NAME_REQUIRED_FROM_FEN, SCENES
from gateways.wechat.simulator import authorizations, funds, notices
from gateways.wechat.simulator.checking import (
    BILL_NUMBER,
    canonical,
    notify_url_in,
    object_in,
    objects_in,
    refuse_parameter,
    text_in,
    whole_in,
)
from gateways.wechat.simulator.opening import open_field
from gateways.wechat.simulator.world import Refuse, World, digits, rfc3339, token

CONFIRM_SECONDS = 24 * 3600
KEPT_SECONDS = 30 * 86400
PERCEPTIONS = {"1000": ("活动奖励", "现金奖励"), "1009": ("货款",)}
WAITING = "WAIT_USER_CONFIRM"
#: How a user answers the request to confirm, when it has been planned beforehand.
CONFIRMED, REFUSED = "confirm", "refuse"


def create(world: World, values: Mapping[str, object]) -> dict[str, object]:
    """Accept a transfer the user has to confirm within 24 hours."""
    openid = text_in(values, "openid", 64)
    kept = _keep(world, values, openid=openid, authorization_no=None)
    return _created(kept) | {"package_info": kept["package_info"]}


def create_authorized(world: World, values: Mapping[str, object]) -> dict[str, object]:
    """Pay at once under a standing permission."""
    permission = authorizations.in_force(world, values)
    kept = _keep(
        world, values, openid=permission["openid"], authorization_no=permission["out_authorization_no"]
    )
    if kept["state"] == "ACCEPTED":
        end(world, kept["out_bill_no"], "SUCCESS")
    return query(world, "out_bill_no", kept["out_bill_no"])


def create_and_authorize(world: World, values: Mapping[str, object]) -> dict[str, object]:
    """Accept a transfer whose confirmation gives the standing permission as well."""
    openid = text_in(values, "openid", 64)
    wanted = object_in(values, "authorization_info")
    number = authorizations.ask_along(world, values, wanted, openid)
    kept = _keep(world, values, openid=openid, authorization_no=number)
    return _created(kept) | {
        "package_info": kept["package_info"],
        "out_authorization_no": number,
        "user_display_name": wanted["user_display_name"],
    }


def _keep(
    world: World, values: Mapping[str, object], *, openid: str, authorization_no: str | None
) -> sqlite3.Row:
    number = text_in(values, "out_bill_no", 32, BILL_NUMBER)
    # The encrypted name is another text every time it is sent, so it is left out of the comparison.
    request = canonical(values, "user_name")
    _check(world, values)
    amount = whole_in(values, "transfer_amount", LEAST_FEN)
    url = notify_url_in(values) if "notify_url" in values else None
    with world.storage.writing():
        kept = find(world, "out_bill_no", number)
        if kept is None:
            _check_limits(world, amount)
            waits = "transfer_scene_id" in values and (
                authorization_no is None or "authorization_info" in values
            )
            now = world.now()
            bill = digits("1330000", 32)
            world.storage.write(
                "INSERT INTO transfers (out_bill_no, request, transfer_bill_no, package_info, appid, openid,"
                " amount_fen, remark, notify_url, out_authorization_no, created_at, updated_at, state, due_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                number, request, bill, token("", 64) if waits else None, values["appid"], openid,
                amount, text_in(values, "transfer_remark", 32), url, authorization_no, now, now,
                WAITING if waits else "ACCEPTED", now + CONFIRM_SECONDS if waits else None,
            )  # fmt: skip
            funds.move(world, funds.OPERATION, -amount, kind="商家转账", number=bill, voucher=number)
        elif kept["request"] != request:
            raise Refuse(400, "INVALID_REQUEST", "单号已存在但信息不一致")
        found = find(world, "out_bill_no", number)
    assert found is not None
    return found


def _check(world: World, values: Mapping[str, object]) -> None:
    if values.get("appid") not in world.appids:
        raise Refuse(400, "PARAM_ERROR", "APPID不存在")
    scene = text_in(values, "transfer_scene_id", 36)
    granted = world.setting("scenes")
    if not isinstance(granted, list) or scene not in granted:
        raise Refuse(403, "NO_AUTH", "你尚未获取该转账场景")
    told = [
        (text_in(info, "info_type", 15), text_in(info, "info_content", 32))
        for info in objects_in(values, "transfer_scene_report_infos")
    ]
    if sorted(kind for kind, _ in told) != sorted(SCENES.get(scene, ())):
        raise Refuse(400, "PARAM_ERROR", "需传入转账场景报备信息，请检查")
    perception = values.get("user_recv_perception")
    if perception is not None and perception not in PERCEPTIONS.get(scene, ()):
        raise Refuse(400, "INVALID_REQUEST", "暂不支持展示当前传入的用户收款感知")
    text_in(values, "transfer_remark", 32)
    amount = whole_in(values, "transfer_amount", 1)
    if "user_name" in values:
        if amount < NAME_ALLOWED_FROM_FEN:
            raise refuse_parameter("user_name", "转账金额小于0.3元时，不允许填写收款用户姓名")
        open_field(world, values, "user_name")
    elif amount >= NAME_REQUIRED_FROM_FEN:
        raise refuse_parameter("user_name", "转账金额大于等于2000元时，收款用户姓名必填")


def _check_limits(world: World, amount: int) -> None:
    if not LEAST_FEN <= amount <= world.whole("transfer_most_fen"):
        raise Refuse(400, "INVALID_REQUEST", "超过单笔转账上下限")
    today_began = day_start(business_day(datetime.fromtimestamp(world.now(), UTC)))
    today = world.storage.row(
        "SELECT COALESCE(SUM(amount_fen), 0) AS fen FROM transfers"
        " WHERE created_at >= ? AND state NOT IN ('FAIL', 'CANCELLED')",
        int(today_began.timestamp()),
    )
    assert today is not None
    if today["fen"] + amount > world.whole("transfer_daily_fen"):
        raise Refuse(400, "INVALID_REQUEST", "超过单日转账上限")
    if funds.balance_fen(world, funds.OPERATION) < amount:
        raise Refuse(403, "NOT_ENOUGH", "商户运营账户资金不足，请充值后使用原单号重试")


def find(world: World, column: str, number: str) -> sqlite3.Row | None:
    """A transfer by `out_bill_no`, `transfer_bill_no` or `package_info`."""
    statements = {
        "out_bill_no": "SELECT * FROM transfers WHERE out_bill_no = ?",
        "transfer_bill_no": "SELECT * FROM transfers WHERE transfer_bill_no = ?",
        "package_info": "SELECT * FROM transfers WHERE package_info = ?",
    }
    return world.storage.row(statements[column], number)


def query(world: World, column: str, number: str) -> dict[str, object]:
    """A transfer as WeChat tells it, for thirty days; `package_info` is never told again."""
    kept = find(world, column, number)
    if kept is None or kept["created_at"] + KEPT_SECONDS < world.now():
        raise Refuse(404, "NOT_FOUND", "记录不存在")
    told = _created(kept) | {
        "mch_id": world.keys.merchant_id,
        "appid": kept["appid"],
        "openid": kept["openid"],
        "transfer_amount": kept["amount_fen"],
        "transfer_remark": kept["remark"],
        "update_time": rfc3339(kept["updated_at"]),
    }
    if kept["out_authorization_no"]:
        told["out_authorization_no"] = kept["out_authorization_no"]
    return told


def _created(kept: sqlite3.Row) -> dict[str, object]:
    told: dict[str, object] = {
        "out_bill_no": kept["out_bill_no"],
        "transfer_bill_no": kept["transfer_bill_no"],
        "create_time": rfc3339(kept["created_at"]),
        "state": kept["state"],
    }
    if kept["fail_reason"]:
        told["fail_reason"] = kept["fail_reason"]
    return told


def cancel(world: World, number: str) -> dict[str, object]:
    """Begin to withdraw a transfer nobody has confirmed; it is done a moment later."""
    now = world.now()
    changed = world.storage.write(
        "UPDATE transfers SET state = 'CANCELING', due_at = ?, updated_at = ?"
        " WHERE out_bill_no = ? AND state IN ('ACCEPTED', 'PROCESSING', 'WAIT_USER_CONFIRM')",
        now, now, number,
    )  # fmt: skip
    kept = find(world, "out_bill_no", number)
    if kept is None:
        raise Refuse(404, "NOT_FOUND", "记录不存在")
    if not changed and kept["state"] not in ("CANCELING", "CANCELLED"):
        raise Refuse(400, "INVALID_REQUEST", "当前单据状态不支持撤销")
    return {
        "out_bill_no": number,
        "transfer_bill_no": kept["transfer_bill_no"],
        "state": "CANCELING" if changed else kept["state"],
        "update_time": rfc3339(kept["updated_at"]),
    }


def confirm(world: World, number: str) -> None:
    """The user takes the money, and gives the standing permission if it was asked for along with it."""
    kept = find(world, "out_bill_no", number)
    if kept is None or kept["state"] != WAITING:
        raise Refuse(400, "INVALID_REQUEST", "当前单据状态不支持确认")
    end(world, number, "SUCCESS")
    if kept["out_authorization_no"]:
        authorizations.confirm_along(world, kept["out_authorization_no"])


def end(world: World, number: str, state: str, fail_reason: str | None = None) -> None:
    """Bring a transfer to its end and queue its notice, both or neither; money that was not paid comes back."""
    with world.storage.writing():
        changed = world.storage.write(
            "UPDATE transfers SET state = ?, fail_reason = ?, due_at = NULL, updated_at = ?"
            " WHERE out_bill_no = ? AND state NOT IN ('SUCCESS', 'FAIL', 'CANCELLED')",
            state, fail_reason, world.now(), number,
        )  # fmt: skip
        kept = find(world, "out_bill_no", number)
        if not changed or kept is None:
            return
        if state != "SUCCESS":
            funds.move(
                world,
                funds.OPERATION,
                kept["amount_fen"],
                kind="商家转账退回",
                number=kept["transfer_bill_no"],
                voucher=number,
            )
        if kept["notify_url"]:
            told = query(world, "out_bill_no", number)
            del told["appid"], told["transfer_remark"]
            notices.queue(world, kept["notify_url"], "MCHTRANSFER.BILL.FINISHED", told)


def pass_time(world: World) -> None:
    """Let time do what it does: withdrawals come through, what nobody confirmed in 24 hours fails."""
    now = world.now()
    for kept in world.storage.rows("SELECT out_bill_no, state FROM transfers WHERE due_at <= ?", now):
        if kept["state"] == "CANCELING":
            end(world, kept["out_bill_no"], "CANCELLED", "MCH_CANCEL")
        else:
            end(world, kept["out_bill_no"], "FAIL", "OVERDUE_CLOSE")
    planned = world.storage.rows(
        "SELECT number, outcome FROM outcomes JOIN transfers ON out_bill_no = number WHERE state = ?", WAITING
    )
    for row in planned:
        if row["outcome"] == CONFIRMED:
            confirm(world, row["number"])
        elif row["outcome"] == REFUSED:
            end(world, row["number"], "FAIL", "OTHER_FAIL_REASON_TYPE")
