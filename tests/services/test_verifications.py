"""A verifier turns measurements into tree-years, and takes back what is unsold."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.certificates import Basis
from domain.errors import Conflict, Forbidden, Invalid, NotFound
from domain.permissions import OfficerContext
from domain.verifications import buffer_choice
from models import AuditEntry, Import, Measurement, Tree, Unit, Verification
from models.base import db, transaction
from models.imports import ImportState
from models.units import UnitState
from models.verifications import VerificationState
from services import lapses, verifications
from tests.support.approvals import approve, draft, lanes, measured, states, withdraw
from tests.support.asking import asked_of
from tests.support.clock import START
from tests.support.keeping import Kept
from tests.support.world import (
    COUNTY,
    OTHER_VILLAGE,
    TOWNSHIP,
    VILLAGE,
    YEAR,
    make_household,
    make_measurements,
    make_order,
    make_programme,
    make_trees,
    make_verifier,
)


def make_office(session: Session) -> OfficerContext:
    with transaction():
        make_programme(session)
        return make_verifier(session)


@pytest.fixture
def verifier(kept: Kept, session: Session) -> OfficerContext:
    return kept(make_office, session)


def test_a_draft_counts_and_sells_nothing(session: Session, verifier: OfficerContext) -> None:
    with transaction():
        measured(session, make_household(session), 3)
    row = draft(session, verifier)
    assert (row.state, row.units, row.left_out) == (VerificationState.DRAFT, 3, {})
    assert states(session) == {}


def test_an_approval_freezes_price_grams_basis_measurement_and_method(
    session: Session, verifier: OfficerContext
) -> None:
    with transaction():
        household = make_household(session)
        tree = measured(session, household, 1)[0]
    row = approve(session, verifier, draft(session, verifier))
    assert (row.state, row.verifier_name) == (VerificationState.APPROVED, verifier.display_name)
    assert (row.method_id, row.method_version) == ("guizhou-single-tree", "1")
    unit = session.scalars(sa.select(Unit)).one()
    measurement = session.scalars(sa.select(Measurement)).one()
    assert (unit.tree_id, unit.year, unit.household_id) == (tree.id, YEAR, household.id)
    assert (unit.price_fen, unit.sink_g, unit.basis) == (300, 10_000, Basis.EXPECTED)
    assert (unit.measurement_id, unit.earlier_measurement_id) == (measurement.id, None)
    assert (unit.state, unit.verification_id, unit.order_id) == (UnitState.FREE, row.id, None)
    assert (unit.region_code, unit.species_code) == (VILLAGE, "SM")


@pytest.mark.parametrize("year", [YEAR - 1, YEAR + 5])
def test_a_year_outside_programme_and_contract_is_refused(
    session: Session, verifier: OfficerContext, year: int
) -> None:
    with pytest.raises(Invalid) as refused:
        draft(session, verifier, year=year)
    assert refused.value.code == "verification_year"


def test_a_twentieth_of_every_village_stays_unsold_and_the_choice_can_be_repeated(
    session: Session, verifier: OfficerContext
) -> None:
    with transaction():
        for village in (VILLAGE, OTHER_VILLAGE):
            measured(session, make_household(session, village), 45)
            measured(session, make_household(session, village), 14)
    row = approve(session, verifier, draft(session, verifier, TOWNSHIP))
    assert (row.units, row.buffer_units) == (118, 4)
    kept = session.execute(
        sa.select(Unit.region_code, Tree.code)
        .join(Tree, Tree.id == Unit.tree_id)
        .where(Unit.state == UnitState.BUFFER)
    ).all()
    for village in (VILLAGE, OTHER_VILLAGE):
        codes = session.scalars(sa.select(Tree.code).where(Tree.region_code == village)).all()
        assert {code for region, code in kept if region == village} == set(buffer_choice(codes, 2, row.id))


def test_lanes_are_dense_and_count_what_is_free(session: Session, verifier: OfficerContext) -> None:
    with transaction():
        first, second = make_household(session), make_household(session)
        other = make_household(session, OTHER_VILLAGE)
        measured(session, first, 3)
        measured(session, second, 2)
        measured(session, other, 1)
    approve(session, verifier, draft(session, verifier, VILLAGE))
    approve(session, verifier, draft(session, verifier, OTHER_VILLAGE))
    with transaction():
        measured(session, first, 4)
    approve(session, verifier, draft(session, verifier, VILLAGE))
    assert lanes(session) == [(1, first.id, 7, 0), (2, second.id, 2, 0), (3, other.id, 1, 0)]


def test_a_household_whose_trees_are_all_buffer_has_no_lane(
    session: Session, verifier: OfficerContext
) -> None:
    with transaction():
        make_programme(session, buffer_permille=1000)
        measured(session, make_household(session), 3)
    row = approve(session, verifier, draft(session, verifier))
    assert (row.buffer_units, states(session), lanes(session)) == (3, {"buffer": 3}, [])


def test_withdrawing_takes_back_what_is_unsold_and_leaves_the_rest(
    session: Session, verifier: OfficerContext
) -> None:
    with transaction():
        household = make_household(session)
        measured(session, household, 40)
    row = approve(session, verifier, draft(session, verifier))
    with transaction():
        bought = list(session.scalars(sa.select(Unit).where(Unit.state == UnitState.FREE).limit(3)))
        make_order(session, bought)
    assert lanes(session) == [(1, household.id, 35, 900)]
    withdrawn = withdraw(session, verifier, row)
    assert withdrawn.state is VerificationState.WITHDRAWN
    assert states(session) == {"taken": 3, "withdrawn": 37}
    assert lanes(session) == [(1, household.id, 0, 900)]


def test_what_was_held_when_its_approval_was_withdrawn_is_not_sold_later(
    session: Session, verifier: OfficerContext
) -> None:
    with transaction():
        household = make_household(session)
        measured(session, household, 5)
    row = approve(session, verifier, draft(session, verifier))
    with transaction():
        make_order(session, list(session.scalars(sa.select(Unit).limit(2))))
    withdraw(session, verifier, row)
    with transaction():
        lapses.lapse(session, START + timedelta(minutes=16))
    assert states(session) == {"free": 2, "withdrawn": 3}
    with transaction():
        assert verifications.sweep(session, START) == 2
    assert states(session) == {"withdrawn": 5}
    assert lanes(session) == [(1, household.id, 0, 0)]
    with transaction():
        assert verifications.sweep(session, START) == 0


def test_sweeping_touches_no_approval_that_stands(session: Session, verifier: OfficerContext) -> None:
    with transaction():
        measured(session, make_household(session), 2)
    withdraw(session, verifier, approve(session, verifier, draft(session, verifier)))
    approve(session, verifier, draft(session, verifier))
    with transaction():
        assert verifications.sweep(session, START) == 0
    assert states(session) == {"free": 2}


def test_what_was_withdrawn_can_be_verified_again_on_new_terms(
    session: Session, verifier: OfficerContext
) -> None:
    with transaction():
        household = make_household(session)
        tree = measured(session, household, 1)[0]
    withdraw(session, verifier, approve(session, verifier, draft(session, verifier)))
    with transaction():
        newest = make_measurements(session, [tree], measured_on=date(2026, 8, 1), dbh_mm=80, height_cm=900)[0]
    again = approve(session, verifier, draft(session, verifier))
    session.expire_all()
    unit = session.scalars(sa.select(Unit)).one()
    assert (unit.state, unit.verification_id, unit.measurement_id) == (UnitState.FREE, again.id, newest)
    assert lanes(session) == [(1, household.id, 1, 0)]


def test_a_draft_can_be_withdrawn_and_then_not_approved(session: Session, verifier: OfficerContext) -> None:
    with transaction():
        measured(session, make_household(session), 1)
    row = withdraw(session, verifier, draft(session, verifier))
    for act in (approve, withdraw):
        with pytest.raises(Conflict) as refused:
            act(session, verifier, row)
        assert (refused.value.code, refused.value.fields) == ("verification_state", {"state": "withdrawn"})


def test_an_approval_is_given_once(session: Session, verifier: OfficerContext) -> None:
    with transaction():
        measured(session, make_household(session), 1)
    row = approve(session, verifier, draft(session, verifier))
    with pytest.raises(Conflict, match="verification_state"):
        approve(session, verifier, row)


def test_whoever_imported_a_measurement_may_not_approve_it(
    session: Session, verifier: OfficerContext
) -> None:
    with transaction():
        own = make_import(session, verifier.id)
        household = make_household(session)
        measured(session, household, 5)
        measured(session, household, 1, import_id=own.id)
    row = draft(session, verifier)
    with pytest.raises(Forbidden, match="verifier_involved"):
        approve(session, verifier, row)
    assert states(session) == {}
    assert session.get_one(Verification, row.id, populate_existing=True).state is VerificationState.DRAFT
    with transaction():
        another = make_verifier(session)
    approved = approve(session, another, row)
    assert (approved.units, approved.verifier_id) == (6, another.id)


def test_whoever_surveyed_the_earlier_measurement_may_not_approve_the_growth(
    session: Session, verifier: OfficerContext
) -> None:
    with transaction():
        trees = make_trees(session, make_household(session), 1)
        make_measurements(session, trees, measured_on=date(2024, 5, 1), dbh_mm=55, surveyor=verifier.username)
        make_measurements(session, trees, measured_on=date(2026, 5, 1))
    with pytest.raises(Forbidden, match="verifier_involved"):
        approve(session, verifier, draft(session, verifier))


def test_a_region_outside_the_verifier_s_own_does_not_exist(session: Session) -> None:
    with transaction():
        make_programme(session)
        here, elsewhere = make_verifier(session, VILLAGE), make_verifier(session, OTHER_VILLAGE)
        measured(session, make_household(session), 1)
    row = draft(session, here)
    for act in (approve, withdraw):
        with pytest.raises(NotFound, match="verification_not_found"):
            act(session, elsewhere, row)
    for region in (VILLAGE, COUNTY):
        with pytest.raises(NotFound, match="not_found"):
            draft(session, elsewhere, region)


def test_a_region_that_does_not_exist_is_not_found(session: Session, verifier: OfficerContext) -> None:
    with pytest.raises(NotFound, match="region_unknown"):
        draft(session, verifier, "522326999")
    with pytest.raises(Invalid, match="region_code_malformed"):
        draft(session, verifier, "52232")


def test_every_act_is_audited(session: Session, verifier: OfficerContext) -> None:
    with transaction():
        measured(session, make_household(session), 20)
    row = withdraw(session, verifier, approve(session, verifier, draft(session, verifier)))
    entries = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.action for entry in entries] == [
        "verification_drafted",
        "verification_approved",
        "verification_withdrawn",
    ]
    assert {(entry.actor, entry.subject) for entry in entries} == {(verifier.actor, f"verification:{row.id}")}
    assert entries[-1].facts == {
        "region": VILLAGE,
        "year": YEAR,
        "units": 20,
        "buffer_units": 1,
        "withdrawn_units": 20,
    }


def test_an_approval_sends_as_many_statements_for_many_trees_as_for_few(
    session: Session, verifier: OfficerContext
) -> None:
    def statements(trees: int) -> int:
        with transaction():
            household = make_household(session)
            measured(session, household, trees)
            grown = measured(session, household, trees, measured_on=date(2024, 5, 1), dbh_mm=55)
            make_measurements(session, grown)
        row = draft(session, verifier)
        with asked_of(db.engine) as seen:
            approve(session, verifier, row)
        return len(seen)

    assert statements(300) == statements(30)


def make_import(session: Session, officer_id: int) -> Import:
    row = Import(
        kind="trees",
        file_name="trees.csv",
        sha256="0" * 64,
        state=ImportState.ACCEPTED,
        rows=1,
        added=1,
        unchanged=0,
        problem_count=0,
        warning_count=0,
        scope=None,
        officer_id=officer_id,
        created_at=START - timedelta(days=1),
        accepted_at=START,
    )
    session.add(row)
    session.flush()
    return row
