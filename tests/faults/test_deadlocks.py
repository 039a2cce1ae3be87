"""Purchases that meet in opposite orders: nobody waits in a circle, and whoever loses one tries again."""

import random
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import sqlalchemy as sa
from flask import Flask

from blueprints.idempotent import until_not_raced
from models import Credit, Lane, transaction
from tests.faults.meeting import PATIENCE_SECONDS, engine_is_postgresql, lanes_held, wait_until_waiting
from tests.support.buying import Buyer, codes_of, faults_found, make_shop
from tests.support.clock import SteppingClock
from tests.support.refunding import ask_back


def test_an_order_by_code_and_one_by_count_for_the_same_tree_do_not_block_each_other(app: Flask) -> None:
    shop = make_shop(app, (2,))
    lin, wang = Buyer(app, "lin"), Buyer(app, "wang")
    with ThreadPoolExecutor(2) as pool:
        with lanes_held(app):
            by_code = pool.submit(lin.ask, trees=[shop.code()])
            wait_until_waiting(app, 1)
            by_count = pool.submit(wang.ask, count=1)
            wait_until_waiting(app, 2)
        # SQLite lets in whom it likes: whoever comes second may find the named tree gone.
        assert by_count.result().status_code == 201
        assert by_code.result().status_code in (201, 409)
    assert faults_found(app) == []


def test_orders_that_take_over_each_others_lapsed_holds_both_get_their_trees(
    app: Flask, clock: SteppingClock
) -> None:
    shop = make_shop(app, (2, 2))
    old = Buyer(app, "old")
    old.order(trees=[shop.code(0, 0)])
    old.order(trees=[shop.code(1, 0)])
    clock.advance(minutes=16)
    lin, wang = Buyer(app, "lin"), Buyer(app, "wang")
    with ThreadPoolExecutor(2) as pool:
        with lanes_held(app):
            one = pool.submit(lin.ask, trees=[shop.code(0, 0), shop.code(1, 1)])
            wait_until_waiting(app, 1)
            other = pool.submit(wang.ask, trees=[shop.code(1, 0), shop.code(0, 1)])
            wait_until_waiting(app, 2)
        assert (one.result().status_code, other.result().status_code) == (201, 201)
    assert faults_found(app) == []


def test_whoever_waits_for_another_buyer_to_free_lapsed_trees_gets_what_is_left(
    app: Flask, clock: SteppingClock
) -> None:
    make_shop(app, (4,))
    Buyer(app, "old").order(count=4)
    clock.advance(minutes=16)
    lin, wang = Buyer(app, "lin"), Buyer(app, "wang")
    with ThreadPoolExecutor(2) as pool:
        with lanes_held(app):
            one = pool.submit(lin.ask, count=1)
            wait_until_waiting(app, 1)
            other = pool.submit(wang.ask, count=3)
            wait_until_waiting(app, 2)
        assert (one.result().status_code, other.result().status_code) == (201, 201)
    assert faults_found(app) == []


def test_orders_over_many_households_named_in_opposite_orders_all_end(app: Flask) -> None:
    shop = make_shop(app, (6,) * 8)
    buyers = [Buyer(app, f"buyer{n}") for n in range(6)]
    together = Barrier(len(buyers))

    def buy(place: int) -> int:
        codes = [shop.code(household, place) for household in range(8)]
        together.wait()
        return buyers[place].ask(trees=codes if place % 2 else codes[::-1]).status_code

    with ThreadPoolExecutor(len(buyers)) as pool:
        assert list(pool.map(buy, range(6))) == [201] * 6
    assert faults_found(app) == []


def test_orders_by_grams_that_draw_again_and_again_all_end(app: Flask) -> None:
    # Trees of 4 kg where the flat figure says 10: every order draws several times and takes more lanes each time.
    shop = make_shop(app, (6,) * 8, sink_g=4_000)
    buyers = [Buyer(app, f"buyer{n}") for n in range(6)]
    together = Barrier(len(buyers))

    def buy(place: int) -> int:
        together.wait()
        return buyers[place].ask(sink_g=24_000).status_code

    with ThreadPoolExecutor(len(buyers)) as pool:
        assert list(pool.map(buy, range(6))) == [201] * 6
    assert faults_found(app) == []
    assert sum(len(codes) for codes in shop.codes.values()) == 48


def test_a_transaction_that_lost_a_deadlock_is_tried_again(app: Flask) -> None:
    shop = make_shop(app, (1, 1))
    met = Barrier(2)
    postgresql = engine_is_postgresql(app)
    tries: list[int] = []

    def cross(first: int) -> str:
        def attempt(_last: bool) -> str:
            tries.append(first)
            with transaction() as session:
                if postgresql:
                    session.execute(sa.text("SET LOCAL deadlock_timeout = '20ms'"))
                for n, place in enumerate((first, 1 - first)):
                    lane = sa.select(Lane.id).where(Lane.household_id == shop.households[place])
                    session.execute(lane.with_for_update()).one()
                    if postgresql and n == 0 and len(tries) <= 2:
                        met.wait()
            return "done"

        with app.app_context():
            return until_not_raced(attempt)

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(cross, (0, 1))) == ["done", "done"]
    assert len(tries) == (3 if postgresql else 2)


def test_a_random_crowd_of_all_kinds_of_orders_leaves_nothing_undone(
    app: Flask, clock: SteppingClock
) -> None:
    shop = make_shop(app, (5,) * 6)
    old = Buyer(app, "old")
    for household in range(6):
        old.order(trees=[shop.code(household, tree) for tree in range(4)])
    clock.advance(minutes=16)
    buyers = [Buyer(app, f"buyer{n}") for n in range(8)]

    def buy(place: int) -> list[tuple[int, str]]:
        chance, answers = random.Random(place), []
        for _ in range(5):
            named = [shop.code(household, chance.randrange(5)) for household in chance.sample(range(6), 2)]
            wish = {"trees": named} if chance.random() < 0.5 else {"count": chance.randint(1, 3)}
            answer = buyers[place].ask(**wish)
            answers.append((answer.status_code, answer.get_json().get("code", "")))
        return answers

    with ThreadPoolExecutor(len(buyers)) as pool:
        answers = [answer for one in pool.map(buy, range(8)) for answer in one]
    allowed = {(201, ""), (409, "tree_unavailable"), (409, "not_enough_trees")}
    assert set(answers) <= allowed
    assert faults_found(app) == []
    with app.app_context(), transaction() as session:
        assert session.scalar(sa.select(sa.func.sum(Lane.free))) == 30 - _held(app, buyers)


def _held(app: Flask, buyers: list[Buyer]) -> int:
    numbers = [order["number"] for buyer in buyers for order in buyer.get("/orders").get_json()["items"]]
    return sum(len(codes_of(app, number)) for number in numbers)


def test_an_order_past_its_refund_window_waits_for_nobody_who_pays_its_households(
    app: Flask, clock: SteppingClock
) -> None:
    make_shop(app, (1, 1))
    number = Buyer(app, "lin").buy(count=2)
    clock.advance(days=30)
    lin = Buyer(app, "lin")
    with ThreadPoolExecutor(1) as pool, app.app_context(), transaction() as session:
        session.execute(sa.select(Credit.id).with_for_update()).all()
        asked = pool.submit(ask_back, lin, number)
        # SQLite has one lock: there whoever writes waits for everybody.
        if engine_is_postgresql(app):
            asked.result(PATIENCE_SECONDS)
    assert asked.result().get_json()["code"] == "refund_window_over"
