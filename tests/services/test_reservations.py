"""Tree-years taken and given back: lanes agree with units, and a lapsed hold is for whoever needs it."""

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from domain.errors import Invalid, Raced
from domain.orders import OrderState
from jobs import tasks
from models import Lane, Order, Tree, Unit, database, transaction
from models.units import UnitState
from services import lapses, reservations
from tests.support.buying import Buyer, codes_of, faults_found, make_shop
from tests.support.clock import SteppingClock
from tests.support.world import YEAR, make_household, make_order, make_trees, make_units, opaque


def state_of(app: Flask, number: str) -> str:
    with app.app_context():
        return database().scalars(sa.select(Order.state).where(Order.number == number)).one().value


def lane_of(session: Session, household_id: int) -> tuple[int, int]:
    row = session.execute(
        sa.select(Lane.free, Lane.income_fen).where(Lane.household_id == household_id)
    ).one()
    return row.free, row.income_fen


def test_a_unit_is_sold_once(app: Flask) -> None:
    shop = make_shop(app)
    lin, wang = Buyer(app), Buyer(app, "wang")
    lin.order(trees=[shop.code()])
    refused = wang.ask(trees=[shop.code(), shop.code(0, 1)])
    assert (refused.status_code, refused.get_json()["code"]) == (409, "tree_unavailable")
    assert refused.get_json()["fields"] == {"trees": [shop.code()]}
    assert faults_found(app) == []


def test_the_same_tree_in_another_year_is_another_unit(session: Session) -> None:
    with transaction():
        household = make_household(session)
        trees = make_trees(session, household, 1)
        make_units(session, household, 1, YEAR, trees=trees)
        make_units(session, household, 1, YEAR + 1, trees=trees)
    assert [unit.free for unit in reservations.find_named(session, [trees[0].code], YEAR)] == [True]
    assert len(reservations.find_named(session, [trees[0].code], YEAR + 1)) == 1
    with pytest.raises(Invalid, match="tree_unknown"):
        reservations.find_named(session, [trees[0].code], YEAR + 2)


def test_taking_moves_the_lane_and_giving_back_moves_it_back(session: Session) -> None:
    with transaction():
        household = make_household(session)
        order = make_order(session, make_units(session, household, 3)[:2])
    assert lane_of(session, household.id) == (1, 600)
    with transaction():
        reservations.give_back(session, [order.id])
    assert lane_of(session, household.id) == (3, 0)
    assert set(session.scalars(sa.select(Unit.state))) == {UnitState.FREE}


def test_giving_back_twice_changes_nothing_more(session: Session) -> None:
    with transaction():
        household = make_household(session)
        order = make_order(session, make_units(session, household, 2))
    for _ in range(2):
        with transaction():
            reservations.give_back(session, [order.id])
    assert lane_of(session, household.id) == (2, 0)


def test_what_others_hold_stays_when_an_order_gives_back(session: Session) -> None:
    with transaction():
        household, other = make_household(session), make_household(session)
        units = make_units(session, household, 4)
        going = make_order(session, [*units[:2], *make_units(session, other, 1)])
        staying = make_order(session, units[2:3])
    with transaction():
        reservations.give_back(session, [going.id])
    assert lane_of(session, household.id) == (3, 300)
    assert lane_of(session, other.id) == (1, 0)
    assert session.scalars(sa.select(Unit.order_id).where(Unit.order_id.is_not(None))).all() == [staying.id]


def test_trees_without_a_unit_on_sale_are_named(session: Session) -> None:
    with transaction():
        household = make_household(session)
        units = make_units(session, household, 3)
        codes = list(session.scalars(sa.select(Tree.code).order_by(Tree.id)))
        session.execute(sa.update(Unit).where(Unit.id == units[1].id).values(state=UnitState.BUFFER))
        session.execute(sa.update(Unit).where(Unit.id == units[2].id).values(state=UnitState.WITHDRAWN))
    with pytest.raises(Invalid, match="tree_unknown") as refused:
        reservations.find_named(session, [*codes, opaque("t", 0)], YEAR)
    assert refused.value.fields == {"trees": sorted([codes[1], codes[2], opaque("t", 0)])}


def test_units_that_somebody_was_faster_to_take_are_not_taken(session: Session) -> None:
    with transaction():
        household = make_household(session)
        units = make_units(session, household, 1)
        code = session.scalars(sa.select(Tree.code)).one()
        seen = reservations.find_named(session, [code], YEAR)
        make_order(session, units)
    with pytest.raises(Raced), transaction():
        reservations.take_named(session, 1, YEAR, seen)


@pytest.mark.parametrize("by", ["code", "count"])
def test_a_lapsed_hold_that_never_asked_for_a_payment_is_for_whoever_needs_it(
    app: Flask, clock: SteppingClock, by: str
) -> None:
    shop = make_shop(app, (2,))
    old = Buyer(app, "old").order(count=2)
    lin = Buyer(app)
    wish = {"trees": shop.codes[shop.households[0]]} if by == "code" else {"count": 2}
    assert lin.ask(**wish).status_code == 409
    clock.advance(minutes=15)
    number = lin.order(**wish)
    assert codes_of(app, number) == sorted(shop.codes[shop.households[0]])
    assert state_of(app, old) == "closed"
    assert faults_found(app) == []


