"""Tree sheets: which trees and measurements they add, and which they may not."""

from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from domain.errors import Conflict
from domain.sheet_problems import SheetKind
from flows.imports import accept_import, let_go
from models import Household, Measurement, Tree
from models.base import db, transaction
from models.imports import ImportState
from models.trees import TreeState
from services.imports import problems
from services.imports.problems import MOST_KEPT
from tests.support.clock import START
from tests.support.importing import FAR_VILLAGE, bring, check, count, make_ground, registry, staged, told
from tests.support.keeping import Kept
from tests.support.sheets import TREE_HEADER, Row, as_csv, as_xlsx, household_row, number, tree_row
from tests.support.world import COUNTY, VILLAGE, make_measurements, make_programme

TREES = SheetKind.TREES


def make_households(session: Session) -> None:
    make_ground()
    far = household_row(9, 户编号=number(9, FAR_VILLAGE), 村代码=FAR_VILLAGE)
    bring(SheetKind.HOUSEHOLDS, [household_row(1), household_row(2), far])


@pytest.fixture(autouse=True)
def households(kept: Kept, session: Session) -> None:
    kept(make_households, session)


def tree_of(session: Session, tag: str) -> Tree:
    return session.scalars(sa.select(Tree).where(Tree.tag == tag)).one()


def measured(session: Session) -> list[tuple[date, int, int]]:
    found = session.scalars(sa.select(Measurement).order_by(Measurement.measured_on, Measurement.id))
    return [(one.measured_on, one.dbh_mm, one.height_cm) for one in found]


def test_a_good_sheet_registers_every_tree_with_its_measurement(session: Session) -> None:
    imported = bring(TREES, [tree_row(1), tree_row(2, household=2, 树种代码="杉木")])
    assert (imported.state, imported.rows, imported.added, imported.unchanged) == (
        ImportState.ACCEPTED,
        2,
        2,
        0,
    )
    tree = tree_of(session, f"{number(1)}-001")
    owner = session.get_one(Household, tree.household_id)
    assert (owner.number, tree.region_code, tree.species_code) == (number(1), VILLAGE, "SM")
    assert (tree.planted_year, tree.project, tree.state) == (2015, "退耕还林", TreeState.GROWING)
    assert (tree.position, tree.longitude_e2, tree.latitude_e2) == ("106.055738,25.320096", 10606, 2532)
    assert (tree.created_at, tree.import_id, tree.photo) == (START, imported.id, None)
    assert len(tree.code) == 12
    (measurement, other) = session.scalars(sa.select(Measurement).order_by(Measurement.id))
    assert (measurement.tree_id, measurement.measured_on) == (tree.id, date(2026, 5, 1))
    assert (measurement.dbh_mm, measurement.height_cm, measurement.surveyor) == (65, 590, "调查员01")
    assert measurement.import_id == imported.id
    assert other.tree_id == tree_of(session, f"{number(2)}-002").id
    assert staged(session) == (0, 0)


def test_positions_are_sealed_while_staged_and_ever_after(session: Session) -> None:
    check(TREES, [tree_row(1)])
    bring(TREES, [tree_row(1)])
    for table in ("staged_trees", "trees"):
        raw = session.execute(sa.text(f"SELECT position FROM {table}")).scalar_one()
        assert b"106.055738" not in bytes(raw)


@pytest.mark.parametrize("again", [as_csv, as_xlsx], ids=["csv", "xlsx"])
def test_the_same_trees_again_change_nothing_whatever_the_file(session: Session, again: object) -> None:
    rows = [tree_row(n) for n in range(1, 4)]
    bring(TREES, rows)
    content = again([rows[2], rows[0], rows[1]])  # type: ignore[operator]  # one of two functions
    imported = bring(TREES, content)
    assert (imported.state, imported.added, imported.unchanged) == (ImportState.ACCEPTED, 0, 3)
    assert registry(session) == (3, 3)
    assert len(measured(session)) == 3


