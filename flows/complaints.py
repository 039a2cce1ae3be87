"""Complaints: fetched in case their announcement was lost, answered, and finished at WeChat."""

import logging
from datetime import timedelta

from domain.clock import business_day
from flows.running import Running
from gateways.wechat.errors import NotFound, PayError
from gateways.wechat.pay.complaints import Complaint, ComplaintState
from models import database, end_reading, transaction
from services import complaints

log = logging.getLogger("danzhu.complaints")

#: Days of complaints looked through each time; older ones only while their incidents are open.
LOOKED_BACK = timedelta(days=6)


def fetch(parts: Running) -> int:
    """Bring incidents up to the complaints of the last days; returns how many were changed."""
    today = business_day(parts.clock())
    open_ones = complaints.waiting(database())
    end_reading()
    try:
        found = {one.complaint_id: one for one in parts.wechat.complaints.between(today - LOOKED_BACK, today)}
        for complaint_id in open_ones:
            if complaint_id not in found:
                older = _find(parts, complaint_id)
                found |= {} if older is None else {complaint_id: older}
    except PayError as error:
        log.warning("complaints not fetched", extra={"reason": error.code})
        return 0
    return sum(_keep_up(parts, one) for one in found.values())


def reply(parts: Running, complaint_id: str, text: str) -> None:
    """Answer whoever complains; raises PayError, ValueError for a text that is too long."""
    parts.wechat.complaints.reply(complaint_id, text)


def finish(parts: Running, complaint_id: str) -> None:
    """Tell WeChat that a complaint is settled, and settle its incident; raises PayError."""
    parts.wechat.complaints.finish(complaint_id)
    _keep_up(parts, parts.wechat.complaints.get(complaint_id))


def _find(parts: Running, complaint_id: str) -> Complaint | None:
    try:
        return parts.wechat.complaints.get(complaint_id)
    except NotFound:
        return None


def _keep_up(parts: Running, one: Complaint) -> bool:
    with transaction() as session:
        return complaints.keep_up(
            session,
            one.complaint_id,
            numbers=one.out_trade_nos,
            state=one.state.value,
            finished=one.state is ComplaintState.PROCESSED,
            now=parts.clock(),
        )
