"""The species that can be listed, with the coefficients and defaults that the methodology needs and where
each comes from.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cache

from domain.reference_tables import reference_rows


class VolumeForm(StrEnum):
    """Which of the two volume formulas a species' coefficients belong to (domain/methodology.py)."""

    GUIZHOU = "guizhou"
    FIXED = "fixed"


@dataclass(frozen=True, slots=True)
class Species:
    """One species or group of species; coefficients give V in m3 for D in cm and H in m, the last four are
    ratios.
    """

    code: str
    name_zh: str
    name_en: str
    latin: str
    volume_form: VolumeForm
    a: Decimal
    b1: Decimal
    b2: Decimal
    k_h: Decimal
    c1: Decimal
    c2: Decimal
    volume_source: str
    bef: Decimal
    wood_density_t_per_m3: Decimal
    root_shoot_ratio: Decimal
    carbon_fraction: Decimal
    parameter_source: str
    confidence: str

    def __post_init__(self) -> None:
        """Refuse (ValueError) a species that no tree could have: these figures are ours, so a wrong one is
        a defect.
        """
        sane = {
            "code": self.code.isascii() and self.code.isupper() and self.code.isalpha(),
            "name": bool(self.name_zh and self.name_en),
            "source": bool(self.volume_source and self.parameter_source and self.confidence),
            "a": 0 < self.a < 1,
            "b1": 1 < self.b1 < 3,
            "c1": 0 < self.c1 < 2,
            "fixed form": self.volume_form is not VolumeForm.FIXED or self.b2 == self.c2 == 0,
            "bef": 1 <= self.bef < 5,
            "wood_density_t_per_m3": Decimal("0.1") < self.wood_density_t_per_m3 < Decimal("1.3"),
            "root_shoot_ratio": 0 < self.root_shoot_ratio < 1,
            "carbon_fraction": Decimal("0.4") <= self.carbon_fraction <= Decimal("0.6"),
        }
        wrong = [what for what, right in sane.items() if not right]
        if wrong:
            raise ValueError(f"species {self.code!r}: {', '.join(wrong)}")

    @classmethod
    def from_row(cls, row: Mapping[str, str]) -> "Species":
        """A species from one row of data/species.csv; ValueError when a figure is missing, no number or
        impossible.
        """

        def number(column: str) -> Decimal:
            try:
                value = Decimal(row[column])
            except InvalidOperation:
                raise ValueError(f"species {row['code']!r}: {column} is no number") from None
            if not value.is_finite():
                raise ValueError(f"species {row['code']!r}: {column} is not finite")
            return value

        return cls(
            code=row["code"],
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            latin=row["latin"],
            volume_form=VolumeForm(row["volume_form"]),
            a=number("a"),
            b1=number("b1"),
            b2=number("b2"),
            k_h=number("k_h"),
            c1=number("c1"),
            c2=number("c2"),
            volume_source=row["volume_source"],
            bef=number("bef"),
            wood_density_t_per_m3=number("wood_density_t_per_m3"),
            root_shoot_ratio=number("root_shoot_ratio"),
            carbon_fraction=number("carbon_fraction"),
            parameter_source=row["parameter_source"],
            confidence=row["confidence"],
        )

    def parameters(self) -> dict[str, str]:
        """The figures and their sources as text, written as in the reference table, for explanations and
        the public list.
        """
        return {
            "volume_form": self.volume_form.value,
            "a": f"{self.a:f}",
            "b1": f"{self.b1:f}",
            "b2": f"{self.b2:f}",
            "k_h": f"{self.k_h:f}",
            "c1": f"{self.c1:f}",
            "c2": f"{self.c2:f}",
            "volume_source": self.volume_source,
            "bef": f"{self.bef:f}",
            "wood_density_t_per_m3": f"{self.wood_density_t_per_m3:f}",
            "root_shoot_ratio": f"{self.root_shoot_ratio:f}",
            "carbon_fraction": f"{self.carbon_fraction:f}",
            "parameter_source": self.parameter_source,
            "confidence": self.confidence,
        }


@cache
def _all_species() -> tuple[Species, ...]:
    species = tuple(Species.from_row(row) for row in reference_rows("species.csv"))
    if len({one.code for one in species}) != len(species):
        raise ValueError("species.csv names a code twice")
    return species


def load_species() -> dict[str, Species]:
    """Every species of data/species.csv by its code, in the order of the file; read once, the dictionary is
    the caller's own.
    """
    return {one.code: one for one in _all_species()}
