"""What comes back after a change of a household: the change itself, by a change back, and what an order had held."""

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.permissions import OfficerContext
from flows.running import Running
from jobs.tasks import sweep_withdrawn
from models import Consent, Credit, Household, HouseholdChange, Lane, PastOwner, Tree, Unit
from models.base import transaction
from models.household_changes import ChangeKind
from models.units import UnitState
from services import household_changes, lapses
from services.household_changes import Wish
from services.receipts import Receipt
from services.settlement import Outcome, Terms, settle
from tests.support.clock import START
from tests.support.sheets import identity
from tests.support.world import YEAR, make_household, make_order, make_programme, make_units, make_verifier

ON = date(YEAR, 8, 20)
People = tuple[OfficerContext, OfficerContext]


@pytest.fixture
def people(session: Session) -> People:
    make_programme(session)
    return make_verifier(session), make_verifier(session)


def change(
    session: Session, people: People, household: Household, kind: ChangeKind, **parts: Any
) -> HouseholdChange:
    """A change that one officer proposed and the other confirmed."""
    wish = Wish(**{"kind": kind, "effective_on": ON, "reason": "村委会证明在案", **parts})
    session.commit()
    with transaction():
        proposed = household_changes.propose(session, people[0], household.public_id, wish, now=START)
    with transaction():
        changed = household_changes.confirm(session, people[1], household.public_id, proposed.id, now=START)
    session.expire_all()
    return changed


def owner_of(session: Session, unit: Unit) -> tuple[int, int]:
    """Whose a tree-year is, and whose its tree."""
    found = session.get_one(Unit, unit.id, populate_existing=True)
    return found.household_id, session.get_one(Tree, found.tree_id, populate_existing=True).household_id


def free(session: Session) -> dict[int, int]:
    session.expire_all()
    return {lane.household_id: lane.free for lane in session.scalars(sa.select(Lane))}


def codes(session: Session, units: list[Unit]) -> list[str]:
    return [session.get_one(Tree, unit.tree_id).code for unit in units]


def test_a_split_is_undone_by_a_split_back(session: Session, people: People) -> None:
    household, other = make_household(session), make_household(session)
    units = make_units(session, household, 3)
    before = free(session)
    trees = codes(session, units[:2])
    change(session, people, household, ChangeKind.SPLIT, to=other.public_id, trees=trees)
    assert free(session) == {household.id: 1, other.id: 2}
    change(session, people, other, ChangeKind.SPLIT, to=household.public_id, trees=trees)
    assert free(session) == {**before, other.id: 0}
    assert {owner_of(session, unit) for unit in units} == {(household.id, household.id)}
    # Both moves are told with whose the trees were.
    kept = session.scalars(sa.select(PastOwner.household_id).order_by(PastOwner.change_id)).all()
    assert kept == [household.id, household.id, other.id, other.id]


def test_other_contract_dates_and_a_merger_are_undone_by_changes_back(
    session: Session, people: People
) -> None:
    household, other = make_household(session), make_household(session)
    units = make_units(session, household, 2)
    dates = {"contract_from": household.contract_from, "contract_to": household.contract_to}
    change(session, people, household, ChangeKind.MERGE, to=other.public_id)
    assert household.contract_to == ON - timedelta(days=1)
    change(
        session,
        people,
        other,
        ChangeKind.SPLIT,
        to=household.public_id,
        trees=codes(session, units),
    )
    change(session, people, household, ChangeKind.CONTRACT, **dates)
    assert household.contract_to == dates["contract_to"]
    assert {owner_of(session, unit) for unit in units} == {(household.id, household.id)}
    assert free(session) == {household.id: 2, other.id: 0}


def test_a_succession_is_undone_by_the_old_head_who_is_asked_for_consents_anew(
    session: Session, people: People
) -> None:
    household = make_household(session, name_public=True)
    session.flush()
    old = identity(6)
    change(session, people, household, ChangeKind.SUCCESSION, head_name="韦旧户", identity=old)
    change(session, people, household, ChangeKind.SUCCESSION, head_name="韦新户", identity=identity(7))
    change(session, people, household, ChangeKind.SUCCESSION, head_name="韦旧户", identity=old)
    assert (household.head_name, household.identity) == ("韦旧户", old)
    assert (household.name_public, household.display_name) == (False, None)
    assert session.scalars(sa.select(Consent.id).where(Consent.withdrawn_on.is_(None))).all() == []


def test_what_an_order_holds_when_a_tree_moves_is_owed_to_whoever_held_it(
    session: Session, people: People, parts: Running
) -> None:
    household, other = make_household(session), make_household(session)
    [unit] = make_units(session, household, 1)
    order = make_order(session, [unit], created_at=START, expires_at=START + timedelta(minutes=15))
    change(
        session,
        people,
        household,
        ChangeKind.SPLIT,
        to=other.public_id,
        trees=codes(session, [unit]),
    )
    receipt = Receipt(
        number=order.number,
        transaction_id="4200000000000000000000000001",
        merchant_id="1900000001",
        appid="wx0000000000000001",
        openid="somebody",
        amount_fen=order.amount_fen,
        currency="CNY",
        paid_at=START,
    )
    terms = Terms(
        "1900000001",
        frozenset({"wx0000000000000001"}),
        gift_days=30,
        signer=parts.signer,
        random=parts.random,
    )
    with transaction():
        assert settle(session, receipt, terms, START) is Outcome.PAID
    assert session.scalars(sa.select(Credit.household_id)).all() == [household.id]
    assert sweep_withdrawn() == 0
    assert owner_of(session, unit) == (household.id, other.id)


def test_what_comes_back_unsold_follows_its_tree(session: Session, people: People) -> None:
    household, other = make_household(session), make_household(session)
    held, kept = make_units(session, household, 2)
    make_order(session, [held], created_at=START, expires_at=START + timedelta(minutes=15))
    change(
        session,
        people,
        household,
        ChangeKind.SPLIT,
        to=other.public_id,
        trees=codes(session, [held]),
    )
    with transaction():
        assert lapses.lapse(session, START + timedelta(minutes=16)) == 1
    assert owner_of(session, held) == (household.id, other.id)
    assert sweep_withdrawn() == 1
    assert owner_of(session, held) == (other.id, other.id)
    assert owner_of(session, kept) == (household.id, household.id)
    assert free(session) == {household.id: 1, other.id: 1}
    assert session.get_one(Unit, held.id).state is UnitState.FREE
    assert sweep_withdrawn() == 0
