"""The methodology: volumes and stocks as computed independently, and what may be sold of them."""

import json
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.method_words import METHOD_ID, METHOD_VERSION, SinkRule
from domain.methodology import (
    SinkResult,
    TreeMeasurement,
    annual_sink,
    check_dimensions,
    stock_kg,
    volume_m3,
    years_between,
)
from domain.reference_tables import reference_rows
from domain.species import load_species

SPECIES = load_species()
FIR = SPECIES["SM"]
FLAT_G = 10_000
TODAY = date(2026, 7, 1)
ALL_SPECIES = st.sampled_from(sorted(SPECIES))
# No planted tree of the programme is thicker than 60 cm.
DIAMETERS = st.integers(50, 600)
HEIGHTS = st.integers(400, 5000)


def measured(dbh_mm: int, height_cm: int, day: date = date(2026, 5, 1)) -> TreeMeasurement:
    return TreeMeasurement(dbh_mm, height_cm, day)


def sink(
    latest: TreeMeasurement, earlier: TreeMeasurement | None = None, planted_year: int = 2016
) -> SinkResult:
    return annual_sink(FIR, latest, earlier, planted_year=planted_year, programme_flat_g=FLAT_G, on=TODAY)


VECTORS = tuple(reference_rows("carbon_vectors.csv"))


@pytest.mark.parametrize("row", VECTORS, ids=lambda row: "-".join(list(row.values())[:3]))
def test_volume_and_stock_agree_with_the_independent_figures(row: dict[str, str]) -> None:
    species = SPECIES[row["species_code"]]
    dbh_mm, height_cm = int(Decimal(row["dbh_cm"]) * 10), int(Decimal(row["height_m"]) * 100)
    assert volume_m3(species, dbh_mm, height_cm) == pytest.approx(float(row["volume_m3"]), rel=0.0005)
    assert stock_kg(species, dbh_mm, height_cm) == pytest.approx(float(row["co2_kg"]), rel=0.0005)


def test_the_fixed_form_has_constant_exponents() -> None:
    # V = 0.000056280669 * 8^1.82910409 * 6.5^1.05195643, worked out with logarithms.
    assert volume_m3(SPECIES["LS"], 80, 650) == pytest.approx(0.0180865, rel=0.0005)


def test_a_fir_of_five_centimetres_holds_about_seven_kilograms_in_all() -> None:
    assert 6.5 < stock_kg(FIR, 50, 400) < 7.5


@given(ALL_SPECIES, DIAMETERS, HEIGHTS, st.integers(1, 100))
def test_a_thicker_tree_of_the_same_height_holds_more(
    code: str, dbh_mm: int, height_cm: int, more: int
) -> None:
    assert stock_kg(SPECIES[code], dbh_mm + more, height_cm) > stock_kg(SPECIES[code], dbh_mm, height_cm)


@given(ALL_SPECIES, st.integers(50, 1000), HEIGHTS, st.integers(1, 100))
def test_a_taller_tree_of_the_same_diameter_holds_more(
    code: str, dbh_mm: int, height_cm: int, more: int
) -> None:
    assume(height_cm + more <= 5000)
    assert stock_kg(SPECIES[code], dbh_mm, height_cm + more) > stock_kg(SPECIES[code], dbh_mm, height_cm)


@pytest.mark.parametrize(
    ("dbh_mm", "height_cm", "code"),
    [
        (49, 500, "dbh_out_of_range"),
        (1001, 500, "dbh_out_of_range"),
        (-60, 500, "dbh_out_of_range"),
        (60, 399, "height_out_of_range"),
        (60, 5001, "height_out_of_range"),
    ],
)
def test_a_tree_outside_the_range_of_the_forms_is_refused(dbh_mm: int, height_cm: int, code: str) -> None:
    for refuse in (
        lambda: check_dimensions(dbh_mm, height_cm),
        lambda: measured(dbh_mm, height_cm),
        lambda: volume_m3(FIR, dbh_mm, height_cm),
        lambda: stock_kg(FIR, dbh_mm, height_cm),
    ):
        with pytest.raises(Invalid) as refusal:
            refuse()
        assert refusal.value.code == code


