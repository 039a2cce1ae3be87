"""Giving money back at WeChat: send what is in the queue, ask after what is under way, and never pay it twice."""

import logging

from domain.errors import Conflict, Unavailable
from flows.running import Running
from gateways.wechat.errors import NotAllowed, NotEnough, NotFound, NotReady, PayError, Refused, SignError
from gateways.wechat.pay.records import Refund, RefundStatus
from models import transaction
from services import refund_decisions, refund_news, refund_queue, refunds
from services.refund_news import Learnt, News, Word
from services.refund_queue import TO_FOLLOW, TO_SEND, Task

log = logging.getLogger("danzhu.refunds")

_NEWS: dict[RefundStatus, News] = {
    RefundStatus.PROCESSING: News.PROCESSING,
    RefundStatus.SUCCESS: News.SUCCEEDED,
    RefundStatus.CLOSED: News.CLOSED,
    RefundStatus.ABNORMAL: News.ABNORMAL,
}
#: Refusals that are about us and not about the refund: the same number goes through once they are put right.
_OURS_TO_MEND = (SignError, NotAllowed, NotReady)


def submit_due(parts: Running) -> int:
    """Send the refunds whose turn it is; returns how many were taken."""
    with transaction() as session:
        tasks = refund_queue.claim_due(session, TO_SEND, now=parts.clock(), notify_url=_notify_url(parts))
    for task in tasks:
        _submit(parts, task)
    return len(tasks)


def follow_due(parts: Running) -> int:
    """Ask after the refunds WeChat has taken and not ended; returns how many."""
    with transaction() as session:
        tasks = refund_queue.claim_due(session, TO_FOLLOW, now=parts.clock(), notify_url=_notify_url(parts))
    for task in tasks:
        try:
            found = parts.wechat.refunds.query(task.number)
        except PayError as error:
            _note_unclear(parts, task, error)
        else:
            learn(parts, found)
    return len(tasks)


def learn(parts: Running, found: Refund) -> Learnt:
    """Move a refund on by what WeChat answered about it."""
    with transaction() as session:
        learnt = refund_news.learn(session, word_of(found), parts.clock())
    if learnt is not Learnt.RECORDED:
        log.info("news of a refund", extra={"refund": found.out_refund_no, "outcome": learnt.value})
    return learnt


def renew(parts: Running, number: str, actor: str) -> str:
    """Give a failed refund a new number, unless WeChat says that the old one is still good; the new number.

    Raises NotFound, Conflict("refund_state"), Unavailable("payment_unavailable") when WeChat cannot be asked.
    """
    try:
        found = parts.wechat.refunds.query(number)
    except NotFound:
        found = None
    except PayError as error:
        raise Unavailable("payment_unavailable") from error
    if found is not None and found.status is not RefundStatus.CLOSED:
        learn(parts, found)
        raise Conflict("refund_state", {"state": found.status.value}, state=found.status.value)
    with transaction() as session:
        refund = refund_decisions.renew(session, number, parts.clock(), actor)
        return refunds.latest_number(session, refund.id)


def word_of(found: Refund) -> Word:
    """What WeChat says of a refund, in our words."""
    return Word(
        number=found.out_refund_no,
        news=_NEWS[found.status],
        order_number=found.out_trade_no,
        transaction_id=found.transaction_id,
        wechat_refund_id=found.refund_id,
        total_fen=found.total_fen,
        amount_fen=found.refund_fen,
    )


def _submit(parts: Running, task: Task) -> None:
    """Send one number; one that may have been sent before is asked after first."""
    if not task.fresh and _known(parts, task) is not False:
        return
    try:
        answer = parts.wechat.refunds.create(
            transaction_id=task.transaction_id,
            out_refund_no=task.number,
            refund_fen=task.amount_fen,
            total_fen=task.total_fen,
            reason=task.reason,
            notify_url=task.notify_url,
        )
    except PayError as error:
        log.warning("refund not answered", extra={"refund": task.number, "reason": error.code})
        # Even a clear no may be about a repetition of what was accepted before.
        if _known(parts, task) is False:
            _not_accepted(parts, task, error)
    else:
        learn(parts, answer)


def _known(parts: Running, task: Task) -> bool | None:
    """Whether WeChat has a refund by this number, whose news is then recorded; None when it cannot say."""
    try:
        found = parts.wechat.refunds.query(task.number)
    except NotFound:
        return False
    except PayError as error:
        _note_unclear(parts, task, error)
        return None
    learn(parts, found)
    return True


def _not_accepted(parts: Running, task: Task, error: PayError) -> None:
    """WeChat has nothing by this number: the same again later, or, where it said a definite no, a person."""
    if not isinstance(error, Refused):
        _note_unclear(parts, task, error)
        return
    now, said, request_id = parts.clock(), error.code, error.request_id
    with transaction() as session:
        if isinstance(error, NotEnough):
            kind = refund_news.NOT_ENOUGH
        elif isinstance(error, _OURS_TO_MEND):
            kind = refund_news.HELD
        else:
            refund_queue.refuse(session, task, said=said, request_id=request_id, now=now)
            return
        refund_queue.hold(session, task, kind=kind, said=said, request_id=request_id, now=now)


def _note_unclear(parts: Running, task: Task, error: PayError) -> None:
    kind = refund_news.HELD if isinstance(error, _OURS_TO_MEND) else None
    with transaction() as session:
        refund_queue.unclear(
            session, task, said=error.code, request_id=error.request_id, now=parts.clock(), kind=kind
        )


def _notify_url(parts: Running) -> str:
    return parts.wechat.settings.notify_url("refunds")
