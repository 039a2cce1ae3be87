"""What a household agrees to, what it takes back, and what follows from either."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from domain.consents import CURRENT, SURVEY_FORM, ConsentKind, Given
from domain.errors import Conflict, Invalid, NotFound
from domain.permissions import OfficerContext
from domain.roles import Role
from domain.sheet_problems import SheetKind
from models import AuditEntry, Consent, Household, Lane, Unit, database
from models.units import UnitState
from services import consents
from tests.support.clock import START
from tests.support.importing import bring, make_ground
from tests.support.sheets import household_row, number
from tests.support.world import (
    YEAR,
    make_household,
    make_officer,
    make_order,
    make_programme,
    make_trees,
    make_units,
)

TODAY = START.date()
SALE = Given(ConsentKind.SALE, CURRENT, date(2026, 8, 20), "村干部乙")
NAME = replace(SALE, kind=ConsentKind.PUBLIC_NAME)


@pytest.fixture
def registrar(session: Session) -> OfficerContext:
    officer = make_officer(session, Role.REGISTRAR)
    return OfficerContext(
        officer.id,
        officer.username,
        officer.display_name,
        frozenset({Role.REGISTRAR}),
        officer.region_code,
        0,
    )


@pytest.fixture
def household(session: Session) -> Household:
    """One that has agreed to nothing yet."""
    make_programme(session)
    return make_household(session, sale_consent_on=None, contract_from=None, contract_to=None)


def states(session: Session, household: Household) -> list[UnitState]:
    return list(
        session.scalars(sa.select(Unit.state).where(Unit.household_id == household.id).order_by(Unit.id))
    )


def test_consent_to_sale_opens_the_contract_and_the_name_needs_one_of_its_own(
    session: Session, registrar: OfficerContext, household: Household
) -> None:
    with pytest.raises(Conflict, match="sale_consent_missing"):
        consents.give(session, registrar, household.public_id, NAME, START)
    consents.give(session, registrar, household.public_id, SALE, START)
    session.refresh(household)
    assert (household.sale_consent_on, household.name_public) == (date(2026, 8, 20), False)
    assert (household.contract_from, household.contract_to) == (date(2026, 8, 20), date(2031, 8, 20))
    consents.give(session, registrar, household.public_id, NAME, START)
    session.refresh(household)
    assert (household.name_public, household.display_name) == (True, "韦*")


def test_what_stands_is_not_given_twice(
    session: Session, registrar: OfficerContext, household: Household
) -> None:
    consents.give(session, registrar, household.public_id, SALE, START)
    with pytest.raises(Conflict, match="consent_stands"):
        consents.give(session, registrar, household.public_id, SALE, START)
    twice = Consent(
        household_id=household.id, kind=ConsentKind.SALE, text_version=CURRENT, given_on=TODAY,
        witness=None, recorded_at=START,
    )  # fmt: skip
    session.add(twice)
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"text_version": "1999-1"}, "consent_text_unknown"),
        ({"text_version": SURVEY_FORM, "kind": ConsentKind.CREDIT_PLATFORM}, "consent_text_unknown"),
        ({"given_on": TODAY + timedelta(days=1)}, "consent_in_future"),
    ],
)
def test_words_nobody_asked_in_and_days_to_come_are_refused(
    session: Session, registrar: OfficerContext, household: Household, changes: dict[str, object], code: str
) -> None:
    with pytest.raises(Invalid, match=code):
        consents.give(session, registrar, household.public_id, replace(SALE, **changes), START)  # type: ignore[arg-type]  # fields by name


def test_without_consent_to_sale_nothing_unsold_is_sold_and_no_name_is_public(
    session: Session, registrar: OfficerContext, household: Household
) -> None:
    for given in (SALE, NAME):
        consents.give(session, registrar, household.public_id, given, START)
    trees = make_trees(session, household, 5)
    make_units(session, household, 3, trees=trees[:3])
    make_units(session, household, 1, trees=trees[3:4], state=UnitState.BUFFER)
    make_units(session, household, 1, YEAR + 1, trees=trees[4:])
    other = make_household(session)
    make_units(session, other, 2)
    row = consents.withdraw(session, registrar, household.public_id, ConsentKind.SALE, TODAY, now=START)
    session.expire_all()
    assert row.withdrawn_on == TODAY
    assert states(session, household) == [UnitState.WITHDRAWN] * 5
    assert states(session, other) == [UnitState.FREE] * 2
    free = {(lane.household_id, lane.year): lane.free for lane in session.scalars(sa.select(Lane))}
    assert free == {(household.id, YEAR): 0, (household.id, YEAR + 1): 0, (other.id, YEAR): 2}
    assert (household.sale_consent_on, household.name_public, household.display_name) == (None, False, None)
    assert not consents.standing(session, household.id, ConsentKind.PUBLIC_NAME)
    facts = session.scalar(sa.select(AuditEntry.facts).where(AuditEntry.action == "consent_withdrawn"))
    assert facts == {
        "kind": "sale", "withdrawn_on": "2026-09-01", "public_name_too": True, "units_withdrawn": 5,
    }  # fmt: skip


def test_what_is_sold_or_held_stands_and_is_not_sold_again_when_it_comes_back(
    session: Session, registrar: OfficerContext, household: Household
) -> None:
    consents.give(session, registrar, household.public_id, SALE, START)
    units = make_units(session, household, 2)
    held = units[0]
    make_order(session, [held])
    consents.withdraw(session, registrar, household.public_id, ConsentKind.SALE, TODAY, now=START)
    assert states(session, household) == [UnitState.TAKEN, UnitState.WITHDRAWN]
    # The order lapses, and its tree is free again.
    session.execute(sa.update(Unit).where(Unit.id == held.id).values(state=UnitState.FREE, order_id=None))
    session.execute(sa.update(Lane).values(free=1))
    assert consents.sweep(session, START) == 1
    assert states(session, household) == [UnitState.WITHDRAWN] * 2
    assert session.scalar(sa.select(Lane.free)) == 0
    assert consents.sweep(session, START) == 0


def test_a_consent_taken_back_may_be_given_again(
    session: Session, registrar: OfficerContext, household: Household
) -> None:
    consents.give(session, registrar, household.public_id, SALE, START)
    consents.withdraw(session, registrar, household.public_id, ConsentKind.SALE, TODAY, now=START)
    with pytest.raises(Conflict, match="consent_not_standing"):
        consents.withdraw(session, registrar, household.public_id, ConsentKind.SALE, TODAY, now=START)
    consents.give(session, registrar, household.public_id, replace(SALE, given_on=TODAY), START)
    assert [row.withdrawn_on for row in consents.listed(session, registrar, household.public_id)] == [
        None,
        TODAY,
    ]


def test_nothing_is_taken_back_before_it_was_given(
    session: Session, registrar: OfficerContext, household: Household
) -> None:
    consents.give(session, registrar, household.public_id, SALE, START)
    for day, code in (
        (date(2026, 8, 19), "withdrawal_before_consent"),
        (date(2026, 9, 2), "consent_in_future"),
    ):
        with pytest.raises(Invalid, match=code):
            consents.withdraw(session, registrar, household.public_id, ConsentKind.SALE, day, now=START)


def test_a_foreign_household_does_not_exist(session: Session, household: Household) -> None:
    foreign = OfficerContext(1, "far", "远", frozenset({Role.REGISTRAR}), "522301", 0)
    with pytest.raises(NotFound):
        consents.give(session, foreign, household.public_id, SALE, START)
    with pytest.raises(NotFound):
        consents.listed(session, foreign, household.public_id)


def test_a_sheet_brings_the_consents_that_were_signed_on_paper(app: Flask) -> None:
    with app.app_context():
        make_ground()
        bring(
            SheetKind.HOUSEHOLDS,
            [
                household_row(1),
                household_row(2, 同意公开姓名="否"),
                household_row(3, 同意公开姓名="否", 知情同意日期=""),
            ],
        )
        rows = database().execute(
            sa.select(Household.number, Consent.kind, Consent.text_version, Consent.given_on)
            .join(Household, Household.id == Consent.household_id)
            .order_by(Household.number, Consent.kind)
        )
        paper = (SURVEY_FORM, date(2026, 3, 15))
        assert [tuple(row) for row in rows] == [
            (number(1), ConsentKind.PUBLIC_NAME, *paper),
            (number(1), ConsentKind.SALE, *paper),
            (number(2), ConsentKind.SALE, *paper),
        ]


def test_a_new_head_keeps_the_households_consent_and_none_of_the_old_heads(
    session: Session, registrar: OfficerContext, household: Household
) -> None:
    for given in (SALE, NAME, replace(SALE, kind=ConsentKind.CREDIT_PLATFORM)):
        consents.give(session, registrar, household.public_id, given, START)
    consents.pass_on(session, household, registrar.id, None, START)
    session.expire_all()
    assert [kind for kind in ConsentKind if consents.standing(session, household.id, kind)] == [
        ConsentKind.SALE
    ]
    assert (household.sale_consent_on, household.name_public, household.display_name) == (
        SALE.given_on,
        False,
        None,
    )
    consents.pass_on(session, household, registrar.id, TODAY, START)
    session.expire_all()
    newest = consents.listed(session, registrar, household.public_id)[0]
    assert (newest.kind, newest.text_version, newest.given_on) == (ConsentKind.SALE, SURVEY_FORM, TODAY)
    assert household.sale_consent_on == TODAY
