"""What WeChat tells us by itself: settled and written down in one transaction, and settled again when asked to."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from domain.errors import Conflict
from flows import transfer_notices
from flows.payments import receipt_of, terms
from flows.refunds import word_of
from flows.running import Running
from gateways import metrics
from gateways.wechat.pay.notices import (
    AnyNotice,
    AuthorizationNotice,
    ComplaintNotice,
    RefundNotice,
    TransactionNotice,
    TransferNotice,
)
from models import transaction
from services import complaints, incidents, notices, refund_news, settlement
from services.receipts import Receipt
from services.refund_news import News, Word

#: What came of a notice that is about nothing we settle.
OTHER = "other"
MISMATCH = "mismatch"
TRANSACTION, REFUND = "transaction", "refund"


def receive(parts: Running, notice: AnyNotice) -> str:
    """Settle what a believable notice tells, and write it down; what came of it."""
    with transaction() as session:
        subject, outcome, facts = notice.original_type, OTHER, dict[str, object]()
        if isinstance(notice, TransactionNotice):
            subject = notice.transaction.out_trade_no
            if notice.transaction.is_paid:
                receipt = receipt_of(notice.transaction)
                facts = {"about": TRANSACTION, **receipt.as_facts()}
                outcome = settlement.settle(session, receipt, terms(parts), parts.clock()).value
        elif isinstance(notice, ComplaintNotice):
            subject = f"complaint:{notice.complaint_id}"
            outcome = complaints.heard(session, notice.complaint_id, notice.action, parts.clock())
        elif isinstance(notice, TransferNotice | AuthorizationNotice):
            subject, outcome = transfer_notices.learn(session, parts, notice)
        elif isinstance(notice, RefundNotice):
            word = word_of(notice.refund)
            subject, facts = word.number, {"about": REFUND, **asdict(word)}
            if notice.refund.merchant_id in (None, parts.wechat.settings.merchant_id):
                outcome = refund_news.learn(session, word, parts.clock()).value
            else:
                outcome = MISMATCH
                incidents.open_incident(
                    session, kind="notice_mismatch", subject=f"refund:{word.number}", now=parts.clock()
                )
        notices.note(
            session,
            notice_id=notice.notice_id,
            event_type=notice.event_type,
            subject=subject,
            outcome=outcome,
            facts=facts,
            now=parts.clock(),
        )
    if isinstance(notice, TransactionNotice):
        metrics.payment_settled(outcome)
    return outcome


def replay(parts: Running, notice_id: str) -> str:
    """Settle a notice again from what was written down of it; what came of it now.

    Raises NotFound for an id nobody knows, Conflict("notice_not_replayable") for one that told nothing we settle.
    """
    with transaction() as session:
        notice = notices.find(session, notice_id)
        facts: dict[str, Any] = dict(notice.facts)
        about = facts.pop("about", None)
        if about == TRANSACTION:
            receipt = Receipt.from_facts(facts)
            outcome = settlement.settle(session, receipt, terms(parts), parts.clock()).value
        elif about == REFUND and notice.outcome != MISMATCH:
            outcome = refund_news.learn(session, _word(facts), parts.clock()).value
        else:
            raise Conflict("notice_not_replayable")
        if outcome not in (notice.outcome, settlement.Outcome.DUPLICATE):
            notices.conclude(session, notice_id, outcome)
    return outcome


def _word(facts: Mapping[str, Any]) -> Word:
    return Word(**{**facts, "news": News(facts["news"])})
