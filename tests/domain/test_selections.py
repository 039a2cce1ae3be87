"""What a buyer asks for becomes a number of trees: most within a budget, fewest that reach the grams."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.selections import MOST_TREES, Selection, check_named, check_size, trees_for

PRICE, FLAT = 300, 10_000


@pytest.mark.parametrize(
    ("budget_fen", "trees"), [(300, 1), (599, 1), (600, 2), (10_000, 33), (30_000_000, 100_000)]
)
def test_a_budget_buys_the_most_trees_within_it(budget_fen: int, trees: int) -> None:
    assert trees_for(Selection(2026, budget_fen=budget_fen), PRICE, FLAT) == trees


@pytest.mark.parametrize(
    ("sink_g", "trees"), [(1, 1), (10_000, 1), (10_001, 2), (95_000, 10), (1_000_000_000, 100_000)]
)
def test_grams_take_the_fewest_trees_that_reach_them(sink_g: int, trees: int) -> None:
    assert trees_for(Selection(2026, sink_g=sink_g), PRICE, FLAT) == trees


def test_a_number_of_trees_is_that_number() -> None:
    assert trees_for(Selection(2026, count=7), PRICE, FLAT) == 7


@given(st.integers(300, 30_000_000))
def test_no_tree_more_would_fit_the_budget(budget_fen: int) -> None:
    trees = trees_for(Selection(2026, budget_fen=budget_fen), PRICE, FLAT)
    assert trees * PRICE <= budget_fen < (trees + 1) * PRICE


@given(st.integers(1, 1_000_000_000))
def test_no_tree_less_would_reach_the_grams(sink_g: int) -> None:
    trees = trees_for(Selection(2026, sink_g=sink_g), PRICE, FLAT)
    assert (trees - 1) * FLAT < sink_g <= trees * FLAT


def test_a_budget_under_one_price_is_refused_with_the_price() -> None:
    with pytest.raises(Invalid, match="budget_too_small") as refused:
        trees_for(Selection(2026, budget_fen=299), PRICE, FLAT)
    assert refused.value.fields == {"price_fen": 300}


@pytest.mark.parametrize(
    "selection",
    [
        Selection(2026, count=MOST_TREES + 1),
        Selection(2026, budget_fen=30_000_300),
        Selection(2026, sink_g=1_000_000_001),
        Selection(2026, budget_fen=2**53 - 1),
    ],
)
def test_an_order_has_an_end(selection: Selection) -> None:
    with pytest.raises(Invalid, match="too_many_trees") as refused:
        trees_for(selection, PRICE, FLAT)
    assert refused.value.fields == {"limit": 100_000}


def test_the_greatest_order_is_allowed() -> None:
    assert check_size(MOST_TREES) == MOST_TREES


def test_a_tree_is_named_once() -> None:
    assert check_named(["A1", "B2"]) == ("A1", "B2")
    with pytest.raises(Invalid, match="tree_twice") as refused:
        check_named(["A1", "B2", "A1", "C3", "C3"])
    assert refused.value.fields == {"trees": ["A1", "C3"]}


@pytest.mark.parametrize(
    ("selection", "kept"),
    [
        (Selection(2026, count=3), {"year": 2026, "count": 3}),
        (Selection(2026, trees=("A1",)), {"year": 2026, "trees": ["A1"]}),
        (
            Selection(2027, sink_g=1, region="52", species="SM"),
            {"year": 2027, "sink_g": 1, "region": "52", "species": "SM"},
        ),
    ],
)
def test_what_was_not_asked_is_not_kept(selection: Selection, kept: dict[str, object]) -> None:
    assert selection.as_dict() == kept
