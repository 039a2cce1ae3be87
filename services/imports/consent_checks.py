"""What is wrong between the rows of a consent sheet, and between them and what households have agreed to."""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from domain.consents import ConsentKind
from domain.sheet_problems import SheetProblem
from domain.shown_values import shown
from domain.spreadsheet_headers import CONSENT_COLUMNS
from domain.survey_rows import column_name
from models import Consent, Household, Import, StagedConsent
from models.imports import Outcome
from services.imports.repeats import repeats

_SAME_KIND = sa.type_coerce(Consent.kind, sa.String) == StagedConsent.kind


def consent_problems(session: Session, imported: Import) -> Iterator[SheetProblem]:
    """The problems of a staged consent sheet that no single row shows."""
    staged = StagedConsent
    for found in repeats(session, imported, staged, staged.kind, staged.household_number, staged.kind):
        yield _problem(found.row, "kind", found.value, "consent_repeated", row=str(found.first))
    yield from _unknown_households(session, imported)
    yield from _taken_back(session, imported)
    yield from _changed(session, imported)
    yield from _without_sale(session, imported)


def _problem(row: int, field: str, value: object, code: str, /, **details: str) -> SheetProblem:
    return SheetProblem(row, column_name(CONSENT_COLUMNS, field), shown(field, value), code, details)


def _unknown_households(session: Session, imported: Import) -> Iterator[SheetProblem]:
    staged = StagedConsent
    rows = session.execute(
        sa.select(staged.row, staged.household_number)
        .where(staged.import_id == imported.id, staged.outcome == "household_unknown")
        .where(staged.household_number.is_not(None))
        .order_by(staged.row)
    )
    for found in rows:
        yield _problem(found.row, "household_number", found.household_number, "household_unknown")


def _taken_back(session: Session, imported: Import) -> Iterator[SheetProblem]:
    staged = StagedConsent
    rows = session.execute(
        sa.select(staged.row, staged.given_on, sa.func.max(Consent.withdrawn_on).label("day"))
        .join(Household, Household.number == staged.household_number)
        .join(Consent, sa.and_(Consent.household_id == Household.id, _SAME_KIND))
        .where(staged.import_id == imported.id, staged.outcome == "consent_withdrawn_later")
        .group_by(staged.row, staged.given_on)
        .order_by(staged.row)
    )
    for found in rows:
        day = found.day.isoformat()
        yield _problem(found.row, "given_on", found.given_on, "consent_withdrawn_later", day=day)


def _changed(session: Session, imported: Import) -> Iterator[SheetProblem]:
    """Consents that stand with other facts; whether the witness is another one shows only when both are opened."""
    staged = StagedConsent
    rows = session.execute(
        sa.select(
            staged.row, staged.kind, staged.outcome, staged.witness, Consent.witness.label("registered")
        )
        .join(Household, Household.number == staged.household_number)
        .join(Consent, sa.and_(Consent.household_id == Household.id, _SAME_KIND))
        .where(staged.import_id == imported.id, Consent.withdrawn_on.is_(None))
        .where(staged.outcome.in_(("consent_changed", Outcome.UNCHANGED.value)))
        .order_by(staged.row)
    )
    for found in rows:
        if found.outcome == "consent_changed" or found.witness not in (None, found.registered):
            yield _problem(found.row, "kind", found.kind, "consent_changed")


def _without_sale(session: Session, imported: Import) -> Iterator[SheetProblem]:
    """Names to be public of households that agree to no sale, neither before nor by this sheet."""
    staged, sale = StagedConsent, aliased(StagedConsent)
    stands = sa.exists().where(
        Consent.household_id == Household.id,
        Consent.kind == ConsentKind.SALE,
        Consent.withdrawn_on.is_(None),
    )
    comes = sa.exists().where(
        sale.import_id == staged.import_id,
        sale.household_number == staged.household_number,
        sale.kind == ConsentKind.SALE.value,
        sale.outcome == Outcome.NEW.value,
    )
    rows = session.execute(
        sa.select(staged.row, staged.kind)
        .join(Household, Household.number == staged.household_number)
        .where(staged.import_id == imported.id, staged.outcome == Outcome.NEW.value)
        .where(staged.kind == ConsentKind.PUBLIC_NAME.value, ~stands, ~comes)
        .order_by(staged.row)
    )
    for found in rows:
        yield _problem(found.row, "kind", found.kind, "sale_consent_missing")
