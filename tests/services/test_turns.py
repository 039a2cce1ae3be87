"""The fair turn on the rows: spread over households, the poorest first, and replayed from what an order keeps."""

import copy
import os
from collections import Counter
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from domain.errors import Conflict
from models import Lane, Order, database, transaction
from services import turns
from services.turns import SPARE, Wanted, lane_numbers, take_turns
from tests.support.buying import Buyer, faults_found, make_shop, units_of
from tests.support.keeping import Kept
from tests.support.world import OTHER_VILLAGE, VILLAGE, YEAR

K = 4
SEED = bytes(range(16))


def kept_draw(app: Flask, number: str) -> dict[str, Any]:
    """What an order kept of its draw, as an auditor would be handed it."""
    with app.app_context():
        draw = database().scalars(sa.select(Order.draw).where(Order.number == number)).one()
    assert draw is not None
    return dict(draw)


def lanes(app: Flask) -> dict[int, tuple[int, int, int]]:
    """Number, income and free trees of each household."""
    with app.app_context():
        rows = database().execute(sa.select(Lane.household_id, Lane.number, Lane.income_fen, Lane.free))
        return {row[0]: (row[1], row[2], row[3]) for row in rows}


def test_one_order_is_spread_over_the_households_as_evenly_as_chance_allows(app: Flask) -> None:
    shop = make_shop(app, (20,) * 10)
    sold = units_of(app, Buyer(app).order(count=100))
    assert sum(sold.values()) == 100
    assert set(sold) == set(shop.households)
    # Ten each would be even; the poorest of four drawn keeps everybody near it.
    assert max(sold.values()) - min(sold.values()) <= 6


def test_many_small_orders_leave_no_household_behind(app: Flask) -> None:
    shop = make_shop(app, (20,) * 10)
    lin = Buyer(app)
    sold: Counter[int] = Counter()
    for _ in range(40):
        sold.update(units_of(app, lin.order(count=1)))
    assert set(sold) == set(shop.households)
    assert max(sold.values()) <= 8


def test_of_the_households_drawn_the_poorest_sells(app: Flask) -> None:
    shop = make_shop(app, (5,) * K)
    with app.app_context(), transaction() as session:
        for fen, household in zip((900, 300, 0, 600), shop.households, strict=True):
            session.execute(sa.update(Lane).where(Lane.household_id == household).values(income_fen=fen))
    # With as many households as are drawn, chance has no say.
    assert units_of(app, Buyer(app).order(count=1)) == {shop.households[2]: 1}


def test_a_household_sells_no_more_than_it_has(app: Flask) -> None:
    shop = make_shop(app, (1, 1, 30))
    sold = units_of(app, Buyer(app).order(count=32))
    assert sold == dict(zip(shop.households, (1, 1, 30), strict=True))


def test_an_auditor_replays_a_draw_from_the_order_alone(app: Flask) -> None:
    make_shop(app, (7,) * 9)
    lin = Buyer(app)
    for count in (1, 2, 17, 30):
        number = lin.order(count=count)
        assert turns.replay(kept_draw(app, number)) == units_of(app, number)


def test_the_draw_of_a_small_order_among_many_households_is_a_sample_an_auditor_can_check(app: Flask) -> None:
    make_shop(app, (2,) * 30)
    number = Buyer(app).order(count=1)
    kept = kept_draw(app, number)
    assert kept["sample"] is True
    assert kept["lanes"] == 30
    assert turns.replay(kept) == units_of(app, number)
    drawn = set(lane_numbers(bytes.fromhex(kept["seed"]), 30, SPARE * K))
    known = lanes(app)
    assert {known[candidate[0]][0] for candidate in kept["candidates"]} == drawn


def _changed(kept: dict[str, Any], deed: str) -> dict[str, Any]:
    changed = copy.deepcopy(kept)
    match deed:
        case "another seed":
            changed["seed"] = "00" * 16
        case "a poorer candidate":
            changed["candidates"][0][1] += 300
        case "a candidate left out":
            del changed["candidates"][0]
        case "another outcome":
            changed["trees_sha256"] = "0" * 64
        case "another rule":
            changed["algorithm"] = "fair-turn-2"
    return changed


def make_draw(app: Flask) -> dict[str, Any]:
    """What is kept of a draw among forty households."""
    make_shop(app, (7,) * 40)
    return kept_draw(app, Buyer(app).order(count=20))


