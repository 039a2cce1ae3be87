"""The fair turn: the poorest of K drawn sells, the spread stays even, and anybody can repeat the draw."""

import hashlib
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Conflict, Invalid
from domain.fairness import Draw, DrawLog, Lane, candidates_digest, draw, replay, trees_digest

SEED = bytes(range(32))
PRICE_FEN = 300
K = 5


def lanes(households: int, free: int, income_fen: int = 0) -> list[Lane]:
    return [Lane(household_id, income_fen, free) for household_id in range(1, households + 1)]


def drawn(candidates: list[Lane], count: int, k: int = K, seed: bytes = SEED) -> Draw:
    return draw(candidates, count, PRICE_FEN, k, seed)


def drawn_by_hand(candidates: list[Lane], count: int, k: int) -> dict[int, int]:
    """The four steps of the module's description, written as plainly as an auditor would."""
    ordered = sorted(candidates, key=lambda lane: lane.household_id)
    row = [lane.household_id for lane in ordered if lane.free > 0]
    income = {lane.household_id: lane.income_fen for lane in ordered}
    free = {lane.household_id: lane.free for lane in ordered}
    sold: dict[int, int] = {}
    used = 0

    def below(n: int) -> int:
        nonlocal used
        while True:
            block = hashlib.sha256(SEED + (used // 8).to_bytes(8, "big")).digest()
            word = int.from_bytes(block[used % 8 * 4 : used % 8 * 4 + 4], "big")
            used += 1
            if word < 2**32 - 2**32 % n:
                return word % n

    for _ in range(count):
        top = min(k, len(row))
        for i in range(top):
            j = below(len(row) - i)
            row[i], row[i + j] = row[i + j], row[i]
        place = min(range(top), key=lambda i: (income[row[i]], i))
        seller = row[place]
        sold[seller] = sold.get(seller, 0) + 1
        income[seller] += PRICE_FEN
        free[seller] -= 1
        if free[seller] == 0:
            row[place] = row[-1]
            row.pop()
    return sold


CANDIDATES = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 12)), min_size=1, max_size=30).map(
    lambda rows: [Lane(number, income * 100, free) for number, (income, free) in enumerate(rows)]
)


@given(CANDIDATES, st.integers(1, 60), st.integers(1, 8))
def test_the_draw_is_what_its_description_says(candidates: list[Lane], count: int, k: int) -> None:
    stock = sum(lane.free for lane in candidates)
    if count > stock:
        with pytest.raises(Conflict) as refusal:
            drawn(candidates, count, k)
        assert (refusal.value.code, refusal.value.fields) == ("not_enough_trees", {"available": stock})
        return
    assert drawn(candidates, count, k).trees == drawn_by_hand(candidates, count, k)


@given(CANDIDATES, st.integers(1, 60), st.integers(1, 8))
def test_nobody_sells_more_than_is_free_and_every_tree_is_given(
    candidates: list[Lane], count: int, k: int
) -> None:
    count = min(count, sum(lane.free for lane in candidates))
    if not count:
        return
    trees = drawn(candidates, count, k).trees
    free = {lane.household_id: lane.free for lane in candidates}
    assert sum(trees.values()) == count
    assert all(0 < number <= free[household_id] for household_id, number in trees.items())


@given(CANDIDATES)
def test_the_last_tree_of_the_stock_can_be_sold(candidates: list[Lane]) -> None:
    stock = sum(lane.free for lane in candidates)
    if stock:
        trees = drawn(candidates, stock).trees
        assert trees == {lane.household_id: lane.free for lane in candidates if lane.free}


def test_a_household_with_nothing_free_is_never_chosen() -> None:
    candidates = [*lanes(20, 10, income_fen=90_000), Lane(99, 0, 0)]
    assert 99 not in drawn(candidates, 150).trees


def test_households_that_start_alike_end_alike() -> None:
    trees = drawn(lanes(400, 450), 40_000).trees
    assert len(trees) == 400
    assert max(trees.values()) - min(trees.values()) <= 4


def test_the_launch_hour_spreads_over_every_household() -> None:
    trees = drawn(lanes(400, 300), 103_333).trees
    assert sum(trees.values()) == 103_333
    assert max(trees.values()) - min(trees.values()) <= 4


def test_a_whole_campaign_of_households_is_served() -> None:
    trees = drawn(lanes(11_192, 400), 100_000).trees
    assert len(trees) == 11_192
    assert max(trees.values()) - min(trees.values()) <= 6


def test_the_poorer_half_catches_up_first() -> None:
    rich = [Lane(number, 20 * PRICE_FEN, 100) for number in range(50)]
    poor = [Lane(number, 0, 100) for number in range(50, 100)]
    trees = drawn(rich + poor, 1000).trees
    to_poor = sum(number for household_id, number in trees.items() if household_id >= 50)
    assert to_poor > 900


