"""Running errands after a payment: claim, tell WeChat outside any transaction, write down how it went."""

import logging
from datetime import datetime

from domain.errands import ErrandKind, message_values
from domain.orders import OrderState
from flows.running import Running
from gateways.wechat.errors import ApiError, ApiRefused
from gateways.wechat.mp.mini_program import MiniProgramClient, thing
from gateways.wechat.settings import MINIPROGRAM
from models.base import transaction
from services import errands
from services.errands import Run

log = logging.getLogger("danzhu.errands")

NO_CONSENT, NOT_SHIPPABLE_YET = "no_consent", "not_shippable_yet"


def plan(parts: Running) -> int:
    """Plan what orders paid lately still need; returns how many errands."""
    app = parts.wechat.settings.apps.get(MINIPROGRAM)
    kinds = [ErrandKind.SHIPPING_INFO]
    if parts.settings.message_template:
        kinds.append(ErrandKind.CERTIFICATE_MESSAGE)
    with transaction() as session:
        return sum(
            errands.plan(session, kind, appid=app.appid if app else None, now=parts.clock()) for kind in kinds
        )


def run_due(parts: Running) -> int:
    """Run the errands whose turn it is; returns how many were tried."""
    with transaction() as session:
        runs = errands.claim_due(session, parts.clock())
    for run in runs:
        _run(parts, run)
    return len(runs)


def _run(parts: Running, run: Run) -> None:
    outcome = _needless(run)
    if outcome is None:
        try:
            outcome = _tell(parts, parts.wechat.mini_program(), run, parts.clock())
        except ApiError as error:
            _note_failure(parts, run, error)
            return
    with transaction() as session:
        errands.finish(session, run, outcome, parts.clock())


def _needless(run: Run) -> str | None:
    if run.order_state is not OrderState.PAID:
        return "order_refunded"
    if run.kind is ErrandKind.CERTIFICATE_MESSAGE and run.buyer_left:
        return "buyer_left"
    return None


def _tell(parts: Running, app: MiniProgramClient, run: Run, now: datetime) -> str:
    """Our word for how WeChat took it; ApiError where it did not."""
    if run.kind is ErrandKind.SHIPPING_INFO:
        # Only a paid order has a certificate, and a payment its number at WeChat.
        assert run.transaction_id is not None
        app.upload_shipping_info(run.transaction_id, run.openid, run.item, now)
        return "uploaded"
    told = message_values(serial=run.serial, count=run.count, year=run.year, issued_on=run.issued_on)
    settings = parts.settings
    values = {name: thing(told[meaning]) for name, meaning in settings.message_values.items()}
    try:
        app.send_message(run.openid, settings.message_template, values)
    except ApiRefused as refused:
        if refused.word != NO_CONSENT:
            raise
        # One consent, one message: not having it is the usual case and nobody's fault.
        return NO_CONSENT
    return "sent"


def _note_failure(parts: Running, run: Run, error: ApiError) -> None:
    log.warning("errand failed", extra={"order": run.number, "errand": run.kind.value, "reason": error.word})
    # A message WeChat refuses as it stands will not do better later; shipping info may only have come too early.
    definite = isinstance(error, ApiRefused) and run.kind is ErrandKind.CERTIFICATE_MESSAGE
    with transaction() as session:
        note = errands.give_up if definite else errands.put_off
        note(session, run, error.word, parts.clock())
