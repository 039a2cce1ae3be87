"""Species come from the reference table, complete and possible."""

from dataclasses import replace
from decimal import Decimal

import pytest

from domain.reference_tables import reference_rows
from domain.species import Species, VolumeForm, load_species


def test_every_species_of_the_table_is_loaded_with_its_sources() -> None:
    species = load_species()
    assert list(species) == ["SM", "MWS", "BM", "YNS", "HSS", "RK", "YK", "LS"]
    fir = species["SM"]
    assert (fir.name_zh, fir.latin) == ("杉木", "Cunninghamia lanceolata")
    assert fir.volume_source == "DB52/T 702-2011"
    assert (fir.a, fir.c2) == (Decimal("0.000088296"), Decimal("0.0056841"))
    assert {one.parameter_source for one in species.values()} == {"AR-CM-001-V01 defaults"}


def test_only_the_japanese_cedar_uses_the_fixed_form() -> None:
    fixed = [code for code, one in load_species().items() if one.volume_form is VolumeForm.FIXED]
    assert fixed == ["LS"]


def test_a_caller_cannot_change_the_species_others_see() -> None:
    load_species().clear()
    assert "SM" in load_species()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("a", Decimal(0)),
        ("bef", Decimal("0.9")),
        ("wood_density_t_per_m3", Decimal(307)),
        ("root_shoot_ratio", Decimal("24.6")),
        ("carbon_fraction", Decimal("52")),
        ("volume_source", ""),
        ("code", "sm"),
    ],
)
def test_an_impossible_species_is_refused(column: str, value: object) -> None:
    with pytest.raises(ValueError, match="species"):
        replace(load_species()["SM"], **{column: value})  # type: ignore[arg-type]  # the column varies by case


def test_the_fixed_form_has_no_moving_exponent() -> None:
    with pytest.raises(ValueError, match="fixed form"):
        replace(load_species()["LS"], b2=Decimal("0.1"))


@pytest.mark.parametrize("text", ["", "NaN", "Infinity", "about 2"])
def test_a_coefficient_that_is_no_number_is_refused(text: str) -> None:
    row = next(iter(reference_rows("species.csv")))
    with pytest.raises(ValueError, match="b1"):
        Species.from_row(row | {"b1": text})
