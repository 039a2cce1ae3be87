"""How much carbon a tree holds and how much of it may be sold for one year.

Volume of the stem, V in m3, D = diameter at breast height in cm, H = height in m:
  Guizhou form   V = a * D^(b1 + b2*(D + k_h*H)) * H^(c1 + c2*(D + H))
  fixed form     V = a * D^b1 * H^c1
Stock, kg CO2 = V * 1000 * wood density * BEF * (1 + root-shoot ratio) * carbon fraction * 44/12.
Coefficients and their standards are in data/species.csv; BEF, density, root-shoot ratio and carbon fraction
are the
defaults of AR-CM-001-V01, which the verifier has still to check: every explanation says so.

The forms grow with height everywhere, and with diameter for every tree of natural shape; for a trunk of
more than
70 cm under 5 m of height two of them bend down again, which no planted tree of the programme comes near.

This is the only place that computes with binary fractions; it rounds down once, to whole grams.
"""

import calendar
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import floor

from domain.errors import Invalid
from domain.method_words import (
    METHOD_ID,
    METHOD_NAME,
    METHOD_VERSION,
    PARAMETER_NOTE,
    RULE_TEXT,
    SinkRule,
)
from domain.species import Species, VolumeForm

DBH_MM_RANGE = (50, 1000)
HEIGHT_CM_RANGE = (400, 5000)
_CO2_PER_CARBON = 44 / 12
OLDEST_PLANTING_YEARS = 300


@dataclass(frozen=True, slots=True)
class TreeMeasurement:
    """One measurement: diameter at breast height in mm, height in cm, and its day; raises Invalid outside
    5-100 cm, 4-50 m.
    """

    dbh_mm: int
    height_cm: int
    measured_on: date

    def __post_init__(self) -> None:
        """Refuse what the volume forms do not cover."""
        check_dimensions(self.dbh_mm, self.height_cm)


@dataclass(frozen=True, slots=True)
class SinkResult:
    """An annual sink with everything it was computed from; grams of CO2, volume in cm3, all whole and
    rounded down.
    """

    species: Species
    latest: TreeMeasurement
    earlier: TreeMeasurement | None
    planted_year: int
    on: date
    flat_g: int
    volume_cm3: int
    stock_g: int
    earlier_stock_g: int | None
    age_years: int
    mean_annual_g: int | None
    increment_g: int | None
    rule: SinkRule
    result_g: int

    @property
    def sellable(self) -> bool:
        """Whether there is anything to sell."""
        return self.result_g > 0

    def as_dict(self) -> dict[str, object]:
        """The explanation as JSON values: id, version, inputs, parameters with sources, volume, stock,
        rule, result_g.
        """
        return {
            "id": METHOD_ID,
            "version": METHOD_VERSION,
            "name": METHOD_NAME,
            "computed_on": self.on.isoformat(),
            "inputs": self._inputs(),
            "parameters": self.species.parameters(),
            "parameter_note": PARAMETER_NOTE,
            "volume_cm3": self.volume_cm3,
            "stock_g": self.stock_g,
            "earlier_stock_g": self.earlier_stock_g,
            "age_years": self.age_years,
            "mean_annual_g": self.mean_annual_g,
            "increment_g": self.increment_g,
            "flat_g": self.flat_g,
            "rule": self.rule.value,
            "rule_text": RULE_TEXT[self.rule],
            "result_g": self.result_g,
        }

    def _inputs(self) -> dict[str, object]:
        inputs: dict[str, object] = {
            "species": self.species.code,
            "planted_year": self.planted_year,
            "dbh_mm": self.latest.dbh_mm,
            "height_cm": self.latest.height_cm,
            "measured_on": self.latest.measured_on.isoformat(),
        }
        if self.earlier is not None:
            inputs["earlier_dbh_mm"] = self.earlier.dbh_mm
            inputs["earlier_height_cm"] = self.earlier.height_cm
            inputs["earlier_measured_on"] = self.earlier.measured_on.isoformat()
        return inputs


def check_dimensions(dbh_mm: int, height_cm: int) -> None:
    """Refuse a tree the forms do not cover: raises Invalid dbh_out_of_range (5-100 cm) or
    height_out_of_range (4-50 m).
    """
    low, high = DBH_MM_RANGE
    if not low <= dbh_mm <= high:
        raise Invalid("dbh_out_of_range", dbh_mm=dbh_mm, low_mm=low, high_mm=high)
    low, high = HEIGHT_CM_RANGE
    if not low <= height_cm <= high:
        raise Invalid("height_out_of_range", height_cm=height_cm, low_cm=low, high_cm=high)


