"""Orders by code, by count, by budget and by grams: the trees, the price and the grams are those asked for."""

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from domain.certificates import Purpose
from domain.errors import Conflict, Invalid, NotFound, Unavailable
from domain.orders import OrderState
from domain.selections import Selection
from flows.running import Running
from models import Gate, Order, Unit, transaction
from services import orders, quotes
from services.offers import SALES
from tests.support.buying import Buyer, codes_of, faults_found, make_shop, nothing_written, units_of
from tests.support.clock import START, SteppingClock
from tests.support.world import (
    OTHER_VILLAGE,
    VILLAGE,
    YEAR,
    make_household,
    make_programme,
    make_trees,
    make_units,
    make_user,
)

HOLD = timedelta(minutes=15)
WISH = orders.Wish(Purpose.PERSONAL, "林小满", False, None)


def placed(session: Session, parts: Running, selection: Selection) -> Order:
    """An order of a new user, committed."""
    with transaction():
        return orders.place(
            session,
            user_id=make_user(session)[0].id,
            selection=selection,
            wish=WISH,
            now=START,
            hold=HOLD,
            random=parts.random,
        )


def test_named_trees_are_taken_as_named(app: Flask) -> None:
    shop = make_shop(app, (3, 3))
    wanted = sorted([shop.code(0, 1), shop.code(1, 2)])
    number = Buyer(app).order(trees=wanted)
    assert codes_of(app, number) == wanted
    assert faults_found(app) == []


@pytest.mark.parametrize(
    ("asked", "count"),
    [({"count": 4}, 4), ({"budget_fen": 1_499}, 4), ({"sink_g": 30_001}, 4), ({"sink_g": 40_000}, 4)],
)
def test_an_order_has_as_many_trees_as_its_way_of_asking_means(
    app: Flask, asked: dict[str, int], count: int
) -> None:
    make_shop(app, (3, 3))
    lin = Buyer(app)
    quoted = lin.quote(**asked).get_json()
    order = lin.shown(lin.order(**asked))
    assert (order["count"], order["amount_fen"], order["sink_g"]) == (count, count * 300, count * 10_000)
    for name in ("count", "amount_fen", "sink_g", "year"):
        assert quoted[name] == order[name]
    assert faults_found(app) == []


@pytest.mark.parametrize("grams", [1, 9_999, 10_000, 24_000, 50_001])
def test_grams_are_reached_by_trees_that_bring_less_than_the_flat_figure_and_by_no_tree_more(
    app: Flask, grams: int
) -> None:
    make_shop(app, (9, 9), sink_g=4_000)
    lin = Buyer(app)
    quoted = lin.quote(sink_g=grams).get_json()
    order = lin.shown(lin.order(sink_g=grams))
    assert order["count"] == -(-grams // 4_000)
    assert order["sink_g"] == order["count"] * 4_000 >= grams
    assert order["amount_fen"] == order["count"] * 300
    assert (quoted["count"], quoted["sink_g"], quoted["amount_fen"]) == (
        order["count"], order["sink_g"], order["amount_fen"],
    )  # fmt: skip
    assert faults_found(app) == []


def test_trees_of_different_grams_are_counted_for_what_each_brings(session: Session, parts: Running) -> None:
    with transaction():
        for grams in (10_000, 1_000, 500):
            make_units(session, make_household(session), 2, sink_g=grams)
    order = placed(session, parts, Selection(YEAR, sink_g=21_000))
    carried = session.execute(
        sa.select(sa.func.count(), sa.func.sum(Unit.sink_g)).where(Unit.order_id == order.id)
    ).one()
    assert tuple(carried) == (order.count, order.sink_g)
    assert order.sink_g >= 21_000


def test_a_count_of_trees_that_bring_less_says_how_much_less(app: Flask) -> None:
    make_shop(app, (3,), sink_g=4_000)
    lin = Buyer(app)
    assert lin.quote(count=2).get_json()["sink_g"] == 8_000
    assert lin.shown(lin.order(count=2))["sink_g"] == 8_000


def test_grams_that_all_the_trees_together_do_not_bring_are_refused(app: Flask) -> None:
    make_shop(app, (3,), sink_g=4_000)
    lin = Buyer(app)
    with nothing_written(app):
        refused = lin.ask(sink_g=12_001)
    assert (refused.status_code, refused.get_json()["fields"]) == (409, {"available": 3})
    assert lin.order(sink_g=12_000)


def test_grams_of_tiny_trees_still_have_an_end(app: Flask) -> None:
    make_shop(app, (3,), sink_g=1)
    assert Buyer(app).ask(sink_g=1_000_000_000).get_json()["code"] in ("not_enough_trees", "too_many_trees")


def test_an_order_is_held_for_the_time_of_the_setting(app: Flask, clock: SteppingClock) -> None:
    make_shop(app)
    order = Buyer(app).ask(count=1).get_json()
    assert order["created_at"] == "2026-09-01T02:00:00Z"
    assert order["expires_at"] == "2026-09-01T02:15:00Z"


def test_an_order_number_tells_the_day_in_shanghai_and_nothing_else(app: Flask, clock: SteppingClock) -> None:
    make_shop(app, (9,))
    clock.advance(hours=14)
    numbers = [Buyer(app).order(count=1) for _ in range(5)]
    # 16:00 UTC is midnight in Shanghai.
    assert {number[:7] for number in numbers} == {"D260902"}
    assert len({number[7:] for number in numbers}) == 5
    assert all(len(number) == 19 and number.isalnum() for number in numbers)


@pytest.mark.parametrize("way", [{"count": 1}, {"budget_fen": 300}, {"sink_g": 1}, {"trees": True}])
def test_a_quote_reserves_nothing(app: Flask, way: dict[str, Any]) -> None:
    shop = make_shop(app, (1,))
    lin = Buyer(app)
    asked = {"trees": [shop.code()]} if way.get("trees") else way
    with nothing_written(app):
        assert lin.quote(**asked).status_code == 200
    assert units_of(app, lin.order(**asked)) == {shop.households[0]: 1}


def test_a_quote_names_the_households_it_would_be_for(app: Flask) -> None:
    shop = make_shop(app, (1, 1, 1))
    lin = Buyer(app)
    assert lin.quote(count=3).get_json()["households"] == 3
    assert lin.quote(trees=[shop.code(0), shop.code(1)]).get_json()["households"] == 2


def test_a_lapsed_hold_is_quoted_as_it_would_be_sold(app: Flask, clock: SteppingClock) -> None:
    shop = make_shop(app, (2,))
    Buyer(app, "old").order(count=2)
    lin = Buyer(app)
    assert lin.quote(count=1).get_json()["code"] == "not_enough_trees"
    assert lin.quote(trees=[shop.code()]).get_json()["code"] == "tree_unavailable"
    clock.advance(minutes=15)
    assert lin.quote(count=2).get_json()["count"] == 2
    assert lin.quote(trees=[shop.code()]).get_json()["count"] == 1
    refused = lin.quote(count=3)
    assert (refused.status_code, refused.get_json()["fields"]) == (409, {"available": 2})
    assert lin.order(count=2)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"region": "52999"}, "invalid_fields"),
        ({"region": "529999"}, "region_unknown"),
        ({"species": "QQ"}, "species_unknown"),
        ({"year": 2025}, "year_over"),
        ({"year": 2027}, "nothing_on_sale"),
    ],
)
def test_a_place_a_species_or_a_year_that_has_nothing_is_named(
    app: Flask, asked: dict[str, Any], code: str
) -> None:
    make_shop(app)
    lin = Buyer(app)
    with nothing_written(app):
        assert lin.ask(count=1, **asked).get_json()["code"] == code
        assert lin.quote(count=1, **asked).get_json()["code"] == code