@pytest.mark.parametrize(("dbh_mm", "height_cm"), [(50, 400), (1000, 5000)])
def test_the_ends_of_the_range_belong_to_it(dbh_mm: int, height_cm: int) -> None:
    assert volume_m3(FIR, dbh_mm, height_cm) > 0


def test_one_measurement_sells_the_flat_figure_and_shows_what_the_tree_really_holds() -> None:
    result = sink(measured(60, 500))
    assert (result.rule, result.result_g, result.sellable) == (SinkRule.FLAT, FLAT_G, True)
    assert result.volume_cm3 == 9843
    assert result.stock_g == 11731
    assert (result.age_years, result.mean_annual_g) == (10, 1173)
    assert result.increment_g is None


def test_growth_below_the_flat_figure_sells_the_growth() -> None:
    result = sink(measured(65, 540), measured(60, 500, date(2025, 5, 1)))
    # One year exactly, so the increment is the difference of the two stocks, rounded down once.
    grown_g = int((stock_kg(FIR, 65, 540) - stock_kg(FIR, 60, 500)) * 1000)
    assert 2000 < grown_g < FLAT_G
    assert (result.rule, result.increment_g, result.result_g) == (SinkRule.INCREMENT, grown_g, grown_g)


def test_growth_above_the_flat_figure_sells_the_flat_figure() -> None:
    result = sink(measured(100, 800), measured(60, 500, date(2025, 5, 1)))
    assert result.rule is SinkRule.FLAT_BELOW_INCREMENT
    assert result.increment_g is not None
    assert result.increment_g > FLAT_G
    assert result.result_g == FLAT_G


@pytest.mark.parametrize(("dbh_mm", "height_cm"), [(60, 500), (58, 500), (60, 480)])
def test_a_tree_that_did_not_grow_is_not_sellable(dbh_mm: int, height_cm: int) -> None:
    result = sink(measured(dbh_mm, height_cm), measured(60, 500, date(2025, 5, 1)))
    assert (result.rule, result.result_g, result.sellable) == (SinkRule.NOT_GROWING, 0, False)


def test_growth_over_two_years_counts_half_a_year() -> None:
    once = sink(measured(70, 560), measured(60, 500, date(2025, 5, 1)))
    twice = sink(measured(70, 560), measured(60, 500, date(2024, 5, 1)))
    assert once.increment_g is not None
    assert twice.increment_g == once.increment_g // 2


def test_a_tree_planted_in_the_year_of_its_measurement_has_no_yearly_mean() -> None:
    result = sink(measured(60, 500), planted_year=2026)
    assert (result.age_years, result.mean_annual_g) == (0, None)


@given(
    ALL_SPECIES,
    st.tuples(DIAMETERS, HEIGHTS),
    st.tuples(DIAMETERS, HEIGHTS),
    st.integers(1, 3000),
    st.integers(1, 50_000),
)
def test_never_more_than_the_flat_figure_nor_than_the_growth_is_sold(
    code: str, now: tuple[int, int], then: tuple[int, int], days: int, flat_g: int
) -> None:
    latest = measured(*now)
    earlier = measured(*then, latest.measured_on - timedelta(days=days))
    result = annual_sink(SPECIES[code], latest, earlier, planted_year=2010, programme_flat_g=flat_g, on=TODAY)
    assert result.increment_g is not None
    assert result.result_g == max(0, min(flat_g, result.increment_g))
    grown_kg = stock_kg(SPECIES[code], *now) - stock_kg(SPECIES[code], *then)
    assert result.result_g * float(years_between(earlier.measured_on, latest.measured_on)) <= max(
        0, grown_kg * 1000
    )


