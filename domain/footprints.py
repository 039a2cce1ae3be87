"""What a person's or an event's activities emit, line by line, and how many trees equal it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from domain.errors import Invalid
from domain.factors import Factor, load_factors

MOST_LINES = 200
LARGEST_QUANTITY = Decimal(1_000_000_000)
FINEST_QUANTITY = Decimal("0.000001")
ROUNDING_NOTE = {
    "zh": "每行四舍五入到整克，合计为各行之和。",
    "en": "Each line is rounded to whole grams, halves up; the total is the sum of the lines.",
}


@dataclass(frozen=True, slots=True)
class FootprintLine:
    """One activity: its factor, the quantity in the factor's unit, and the whole grams of CO2e it causes."""

    factor: Factor
    quantity: Decimal
    co2e_g: int

    def as_dict(self) -> dict[str, object]:
        """The line as JSON values, with factor, source, year and input echoed."""
        return {"factor": self.factor.as_dict(), "quantity": f"{self.quantity:f}", "co2e_g": self.co2e_g}


@dataclass(frozen=True, slots=True)
class Footprint:
    """The lines, their sum in whole grams, and the fewest trees of `flat_g` grams a year that equal it."""

    lines: tuple[FootprintLine, ...]
    co2e_g: int
    trees: int
    flat_g: int

    def as_dict(self) -> dict[str, object]:
        """The footprint as JSON values."""
        return {
            "lines": [line.as_dict() for line in self.lines],
            "co2e_g": self.co2e_g,
            "trees": self.trees,
            "tree_sink_g": self.flat_g,
            "rounding": ROUNDING_NOTE,
        }


def _line(index: int, code: str, quantity: Decimal, factors: dict[str, Factor]) -> FootprintLine:
    factor = factors.get(code)
    if factor is None:
        raise Invalid("unknown_factor", fields={"line": index}, factor=code)
    if not quantity.is_finite() or not 0 <= quantity <= LARGEST_QUANTITY:
        raise Invalid("quantity_out_of_range", fields={"line": index}, most=int(LARGEST_QUANTITY))
    whole_steps = quantity.quantize(FINEST_QUANTITY)
    if whole_steps != quantity:
        raise Invalid("quantity_too_fine", fields={"line": index}, finest=str(FINEST_QUANTITY))
    grams = (whole_steps * factor.kg_co2e_per_unit * 1000).quantize(Decimal(1), ROUND_HALF_UP)
    return FootprintLine(factor=factor, quantity=Decimal(f"{quantity:f}"), co2e_g=int(grams))


def trees_for(grams: int, flat_g: int) -> int:
    """The fewest trees of `flat_g` grams each that reach `grams`; raises Invalid flat_figure_not_positive."""
    if flat_g <= 0:
        raise Invalid("flat_figure_not_positive", flat_g=flat_g)
    return -(-grams // flat_g)


def footprint(items: Sequence[tuple[str, Decimal]], flat_g: int) -> Footprint:
    """The CO2e of (factor code, quantity) items, each rounded half up to whole grams, and the trees that
    equal the sum.

    Quantities are 0 to 1e9 with at most six decimals. Raises Invalid: footprint_empty, footprint_too_long,
    unknown_factor,
    quantity_out_of_range, quantity_too_fine, flat_figure_not_positive; `fields.line` is the item's place
    from 0.
    """
    if not items:
        raise Invalid("footprint_empty")
    if len(items) > MOST_LINES:
        raise Invalid("footprint_too_long", most=MOST_LINES)
    factors = load_factors()
    lines = tuple(_line(index, code, quantity, factors) for index, (code, quantity) in enumerate(items))
    total_g = sum(line.co2e_g for line in lines)
    return Footprint(lines=lines, co2e_g=total_g, trees=trees_for(total_g, flat_g), flat_g=flat_g)
