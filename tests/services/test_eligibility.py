"""Which trees may sell a year, and why the others may not."""

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.errors import Conflict
from domain.methodology import TreeMeasurement, annual_sink
from domain.permissions import OfficerContext
from domain.species import load_species
from models import Tree, Unit
from models.base import transaction
from models.trees import TreeState
from tests.support.approvals import approve, draft, measured, states
from tests.support.keeping import Kept
from tests.support.world import (
    COUNTY,
    OTHER_VILLAGE,
    TOWNSHIP,
    VILLAGE,
    YEAR,
    make_household,
    make_measurements,
    make_programme,
    make_trees,
    make_units,
    make_verifier,
)


def make_office(session: Session) -> OfficerContext:
    with transaction():
        make_programme(session)
        return make_verifier(session)


@pytest.fixture
def verifier(kept: Kept, session: Session) -> OfficerContext:
    return kept(make_office, session)


HOUSEHOLD_CASES: list[tuple[str, dict[str, Any]]] = [
    ("no_consent", {"sale_consent_on": None}),
    ("no_consent", {"sale_consent_on": date(2026, 9, 2)}),
    ("contract_not_covering", {"contract_from": None}),
    ("contract_not_covering", {"contract_to": None}),
    ("contract_not_covering", {"contract_from": date(2027, 1, 1)}),
    ("contract_not_covering", {"contract_to": date(2026, 12, 30)}),
]
TREE_CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("tree_gone", {"state": TreeState.DEAD}, {}),
    ("tree_gone", {"state": TreeState.FELLED}, {}),
    ("measurement_too_old", {}, {"measured_on": date(2021, 8, 31)}),
    ("not_measured", {}, {"measured_on": date(2026, 9, 2)}),
    ("outside_listing_dbh", {}, {"dbh_mm": 81}),
    ("outside_method", {}, {"dbh_mm": 49}),
    ("outside_method", {}, {"height_cm": 399}),
    ("outside_method", {"planted_year": 2027}, {}),
]


@pytest.mark.parametrize(("reason", "facts"), HOUSEHOLD_CASES)
def test_a_household_s_trees_are_left_out_for_a_reason(
    session: Session, verifier: OfficerContext, reason: str, facts: dict[str, Any]
) -> None:
    with transaction():
        measured(session, make_household(session, **facts), 2)
        measured(session, make_household(session), 3)
    row = approve(session, verifier, draft(session, verifier))
    assert (row.units, row.left_out) == (3, {reason: 2})
    assert sum(states(session).values()) == 3


@pytest.mark.parametrize(("reason", "tree", "measurement"), TREE_CASES)
def test_a_tree_is_left_out_for_a_reason(
    session: Session,
    verifier: OfficerContext,
    reason: str,
    tree: dict[str, Any],
    measurement: dict[str, Any],
) -> None:
    with transaction():
        household = make_household(session)
        make_measurements(session, make_trees(session, household, 2, **tree), **measurement)
        measured(session, household, 3)
    row = approve(session, verifier, draft(session, verifier))
    assert (row.units, row.left_out) == (3, {reason: 2})


def test_the_last_day_of_each_limit_is_within_it(session: Session, verifier: OfficerContext) -> None:
    with transaction():
        household = make_household(
            session,
            sale_consent_on=date(2026, 9, 1),
            contract_from=date(2026, 9, 1),
            contract_to=date(2026, 12, 31),
        )
        measured(session, household, 1, measured_on=date(2021, 9, 1), dbh_mm=50, height_cm=400)
        measured(session, household, 1, dbh_mm=80)
    row = draft(session, verifier)
    assert (row.units, row.left_out) == (2, {})


def test_a_tree_that_was_listed_before_may_grow_out_of_the_listing_limits(
    session: Session, verifier: OfficerContext
) -> None:
    with transaction():
        household = make_household(session)
        unit = make_units(session, household, 1, year=YEAR - 1)[0]
        tree = session.get_one(Tree, unit.tree_id)
        make_measurements(session, [tree], dbh_mm=85, height_cm=700)
    row = draft(session, verifier)
    assert (row.units, row.left_out) == (1, {})


