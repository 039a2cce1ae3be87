"""What the worker does at WeChat beside payments and refunds; each run is short, and safe beside another worker's."""

from flows import complaints, errands, transfer_authorizations, transfers, wechat_payouts
from flows.running import running
from models import transaction
from services import words


def plan_errands() -> int:
    """Plan what orders paid lately still need at WeChat."""
    return errands.plan(running())


def run_errands() -> int:
    """Tell WeChat of deliveries, and buyers of their certificates."""
    return errands.run_due(running())


def review_words() -> int:
    """Tell a person of names and messages that nobody has let pass."""
    with transaction() as session:
        return words.open_incidents(session, running().clock())


def fetch_complaints() -> int:
    """Look through the complaints of the last days, in case an announcement was lost."""
    return complaints.fetch(running())


def submit_transfers() -> int:
    """Send the transfers that are in the queue."""
    return transfers.submit_due(running())


def follow_transfers() -> int:
    """Ask WeChat how the transfers it has accepted have ended."""
    return transfers.follow_due(running())


def run_authorizations() -> int:
    """Ask for permissions to be paid without confirming, and after those under way."""
    return transfer_authorizations.run_due(running())


def request_payouts() -> int:
    """Ask for the transfers of payouts to WeChat that were released."""
    return wechat_payouts.request_due(running())


def withdraw_unbound() -> int:
    """Withdraw transfers that wait for a WeChat which is bound no longer, and end its permission."""
    parts = running()
    return wechat_payouts.withdraw_unbound(parts) + transfer_authorizations.close_unbound(parts)