def test_a_new_day_of_measuring_adds_a_measurement(session: Session) -> None:
    bring(TREES, [tree_row(1, 调查日期="2025-05-01"), tree_row(2, 调查日期="2025-05-01")])
    # Grown past the listing range, and found a few metres off: it is the same tree.
    later = tree_row(1, 胸径cm="8.6", 树高m="6.4", 经度="106.055790", 调查员="调查员02")
    imported = bring(TREES, [later, tree_row(2, 调查日期="2025-05-01"), tree_row(3)])
    assert (imported.added, imported.unchanged) == (2, 1)
    assert measured(session) == [
        (date(2025, 5, 1), 65, 590),
        (date(2025, 5, 1), 65, 590),
        (date(2026, 5, 1), 86, 640),
        (date(2026, 5, 1), 65, 590),
    ]
    assert tree_of(session, f"{number(1)}-001").position == "106.055738,25.320096"
    assert bring(TREES, [later]).unchanged == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"胸径cm": "6.6"}, "measurement_changed"),
        ({"树高m": "6.0"}, "measurement_changed"),
        ({"调查员": "调查员02"}, "measurement_changed"),
        ({"经度": "106.055739"}, "measurement_changed"),
        ({"树种代码": "MWS"}, "tree_changed"),
        ({"栽植年份": "2016"}, "tree_changed"),
        ({"造林项目": "天保工程"}, "tree_changed"),
        ({"纬度": "25.350096"}, "tree_changed"),
        ({"栽植年份": "2016", "调查日期": "2026-06-01"}, "tree_changed"),
    ],
    ids=repr,
)
def test_a_changed_row_of_a_registered_tree_is_refused(session: Session, changes: Row, code: str) -> None:
    bring(TREES, [tree_row(1)])
    refused = check(TREES, [tree_row(1, **changes), tree_row(2)])
    assert told(session, refused) == [(2, "树牌号", code)]
    assert registry(session) == (3, 1)


def test_a_measurement_that_came_without_a_sheet_is_the_same_if_it_says_the_same(session: Session) -> None:
    bring(TREES, [tree_row(1, 调查日期="2025-05-01")])
    tree = tree_of(session, f"{number(1)}-001")
    with transaction():
        make_measurements(session, [tree], measured_on=date(2026, 5, 1), dbh_mm=70, height_cm=600)
    assert bring(TREES, [tree_row(1, 胸径cm="7.0", 树高m="6")]).unchanged == 1
    refused = check(TREES, [tree_row(1, 胸径cm="7.1", 树高m="6")])
    assert told(session, refused) == [(2, "树牌号", "measurement_changed")]


def test_a_tag_belongs_to_one_household(session: Session) -> None:
    bring(TREES, [tree_row(1, 树牌号="WM-1")])
    refused = check(TREES, [tree_row(1, household=2, 树牌号="WM-1")])
    assert told(session, refused) == [(2, "树牌号", "tag_taken")]


def test_a_tree_that_is_gone_is_not_measured_again(session: Session) -> None:
    bring(TREES, [tree_row(1)])
    with transaction():
        session.execute(sa.update(Tree).values(state=TreeState.DEAD))
    assert bring(TREES, [tree_row(1)]).unchanged == 1
    refused = check(TREES, [tree_row(1, 调查日期="2026-06-01")])
    assert told(session, refused) == [(2, "树牌号", "tree_gone")]


def test_every_problem_of_a_sheet_is_told_at_once_and_nothing_is_written(session: Session) -> None:
    rows = [
        tree_row(1),
        tree_row(1, 胸径cm="胸围20"),
        tree_row(3, 胸径cm="8.1"),
        tree_row(4, 胸径cm="5.0", 起源="天然"),
        tree_row(5, household=7),
        tree_row(6, 经度="25.3", 纬度="106.1", 调查日期="2027-01-01"),
    ]
    refused = check(TREES, rows)
    assert told(session, refused) == [
        (3, "胸径", "not_a_number"),
        (3, "树牌号", "tag_repeated"),
        (4, "胸径", "dbh_not_listed"),
        (5, "起源", "origin_not_planted"),
        (6, "户编号", "household_unknown"),
        (7, "经度", "longitude_latitude_swapped"),
        (7, "纬度", "longitude_latitude_swapped"),
        (7, "调查日期", "date_out_of_range"),
    ]
    assert (refused.state, refused.problem_count) == (ImportState.REFUSED, 8)
    assert registry(session) == (3, 0)
    assert staged(session) == (0, 0)


def test_the_listing_range_is_the_programmes(session: Session) -> None:
    with transaction():
        make_programme(session, min_dbh_mm=60, max_dbh_mm=64)
    refused = check(TREES, [tree_row(1)])
    (problem,) = problems(session, refused.id)
    assert (problem.code, problem.value) == ("dbh_not_listed", "6.5")
    assert "6 至 6.4" in problem.reason


def test_a_girth_in_the_header_refuses_the_sheet(session: Session) -> None:
    header = tuple("胸围cm" if name == "胸径cm" else name for name in TREE_HEADER)
    rows = [{**tree_row(1), "胸围cm": "20.4"}]
    refused = check(TREES, as_csv(rows, header))
    assert told(session, refused) == [(1, "胸围cm", "header_girth")]
    assert registry(session) == (3, 0)


