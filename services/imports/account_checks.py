"""What is wrong between the rows of an account sheet, and between them and the registry."""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.payouts import AccountState, PayoutChannel
from domain.regions import LENGTH_BY_LEVEL, RegionLevel
from domain.sheet_problems import SheetProblem
from domain.shown_values import shown
from domain.spreadsheet_headers import ACCOUNT_COLUMNS
from domain.survey_rows import column_name
from models import Household, HouseholdAccount, Import, StagedAccount
from models.imports import Outcome
from services.imports.repeats import repeats

_COUNTY = LENGTH_BY_LEVEL[RegionLevel.COUNTY]
_FIELDS = {"identity_of_another": "identity", "account_undecided": "account"}


def account_problems(session: Session, imported: Import) -> Iterator[SheetProblem]:
    """The problems of a staged account sheet that no single row shows."""
    staged = StagedAccount
    for field, key, code in (
        ("household_number", staged.household_number, "household_repeated"),
        ("account", staged.account_hash, "account_repeated"),
    ):
        for found in repeats(session, imported, staged, getattr(staged, field), key):
            yield _problem(found.row, field, found.value, code, row=str(found.first))
    yield from _met(session, imported)
    yield from _used_elsewhere(session, imported)


def _problem(row: int, field: str, value: object, code: str, /, **details: str) -> SheetProblem:
    return SheetProblem(row, column_name(ACCOUNT_COLUMNS, field), shown(field, value), code, details)


def _met(session: Session, imported: Import) -> Iterator[SheetProblem]:
    """What the judging of the rows has met."""
    staged = StagedAccount
    rows = session.scalars(
        sa.select(staged)
        .where(staged.import_id == imported.id, staged.outcome.not_in(list(Outcome)))
        .where(sa.or_(staged.household_number.is_not(None), staged.identity_hash.is_not(None)))
        .order_by(staged.row)
        .execution_options(populate_existing=True)
    )
    for found in rows:
        named = "household_number" if found.household_number else "identity"
        field = _FIELDS.get(found.outcome, named)
        yield _problem(found.row, field, getattr(found, field), found.outcome)


def _used_elsewhere(session: Session, imported: Import) -> Iterator[SheetProblem]:
    """Accounts to which another household is paid, or is to be; of another county's nothing is said."""
    staged, told = StagedAccount, set[int]()
    kept = sa.or_(
        HouseholdAccount.state == AccountState.PROPOSED,
        sa.and_(HouseholdAccount.state == AccountState.CONFIRMED, HouseholdAccount.ended_at.is_(None)),
    )
    rows = session.execute(
        sa.select(staged.row, staged.household_number, staged.account, Household.region_code.label("other"))
        .join(HouseholdAccount, HouseholdAccount.account_hash == staged.account_hash)
        .join(Household, Household.id == HouseholdAccount.household_id)
        .where(staged.import_id == imported.id, staged.outcome == Outcome.NEW.value)
        .where(HouseholdAccount.channel == PayoutChannel.BANK, kept)
        .where(Household.number != staged.household_number)
        .order_by(staged.row)
    )
    for found in rows:
        if found.row in told:
            continue
        told.add(found.row)
        if found.other[:_COUNTY] == found.household_number[:_COUNTY]:
            yield _problem(found.row, "account", found.account, "account_registered")
        else:
            yield _problem(found.row, "household_number", found.household_number, "needs_check_above")
