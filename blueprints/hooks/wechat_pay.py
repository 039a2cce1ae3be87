"""Notices of WeChat Pay. 204 means that we have it on disk; anything else makes WeChat ask again."""

import logging

from flask import Blueprint, Response, jsonify, request

from flows import notices
from flows.running import running
from gateways.wechat.errors import NoticeRefused
from services.settlement import Outcome
from services.transfers import Learnt

log = logging.getLogger("danzhu.hooks")

blueprint = Blueprint("wechat_pay", __name__, url_prefix="/hooks/wechat-pay")


@blueprint.post("/transactions")
def post_transaction() -> Response:
    """An order was paid."""
    return _receive()


@blueprint.post("/refunds")
def post_refund() -> Response:
    """A refund has ended, well or not."""
    return _receive()


@blueprint.post("/transfers")
def post_transfer() -> Response:
    """A transfer has ended, well or not."""
    return _receive()


@blueprint.post("/authorizations")
def post_authorization() -> Response:
    """Somebody gave the permission to be paid without confirming, or ended it."""
    return _receive()


@blueprint.post("/complaints")
def post_complaint() -> Response:
    """A buyer complained, or a complaint moved on."""
    return _receive()


def _receive() -> Response:
    parts = running()
    try:
        notice = parts.wechat.pay.read_notice(request.headers, request.get_data(), parts.clock())
    except NoticeRefused as refused:
        log.warning("notice refused", extra={"reason": refused.reason.value})
        return _refuse(401)
    if notices.receive(parts, notice) in (Outcome.UNKNOWN_ORDER, Learnt.UNKNOWN):
        # It may have overtaken our own commit: let WeChat come again.
        return _refuse(404)
    return Response(status=204)


def _refuse(status: int) -> Response:
    answer = jsonify(code="FAIL", message="失败")
    answer.status_code = status
    return answer
