"""A small world for payouts, and what an auditor would look at in it."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from flows.running import Running
from models import (
    Credit,
)
from models.base import transaction
from models.credits import CreditState
from services import accounts, ledger
from tests.support.accounts import BANK, account_number, make_account
from tests.support.clock import START
from tests.support.payouts import (
    make_office,
)
from tests.support.sales import make_sale
from tests.support.world import OTHER_VILLAGE, make_household, make_programme, make_units


class World:
    """Two households with accounts, of which the first has earned six yuan and the second nine; and an office."""

    def __init__(self, session: Session, parts: Running) -> None:
        with transaction():
            make_programme(session)
            self.first, self.second = make_household(session), make_household(session, OTHER_VILLAGE)
            for household, trees in ((self.first, 2), (self.second, 3)):
                make_account(session, household)
                make_sale(session, parts, make_units(session, household, trees))
            self.office = make_office(session)


def findings(session: Session) -> set[str]:
    """What does not add up in the book."""
    session.expire_all()
    return {f"{finding.rule} {finding.subject}" for finding in ledger.verify(session)}


def book(session: Session) -> dict[str, int]:
    """Every account that holds something, in fen."""
    return {account: fen for account, fen in sorted(ledger.balances(session).items()) if fen}


def states(session: Session) -> list[CreditState]:
    """The states of the credits, by household."""
    return list(session.scalars(sa.select(Credit.state).order_by(Credit.household_id)))


def propose_change(session: Session, world: World) -> None:
    """Somebody enters another account of the first household."""
    changed = accounts.Wanted(BANK, account_number(), "换了存折")
    accounts.propose(session, world.office.approver, world.first.public_id, changed, now=START)
