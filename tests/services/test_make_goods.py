"""Lost trees: off the sale at once, made good from the village's buffer, and nobody is worse off but the sponsor."""

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from domain import ledger
from domain.errors import Conflict, Forbidden, Invalid, NotFound
from domain.orders import OrderState
from domain.permissions import OfficerContext
from flows.running import Running
from jobs.tree_tasks import make_good_losses
from models import Credit, Household, Incident, Lane, MakeGood, Order, Tree, Unit
from models.base import database, transaction
from models.tree_losses import LossCause
from models.trees import TreeState
from models.units import UnitState
from services import ledger as book
from services import make_goods, sponsor, statistics, tree_losses, verifications
from tests.support.buying import faults_found
from tests.support.clock import START
from tests.support.sales import make_sale
from tests.support.world import (
    OTHER_VILLAGE,
    YEAR,
    make_household,
    make_order,
    make_units,
    make_verification,
    make_verifier,
)

ON = date(YEAR, 8, 20)


@pytest.fixture
def reporter(session: Session) -> OfficerContext:
    return make_verifier(session)


@pytest.fixture
def second(session: Session) -> OfficerContext:
    return make_verifier(session)


def tree_of(session: Session, unit: Unit) -> Tree:
    return session.get_one(Tree, unit.tree_id)


def lose(
    session: Session, unit: Unit, officer: OfficerContext, second: OfficerContext | None = None, **more: Any
) -> None:
    facts = {"cause": LossCause.DEAD, "happened_on": ON, "reason": "巡护时发现枯死", **more}
    code = tree_of(session, unit).code
    with transaction():
        tree_losses.report(session, code, officer=officer, now=START, **facts)
    if second is not None:
        with transaction():
            tree_losses.confirm(session, code, officer=second, now=START)
    session.expire_all()


def pay_in(session: Session, fen: int) -> None:
    sponsor.pay_in(session, fen, f"REF{fen}", START)


def sold(session: Session, parts: Running, household: Household, n: int = 1) -> tuple[Order, list[Unit]]:
    units = make_units(session, household, n)
    return make_sale(session, parts, units), units


def make(session: Session, parts: Running) -> int:
    with transaction():
        made = make_goods.make_good(session, now=START, random=parts.random)
    session.expire_all()
    return made


def balance(session: Session, household: Household) -> int:
    return book.balance_of(session, ledger.household(household.id))


def test_the_same_household_makes_good_first_and_is_paid_by_the_sponsor(
    session: Session, parts: Running, reporter: OfficerContext, second: OfficerContext
) -> None:
    mine, neighbour = make_household(session), make_household(session)
    approval = make_verification(session)
    spares = {
        one.id: make_units(session, one, 2, verification=approval, state=UnitState.BUFFER)
        for one in (neighbour, mine)
    }
    order, [unit] = sold(session, parts, mine)
    pay_in(session, 10_000)
    session.commit()
    lose(session, unit, reporter, second)
    assert make(session, parts) == 1
    good = session.scalars(sa.select(MakeGood)).one()
    assert (good.unit_id, good.substitute_id) == (unit.id, spares[mine.id][0].id)
    # Before: the price of the sold tree. After: that of the one that stands in too, and the sponsor has so much less.
    assert (balance(session, mine), balance(session, neighbour)) == (600, 0)
    assert book.balance_of(session, ledger.SPONSOR) == 9_700
    assert session.get_one(Order, order.id).state is OrderState.PAID
    assert session.get_one(Unit, unit.id).order_id == order.id
    lane = session.scalars(sa.select(Lane).where(Lane.household_id == mine.id)).one()
    assert (lane.free, lane.income_fen) == (0, 600)
    assert (make_goods.fate_of(session, order.id).lost, make_goods.fate_of(session, order.id).made_good) == (
        1,
        1,
    )
    assert make(session, parts) == 0
    assert statistics.statistics(session).buyers == 1


def test_the_book_stands_after_making_good(app: Flask, parts: Running) -> None:
    with app.app_context():
        session = database()
        reporter, second = make_verifier(session), make_verifier(session)
        mine, neighbour = make_household(session), make_household(session)
        approval = make_verification(session)
        make_units(session, neighbour, 3, verification=approval, state=UnitState.BUFFER)
        _, units = sold(session, parts, mine, 3)
        pay_in(session, 10_000)
        session.commit()
        for unit in units[:2]:
            lose(session, unit, reporter, second)
        assert make(session, parts) == 2
        assert (balance(session, mine), balance(session, neighbour)) == (900, 600)
        [credit] = session.scalars(sa.select(Credit).where(Credit.household_id == neighbour.id))
        assert (credit.trees, credit.amount_fen, credit.matures_at) == (2, 600, START)
        session.rollback()
    assert faults_found(app) == []


def test_a_substitute_is_of_the_village_and_holds_no_fewer_grams(
    session: Session, parts: Running, reporter: OfficerContext, second: OfficerContext
) -> None:
    mine, far = make_household(session), make_household(session, OTHER_VILLAGE)
    make_units(session, far, 1, state=UnitState.BUFFER)
    make_units(session, mine, 1, state=UnitState.BUFFER, sink_g=9_999)
    _, [unit] = sold(session, parts, mine)
    pay_in(session, 10_000)
    session.commit()
    lose(session, unit, reporter, second)
    assert make(session, parts) == 0
    [incident] = session.scalars(sa.select(Incident))
    assert (incident.kind, incident.subject) == ("tree_not_made_good", f"unit:{unit.id}")
    with transaction():
        make_units(session, mine, 1, state=UnitState.BUFFER)
    assert make(session, parts) == 1
    assert session.get_one(Incident, incident.id).resolved_at == START


