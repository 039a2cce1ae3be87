"""Emission factors come from the reference table with their sources."""

from dataclasses import replace
from decimal import Decimal

import pytest

from domain.factors import Factor, load_factors
from domain.reference_tables import reference_rows


def test_every_factor_of_the_table_is_loaded_with_its_source() -> None:
    factors = load_factors()
    assert len(factors) == len(list(reference_rows("emission_factors.csv"))) == 23
    assert factors["grid_gz_2023"].as_dict() == {
        "code": "grid_gz_2023",
        "category": "purchased_energy",
        "name_zh": "电力(贵州)",
        "name_en": "Grid electricity Guizhou",
        "unit": "kWh",
        "kg_co2e_per_unit": "0.5683",
        "year": 2023,
        "region": "520000",
        "source": "MEE/NBS announcement 2025 No. 47",
        "source_zh": "生态环境部、国家统计局公告 2025 年第 47 号",
        "confidence": "high",
    }


def test_a_caller_cannot_change_the_factors_others_see() -> None:
    load_factors().clear()
    assert "petrol" in load_factors()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("source", ""),
        ("source_zh", ""),
        ("kg_co2e_per_unit", Decimal(0)),
        ("kg_co2e_per_unit", Decimal(1001)),
        ("year", 23),
        ("confidence", "certain"),
    ],
)
def test_a_factor_without_source_or_with_an_impossible_figure_is_refused(column: str, value: object) -> None:
    with pytest.raises(ValueError, match="petrol"):
        replace(load_factors()["petrol"], **{column: value})  # type: ignore[arg-type]  # the column varies by case


def test_a_figure_that_is_no_number_is_refused() -> None:
    row = next(iter(reference_rows("emission_factors.csv")))
    with pytest.raises(ValueError, match="no number"):
        Factor.from_row(row | {"kg_co2e_per_unit": "half"})
