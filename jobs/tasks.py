"""What the worker does again and again; each run is short, and safe beside another worker's."""

import logging

from domain.errors import Refusal
from flows import bills, income, reconciliations
from flows import payments as paying
from flows import refunds as refunding
from flows.running import running
from models import transaction
from services import (
    consents,
    gates,
    gifts,
    household_moves,
    idempotency,
    lapses,
    offers,
    payments,
    sponsor,
    verifications,
)

log = logging.getLogger("danzhu.worker")


def lapse_orders() -> int:
    """Free the trees of orders whose time is over and which never asked for a payment."""
    with transaction() as session:
        return lapses.lapse(session, running().clock())


def sync_payments() -> int:
    """Ask WeChat about payments nobody has reported on; close those whose time is over."""
    parts = running()
    with transaction() as session:
        numbers = payments.claim_due(session, parts.clock())
    for number in numbers:
        try:
            paying.sync_number(parts, number)
        except Refusal as refusal:
            # Its next turn is already set; WeChat may be reachable again by then.
            log.warning("payment not settled", extra={"order": number, "reason": refusal.code})
    return len(numbers)


def submit_refunds() -> int:
    """Ask WeChat for the refunds that are in the queue."""
    return refunding.submit_due(running())


def follow_refunds() -> int:
    """Ask WeChat how the refunds it has accepted have ended."""
    return refunding.follow_due(running())


def lapse_gifts() -> int:
    """Make the certificates of gifts nobody claimed in time out to their givers."""
    parts = running()
    with transaction() as session:
        return gifts.lapse(session, parts.signer, parts.clock())


def sweep_withdrawn() -> int:
    """See to what came back unsold: let a tree's years follow it to its household of today, and keep from sale what an
    approval or a household has withdrawn.
    """
    now = running().clock()
    with transaction() as session:
        followed = household_moves.sweep(session, now)
        return followed + verifications.sweep(session, now) + consents.sweep(session, now)


def fold_income() -> int:
    """Add the postings that are new to the sums that reports are read from."""
    return income.fold_due()


def fetch_bills() -> int:
    """Fetch the bills of days that are over, from 10:00 on the next day."""
    return bills.fetch_due(running())


def reconcile_days() -> int:
    """Compare days whose bills are in with the book, and book their fees."""
    return reconciliations.reconcile_due(running())


def watch_sponsor() -> int:
    """Open or close sales by what the sponsor has left for fees."""
    parts = running()
    with transaction() as session:
        was_open = gates.is_open(session, offers.SALES)
        is_open = sponsor.set_sales_gate(
            session,
            now=parts.clock(),
            fee_permille=parts.settings.channel_fee_permille,
            days=parts.settings.sponsor_fee_days,
        )
    return int(is_open != was_open)


def forget_keys() -> int:
    """Drop idempotency keys that are older than the promise."""
    parts = running()
    with transaction() as session:
        return idempotency.forget_old(session, parts.clock(), parts.settings.idempotency_days)


def deliver_sandbox_notices() -> int:
    """Bring the simulated WeChat's undelivered notices, in a demonstration."""
    sandbox = running().sandbox
    return 0 if sandbox is None else sandbox.deliver_due()
