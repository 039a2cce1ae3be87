"""Emission factors: how many kg CO2e one unit of an everyday activity causes, with source, year, region and
confidence.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache

from domain.reference_tables import reference_rows

CONFIDENCES = ("high", "medium", "low")
_LARGEST_KG = Decimal(1000)


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor of data/emission_factors.csv; `region` is CN or a six-digit division code."""

    code: str
    category: str
    name_zh: str
    name_en: str
    unit: str
    kg_co2e_per_unit: Decimal
    year: int
    region: str
    source: str
    source_zh: str
    confidence: str

    def __post_init__(self) -> None:
        """Refuse (ValueError) a factor without source or with an impossible figure: a wrong one is our
        defect.
        """
        if not all(
            (
                self.code,
                self.category,
                self.name_zh,
                self.name_en,
                self.unit,
                self.region,
                self.source,
                self.source_zh,
            )
        ):
            raise ValueError(f"factor {self.code!r}: something is not said")
        if not 0 < self.kg_co2e_per_unit <= _LARGEST_KG or not 1990 <= self.year <= 2100:
            raise ValueError(f"factor {self.code!r}: impossible figure or year")
        if self.confidence not in CONFIDENCES:
            raise ValueError(f"factor {self.code!r}: unknown confidence {self.confidence!r}")

    @classmethod
    def from_row(cls, row: Mapping[str, str]) -> "Factor":
        """A factor from one row of the reference table; ValueError when a figure is no number."""
        try:
            figure = Decimal(row["kg_co2e_per_unit"])
        except InvalidOperation:
            raise ValueError(f"factor {row['code']!r}: no number") from None
        return cls(
            code=row["code"],
            category=row["category"],
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            unit=row["unit"],
            kg_co2e_per_unit=figure,
            year=int(row["year"]),
            region=row["region"],
            source=row["source"],
            source_zh=row["source_zh"],
            confidence=row["confidence"],
        )

    def as_dict(self) -> dict[str, object]:
        """The factor as JSON values; the figure as text, so that no digit is lost on the way."""
        return {
            "code": self.code,
            "category": self.category,
            "name_zh": self.name_zh,
            "name_en": self.name_en,
            "unit": self.unit,
            "kg_co2e_per_unit": f"{self.kg_co2e_per_unit:f}",
            "year": self.year,
            "region": self.region,
            "source": self.source,
            "source_zh": self.source_zh,
            "confidence": self.confidence,
        }


@cache
def _all_factors() -> tuple[Factor, ...]:
    factors = tuple(Factor.from_row(row) for row in reference_rows("emission_factors.csv"))
    if len({one.code for one in factors}) != len(factors):
        raise ValueError("emission_factors.csv names a code twice")
    return factors


def load_factors() -> dict[str, Factor]:
    """Every emission factor by its code, in the order of the table; read once, the dictionary is the
    caller's own.
    """
    return {one.code: one for one in _all_factors()}