@pytest.mark.parametrize("by", ["code", "count"])
def test_a_lapsed_hold_with_a_payment_stays_held(app: Flask, clock: SteppingClock, by: str) -> None:
    shop = make_shop(app, (2,))
    old = Buyer(app, "old")
    number = old.order(count=2)
    old.prepare(number)
    clock.advance(hours=3)
    wish = {"trees": [shop.code()]} if by == "code" else {"count": 1}
    refused = Buyer(app).ask(**wish)
    assert refused.status_code == 409
    assert refused.get_json()["code"] == ("tree_unavailable" if by == "code" else "not_enough_trees")
    assert state_of(app, number) == "pending"
    assert faults_found(app) == []


def test_a_hold_is_not_lapsed_before_its_time(app: Flask, clock: SteppingClock) -> None:
    make_shop(app, (1,))
    number = Buyer(app, "old").order(count=1)
    clock.advance(minutes=14, seconds=59)
    assert Buyer(app).ask(count=1).status_code == 409
    assert state_of(app, number) == "pending"


def test_taking_over_one_lapsed_tree_frees_the_rest_of_its_order(app: Flask, clock: SteppingClock) -> None:
    shop = make_shop(app, (2, 2))
    Buyer(app, "old").order(count=4)
    clock.advance(minutes=15)
    Buyer(app).order(trees=[shop.code(1, 1)])
    with app.app_context():
        assert database().scalar(sa.select(sa.func.sum(Lane.free))) == 3
    assert faults_found(app) == []


def test_only_the_holds_that_are_needed_are_taken_over_by_code(app: Flask, clock: SteppingClock) -> None:
    shop = make_shop(app, (3,))
    old = Buyer(app, "old")
    needed, spared = old.order(trees=[shop.code(0, 0)]), old.order(trees=[shop.code(0, 1)])
    clock.advance(minutes=15)
    Buyer(app).order(trees=[shop.code(0, 0)])
    assert (state_of(app, needed), state_of(app, spared)) == ("closed", "pending")


def test_one_tree_that_others_hold_spoils_the_whole_order(app: Flask, clock: SteppingClock) -> None:
    shop = make_shop(app, (3,))
    old, wang = Buyer(app, "old"), Buyer(app, "wang")
    lapsed = old.order(trees=[shop.code(0, 0)])
    clock.advance(minutes=15)
    wang.order(trees=[shop.code(0, 1)])
    refused = Buyer(app).ask(trees=[shop.code(0, 0), shop.code(0, 1), shop.code(0, 2)])
    assert refused.get_json()["fields"] == {"trees": [shop.code(0, 1)]}
    # Nothing came of it, so nothing was taken over either.
    assert state_of(app, lapsed) == "pending"
    assert faults_found(app) == []


def test_more_lapsed_orders_than_are_freed_at_once_are_freed_as_far_as_needed(
    app: Flask, clock: SteppingClock
) -> None:
    make_shop(app, (6,))
    old = Buyer(app, "old")
    for _ in range(6):
        old.order(count=1)
    clock.advance(minutes=15)
    with app.app_context(), transaction() as session:
        assert lapses.lapse_for(session, clock(), year=YEAR, most=2) == 2
    assert len(codes_of(app, Buyer(app).order(count=6))) == 6
    assert faults_found(app) == []


def test_the_worker_frees_what_has_lapsed_and_nothing_else(app: Flask, clock: SteppingClock) -> None:
    make_shop(app, (9,))
    lin = Buyer(app)
    lapsed = [lin.order(count=2) for _ in range(2)]
    asked = lin.order(count=1)
    lin.prepare(asked)
    paid = lin.buy(count=1)
    clock.advance(minutes=15)
    fresh = lin.order(count=1)
    with app.app_context():
        assert tasks.lapse_orders() == 2
        assert tasks.lapse_orders() == 0
    states = {number: state_of(app, number) for number in (*lapsed, asked, paid, fresh)}
    assert states == {
        lapsed[0]: "closed", lapsed[1]: "closed", asked: "pending", paid: "paid", fresh: "pending",
    }  # fmt: skip
    with app.app_context():
        assert database().scalar(sa.select(sa.func.sum(Lane.free))) == 6
        closed_at = (
            database().scalars(sa.select(Order.closed_at).where(Order.state == OrderState.CLOSED)).all()
        )
        assert closed_at == [clock(), clock()]
    assert faults_found(app) == []


def test_a_late_worker_costs_stock_for_a_while_and_never_correctness(
    app: Flask, clock: SteppingClock
) -> None:
    make_shop(app, (1,))
    old = Buyer(app, "old")
    number = old.order(count=1)
    clock.advance(days=3)
    # Nobody has been by, and the buyer comes back: too late to pay.
    assert old.post(f"/orders/{number}/payment").get_json()["code"] == "order_expired"
    assert old.shown(number)["status"] == "pending"
    taken = Buyer(app).order(count=1)
    assert (state_of(app, number), state_of(app, taken)) == ("closed", "pending")
    assert old.post(f"/orders/{number}/payment").get_json()["fields"] == {"status": "closed"}
