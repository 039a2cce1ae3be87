"""Sheets that measure registered trees again."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.errors import Conflict
from domain.sheet_problems import SheetKind
from flows.imports import accept_import
from models import Import, Measurement, Tree
from models.base import transaction
from models.imports import ImportState
from models.trees import TreeState
from tests.support.clock import START
from tests.support.importing import FAR_VILLAGE, bring, check, make_ground, told
from tests.support.keeping import Kept
from tests.support.sheets import Row, household_row, measurement_row, number, tree_row
from tests.support.world import COUNTY

KIND = SheetKind.MEASUREMENTS


def make_registry(session: Session) -> None:
    make_ground()
    far = household_row(9, 户编号=number(9, FAR_VILLAGE), 村代码=FAR_VILLAGE)
    bring(SheetKind.HOUSEHOLDS, [household_row(1), household_row(2), far])
    bring(SheetKind.TREES, [tree_row(1), tree_row(2), tree_row(3, household=2)])


@pytest.fixture(autouse=True)
def trees(kept: Kept, session: Session) -> None:
    kept(make_registry, session)


def measured(session: Session, n: int = 1) -> list[tuple[str, int, int]]:
    found = session.scalars(
        sa.select(Measurement)
        .join(Tree, Tree.id == Measurement.tree_id)
        .where(Tree.tag.endswith(f"-{n:03d}"))
        .order_by(Measurement.measured_on)
    )
    return [(one.measured_on.isoformat(), one.dbh_mm, one.height_cm) for one in found]


def problems_of(session: Session, *rows: Row, **more: str) -> list[tuple[int, str, str]]:
    return told(session, check(KIND, rows, **more))


def test_a_tree_is_measured_a_second_time(session: Session) -> None:
    imported = bring(KIND, [measurement_row(1), measurement_row(3, household=2)])
    assert (imported.state, imported.added, imported.unchanged) == (ImportState.ACCEPTED, 2, 0)
    assert measured(session) == [("2026-05-01", 65, 590), ("2026-08-20", 74, 640)]
    assert session.scalar(sa.select(sa.func.count()).select_from(Tree)) == 3


def test_the_same_measurements_again_change_nothing(session: Session) -> None:
    bring(KIND, [measurement_row(1)])
    again = bring(KIND, [measurement_row(1)])
    assert (again.added, again.unchanged, len(measured(session))) == (0, 1, 2)
    # A tree sheet that says the same of that day is no change either.
    as_trees = bring(SheetKind.TREES, [tree_row(1, 胸径cm="7.4", 树高m="6.4", 调查日期="2026-08-20")])
    assert (as_trees.added, as_trees.unchanged) == (0, 1)


def test_another_figure_for_the_same_day_is_refused(session: Session) -> None:
    found = problems_of(session, measurement_row(1, 调查日期="2026-05-01"))
    assert found == [(2, "树牌号", "measurement_changed")]


def test_a_tree_must_be_registered_for_that_household(session: Session) -> None:
    found = problems_of(
        session,
        measurement_row(7),
        measurement_row(3, household=1, 树牌号="X-3"),
        measurement_row(1, household=2, 树牌号=f"{number(1)}-001"),
    )
    assert found == [
        (2, "树牌号", "tree_unknown"),
        (3, "树牌号", "tree_unknown"),
        (4, "树牌号", "tag_not_of_household"),
        (4, "树牌号", "tree_unknown"),
    ]


def test_a_household_outside_the_region_is_as_unknown_as_any(session: Session) -> None:
    row = measurement_row(1, 户编号=number(9, FAR_VILLAGE), 树牌号="X-1")
    found = problems_of(session, row, scope=COUNTY)
    assert (2, "户编号", "household_unknown") in found


def test_a_tree_that_is_gone_is_not_measured(session: Session) -> None:
    with transaction():
        session.execute(sa.update(Tree).where(Tree.tag.endswith("-001")).values(state=TreeState.DEAD))
    assert problems_of(session, measurement_row(1)) == [(2, "树牌号", "tree_gone")]


def test_a_smaller_diameter_is_remarked_on_and_taken(session: Session) -> None:
    imported = check(KIND, [measurement_row(1, 胸径cm="6.0")])
    assert (imported.problem_count, imported.warning_count) == (0, 1)
    assert told(session, imported) == [(2, "胸径", "dbh_shrank")]
    accept_import(imported.id, now=START, actor="command")
    assert measured(session)[-1] == ("2026-08-20", 60, 640)


def test_a_tag_stands_once_in_a_sheet(session: Session) -> None:
    found = problems_of(session, measurement_row(1), measurement_row(1, 调查日期="2026-08-21"))
    assert found == [(3, "树牌号", "tag_repeated")]


def test_two_sheets_of_the_same_day_do_not_both_pass(session: Session) -> None:
    first, second = (check(KIND, [measurement_row(1, 胸径cm=cm)]) for cm in ("7.4", "7.5"))
    accept_import(first.id, now=START, actor="command")
    with pytest.raises(Conflict, match="import_overtaken"):
        accept_import(second.id, now=START, actor="command")
    assert session.get_one(Import, second.id, populate_existing=True).state is ImportState.CHECKED
