"""A footprint is its lines, added up, and the fewest trees that equal it."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.factors import load_factors
from domain.footprints import LARGEST_QUANTITY, MOST_LINES, footprint, trees_for

FLAT_G = 10_000
QUANTITIES = st.decimals(min_value=0, max_value=LARGEST_QUANTITY, places=6)


def test_a_year_of_commuting_and_electricity_adds_up() -> None:
    result = footprint([("car_petrol", Decimal(5000)), ("grid_gz_2023", Decimal("1200.5"))], FLAT_G)
    # 5000 km x 0.19567 kg = 978.35 kg; 1200.5 kWh x 0.5683 kg = 682.24415 kg, rounded to 682244 g.
    assert [line.co2e_g for line in result.lines] == [978_350, 682_244]
    assert result.co2e_g == 1_660_594
    assert result.trees == 167


def test_every_line_echoes_factor_source_year_and_input() -> None:
    shown = json.loads(json.dumps(footprint([("petrol", Decimal("40.50"))], FLAT_G).as_dict()))
    (line,) = shown["lines"]
    assert line["factor"]["code"] == "petrol"
    assert line["factor"]["source"].startswith("NCV 44.80")
    assert (line["factor"]["year"], line["quantity"], line["co2e_g"]) == (2011, "40.50", 89_910)
    assert "halves up" in shown["rounding"]["en"]


def test_half_a_gram_is_rounded_up() -> None:
    # 0.03 kg a km: 50 m are 1.5 g, and 16.666 m a little under half a gram.
    assert footprint([("coach", Decimal("0.05"))], FLAT_G).co2e_g == 2
    assert footprint([("coach", Decimal("0.016666"))], FLAT_G).co2e_g == 0


@given(st.lists(st.tuples(st.sampled_from(sorted(load_factors())), QUANTITIES), min_size=1, max_size=8))
def test_the_total_is_the_sum_of_its_lines_and_each_is_right_to_half_a_gram(
    items: list[tuple[str, Decimal]],
) -> None:
    result = footprint(items, FLAT_G)
    assert result.co2e_g == sum(line.co2e_g for line in result.lines)
    for line, (code, quantity) in zip(result.lines, items, strict=True):
        assert abs(line.co2e_g - load_factors()[code].kg_co2e_per_unit * quantity * 1000) <= Decimal("0.5")


@given(st.integers(0, 10**13), st.integers(1, 50_000))
def test_the_trees_are_the_fewest_that_reach_the_grams(grams: int, flat_g: int) -> None:
    trees = trees_for(grams, flat_g)
    assert trees * flat_g >= grams
    assert trees == 0 or (trees - 1) * flat_g < grams


@pytest.mark.parametrize(
    ("items", "code", "line"),
    [
        ([], "footprint_empty", None),
        ([("metro", Decimal(1))] * (MOST_LINES + 1), "footprint_too_long", None),
        ([("metro", Decimal(1)), ("rocket", Decimal(1))], "unknown_factor", 1),
        ([("metro", Decimal(-1))], "quantity_out_of_range", 0),
        ([("metro", LARGEST_QUANTITY + 1)], "quantity_out_of_range", 0),
        ([("metro", Decimal("1e999999"))], "quantity_out_of_range", 0),
        ([("metro", Decimal("NaN"))], "quantity_out_of_range", 0),
        ([("metro", Decimal("Infinity"))], "quantity_out_of_range", 0),
        ([("metro", Decimal("0.0000001"))], "quantity_too_fine", 0),
        ([("metro", Decimal("1e-999999"))], "quantity_too_fine", 0),
    ],
)
def test_items_that_cannot_be_meant_are_refused(
    items: list[tuple[str, Decimal]], code: str, line: int | None
) -> None:
    with pytest.raises(Invalid) as refusal:
        footprint(items, FLAT_G)
    assert refusal.value.code == code
    assert refusal.value.fields == (None if line is None else {"line": line})


def test_trees_of_no_grams_equal_nothing() -> None:
    with pytest.raises(Invalid) as refusal:
        footprint([("metro", Decimal(1))], 0)
    assert refusal.value.code == "flat_figure_not_positive"
