"""Standing permissions to be paid without confirming: asked for, given within 24 hours, ended by either side."""

import sqlite3
from collections.abc import Mapping

from gateways.wechat.simulator import notices
from gateways.wechat.simulator.checking import (
    BILL_NUMBER,
    canonical,
    notify_url_in,
    refuse_other_parameters,
    refuse_parameter,
    text_in,
)
from gateways.wechat.simulator.world import Refuse, World, digits, rfc3339, token

CONFIRM_SECONDS = 24 * 3600
CLOSED_BY_MERCHANT, CLOSED_BY_USER, CLOSED_BY_TIME = "CLOSE_VIA_MCH_API", "USER_CLOSE", "OVERDUE_CLOSE"


def ask(world: World, values: Mapping[str, object]) -> dict[str, object]:
    """Ask a user for the standing permission."""
    openid = text_in(values, "openid", 64)
    number = _keep(world, values, values, openid)
    kept = _find(world, number)
    return _describe(kept) | {
        "create_time": rfc3339(kept["created_at"]),
        "package_info": kept["package_info"],
    }


def ask_along(world: World, transfer: Mapping[str, object], wanted: Mapping[str, object], openid: str) -> str:
    """Ask for the standing permission along with a transfer; its number."""
    return _keep(world, transfer, wanted, openid)


def _keep(world: World, transfer: Mapping[str, object], wanted: Mapping[str, object], openid: str) -> str:
    number = text_in(wanted, "out_authorization_no", 32, BILL_NUMBER)
    name = text_in(wanted, "user_display_name", 32)
    url = notify_url_in(wanted, "authorization_notify_url")
    scene = text_in(transfer, "transfer_scene_id", 36)
    if transfer.get("appid") not in world.appids:
        raise refuse_parameter("appid", "APPID不存在")
    granted = world.setting("scenes")
    if not isinstance(granted, list) or scene not in granted:
        raise Refuse(403, "NO_AUTH", "你尚未获取该转账场景")
    request = canonical(wanted) + openid + scene
    now = world.now()
    with world.storage.writing():
        kept = world.storage.row("SELECT request FROM authorizations WHERE out_authorization_no = ?", number)
        if kept is None:
            world.storage.write(
                "INSERT INTO authorizations (out_authorization_no, request, package_info, appid, openid, scene_id,"
                " user_display_name, notify_url, created_at, state, due_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'WAIT_USER_CONFIRM', ?)",
                number, request, token("", 64), transfer["appid"], openid, scene, name, url,
                now, now + CONFIRM_SECONDS,
            )  # fmt: skip
        elif kept["request"] != request:
            raise refuse_other_parameters()
    return number


def in_force(world: World, values: Mapping[str, object]) -> sqlite3.Row:
    """The permission a transfer names by our number or WeChat's; refused unless it is in force for the scene."""
    if "authorization_id" in values:
        statement, number = "SELECT * FROM authorizations WHERE authorization_id = ?", "authorization_id"
    else:
        statement, number = (
            "SELECT * FROM authorizations WHERE out_authorization_no = ?",
            "out_authorization_no",
        )
    kept = world.storage.row(statement, text_in(values, number, 64))
    if kept is None:
        raise Refuse(404, "NOT_FOUND", "授权单不存在")
    if kept["state"] != "TAKING_EFFECT" or kept["scene_id"] != values.get("transfer_scene_id"):
        raise Refuse(400, "INVALID_REQUEST", "免确认收款授权未生效或已解除")
    return kept


def query(world: World, number: str) -> dict[str, object]:
    """A permission as WeChat tells it."""
    return _describe(_find(world, number))


def _find(world: World, number: str) -> sqlite3.Row:
    kept = world.storage.row("SELECT * FROM authorizations WHERE out_authorization_no = ?", number)
    if kept is None:
        raise Refuse(404, "NOT_FOUND", "授权单不存在")
    return kept


def _describe(kept: sqlite3.Row) -> dict[str, object]:
    told: dict[str, object] = {
        "out_authorization_no": kept["out_authorization_no"],
        "appid": kept["appid"],
        "openid": kept["openid"],
        "user_display_name": kept["user_display_name"],
        "transfer_scene_id": kept["scene_id"],
        "state": kept["state"],
    }
    if kept["authorized_at"]:
        told["authorize_time"] = rfc3339(kept["authorized_at"])
        told["authorization_id"] = kept["authorization_id"]
    if kept["closed_at"]:
        told["close_info"] = {
            "close_time": rfc3339(kept["closed_at"]),
            "close_reason": kept["close_reason"],
        }
    return told


def number_shown(world: World, package_info: str) -> str:
    """The number of the permission a sheet asks for."""
    kept = world.storage.row(
        "SELECT out_authorization_no FROM authorizations WHERE package_info = ?", package_info
    )
    if kept is None:
        raise Refuse(400, "PARAM_ERROR", "package 无效")
    return str(kept["out_authorization_no"])


def confirm(world: World, number: str) -> None:
    """The user gives the permission, and we are told of it."""
    if not confirm_along(world, number):
        raise Refuse(400, "INVALID_REQUEST", "授权单状态不支持确认")


def confirm_along(world: World, number: str) -> bool:
    """The user gives the permission if it is still waited for; whether it was."""
    with world.storage.writing():
        changed = world.storage.write(
            "UPDATE authorizations SET state = 'TAKING_EFFECT', authorized_at = ?, authorization_id = ?,"
            " due_at = NULL WHERE out_authorization_no = ? AND state = 'WAIT_USER_CONFIRM'",
            world.now(), digits("1640", 32), number,
        )  # fmt: skip
        if changed:
            _announce(world, number, "MCHTRANSFER.AUTHORIZATION.CONFIRMED")
    return bool(changed)


def close(world: World, number: str, reason: str) -> dict[str, object]:
    """End a permission; repeatable."""
    with world.storage.writing():
        changed = world.storage.write(
            "UPDATE authorizations SET state = 'CLOSED', closed_at = ?, close_reason = ?, due_at = NULL"
            " WHERE out_authorization_no = ? AND state != 'CLOSED'",
            world.now(), reason, number,
        )  # fmt: skip
        kept = _find(world, number)
        if changed and kept["authorized_at"]:
            _announce(world, number, "MCHTRANSFER.AUTHORIZATION.CLOSED")
    return _describe(kept)


def _announce(world: World, number: str, event_type: str) -> None:
    kept = _find(world, number)
    told = _describe(kept)
    del told["transfer_scene_id"]
    notices.queue(world, kept["notify_url"], event_type, told)


def pass_time(world: World) -> None:
    """What was not given within 24 hours is over."""
    for kept in world.storage.rows(
        "SELECT out_authorization_no FROM authorizations WHERE due_at <= ?", world.now()
    ):
        close(world, kept["out_authorization_no"], CLOSED_BY_TIME)
