"""What is wrong between the rows of a household sheet, and between them and the registry."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from domain.regions import LENGTH_BY_LEVEL, RegionLevel
from domain.sheet_problems import SheetProblem
from domain.shown_values import shown
from domain.spreadsheet_headers import HOUSEHOLD_COLUMNS
from domain.survey_rows import column_name
from models import Household, HouseholdAccount, Import, Region, StagedHousehold
from models.imports import Outcome
from services.accounts import in_force
from services.imports.repeats import repeats

_COUNTY = LENGTH_BY_LEVEL[RegionLevel.COUNTY]


def household_problems(session: Session, imported: Import) -> Iterator[SheetProblem]:
    """The problems of a staged household sheet that no single row shows."""
    yield from _repeated(session, imported, StagedHousehold.number, "number", "number_repeated")
    yield from _repeated(session, imported, StagedHousehold.identity_hash, "identity", "identity_repeated")
    yield from _repeated(session, imported, StagedHousehold.account_hash, "account", "account_repeated")
    yield from _villages(session, imported)
    yield from _changed(session, imported)
    yield from _registered_elsewhere(session, imported)


def _problem(row: int, field: str, value: object, code: str, /, **details: object) -> SheetProblem:
    told = {name: str(detail) for name, detail in details.items()}
    return SheetProblem(row, column_name(HOUSEHOLD_COLUMNS, field), shown(field, value), code, told)


def _repeated(
    session: Session, imported: Import, key: InstrumentedAttribute[Any], field: str, code: str
) -> Iterator[SheetProblem]:
    staged = StagedHousehold
    for found in repeats(session, imported, staged, getattr(staged, field), key):
        yield _problem(found.row, field, found.value, code, row=found.first)


def _villages(session: Session, imported: Import) -> Iterator[SheetProblem]:
    staged = StagedHousehold
    village = sa.exists().where(Region.code == staged.region_code, Region.level == RegionLevel.VILLAGE.value)
    rows = sa.select(staged.row, staged.region_code).where(
        staged.import_id == imported.id, staged.region_code.is_not(None)
    )
    for found in session.execute(rows.where(~village).order_by(staged.row)):
        yield _problem(found.row, "region_code", found.region_code, "village_unknown")
    if imported.scope is not None:
        outside = rows.where(village, ~staged.region_code.startswith(imported.scope))
        for found in session.execute(outside.order_by(staged.row)):
            yield _problem(found.row, "region_code", found.region_code, "outside_scope")


def _changed(session: Session, imported: Import) -> Iterator[SheetProblem]:
    changed = session.execute(
        sa.select(StagedHousehold.row, StagedHousehold.number)
        .where(StagedHousehold.import_id == imported.id, StagedHousehold.outcome == "household_changed")
        .order_by(StagedHousehold.row)
    )
    for found in changed:
        yield _problem(found.row, "number", found.number, "household_changed")


def _registered_elsewhere(session: Session, imported: Import) -> Iterator[SheetProblem]:
    """Identity numbers and accounts of another household.

    A household of the same county is the sender's own business. Of any other county the sheet learns neither which
    cell it was nor that somebody is registered there.
    """
    staged = StagedHousehold
    rows = (
        sa.select(staged.row, staged.number, staged.region_code, Household.region_code.label("other"))
        .select_from(staged)
        .where(staged.import_id == imported.id, staged.outcome == Outcome.NEW.value)
        .where(Household.number != staged.number)
        .order_by(staged.row)
    )
    people = rows.add_columns(staged.identity.label("value")).join(
        Household, Household.identity_hash == staged.identity_hash
    )
    accounts = (
        rows.add_columns(staged.account.label("value"))
        .join(HouseholdAccount, HouseholdAccount.account_hash == staged.account_hash)
        .join(Household, Household.id == HouseholdAccount.household_id)
        .where(in_force())
    )
    told: set[int] = set()
    for statement, field in ((people, "identity"), (accounts, "account")):
        for found in session.execute(statement):
            if found.region_code is not None and found.other[:_COUNTY] == found.region_code[:_COUNTY]:
                yield _problem(found.row, field, found.value, f"{field}_registered")
            elif found.row not in told:
                told.add(found.row)
                yield _problem(found.row, "number", found.number, "needs_check_above")