def test_a_year_that_is_over_gives_nothing(session: Session, verifier: OfficerContext) -> None:
    with transaction():
        make_programme(session, effective_on=date(YEAR - 1, 1, 1))
        measured(session, make_household(session), 2)
    row = draft(session, verifier, year=YEAR - 1)
    assert (row.units, row.left_out) == (0, {"year_over": 2})
    with pytest.raises(Conflict) as refused:
        approve(session, verifier, row)
    assert (refused.value.code, refused.value.fields) == ("nothing_to_verify", {"year_over": 2})


def test_a_year_ahead_needs_a_measurement_young_enough_on_its_first_day(
    session: Session, verifier: OfficerContext
) -> None:
    with transaction():
        measured(session, make_household(session), 1, measured_on=date(2021, 12, 31))
    assert draft(session, verifier, year=YEAR).units == 1
    assert draft(session, verifier, year=YEAR + 1).left_out == {"measurement_too_old": 1}


def test_a_tree_measured_twice_sells_its_growth_or_the_flat_figure_whichever_is_less(
    session: Session, verifier: OfficerContext
) -> None:
    earlier: dict[str, Any] = {"measured_on": date(2025, 5, 1), "dbh_mm": 60, "height_cm": 550}
    slow: dict[str, Any] = {"measured_on": date(2026, 5, 1), "dbh_mm": 64, "height_cm": 570}
    fast: dict[str, Any] = {"measured_on": date(2026, 5, 1), "dbh_mm": 80, "height_cm": 900}
    still: dict[str, Any] = {"measured_on": date(2026, 5, 1), "dbh_mm": 60, "height_cm": 550}
    with transaction():
        household = make_household(session)
        trees = make_trees(session, household, 3)
        first = make_measurements(session, trees, **earlier)
        second = [
            make_measurements(session, [tree], **facts)[0]
            for tree, facts in zip(trees, (slow, fast, still), strict=True)
        ]
    drafted = draft(session, verifier)
    assert (drafted.units, drafted.left_out) == (2, {"no_increment": 1})
    approved = approve(session, verifier, drafted)
    assert (approved.units, approved.left_out) == (2, {"no_increment": 1})
    units = {unit.tree_id: unit for unit in session.scalars(sa.select(Unit))}
    expected = annual_sink(
        load_species()["SM"],
        TreeMeasurement(64, 570, date(2026, 5, 1)),
        TreeMeasurement(60, 550, date(2025, 5, 1)),
        planted_year=2016,
        programme_flat_g=10_000,
        on=date(2026, 9, 1),
    )
    assert 0 < expected.result_g < 10_000
    assert units[trees[0].id].sink_g == expected.result_g
    assert units[trees[1].id].sink_g == 10_000
    assert (units[trees[0].id].measurement_id, units[trees[0].id].earlier_measurement_id) == (
        second[0],
        first[0],
    )


def test_a_tree_sells_a_year_once(session: Session, verifier: OfficerContext) -> None:
    with transaction():
        household = make_household(session)
        measured(session, household, 2)
    approve(session, verifier, draft(session, verifier))
    with transaction():
        measured(session, household, 1)
    again = approve(session, verifier, draft(session, verifier, COUNTY))
    assert (again.units, again.left_out) == (1, {"already_verified": 2})
    assert states(session) == {"free": 3}


def test_what_was_measured_after_the_draft_is_not_approved_unseen(
    session: Session, verifier: OfficerContext
) -> None:
    with transaction():
        household = make_household(session)
        seen = measured(session, household, 1)
    row = draft(session, verifier)
    with transaction():
        measured(session, household, 4)
        make_measurements(session, seen, measured_on=date(2026, 6, 1), dbh_mm=40)
    approved = approve(session, verifier, row)
    assert (approved.units, approved.left_out) == (1, {"not_measured": 4})


def test_a_scope_covers_everything_below_it_and_nothing_beside_it(
    session: Session, verifier: OfficerContext
) -> None:
    with transaction():
        measured(session, make_household(session), 2)
        measured(session, make_household(session, OTHER_VILLAGE), 3)
    assert draft(session, verifier, VILLAGE).units == 2
    assert draft(session, verifier, TOWNSHIP).units == 5