def test_a_household_lists_no_more_trees_than_the_cap(session: Session) -> None:
    with transaction():
        make_programme(session, max_trees_per_household=3)
    refused = check(TREES, [tree_row(n) for n in range(1, 6)] + [tree_row(9, household=2)])
    assert told(session, refused) == [(5, "户编号", "too_many_trees_of_household")]
    (problem,) = problems(session, refused.id)
    assert "5 株" in problem.reason
    assert bring(TREES, [tree_row(n) for n in range(1, 4)]).added == 3


def test_registered_trees_count_towards_the_cap_and_dead_ones_do_not(session: Session) -> None:
    with transaction():
        make_programme(session, max_trees_per_household=3)
    bring(TREES, [tree_row(1), tree_row(2)])
    refused = check(TREES, [tree_row(n) for n in range(1, 5)])
    assert told(session, refused) == [(5, "户编号", "too_many_trees_of_household")]
    with transaction():
        session.execute(sa.update(Tree).where(Tree.tag == f"{number(1)}-001").values(state=TreeState.FELLED))
    assert bring(TREES, [tree_row(3), tree_row(4)]).added == 2


def test_two_sheets_together_cannot_pass_the_cap(session: Session) -> None:
    with transaction():
        make_programme(session, max_trees_per_household=2)
    first = check(TREES, [tree_row(1), tree_row(2)])
    second = check(TREES, [tree_row(3)])
    accept_import(first.id, now=START, actor="command")
    with pytest.raises(Conflict, match="import_overtaken"):
        accept_import(second.id, now=START, actor="command")
    assert registry(session) == (3, 2)


def test_the_same_trees_checked_twice_are_registered_once(session: Session) -> None:
    first, second = (check(TREES, [tree_row(1), tree_row(2)]) for _ in range(2))
    accept_import(first.id, now=START, actor="command")
    with pytest.raises(Conflict, match="import_overtaken"):
        accept_import(second.id, now=START, actor="command")
    assert (registry(session), count(session, Measurement)) == ((3, 2), (2,))


def test_a_household_that_is_gone_at_acceptance_refuses_the_whole_sheet(session: Session) -> None:
    slow = check(TREES, [tree_row(1), tree_row(1, household=2)])
    with transaction():
        session.execute(sa.update(Household).where(Household.number == number(2)).values(number=number(8)))
    with pytest.raises(Conflict, match="import_overtaken"):
        accept_import(slow.id, now=START, actor="command")
    assert registry(session) == (3, 0)


def test_a_household_outside_the_senders_scope_is_as_unknown_as_any(session: Session) -> None:
    far = tree_row(1, 户编号=number(9, FAR_VILLAGE), 树牌号="X-1")
    nobody = tree_row(1, household=77, 树牌号="X-2")
    refused = check(TREES, [tree_row(1), far, nobody], scope=COUNTY)
    assert told(session, refused) == [
        (3, "户编号", "household_unknown"),
        (4, "户编号", "household_unknown"),
    ]


def test_a_column_that_may_be_missing_may_be_missing(session: Session) -> None:
    header = tuple(name for name in TREE_HEADER if name != "造林项目")
    bring(TREES, as_csv([tree_row(1)], header))
    assert tree_of(session, f"{number(1)}-001").project == ""


def test_a_sheet_of_nothing_but_problems_keeps_the_first_and_counts_them_all(session: Session) -> None:
    line = "," * (len(TREE_HEADER) - 2) + "x"
    sheet = as_csv([], TREE_HEADER) + f"{line},\n".encode() * 1200
    refused = check(TREES, sheet)
    assert refused.problem_count == 1200 * 11
    assert len([*problems(session, refused.id)]) == MOST_KEPT


CELL = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["", "6.5", "1E+15", number(1), f"{number(1)}-001", "SM", "人工", "2026-05-01", "25.3"]),
)


@pytest.mark.one_engine("sqlite")
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(st.lists(CELL, min_size=12, max_size=12), min_size=1, max_size=4))
def test_no_cells_make_the_import_fail_otherwise(app: Flask, cells: list[list[str]]) -> None:
    with app.app_context():
        rows = [dict(zip(TREE_HEADER, row, strict=True)) for row in ([*tree_row(1).values()], *cells)]
        imported = check(TREES, as_csv(rows, TREE_HEADER))
        assert imported.state in (ImportState.CHECKED, ImportState.REFUSED)
        found = list(problems(db.session(), imported.id))
        assert (imported.state is ImportState.REFUSED) == any(problem.blocks for problem in found)
        let_go(imported.id)
