"""What the registry makes of staged rows: new, unchanged, a new measurement, or a change that a sheet may not make."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Household, Measurement, StagedHousehold, StagedTree, Tree
from models.imports import Outcome
from models.trees import TreeState

#: Hundredths of a degree by which a later survey may differ and still mean the same tree (about 1 km).
SAME_PLACE_E2 = 1


def judge_households(session: Session, import_id: int, first: int, last: int) -> None:
    """Judge the staged households first..last by the registered ones of the same number."""
    staged = StagedHousehold
    same = sa.case(
        (Household.row_hash == staged.row_hash, Outcome.UNCHANGED.value), else_="household_changed"
    )
    session.execute(
        sa.update(staged)
        .where(staged.import_id == import_id, staged.row.between(first, last))
        .where(Household.number == staged.number)
        .values(outcome=same),
        execution_options={"synchronize_session": False},
    )


def judge_trees(session: Session, import_id: int, first: int, last: int) -> None:
    """Judge the staged trees first..last by the registered ones of the same tag and their measurement of that day."""
    staged, measured = StagedTree, Measurement
    chunk = (
        sa.update(staged)
        .where(staged.import_id == import_id, staged.row.between(first, last))
        .where(Tree.tag == staged.tag)
        .execution_options(synchronize_session=False)
    )
    by_tree = sa.case(
        (Household.number != staged.household_number, "tag_taken"),
        (_other_tree(), "tree_changed"),
        (Tree.state != TreeState.GROWING, "tree_gone"),
        else_=Outcome.MEASURED.value,
    )
    session.execute(chunk.where(Household.id == Tree.household_id).values(outcome=by_tree))
    by_day = sa.case(
        (measured.row_hash == staged.row_hash, Outcome.UNCHANGED.value),
        (staged.outcome.in_(("tag_taken", "tree_changed")), staged.outcome),
        # A measurement that came without a sheet is the same if it says the same.
        (
            sa.and_(
                measured.row_hash.is_(None),
                measured.dbh_mm == staged.dbh_mm,
                measured.height_cm == staged.height_cm,
            ),
            Outcome.UNCHANGED.value,
        ),
        else_="measurement_changed",
    )
    of_that_day = sa.and_(measured.tree_id == Tree.id, measured.measured_on == staged.measured_on)
    session.execute(chunk.where(of_that_day).values(outcome=by_day))


def judge_measurements(session: Session, import_id: int, first: int, last: int) -> None:
    """Judge the staged measurements first..last by the trees of their households and what was measured that day."""
    staged, measured = StagedTree, Measurement
    chunk = (
        sa.update(staged)
        .where(staged.import_id == import_id, staged.row.between(first, last))
        .where(Tree.tag == staged.tag, Household.id == Tree.household_id)
        .where(Household.number == staged.household_number)
        .execution_options(synchronize_session=False)
    )
    by_tree = sa.case((Tree.state != TreeState.GROWING, "tree_gone"), else_=Outcome.MEASURED.value)
    session.execute(chunk.values(outcome=by_tree))
    same = sa.and_(measured.dbh_mm == staged.dbh_mm, measured.height_cm == staged.height_cm)
    by_day = sa.case((same, Outcome.UNCHANGED.value), else_="measurement_changed")
    of_that_day = sa.and_(measured.tree_id == Tree.id, measured.measured_on == staged.measured_on)
    session.execute(chunk.where(of_that_day).values(outcome=by_day))


def _other_tree() -> sa.ColumnElement[bool]:
    """Whether a staged row describes another tree than the registered one of its tag."""
    return sa.or_(
        Tree.species_code != StagedTree.species_code,
        Tree.planted_year != StagedTree.planted_year,
        Tree.project != StagedTree.project,
        sa.func.abs(Tree.longitude_e2 - StagedTree.longitude_e2) > SAME_PLACE_E2,
        sa.func.abs(Tree.latitude_e2 - StagedTree.latitude_e2) > SAME_PLACE_E2,
    )