@given(ALL_SPECIES, DIAMETERS, HEIGHTS, st.integers(1, 5000))
def test_more_growth_never_sells_less(code: str, dbh_mm: int, height_cm: int, flat_g: int) -> None:
    earlier = measured(55, 420, date(2024, 5, 1))
    smaller = annual_sink(
        SPECIES[code],
        measured(dbh_mm, height_cm),
        earlier,
        planted_year=2012,
        programme_flat_g=flat_g,
        on=TODAY,
    )
    larger = annual_sink(
        SPECIES[code],
        measured(dbh_mm + 5, height_cm),
        earlier,
        planted_year=2012,
        programme_flat_g=flat_g,
        on=TODAY,
    )
    assert larger.result_g >= smaller.result_g


@pytest.mark.parametrize(
    ("latest_day", "earlier_day", "planted_year", "flat_g", "code"),
    [
        (date(2026, 7, 2), None, 2016, FLAT_G, "measurement_in_future"),
        (date(2026, 5, 1), date(2026, 5, 1), 2016, FLAT_G, "measurements_out_of_order"),
        (date(2025, 5, 1), date(2026, 5, 1), 2016, FLAT_G, "measurements_out_of_order"),
        (date(2026, 5, 1), None, 2027, FLAT_G, "planted_year_impossible"),
        (date(2026, 5, 1), date(2024, 5, 1), 2025, FLAT_G, "planted_year_impossible"),
        (date(2026, 5, 1), None, 216, FLAT_G, "planted_year_impossible"),
        (date(2026, 5, 1), None, 2016, 0, "flat_figure_not_positive"),
    ],
)
def test_inputs_that_contradict_each_other_are_refused(
    latest_day: date, earlier_day: date | None, planted_year: int, flat_g: int, code: str
) -> None:
    earlier = None if earlier_day is None else measured(60, 500, earlier_day)
    with pytest.raises(Invalid) as refusal:
        annual_sink(
            FIR,
            measured(65, 540, latest_day),
            earlier,
            planted_year=planted_year,
            programme_flat_g=flat_g,
            on=TODAY,
        )
    assert refusal.value.code == code


def test_the_explanation_names_method_inputs_sources_and_what_is_still_to_be_checked() -> None:
    result = sink(measured(65, 540), measured(60, 500, date(2025, 5, 1)))
    explained = json.loads(json.dumps(result.as_dict()))
    assert (explained["id"], explained["version"]) == (METHOD_ID, METHOD_VERSION)
    assert explained["inputs"] == {
        "species": "SM",
        "planted_year": 2016,
        "dbh_mm": 65,
        "height_cm": 540,
        "measured_on": "2026-05-01",
        "earlier_dbh_mm": 60,
        "earlier_height_cm": 500,
        "earlier_measured_on": "2025-05-01",
    }
    assert explained["parameters"]["a"] == "0.000088296"
    assert explained["parameters"]["volume_source"] == "DB52/T 702-2011"
    assert "AR-CM-001-V01" in explained["parameter_note"]["zh"]
    assert "to be checked by the verifier" in explained["parameter_note"]["en"]
    assert (explained["rule"], explained["result_g"]) == ("increment", result.result_g)
    assert explained["earlier_stock_g"] == 11731


@pytest.mark.parametrize(
    ("first", "last", "years"),
    [
        (date(2025, 5, 1), date(2026, 5, 1), Fraction(1)),
        (date(2023, 5, 1), date(2024, 5, 1), Fraction(1)),
        (date(2024, 2, 29), date(2025, 2, 28), Fraction(1)),
        (date(2025, 5, 1), date(2025, 5, 2), Fraction(1, 365)),
        (date(2025, 12, 31), date(2027, 1, 1), 1 + Fraction(1, 365)),
    ],
)
def test_years_are_anniversaries_and_a_part_of_the_next(first: date, last: date, years: Fraction) -> None:
    assert years_between(first, last) == years