def volume_m3(species: Species, dbh_mm: int, height_cm: int) -> float:
    """The stem's volume in m3 by the species' form; raises Invalid dbh_out_of_range, height_out_of_range."""
    check_dimensions(dbh_mm, height_cm)
    d, h = dbh_mm / 10, height_cm / 100
    on_d, on_h = float(species.b1), float(species.c1)
    if species.volume_form is VolumeForm.GUIZHOU:
        on_d += float(species.b2) * (d + float(species.k_h) * h)
        on_h += float(species.c2) * (d + h)
    return float(float(species.a) * d**on_d * h**on_h)


def stock_kg(species: Species, dbh_mm: int, height_cm: int) -> float:
    """The kg of CO2 a tree holds above and below ground; raises Invalid dbh_out_of_range,
    height_out_of_range.
    """
    return _stock_kg(species, volume_m3(species, dbh_mm, height_cm))


def _stock_kg(species: Species, volume: float) -> float:
    dry_matter_kg = (
        volume
        * 1000
        * float(species.wood_density_t_per_m3)
        * float(species.bef)
        * (1 + float(species.root_shoot_ratio))
    )
    return dry_matter_kg * float(species.carbon_fraction) * _CO2_PER_CARBON


def years_between(first: date, last: date) -> Fraction:
    """Years from one day to a later one: whole anniversaries, then days over the days to the next
    anniversary.
    """
    whole = last.year - first.year
    if _anniversary(first, first.year + whole) > last:
        whole -= 1
    reached = _anniversary(first, first.year + whole)
    following = _anniversary(first, first.year + whole + 1)
    return whole + Fraction((last - reached).days, (following - reached).days)


def _anniversary(day: date, year: int) -> date:
    if (day.month, day.day) == (2, 29) and not calendar.isleap(year):
        return date(year, 2, 28)
    return day.replace(year=year)


def annual_sink(
    species: Species,
    latest: TreeMeasurement,
    earlier: TreeMeasurement | None,
    *,
    planted_year: int,
    programme_flat_g: int,
    on: date,
) -> SinkResult:
    """The grams of CO2 a tree may sell for one year: the flat figure, or a measured yearly increment that
    is less.

    With two measurements the increment is (stock now - stock then) / years, and an increment of nothing or
    less sells
    nothing. Whole stock and stock / age stand beside the figure. `on` is the day of the computation.
    Raises Invalid: flat_figure_not_positive, measurement_in_future, measurements_out_of_order,
    planted_year_impossible.
    """
    if programme_flat_g <= 0:
        raise Invalid("flat_figure_not_positive", flat_g=programme_flat_g)
    if latest.measured_on > on:
        raise Invalid("measurement_in_future", measured_on=latest.measured_on, on=on)
    if earlier is not None and earlier.measured_on >= latest.measured_on:
        raise Invalid("measurements_out_of_order", earlier=earlier.measured_on, latest=latest.measured_on)
    first_year = (earlier or latest).measured_on.year
    if not first_year - OLDEST_PLANTING_YEARS <= planted_year <= first_year:
        raise Invalid("planted_year_impossible", planted_year=planted_year, measured_year=first_year)

    volume = volume_m3(species, latest.dbh_mm, latest.height_cm)
    stock_now_kg = _stock_kg(species, volume)
    age_years = latest.measured_on.year - planted_year
    stock_then_kg: float | None = None
    increment_g: int | None = None
    if earlier is None:
        rule, result_g = SinkRule.FLAT, programme_flat_g
    else:
        stock_then_kg = stock_kg(species, earlier.dbh_mm, earlier.height_cm)
        years = years_between(earlier.measured_on, latest.measured_on)
        increment_g = floor((stock_now_kg - stock_then_kg) * 1000 / float(years))
        if increment_g <= 0:
            rule, result_g = SinkRule.NOT_GROWING, 0
        elif increment_g < programme_flat_g:
            rule, result_g = SinkRule.INCREMENT, increment_g
        else:
            rule, result_g = SinkRule.FLAT_BELOW_INCREMENT, programme_flat_g

    return SinkResult(
        species=species,
        latest=latest,
        earlier=earlier,
        planted_year=planted_year,
        on=on,
        flat_g=programme_flat_g,
        volume_cm3=floor(volume * 1_000_000),
        stock_g=floor(stock_now_kg * 1000),
        earlier_stock_g=None if stock_then_kg is None else floor(stock_then_kg * 1000),
        age_years=age_years,
        mean_annual_g=floor(stock_now_kg * 1000 / age_years) if age_years else None,
        increment_g=increment_g,
        rule=rule,
        result_g=result_g,
    )
