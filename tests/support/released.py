"""Batches that go to the bank, with the file they go by, for tests of what is printed of them and comes back."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from domain.payouts import batch_number
from domain.return_lines import SentLine
from flows.running import Running
from models import Household, PayoutFile
from services import payout_files
from tests.support import payouts
from tests.support.accounts import make_account
from tests.support.payouts import NOTICED, lines_of, make_office
from tests.support.sales import make_sale
from tests.support.world import COUNTY, VILLAGE, make_household, make_units

RELEASED = NOTICED


@dataclass(frozen=True, slots=True)
class Released:
    """What a test needs to know of a released batch."""

    batch_id: int
    number: str
    sent: list[SentLine]
    public_ids: list[str]
    file: PayoutFile


def make_sellers(session: Session, parts: Running, names: Sequence[str]) -> list[Household]:
    """Households with an account that have sold 1, 2, 3 … trees."""
    sellers = []
    for place, name in enumerate(names, start=1):
        household = make_household(session, VILLAGE, head_name=name)
        make_account(session, household)
        make_sale(session, parts, make_units(session, household, place))
        sellers.append(household)
    return sellers


def make_released(
    session: Session,
    parts: Running,
    names: Sequence[str] = ("韦大山", "岑小妹", "罗永"),
    *,
    region: str = COUNTY,
) -> Released:
    """A released batch that pays a household of each name 3, 6, 9 … yuan."""
    households = make_sellers(session, parts, names)
    batch = payouts.make_released(session, make_office(session, region), region_code=region)
    return Released(
        batch_id=batch.id,
        number=batch_number(batch.id),
        sent=[
            SentLine(line.reference, line.payee_name, line.account, line.amount_fen)
            for line in lines_of(session, batch)
        ],
        public_ids=[household.public_id for household in households],
        file=payout_files.find(session, batch.id),
    )
