"""Payouts to WeChat: ask for the transfers of what was released, and withdraw those whose payee is bound no longer."""

import logging

from domain.errors import Refusal
from flows import transfers
from flows.running import Running
from models import database, transaction
from services import wechat_payouts

log = logging.getLogger("danzhu.payouts")


def request_due(parts: Running) -> int:
    """Hand released lines to the queue of transfers; returns how many were taken."""
    with transaction() as session:
        return wechat_payouts.request(
            session, notify_url=parts.wechat.settings.notify_url("transfers"), now=parts.clock()
        )


def withdraw_unbound(parts: Running) -> int:
    """Withdraw what waits for a WeChat that an officer has unbound, its telephone lost perhaps; returns how many.

    What cannot be withdrawn now is tried again at the next turn; what was accepted meanwhile is paid.
    """
    numbers = wechat_payouts.unbound(database())
    for number in numbers:
        try:
            transfers.cancel(parts, number)
        except Refusal as refusal:
            log.warning("transfer not withdrawn", extra={"transfer": number, "reason": refusal.code})
    return len(numbers)
