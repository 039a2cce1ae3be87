"""Reconciling a day: fetch its bills, book the money that was missed, then compare both sides as a whole."""

import logging
from collections.abc import Callable
from datetime import date

from domain.errors import Refusal
from domain.reconciliations import Verdict
from flows import bills as fetching
from flows.payments import terms
from flows.running import Running
from models import Reconciliation, TradeLine, database, transaction
from services import bill_comparison, reconciliations, settlement
from services.receipts import Receipt
from services.settlement import Outcome

log = logging.getLogger("danzhu.reconciliation")

#: What a row is marked with when its money was booked only now.
BOOKED = {
    Outcome.PAID: Verdict.SETTLED,
    Outcome.REALLOCATED: Verdict.SETTLED,
    Outcome.UNPLACED: Verdict.UNPLACED,
}


def reconcile_due(parts: Running) -> int:
    """Go through every day whose bills are in and whose turn it is; how many."""
    with transaction() as session:
        days = reconciliations.claim_due(session, parts.clock())
    for day in days:
        _go_through(parts, day)
    return len(days)


def reconcile(parts: Running, day: date, told: Callable[[int], None] | None = None) -> Reconciliation:
    """Fetch what is missing of a day's bills and go through it; it comes back `waiting` while a bill cannot be had.

    Raises Conflict for a day that has no bills yet, or none any more. `told` hears how many bills came.
    """
    come = fetching.fetch_day(parts, day)
    if told is not None:
        told(come)
    return _go_through(parts, day)


def _go_through(parts: Running, day: date) -> Reconciliation:
    with transaction() as session:
        reconciliations.begin(session, day, parts.clock())
    # Each payment in a transaction of its own: an order is locked no longer than a notice would lock it.
    for line in bill_comparison.unsettled(database(), day):
        try:
            _settle(parts, line)
        except Refusal as refusal:
            # It stays theirs only, and the comparison gives it to a person.
            log.warning("bill row not booked", extra={"order": line.number, "reason": refusal.code})
    with transaction() as session:
        return reconciliations.conclude(session, day, parts.clock())


def _settle(parts: Running, line: TradeLine) -> None:
    with transaction() as session:
        outcome = settlement.settle(
            session,
            Receipt(
                number=line.number,
                transaction_id=line.transaction_id,
                merchant_id=line.merchant_id,
                appid=line.appid,
                openid=line.openid,
                amount_fen=line.amount_fen,
                currency=line.currency,
                paid_at=line.at,
            ),
            terms(parts),
            parts.clock(),
        )
        if outcome in BOOKED:
            bill_comparison.note_booked(session, line.id, BOOKED[outcome])
    log.info("bill row booked", extra={"order": line.number, "outcome": outcome.value})