def test_with_every_household_drawn_the_poorest_of_all_sells() -> None:
    candidates = [Lane(1, 500, 9), Lane(2, 100, 9), Lane(3, 1000, 9)]
    assert drawn(candidates, 1).trees == {2: 1}
    assert drawn(candidates, 3).trees == {2: 2, 1: 1}


def test_with_one_drawn_income_does_not_matter() -> None:
    candidates = [Lane(1, 1_000_000, 1000), Lane(2, 0, 1000)]
    trees = drawn(candidates, 1000, k=1).trees
    assert 400 < trees[1] < 600


def test_ties_fall_evenly_whatever_the_household_number() -> None:
    first = [
        next(iter(drawn(lanes(10, 5), 1, seed=number.to_bytes(16, "big")).trees)) for number in range(2000)
    ]
    assert all(120 < first.count(household_id) < 280 for household_id in range(1, 11))


def test_the_same_seed_draws_the_same_and_another_draws_otherwise() -> None:
    candidates = lanes(50, 20)
    assert drawn(candidates, 100) == drawn(candidates, 100)
    assert drawn(candidates, 100).trees != drawn(candidates, 100, seed=b"x" * 32).trees


def test_the_order_of_the_candidates_does_not_matter() -> None:
    candidates = lanes(50, 20)
    assert drawn(candidates[::-1], 100) == drawn(candidates, 100)


def test_a_kept_draw_stays_what_it_was() -> None:
    # Worked out once and never to change: kept logs must stay repeatable. A new rule is a new ALGORITHM.
    candidates = [Lane(number, number % 4 * 300, 3) for number in range(1, 13)]
    result = drawn(candidates, 10, k=2)
    assert result.trees == {1: 1, 4: 1, 8: 2, 3: 1, 5: 3, 6: 1, 9: 1}
    assert result.log.trees_sha256 == "39cb1c7b0793bfa1ab3f0561d276ecf42e151d9f77a6fc534f7d751803cd5c36"


def test_an_auditor_repeats_a_draw_from_its_kept_log() -> None:
    candidates = lanes(60, 20, income_fen=600)
    result = drawn(candidates, 500)
    kept = json.loads(json.dumps(result.log.as_dict()))
    assert len(json.dumps(kept)) < 400
    assert replay(DrawLog.from_dict(kept), candidates) == result.trees


def test_a_replay_notices_other_candidates_another_outcome_and_another_algorithm() -> None:
    candidates = lanes(60, 20)
    log = drawn(candidates, 500).log
    other_candidates = [replace(candidates[0], income_fen=1), *candidates[1:]]
    for kept, row, code in (
        (log, other_candidates, "draw_candidates_differ"),
        (replace(log, seed=b"y" * 32), candidates, "draw_outcome_differs"),
        (replace(log, k=4), candidates, "draw_outcome_differs"),
        (replace(log, trees_sha256=trees_digest({1: 500})), candidates, "draw_outcome_differs"),
        (replace(log, algorithm="fair-turn-0"), candidates, "draw_algorithm_unknown"),
    ):
        with pytest.raises(Conflict) as refusal:
            replay(kept, row)
        assert refusal.value.code == code


def test_digests_are_of_plain_sorted_lines() -> None:
    assert (
        candidates_digest([Lane(2, 0, 1), Lane(1, 300, 4)]) == hashlib.sha256(b"1,300,4\n2,0,1\n").hexdigest()
    )
    assert trees_digest({2: 1, 1: 3}) == hashlib.sha256(b"1,3\n2,1\n").hexdigest()


@pytest.mark.parametrize(
    ("candidates", "count", "price_fen", "k", "seed"),
    [
        (lanes(3, 3), 0, 300, 5, SEED),
        (lanes(3, 3), 1, 0, 5, SEED),
        (lanes(3, 3), 1, 300, 0, SEED),
        (lanes(3, 3), 1, 300, 51, SEED),
        (lanes(3, 3), 1, 300, 5, SEED[:15]),
        ([*lanes(3, 3), Lane(1, 0, 1)], 1, 300, 5, SEED),
        ([Lane(1, -1, 3)], 1, 300, 5, SEED),
        ([Lane(1, 0, 3), Lane(2, 0, -1)], 1, 300, 5, SEED),
    ],
)
def test_a_malformed_draw_is_refused(
    candidates: list[Lane], count: int, price_fen: int, k: int, seed: bytes
) -> None:
    with pytest.raises(Invalid) as refusal:
        draw(candidates, count, price_fen, k, seed)
    assert refusal.value.code == "fair_turn_malformed"
