"""Payee accounts of a test world: registered with their household, or changed by two officers."""

import itertools
from datetime import datetime

from sqlalchemy.orm import Session

from domain.roles import Role
from models import Household, HouseholdAccount
from models.types import vault
from services import accounts
from tests.support.clock import START
from tests.support.people import make_context

BANK = "望谟县农村信用合作联社"
_serial = itertools.count(1)


def account_number() -> str:
    """A passbook account nobody else has."""
    return f"20{next(_serial):013d}"


def make_account(
    session: Session,
    household: Household,
    account: str | None = None,
    *,
    at: datetime = START,
    editor_id: int | None = None,
) -> HouseholdAccount:
    """The bank account a household was registered with."""
    number = account or account_number()
    version = HouseholdAccount(
        household_id=household.id,
        bank=BANK,
        holder_name=household.head_name,
        holder_name_hash=household.head_name_hash,
        account=number,
        account_hash=vault().fingerprint(number, "account"),
        editor_id=editor_id,
        proposed_at=at,
        started_at=at,
        **accounts.REGISTERED,
    )
    session.add(version)
    session.flush()
    return version


def make_proposed_account(
    session: Session, household: Household, *, at: datetime = START
) -> HouseholdAccount:
    """An account of a household that one officer has entered and nobody has decided on."""
    editor = make_context(session, Role.REGISTRAR)
    wanted = accounts.Wanted(BANK, account_number(), "换了存折")
    return accounts.propose(session, editor, household.public_id, wanted, now=at)


def make_changed_account(
    session: Session, household: Household, account: str | None = None, *, at: datetime = START
) -> HouseholdAccount:
    """Another account of a household, entered by one officer and confirmed by a second."""
    editor, second = (make_context(session, Role.REGISTRAR) for _ in range(2))
    wanted = accounts.Wanted(BANK, account or account_number(), "换了存折")
    version = accounts.propose(session, editor, household.public_id, wanted, now=at)
    return accounts.confirm(session, second, household.public_id, version.id, now=at)