@pytest.mark.parametrize(
    ("deed", "code"),
    [
        ("another seed", "draw_outcome_differs"),
        ("a poorer candidate", "draw_candidates_differ"),
        ("a candidate left out", "draw_candidates_differ"),
        ("another outcome", "draw_outcome_differs"),
        ("another rule", "draw_algorithm_unknown"),
    ],
)
def test_a_draw_that_was_tampered_with_does_not_replay(kept: Kept, app: Flask, deed: str, code: str) -> None:
    draw = kept(make_draw, app)
    with pytest.raises(Conflict, match=code):
        turns.replay(_changed(draw, deed))


def test_a_region_limits_the_turn_to_its_households(app: Flask) -> None:
    here, there = make_shop(app, (5, 5)), make_shop(app, (5, 5), village=OTHER_VILLAGE)
    lin = Buyer(app)
    assert set(units_of(app, lin.order(count=8, region=OTHER_VILLAGE))) == set(there.households)
    assert set(units_of(app, lin.order(count=8, region=VILLAGE))) == set(here.households)
    county = lin.order(count=4, region="522326")
    assert set(units_of(app, county)) == {*here.households, *there.households}
    assert turns.replay(kept_draw(app, county)) == units_of(app, county)


def test_a_species_limits_the_turn_to_its_trees(app: Flask) -> None:
    make_shop(app, (6,), species_code="SM")
    shop = make_shop(app, (3, 3), species_code="MWS")
    lin = Buyer(app)
    number = lin.order(count=5, species="MWS")
    assert set(units_of(app, number)) == set(shop.households)
    assert turns.replay(kept_draw(app, number)) == units_of(app, number)
    refused = lin.ask(count=2, species="MWS")
    assert (refused.status_code, refused.get_json()["fields"]) == (409, {"available": 1})
    assert faults_found(app) == []


def test_a_household_with_two_species_sells_of_each_what_is_asked(app: Flask) -> None:
    shop = make_shop(app, (4,), species_code="SM")
    with app.app_context(), transaction() as session:
        session.execute(
            sa.text(
                "UPDATE units SET species_code = 'MWS' WHERE id IN (SELECT id FROM units ORDER BY id LIMIT 1)"
            )
        )
    lin = Buyer(app)
    lin.order(count=3, species="SM")
    assert lin.ask(count=1, species="SM").status_code == 409
    assert units_of(app, lin.order(count=1, species="MWS")) == {shop.households[0]: 1}
    assert faults_found(app) == []


def test_more_trees_than_there_are_is_refused_with_the_number_left(app: Flask) -> None:
    make_shop(app, (2, 3))
    refused = Buyer(app).ask(count=6)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "not_enough_trees")
    assert refused.get_json()["fields"] == {"available": 5}


@pytest.mark.parametrize(("lanes_there", "wanted"), [(1, 1), (7, 7), (100, 8), (12_000, 40)])
def test_a_seed_draws_lane_numbers_none_twice(lanes_there: int, wanted: int) -> None:
    drawn = lane_numbers(SEED, lanes_there, wanted)
    assert len(set(drawn)) == wanted
    assert all(1 <= number <= lanes_there for number in drawn)
    assert drawn == lane_numbers(SEED, lanes_there, wanted)
    assert drawn[: wanted // 2] == lane_numbers(SEED, lanes_there, wanted // 2 or 1)[: wanted // 2]


def test_every_lane_is_drawn_as_often_as_any_other() -> None:
    drawn = Counter(number for _ in range(2_000) for number in lane_numbers(os.urandom(16), 20, 5))
    assert set(drawn) == set(range(1, 21))
    # 500 each; the standard deviation is about 19.
    assert all(380 < often < 620 for often in drawn.values())


def test_a_sample_that_cannot_serve_gives_way_to_everybody(app: Flask, session: Session) -> None:
    make_shop(app, (1,) * 20)
    # All but two lanes are empty: hardly any sample of eight holds four with trees.
    with transaction():
        ids = session.scalars(sa.select(Lane.id).order_by(Lane.id)).all()
        session.execute(sa.update(Lane).where(Lane.id.in_(ids[2:])).values(free=0))
    turn = take_turns(session, Wanted(YEAR, 1), lanes=20, price_fen=300, k=K, seed=SEED)
    assert turn.log["sample"] is False
    assert sum(turn.trees.values()) == 1
