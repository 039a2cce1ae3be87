"""Paying out to WeChat wallets: send what is in the queue, ask after what is under way, and never pay it twice.

A number is sent again only with the same parameters, and only after WeChat has been asked about it; a new number is for
whoever asked for the transfer to take, after its failure is certain.
"""

import logging

from domain.errors import Conflict, Unavailable
from domain.transfers import TransferState
from flows.running import Running
from flows.transfer_authorizations import look_at
from gateways.wechat import TransferOrder
from gateways.wechat.errors import NotEnough, NotFound, PayError, Refused
from gateways.wechat.pay import records
from models import database, transaction
from services import transfer_queue, transfers, wechat_payouts
from services.transfer_queue import TO_FOLLOW, TO_SEND, Task
from services.transfers import Learnt, Told

log = logging.getLogger("danzhu.transfers")

#: Whoever learns of an end comes through here, so here is where those are named who are told of it.
transfers.WHEN_ENDED[wechat_payouts.KIND] = wechat_payouts.ended

_STATES: dict[records.TransferState, TransferState] = {
    records.TransferState.ACCEPTED: TransferState.ACCEPTED,
    records.TransferState.PROCESSING: TransferState.PROCESSING,
    records.TransferState.WAIT_USER_CONFIRM: TransferState.WAIT_USER_CONFIRM,
    records.TransferState.TRANSFERING: TransferState.TRANSFERRING,
    records.TransferState.SUCCESS: TransferState.SUCCESS,
    records.TransferState.FAIL: TransferState.FAIL,
    records.TransferState.CANCELING: TransferState.CANCELLING,
    records.TransferState.CANCELLED: TransferState.CANCELLED,
}


def submit_due(parts: Running) -> int:
    """Send the transfers whose turn it is; returns how many were taken."""
    with transaction() as session:
        tasks = transfer_queue.claim_due(session, TO_SEND, parts.clock())
    for task in tasks:
        if task.asked_before:
            _send_again(parts, task)
        else:
            _send(parts, task)
    return len(tasks)


def follow_due(parts: Running) -> int:
    """Ask after the transfers WeChat has accepted and not ended; returns how many."""
    with transaction() as session:
        tasks = transfer_queue.claim_due(session, TO_FOLLOW, parts.clock())
    for task in tasks:
        _send_again(parts, task, only_for_package=True)
    return len(tasks)


def cancel(parts: Running, out_bill_no: str) -> TransferState:
    """Withdraw a transfer nobody has confirmed; it is over only when its state says cancelled.

    Raises NotFound, Conflict("transfer_state") when it is too late, Unavailable("payment_unavailable").
    """
    with transaction() as session:
        state = transfers.find(session, out_bill_no).state
        if transfers.withdraw(session, out_bill_no, parts.clock()):
            return TransferState.CANCELLED
    try:
        answer = parts.wechat.transfers.cancel(out_bill_no)
    except Refused as error:
        raise Conflict("transfer_state", {"state": state.value}, state=state.value) from error
    except PayError as error:
        raise Unavailable("payment_unavailable") from error
    _learn(Told(out_bill_no, _STATES[answer]), parts)
    return _STATES[answer]


def confirm_sheet(parts: Running, out_bill_no: str) -> dict[str, str]:
    """The parameters of wx.requestMerchantTransfer, with which the payee confirms; raises NotFound, Conflict."""
    transfer = transfers.find(database(), out_bill_no)
    if transfer.state is not TransferState.WAIT_USER_CONFIRM or transfer.package_info is None:
        raise Conflict("transfer_state", {"state": transfer.state.value}, state=transfer.state.value)
    return parts.wechat.transfers.confirm_sheet(transfer.appid, transfer.package_info)


def told_by(found: records.Transfer) -> Told:
    """What WeChat says of a transfer, in our words."""
    return Told(
        out_bill_no=found.out_bill_no,
        state=_STATES[found.state],
        transfer_bill_no=found.transfer_bill_no,
        amount_fen=found.amount_fen,
        openid=found.openid,
        fail_reason=found.fail_reason,
        package_info=found.package_info,
    )


def _send_again(parts: Running, task: Task, *, only_for_package: bool = False) -> None:
    """Ask after a number WeChat may know; send it again only where it does not, or to get what it is confirmed with."""
    try:
        found = parts.wechat.transfers.query(task.out_bill_no)
    except NotFound:
        if not only_for_package:
            _send(parts, task)
        return
    except PayError as error:
        _unclear(task, error)
        return
    _learn(told_by(found), parts)
    if found.state is records.TransferState.WAIT_USER_CONFIRM and task.lacks_package:
        # No query tells it; the same number with the same parameters is answered with it again.
        _send(parts, task)


def _send(parts: Running, task: Task) -> None:
    order = TransferOrder(
        out_bill_no=task.out_bill_no,
        appid=task.appid,
        openid=task.openid,
        amount_fen=task.amount_fen,
        remark=task.remark,
        scene_id=task.scene_id,
        report=task.report,
        user_name=task.user_name,
        notify_url=task.notify_url,
    )
    try:
        if task.out_authorization_no is None:
            answer = parts.wechat.transfers.create(order)
        else:
            answer = parts.wechat.transfers.create_authorized(order, task.out_authorization_no)
    except Refused as error:
        _refused(parts, task, error)
    except PayError as error:
        # It may have been accepted: the next turn asks, a minute from now at the soonest.
        _unclear(task, error)
    else:
        _learn(told_by(answer), parts)


def _refused(parts: Running, task: Task, error: Refused) -> None:
    """A clear no, which may still be about a number accepted before: ask before believing it."""
    try:
        _learn(told_by(parts.wechat.transfers.query(task.out_bill_no)), parts)
        return
    except NotFound:
        pass
    except PayError as unclear:
        _unclear(task, unclear)
        return
    log.warning("transfer refused", extra={"transfer": task.out_bill_no, "reason": error.code})
    if task.out_authorization_no is not None and look_at(parts, task.out_authorization_no):
        # The permission is over: the same transfer is confirmed by hand instead.
        with transaction() as session:
            transfer_queue.at_once(session, task.out_bill_no, parts.clock())
        return
    with transaction() as session:
        if isinstance(error, NotEnough):
            transfers.short_of_money(session, task.out_bill_no, parts.clock())
        else:
            transfers.refused(session, task.out_bill_no, error.code, parts.clock())


def _learn(told: Told, parts: Running) -> None:
    with transaction() as session:
        learnt = transfers.learn(session, told, parts.clock())
    if learnt in (Learnt.DIFFERS, Learnt.UNKNOWN):
        log.error("news of a transfer", extra={"transfer": told.out_bill_no, "outcome": learnt.value})


def _unclear(task: Task, error: PayError) -> None:
    log.warning("transfer not answered", extra={"transfer": task.out_bill_no, "reason": error.code})
