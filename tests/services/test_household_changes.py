"""Changes in households: two people, nothing before the second agrees, and the book stands afterwards."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from domain import ledger
from domain.errors import Conflict, Forbidden, Invalid, NotFound
from domain.permissions import OfficerContext
from flows.running import Running
from models import (
    AuditEntry,
    Credit,
    Household,
    HouseholdAccount,
    HouseholdChange,
    Lane,
    PastOwner,
    Posting,
    Tree,
    Unit,
)
from models.base import database, transaction
from models.household_changes import ChangeKind, ChangeState
from models.types import vault
from models.units import UnitState
from services import household_change_views, household_changes, household_views, income
from services import ledger as book
from services.household_changes import Wish
from tests.support.binding import make_binding
from tests.support.buying import faults_found
from tests.support.clock import START
from tests.support.importing import FAR_VILLAGE
from tests.support.sales import make_sale
from tests.support.sheets import identity
from tests.support.world import (
    OTHER_VILLAGE,
    YEAR,
    make_household,
    make_programme,
    make_region,
    make_trees,
    make_units,
    make_verifier,
)

ON = date(YEAR, 8, 20)
Act = Callable[..., HouseholdChange]


@pytest.fixture
def first(session: Session) -> OfficerContext:
    return make_verifier(session)


@pytest.fixture
def second(session: Session) -> OfficerContext:
    return make_verifier(session)


def wish(kind: ChangeKind, **parts: Any) -> Wish:
    return Wish(**{"kind": kind, "effective_on": ON, "reason": "村委会证明在案", **parts})


def propose(session: Session, officer: OfficerContext, household: Household, wanted: Wish) -> int:
    with transaction():
        number = household_changes.propose(session, officer, household.public_id, wanted, now=START).id
    session.expire_all()
    return number


def decide(
    session: Session,
    officer: OfficerContext,
    household: Household,
    number: int,
    act: Act = household_changes.confirm,
) -> HouseholdChange:
    with transaction():
        change = act(session, officer, household.public_id, number, now=START)
    session.expire_all()
    return change


def change(
    session: Session, people: tuple[OfficerContext, OfficerContext], household: Household, wanted: Wish
) -> HouseholdChange:
    return decide(session, people[1], household, propose(session, people[0], household, wanted))


def balance(session: Session, household: Household) -> int:
    return book.balance_of(session, ledger.household(household.id))


def test_a_new_head_stands_for_the_household_once_a_second_person_agrees(
    session: Session, first: OfficerContext, second: OfficerContext
) -> None:
    household = make_household(session, name_public=True)
    session.commit()
    wanted = wish(ChangeKind.SUCCESSION, head_name="韦新户", identity=identity(7), phone="13800138000")
    number = propose(session, first, household, wanted)
    assert household.head_name == "韦测试"
    with pytest.raises(Forbidden, match="second_person"):
        decide(session, first, household, number)
    decided = decide(session, second, household, number)
    assert (household.head_name, household.identity, household.phone) == (
        "韦新户",
        identity(7),
        "13800138000",
    )
    # The old head's consent to show a name does not go over.
    assert (household.name_public, household.display_name) == (False, None)
    assert (decided.previous_head_name, decided.outcome) == ("韦测试", {})
    with pytest.raises(Conflict, match="change_decided"):
        decide(session, make_verifier(session), household, number)
    [told] = household_change_views.shown(session, [decided])
    assert (told["head_name"], told["decided_by"]) == ("韦*户", second.username)
    for entry in session.scalars(sa.select(AuditEntry)):
        assert "韦" not in str(entry.facts)
        assert identity(7) not in str(entry.facts)


def test_a_new_head_binds_wechat_anew(
    session: Session, first: OfficerContext, second: OfficerContext
) -> None:
    household = make_household(session)
    binding = make_binding(session, household, confirmed=True)
    session.commit()
    wanted = wish(ChangeKind.SUCCESSION, head_name="韦新户", identity=identity(8))
    change(session, (first, second), household, wanted)
    assert binding.ended_by == f"officer:{second.id}"
    account = session.scalars(sa.select(HouseholdAccount)).one()
    assert account.ended_at == START


def test_a_household_is_not_shown_what_an_owner_before_it_sold(
    session: Session, parts: Running, first: OfficerContext, second: OfficerContext
) -> None:
    household, other = make_household(session), make_household(session)
    make_programme(session)
    units = make_units(session, household, 1)
    make_sale(session, parts, units)
    tree = session.get_one(Tree, units[0].tree_id)
    session.commit()
    change(session, (first, second), household, wish(ChangeKind.SPLIT, to=other.public_id, trees=[tree.code]))
    shown = household_views.trees(session, other.id, after=None, limit=9)
    assert [(row["tag"], row["years"]) for row in shown] == [(tree.tag, [])]
    assert household_views.trees(session, household.id, after=None, limit=9) == []


def test_a_rejected_change_changes_nothing(
    session: Session, first: OfficerContext, second: OfficerContext
) -> None:
    household = make_household(session)
    session.commit()
    number = propose(
        session, first, household, wish(ChangeKind.SUCCESSION, head_name="韦新户", identity=identity(7))
    )
    with pytest.raises(Conflict, match="change_undecided"):
        propose(
            session,
            first,
            household,
            wish(ChangeKind.CONTRACT, contract_from=ON, contract_to=ON + timedelta(days=9)),
        )
    rejected = decide(session, second, household, number, household_changes.reject)
    assert (rejected.state, household.head_name) == (ChangeState.REJECTED, "韦测试")


def test_a_person_is_the_head_of_one_household_and_another_county_is_told_nothing(
    session: Session, first: OfficerContext
) -> None:
    make_region(session, "522301", name="兴义市", level="county")
    make_region(session, "522301001", name="黄草街道", level="township")
    make_region(session, FAR_VILLAGE, name="稻子巷居民委员会", level="village")
    household = make_household(session)
    for n, village in ((1, OTHER_VILLAGE), (2, FAR_VILLAGE)):
        fingerprint = vault().fingerprint(identity(n), "identity")
        make_household(session, village, identity=identity(n), identity_hash=fingerprint)
    session.commit()
    for n, code in ((1, "identity_registered"), (2, "household_needs_check")):
        with pytest.raises(Conflict, match=code):
            propose(
                session,
                first,
                household,
                wish(ChangeKind.SUCCESSION, head_name="韦新户", identity=identity(n)),
            )


def test_a_split_takes_trees_and_their_unsold_years_and_leaves_what_was_sold(
    session: Session, parts: Running, first: OfficerContext, second: OfficerContext
) -> None:
    household, other = make_household(session), make_household(session)
    make_programme(session)
    units = make_units(session, household, 3)
    make_sale(session, parts, units[:1])
    trees = [session.get_one(Tree, unit.tree_id) for unit in units[:2]]
    session.commit()
    decided = change(
        session,
        (first, second),
        household,
        wish(ChangeKind.SPLIT, to=other.public_id, trees=[tree.code for tree in trees]),
    )
    assert decided.outcome == {"trees": 2, "tree_years": 1}
    assert {session.get_one(Tree, tree.id).household_id for tree in trees} == {other.id}
    assert [session.get_one(Unit, unit.id).household_id for unit in units] == [
        household.id,
        other.id,
        household.id,
    ]
    lanes = {lane.household_id: (lane.free, lane.income_fen) for lane in session.scalars(sa.select(Lane))}
    assert lanes == {household.id: (1, 300), other.id: (1, 0)}
    owners = session.execute(sa.select(PastOwner.household_id, PastOwner.until_on)).all()
    assert owners == [(household.id, ON), (household.id, ON)]
    assert (balance(session, household), balance(session, other)) == (300, 0)


def test_a_merger_moves_trees_and_what_is_owed_and_the_book_stands(app: Flask, parts: Running) -> None:
    with app.app_context():
        session = database()
        people = make_verifier(session), make_verifier(session)
        household, other = make_household(session), make_household(session)
        make_programme(session)
        mine, theirs = make_units(session, household, 3), make_units(session, other, 1)
        make_sale(session, parts, mine[:1])
        # By this order both earned, and an order owes a household once.
        make_sale(session, parts, [mine[1], theirs[0]])
        make_units(session, household, 1, YEAR + 1, trees=[session.get_one(Tree, mine[2].tree_id)])
        session.commit()
        decided = change(session, people, household, wish(ChangeKind.MERGE, to=other.public_id))
        assert decided.outcome == {"trees": 3, "tree_years": 2, "moved_fen": 300, "stayed_fen": 300}
        assert (balance(session, household), balance(session, other)) == (300, 600)
        assert household.contract_to == ON - timedelta(days=1)
        moved = session.scalars(sa.select(Credit).where(Credit.earned_by_id == household.id)).one()
        assert (moved.household_id, moved.amount_fen) == (other.id, 300)
        posting = session.scalars(
            sa.select(Posting).where(Posting.event == ledger.Event.HOUSEHOLD_MOVED)
        ).one()
        assert (posting.amount_fen, posting.reference) == (300, f"household_change:{decided.id}")
        for one in (household, other):
            assert income.statement(session, people[0], one.public_id, START).agrees_with_ledger
        session.rollback()
    assert faults_found(app) == []


def test_a_merger_does_not_pass_the_cap(
    session: Session, first: OfficerContext, second: OfficerContext
) -> None:
    household, other = make_household(session), make_household(session)
    make_programme(session, max_trees_per_household=3)
    make_trees(session, household, 2)
    make_trees(session, other, 2)
    session.commit()
    number = propose(session, first, household, wish(ChangeKind.MERGE, to=other.public_id))
    with pytest.raises(Conflict, match="household_full"):
        decide(session, second, household, number)
    owners = session.scalars(sa.select(Tree.household_id)).all()
    assert sorted(owners) == sorted([household.id] * 2 + [other.id] * 2)


def test_other_contract_dates_are_in_force_once_confirmed(
    session: Session, first: OfficerContext, second: OfficerContext
) -> None:
    household = make_household(session)
    session.commit()
    until = date(YEAR + 9, 12, 31)
    change(
        session, (first, second), household, wish(ChangeKind.CONTRACT, contract_from=ON, contract_to=until)
    )
    assert (household.contract_from, household.contract_to) == (ON, until)


def test_what_cannot_be_meant_is_refused(session: Session, first: OfficerContext) -> None:
    household, elsewhere = make_household(session), make_household(session, OTHER_VILLAGE)
    session.commit()
    for wanted, error, code in (
        (wish(ChangeKind.SUCCESSION, head_name="韦新户"), Invalid, "change_fields"),
        (wish(ChangeKind.MERGE, to=household.public_id, trees=["X"]), Invalid, "change_fields"),
        (wish(ChangeKind.MERGE, to=household.public_id), Conflict, "household_elsewhere"),
        (wish(ChangeKind.MERGE, to=elsewhere.public_id), Conflict, "household_elsewhere"),
        (wish(ChangeKind.MERGE, to="NOBODY"), NotFound, "household_not_found"),
        (wish(ChangeKind.SPLIT, to=elsewhere.public_id, trees=["X"]), Conflict, "household_elsewhere"),
        (wish(ChangeKind.SUCCESSION, head_name="韦新户", identity="1"), Invalid, "person_malformed"),
        (
            wish(ChangeKind.CONTRACT, contract_from=ON, contract_to=ON - timedelta(days=1)),
            Invalid,
            "change_day",
        ),
        (
            wish(ChangeKind.CONTRACT, contract_from=ON, contract_to=ON, effective_on=ON + timedelta(days=99)),
            Invalid,
            "change_day",
        ),
    ):
        with pytest.raises(error, match=code):
            propose(session, first, household, wanted)
    assert session.scalars(sa.select(HouseholdChange)).all() == []


def test_trees_of_others_are_not_split_off(session: Session, first: OfficerContext) -> None:
    household, other = make_household(session), make_household(session)
    [tree] = make_trees(session, other, 1)
    session.commit()
    with pytest.raises(Invalid, match="tree_unknown"):
        propose(session, first, household, wish(ChangeKind.SPLIT, to=other.public_id, trees=[tree.code]))


def test_buffer_years_move_with_their_trees(
    session: Session, first: OfficerContext, second: OfficerContext
) -> None:
    household, other = make_household(session), make_household(session)
    make_programme(session)
    make_units(session, household, 2, state=UnitState.BUFFER)
    session.commit()
    decided = change(session, (first, second), household, wish(ChangeKind.MERGE, to=other.public_id))
    assert decided.outcome == {"trees": 2, "tree_years": 2, "moved_fen": 0, "stayed_fen": 0}
    assert set(session.scalars(sa.select(Unit.household_id))) == {other.id}
