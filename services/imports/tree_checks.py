"""What is wrong between the rows of a tree sheet, and between them and the registry."""

from collections.abc import Iterator
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.sheet_problems import SheetProblem
from domain.shown_values import shown
from domain.spreadsheet_headers import TREE_COLUMNS
from domain.survey_rows import column_name
from models import Household, Import, Measurement, Programme, StagedTree, Tree
from models.imports import Outcome
from models.trees import TreeState
from services.imports.repeats import repeats

_GOOD = tuple(outcome.value for outcome in Outcome)


def tree_problems(session: Session, imported: Import, programme: Programme) -> Iterator[SheetProblem]:
    """The problems of a staged tree sheet that no single row shows."""
    yield from _repeated_tags(session, imported)
    yield from _unknown_households(session, imported)
    yield from _against_registered_trees(session, imported)
    yield from _not_listed(session, imported, programme)
    yield from too_many_trees(session, imported, programme.max_trees_per_household)


def measurement_problems(session: Session, imported: Import) -> Iterator[SheetProblem]:
    """The problems of a staged measurement sheet that no single row shows, and a warning where a tree has shrunk."""
    yield from _repeated_tags(session, imported)
    yield from _unknown_households(session, imported)
    yield from _against_registered_trees(session, imported)
    yield from _shrunk(session, imported)


def _problem(row: int, field: str, value: object, code: str, /, **details: object) -> SheetProblem:
    told = {name: str(detail) for name, detail in details.items()}
    return SheetProblem(row, column_name(TREE_COLUMNS, field), shown(field, value), code, told)


def _repeated_tags(session: Session, imported: Import) -> Iterator[SheetProblem]:
    for found in repeats(session, imported, StagedTree, StagedTree.tag, StagedTree.tag):
        yield _problem(found.row, "tag", found.value, "tag_repeated", row=found.first)


def _unknown_households(session: Session, imported: Import) -> Iterator[SheetProblem]:
    """Rows of households that are not registered, or not within the sender's scope, which is told the same way."""
    named = (
        sa.select(StagedTree.household_number.label("number"))
        .where(StagedTree.import_id == imported.id, StagedTree.household_number.is_not(None))
        .distinct()
        .subquery()
    )
    registered = sa.exists().where(Household.number == named.c.number)
    if imported.scope is not None:
        registered = registered.where(Household.region_code.startswith(imported.scope))
    unknown = list(session.scalars(sa.select(named.c.number).where(~registered)))
    for start in range(0, len(unknown), 500):
        rows = session.execute(
            sa.select(StagedTree.row, StagedTree.household_number)
            .where(
                StagedTree.import_id == imported.id,
                StagedTree.household_number.in_(unknown[start : start + 500]),
            )
            .order_by(StagedTree.row)
        )
        for found in rows:
            yield _problem(found.row, "household_number", found.household_number, "household_unknown")


def _against_registered_trees(session: Session, imported: Import) -> Iterator[SheetProblem]:
    rows = session.execute(
        sa.select(StagedTree.row, StagedTree.tag, StagedTree.outcome)
        .where(StagedTree.import_id == imported.id, StagedTree.outcome.not_in(_GOOD))
        .order_by(StagedTree.row)
    )
    for found in rows:
        yield _problem(found.row, "tag", found.tag, found.outcome)


def _shrunk(session: Session, imported: Import) -> Iterator[SheetProblem]:
    """Warnings: diameters smaller than the last one before that day."""
    earlier = (
        sa.select(Measurement.dbh_mm)
        .where(Measurement.tree_id == Tree.id, Measurement.measured_on < StagedTree.measured_on)
        .order_by(Measurement.measured_on.desc())
        .limit(1)
        .correlate(Tree, StagedTree)
        .scalar_subquery()
    )
    rows = (
        sa.select(StagedTree.row, StagedTree.dbh_mm, earlier.label("earlier"))
        .join(Tree, Tree.tag == StagedTree.tag)
        .where(StagedTree.import_id == imported.id, StagedTree.outcome == Outcome.MEASURED.value)
        .order_by(StagedTree.row)
    )
    for found in session.execute(rows):
        if found.earlier is not None and found.dbh_mm < found.earlier:
            value, before = f"{found.dbh_mm / 10:.1f}", f"{found.earlier / 10:.1f}"
            problem = _problem(found.row, "dbh_mm", value, "dbh_shrank", earlier=before)
            yield replace(problem, blocks=False)


def _not_listed(session: Session, imported: Import, programme: Programme) -> Iterator[SheetProblem]:
    """Diameters outside the programme's range; a registered tree may have outgrown it, a new one may not."""
    low, high = programme.min_dbh_mm, programme.max_dbh_mm
    rows = session.execute(
        sa.select(StagedTree.row, StagedTree.dbh_mm)
        .where(
            StagedTree.import_id == imported.id,
            StagedTree.outcome == Outcome.NEW.value,
            ~StagedTree.dbh_mm.between(low, high),
        )
        .order_by(StagedTree.row)
    )
    for found in rows:
        value = f"{found.dbh_mm / 10:.1f}"
        yield _problem(
            found.row, "dbh_mm", value, "dbh_not_listed", low=f"{low / 10:g}", high=f"{high / 10:g}"
        )


def too_many_trees(session: Session, imported: Import, most: int) -> Iterator[SheetProblem]:
    """One problem for each household that would list more than `most` growing trees, at the first row over it."""
    new = sa.and_(StagedTree.import_id == imported.id, StagedTree.outcome == Outcome.NEW.value)
    brought = (
        sa.select(StagedTree.household_number.label("number"), sa.func.count().label("trees"))
        .where(new, StagedTree.household_number.is_not(None))
        .group_by(StagedTree.household_number)
        .subquery()
    )
    standing = (
        sa.select(sa.func.count())
        .where(Tree.household_id == Household.id, Tree.state == TreeState.GROWING)
        .correlate(Household)
        .scalar_subquery()
    )
    per_household = (
        sa.select(brought.c.number, brought.c.trees, sa.func.coalesce(standing, 0).label("standing"))
        .outerjoin(Household, Household.number == brought.c.number)
        .subquery()
    )
    over = session.execute(
        sa.select(per_household)
        .where(per_household.c.trees + per_household.c.standing > most)
        .order_by(per_household.c.number)
    ).all()
    for found in over:
        first_over = session.scalar(
            sa.select(StagedTree.row)
            .where(new, StagedTree.household_number == found.number)
            .order_by(StagedTree.row)
            .offset(max(most - found.standing, 0))
            .limit(1)
        )
        trees = found.trees + found.standing
        yield _problem(
            first_over or 0,
            "household_number",
            found.number,
            "too_many_trees_of_household",
            trees=trees,
            most=most,
        )
