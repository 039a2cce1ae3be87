"""Permissions to be paid without confirming: asked for, looked after, and noticed when they end."""

import logging

from domain.errors import Unavailable
from domain.transfers import AuthorizationState
from flows.running import Running
from gateways.wechat.errors import NotFound, PayError
from gateways.wechat.pay import records
from models import TransferAuthorization, database, transaction
from services import transfer_authorizations
from services.transfer_authorizations import Permission, PermissionTask

log = logging.getLogger("danzhu.transfers")

_STATES: dict[records.AuthorizationState, AuthorizationState] = {
    records.AuthorizationState.WAIT_USER_CONFIRM: AuthorizationState.WAIT_USER_CONFIRM,
    records.AuthorizationState.TAKING_EFFECT: AuthorizationState.TAKING_EFFECT,
    records.AuthorizationState.CLOSED: AuthorizationState.CLOSED,
}


def run_due(parts: Running, number: str | None = None) -> int:
    """Ask for the permissions in the queue and after those under way, or for one of them; returns how many."""
    with transaction() as session:
        tasks = transfer_authorizations.claim_due(session, parts.clock(), number=number)
    for task in tasks:
        try:
            _run(parts, task)
        except PayError as error:
            log.warning(
                "permission not answered",
                extra={"authorization": task.out_authorization_no, "reason": error.code},
            )
    return len(tasks)


def confirm_sheet(parts: Running, permission: TransferAuthorization) -> dict[str, str] | None:
    """The parameters of wx.requestMerchantTransfer, with which a permission is given; None where it waits for none."""
    if permission.state is not AuthorizationState.WAIT_USER_CONFIRM or permission.package_info is None:
        return None
    return parts.wechat.transfers.confirm_sheet(permission.appid, permission.package_info)


def close(parts: Running, out_authorization_no: str) -> None:
    """End a permission; raises Unavailable("payment_unavailable") when WeChat cannot be asked."""
    try:
        answer = parts.wechat.transfers.close_authorization(out_authorization_no)
    except PayError as error:
        raise Unavailable("payment_unavailable") from error
    _learn(parts, answer)


def close_unbound(parts: Running) -> int:
    """End the permissions of WeChats that are bound no longer; returns how many. What cannot be ended waits a turn."""
    numbers = transfer_authorizations.unbound(database())
    for number in numbers:
        try:
            close(parts, number)
        except Unavailable as unavailable:
            log.warning("permission not ended", extra={"authorization": number, "reason": unavailable.code})
    return len(numbers)


def look_at(parts: Running, out_authorization_no: str) -> bool:
    """Ask WeChat how a permission stands; whether it is over."""
    try:
        found = parts.wechat.transfers.query_authorization(out_authorization_no)
    except PayError:
        return False
    _learn(parts, found)
    return found.state is records.AuthorizationState.CLOSED


def permission_of(found: records.Authorization) -> Permission:
    """What WeChat says of a permission, in our words."""
    return Permission(
        out_authorization_no=found.out_authorization_no,
        state=_STATES[found.state],
        authorization_id=found.authorization_id,
        package_info=found.package_info,
        openid=found.openid,
        authorized_at=found.authorized_at,
        closed_at=found.closed_at,
        close_reason=found.close_reason,
    )


def _run(parts: Running, task: PermissionTask) -> None:
    client = parts.wechat.transfers
    if task.asked_before:
        try:
            found = client.query_authorization(task.out_authorization_no)
            _learn(parts, found)
            if found.state is not records.AuthorizationState.WAIT_USER_CONFIRM or not task.lacks_package:
                return
            # No query tells what it is confirmed with; asking again with the same parameters does.
        except NotFound:
            if task.state is not AuthorizationState.REQUESTED:
                raise
    answer = client.authorize(
        out_authorization_no=task.out_authorization_no,
        appid=task.appid,
        openid=task.openid,
        scene_id=task.scene_id,
        user_display_name=task.user_display_name,
    )
    _learn(parts, answer)


def _learn(parts: Running, found: records.Authorization) -> None:
    with transaction() as session:
        transfer_authorizations.learn(session, permission_of(found), parts.clock())