def test_the_sponsor_never_spends_what_it_does_not_have(
    session: Session, parts: Running, reporter: OfficerContext, second: OfficerContext
) -> None:
    mine = make_household(session)
    make_units(session, mine, 2, state=UnitState.BUFFER)
    _, units = sold(session, parts, mine, 2)
    pay_in(session, 599)
    session.commit()
    for unit in units:
        lose(session, unit, reporter, second)
    assert make(session, parts) == 1
    assert book.balance_of(session, ledger.SPONSOR) == 299


def test_nothing_is_made_good_before_a_second_person_agrees(
    session: Session, parts: Running, reporter: OfficerContext, second: OfficerContext
) -> None:
    mine = make_household(session)
    make_units(session, mine, 1, state=UnitState.BUFFER)
    order, [unit] = sold(session, parts, mine)
    pay_in(session, 10_000)
    session.commit()
    lose(session, unit, reporter)
    assert (make(session, parts), make_goods.fate_of(session, order.id).lost) == (0, 0)
    code = tree_of(session, unit).code
    with pytest.raises(Forbidden, match="second_person"), transaction():
        tree_losses.confirm(session, code, officer=reporter, now=START)
    with transaction():
        tree_losses.confirm(session, code, officer=second, now=START)
    for act in (tree_losses.confirm, tree_losses.undo):
        with pytest.raises(Conflict, match="loss_confirmed"), transaction():
            act(session, code, officer=make_verifier(session), now=START)
    assert make(session, parts) == 1


def test_a_lost_tree_leaves_the_sale_at_once_and_its_past_years_stand(
    session: Session, parts: Running, reporter: OfficerContext
) -> None:
    mine = make_household(session)
    [last] = make_units(session, mine, 1, YEAR - 1)
    tree = tree_of(session, last)
    [now] = make_units(session, mine, 1, trees=[tree])
    session.commit()
    lose(session, now, reporter)
    assert (session.get_one(Unit, last.id).state, session.get_one(Unit, now.id).state) == (
        UnitState.FREE,
        UnitState.WITHDRAWN,
    )
    lanes = session.execute(sa.select(Lane.year, Lane.free).order_by(Lane.year)).all()
    assert lanes == [(YEAR - 1, 1), (YEAR, 0)]
    with pytest.raises(Conflict, match="tree_gone"):
        lose(session, now, reporter)


def test_a_year_that_was_over_when_the_tree_fell_needs_no_making_good(
    session: Session, parts: Running, reporter: OfficerContext, second: OfficerContext
) -> None:
    mine = make_household(session)
    units = make_units(session, mine, 1, YEAR - 1)
    make_sale(session, parts, units)
    session.commit()
    lose(session, units[0], reporter, second)
    assert make(session, parts) == 0
    assert session.scalars(sa.select(Incident)).all() == []


def test_what_an_order_held_is_made_good_once_it_is_paid_and_withdrawn_if_it_lapses(
    session: Session, parts: Running, reporter: OfficerContext, second: OfficerContext
) -> None:
    mine = make_household(session)
    [unit] = make_units(session, mine, 1)
    order = make_order(session, [unit])
    session.commit()
    lose(session, unit, reporter, second)
    assert session.get_one(Unit, unit.id).state is UnitState.TAKEN
    assert make_good_losses() == 0
    with transaction():
        session.execute(sa.update(Unit).values(state=UnitState.FREE, order_id=None))
        session.execute(sa.update(Lane).values(free=1, income_fen=0))
        session.execute(sa.update(Order).where(Order.id == order.id).values(state=OrderState.CLOSED))
    assert make_good_losses() == 1
    session.expire_all()
    assert session.get_one(Unit, unit.id).state is UnitState.WITHDRAWN
    assert session.scalars(sa.select(Lane.free)).all() == [0]


def test_a_report_is_undone_and_the_tree_waits_for_a_new_approval(
    session: Session, reporter: OfficerContext, second: OfficerContext
) -> None:
    mine = make_household(session)
    [unit] = make_units(session, mine, 1)
    session.commit()
    lose(session, unit, reporter, cause=LossCause.FELLED)
    assert tree_of(session, unit).state is TreeState.FELLED
    code = tree_of(session, unit).code
    with transaction():
        tree_losses.undo(session, code, officer=second, now=START)
    session.expire_all()
    assert tree_of(session, unit).state is TreeState.GROWING
    with pytest.raises(NotFound, match="loss_not_found"):
        tree_losses.standing(session, unit.tree_id)
    # The verifier looks again, and then the year is for sale again.
    draft = verifications.draft(session, verifier=second, region_code=mine.region_code, year=YEAR, now=START)
    assert draft.units == 1


@pytest.mark.parametrize("on", [date(YEAR - 2, 12, 31), START.date() + timedelta(days=1)])
def test_a_loss_is_neither_foreseen_nor_found_years_later(
    session: Session, reporter: OfficerContext, on: date
) -> None:
    [unit] = make_units(session, make_household(session), 1)
    session.commit()
    with pytest.raises(Invalid, match="loss_day"):
        lose(session, unit, reporter, happened_on=on)


def test_a_buffer_tree_that_stands_in_is_not_withdrawn_with_its_approval(
    session: Session, parts: Running, reporter: OfficerContext, second: OfficerContext
) -> None:
    mine = make_household(session)
    approval = make_verification(session)
    make_units(session, mine, 1, verification=approval, state=UnitState.BUFFER)
    _, [unit] = sold(session, parts, mine)
    pay_in(session, 10_000)
    session.commit()
    lose(session, unit, reporter, second)
    assert make(session, parts) == 1
    with transaction():
        verifications.withdraw(session, approval.id, verifier=second, now=START)
    substitute = session.scalars(sa.select(MakeGood.substitute_id)).one()
    assert session.get_one(Unit, substitute).state is UnitState.TAKEN
