"""A village that waits to be paid: households that have earned, with and without what it takes to be paid."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from flows.running import Running
from models import Household
from tests.support.accounts import account_number, make_account
from tests.support.sales import make_sale
from tests.support.world import make_household, make_units, make_verification

#: When the sales were made, long enough ago for their money to be payable.
SOLD_AGO = timedelta(days=20)
#: When accounts were registered, long enough ago for none to be locked.
REGISTERED_AGO = timedelta(days=90)


def make_earnings(
    session: Session, parts: Running, village: str, earnings: Sequence[tuple[str, int]], now: datetime
) -> list[Household]:
    """Households of a village, one for each (name of the head, fen of the one tree it has sold), without accounts."""
    sold = now - SOLD_AGO
    verification = make_verification(session, village, sold.year, units=len(earnings))
    households = []
    for name, fen in earnings:
        household = make_household(session, village, head_name=name)
        units = make_units(session, household, 1, sold.year, verification=verification, price_fen=fen)
        make_sale(session, parts, units, sold)
        households.append(household)
    return households


def make_payable(
    session: Session, parts: Running, village: str, earnings: Sequence[tuple[str, int]], now: datetime
) -> list[Household]:
    """The same, each with the account it was registered with."""
    households = make_earnings(session, parts, village, earnings, now)
    for household in households:
        make_account(session, household, at=now - REGISTERED_AGO)
    return households


def make_unpayable(session: Session, parts: Running, village: str, now: datetime) -> list[str]:
    """Three households that are left out: one without account, two with the same one; their numbers."""
    names = [("龙秀英", 1_203), ("石老三", 4_004), ("石老四", 5_005)]
    without, first, second = make_earnings(session, parts, village, names, now)
    shared = account_number()
    for household in (first, second):
        make_account(session, household, shared, at=now - REGISTERED_AGO)
    return [household.number for household in (without, first, second)]
