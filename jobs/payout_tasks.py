"""What the worker looks after about payouts."""

from flows.running import running
from models import transaction
from services import payout_ageing


def watch_payouts() -> int:
    """Tell people of money that has been payable for more than 90 days, and of released lines without news for 30."""
    with transaction() as session:
        return payout_ageing.watch(session, running().clock())