def test_a_year_to_come_that_was_verified_is_sold_on_its_own_terms(session: Session, parts: Running) -> None:
    with transaction():
        household = make_household(session)
        trees = make_trees(session, household, 1)
        this_year = make_units(session, household, 1, YEAR, trees=trees)
        make_programme(session, effective_on=date(YEAR + 1, 1, 1), price_fen=500)
        make_units(session, household, 1, YEAR + 1, trees=trees, price_fen=500)
    order = placed(session, parts, Selection(YEAR + 1, count=1))
    assert (order.year, order.amount_fen) == (YEAR + 1, 500)
    session.expire_all()
    assert session.get_one(Unit, this_year[0].id).order_id is None


def test_while_sales_are_paused_nothing_is_quoted_or_sold(session: Session, parts: Running) -> None:
    with transaction():
        make_units(session, make_household(session), 1)
        session.add(Gate(name=SALES, open=False, reason="sponsor has 0 fen left", set_at=START))
    with pytest.raises(Unavailable, match="sales_paused"):
        placed(session, parts, Selection(YEAR, count=1))
    with pytest.raises(Unavailable, match="sales_paused"):
        quotes.quote(session, Selection(YEAR, count=1), START, parts.random)


def test_before_the_first_programme_nothing_is_sold(session: Session, parts: Running) -> None:
    with pytest.raises(Unavailable, match="programme_missing"):
        placed(session, parts, Selection(YEAR, count=1))


def test_an_order_that_fails_half_way_takes_nothing(session: Session, parts: Running) -> None:
    with transaction():
        units = make_units(session, make_household(session), 2)
        # A lane that knows of a tree which is not there: the taking comes up short.
        session.execute(sa.update(Unit).where(Unit.id == units[0].id).values(state="withdrawn"))
    with pytest.raises(Conflict):
        placed(session, parts, Selection(YEAR, count=2))
    session.rollback()
    assert session.scalars(sa.select(Order)).all() == []
    assert session.scalars(sa.select(Unit.order_id)).all() == [None, None]


def test_with_nobody_else_allowed_an_order_takes_what_there_is(session: Session, parts: Running) -> None:
    with transaction():
        make_units(session, make_household(session, VILLAGE), 2)
        make_units(session, make_household(session, OTHER_VILLAGE), 2)
    with transaction():
        order = orders.place(
            session,
            user_id=make_user(session)[0].id,
            selection=Selection(YEAR, count=4),
            wish=WISH,
            now=START,
            hold=HOLD,
            random=parts.random,
            alone=True,
        )
    assert order.count == 4


def test_an_order_is_found_by_its_buyer_only(session: Session, parts: Running) -> None:
    with transaction():
        make_units(session, make_household(session), 1)
        stranger = make_user(session, "stranger")[0]
    order = placed(session, parts, Selection(YEAR, count=1))
    assert orders.find(session, order.number, order.user_id).id == order.id
    assert orders.by_number(session, order.number).state is OrderState.PENDING
    with pytest.raises(NotFound, match="order_not_found"):
        orders.find(session, order.number, stranger.id)
    with pytest.raises(NotFound, match="order_not_found"):
        orders.by_number(session, "D260901NOTHERE")


def test_the_year_on_sale_turns_with_the_year_in_shanghai() -> None:
    last_evening = START.replace(month=12, day=31, hour=15)
    assert orders.check_year(2026, last_evening) == 2026
    with pytest.raises(Invalid, match="year_over"):
        orders.check_year(2026, last_evening + timedelta(hours=1))
