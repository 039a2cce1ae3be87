"""Which trees of a region may sell a year, and why the others may not.

The rules stand in one statement over the region's trees, so that a village of 46,000 is judged as fast as one of ten.
Only the growth between two measurements is computed here, tree by tree, by the methodology.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from domain.errors import Invalid
from domain.methodology import (
    DBH_MM_RANGE,
    HEIGHT_CM_RANGE,
    OLDEST_PLANTING_YEARS,
    TreeMeasurement,
    annual_sink,
)
from domain.regions import village_bounds
from domain.species import load_species
from domain.verifications import LeftOut, oldest_measurement
from models import Household, Measurement, Programme, Tree, Unit, table_of
from models.trees import TreeState
from models.units import UnitState

FETCHED_AT_ONCE = 5_000

_T = table_of(Tree)
_H = table_of(Household)
_U = table_of(Unit)
_Latest = table_of(Measurement).alias("latest")
_Earlier = table_of(Measurement).alias("earlier")
_M = table_of(Measurement).alias("m")


@dataclass(frozen=True, slots=True)
class Question:
    """Trees of which region, for which year, judged on which day, by which terms and up to which measurement."""

    region_code: str
    year: int
    on: date
    programme: Programme
    last_measurement_id: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """How many trees may sell the flat figure, how many have a growth to compute, and how many may sell nothing."""

    once: int
    twice: int
    left_out: Counter[str]


@dataclass(frozen=True, slots=True)
class Growth:
    """One village's trees measured twice: grams by tree id, and how many may sell nothing, by reason."""

    question: Question
    sinks: dict[int, int]
    left_out: Counter[str]


def flat_trees(question: Question) -> sa.Select[Any]:
    """The trees with one measurement that may sell: the columns of `judged`, and the flat figure as `sink_g`."""
    trees = judged(question).subquery("judged")
    flat_g = sa.literal(question.programme.flat_sink_g).label("sink_g")
    return sa.select(trees, flat_g).where(trees.c.reason.is_(None), trees.c.earlier_measurement_id.is_(None))


def grown_trees(session: Session, question: Question, sinks: Mapping[int, int]) -> sa.Select[Any]:
    """The trees of `sinks` (tree id -> grams) as `flat_trees` gives the others; the figures travel as one value."""
    trees = judged(question).subquery("judged")
    text = json.dumps(sinks, separators=(",", ":"))
    if session.get_bind().dialect.name == "postgresql":
        pairs = sa.func.json_each_text(sa.cast(sa.literal(text), postgresql.JSON)).table_valued(
            "key", "value"
        )
    else:
        pairs = sa.func.json_each(text).table_valued("key", "value")
    tree_id, grams = (sa.cast(column, sa.BigInteger) for column in (pairs.c.key, pairs.c.value))
    return (
        sa.select(trees, sa.cast(grams, sa.Integer).label("sink_g"))
        .join(pairs, tree_id == trees.c.tree_id)
        .where(trees.c.reason.is_(None))
    )


def judged(question: Question) -> sa.Select[Any]:
    """Every tree of the region with its latest two measurements and the `reason` it is left out, NULL for none."""
    lowest, highest = village_bounds(question.region_code)
    return (
        sa.select(
            _T.c.id.label("tree_id"),
            _T.c.code,
            _T.c.household_id,
            _T.c.region_code,
            _T.c.species_code,
            _T.c.planted_year,
            _Latest.c.id.label("measurement_id"),
            _Earlier.c.id.label("earlier_measurement_id"),
            _reason(question).label("reason"),
        )
        .select_from(_T)
        .join(_H, _H.c.id == _T.c.household_id)
        .outerjoin(_Latest, _newest(_Latest, question, _M.c.measured_on <= question.on))
        .outerjoin(_Earlier, _newest(_Earlier, question, _M.c.measured_on < _Latest.c.measured_on))
        .where(_T.c.region_code.between(lowest, highest))
    )


def _newest(
    wanted: sa.FromClause, question: Question, before: sa.ColumnElement[bool]
) -> sa.ColumnElement[bool]:
    newest = (
        sa.select(sa.func.max(_M.c.measured_on))
        .where(_M.c.tree_id == _T.c.id, _M.c.id <= question.last_measurement_id, before)
        .correlate(_T, _Latest)
        .scalar_subquery()
    )
    return sa.and_(wanted.c.tree_id == _T.c.id, wanted.c.measured_on == newest)


def _reason(question: Question) -> sa.Case[Any]:
    year, on, terms = question.year, question.on, question.programme
    last_day = date(year, 12, 31)
    stands = sa.and_(_U.c.tree_id == _T.c.id, _U.c.state != UnitState.WITHDRAWN)
    measured_year = sa.extract("year", _Latest.c.measured_on)
    fits_method = sa.and_(
        _Latest.c.dbh_mm.between(*DBH_MM_RANGE),
        _Latest.c.height_cm.between(*HEIGHT_CM_RANGE),
        _T.c.planted_year.between(measured_year - OLDEST_PLANTING_YEARS, measured_year),
    )
    fits_listing = sa.or_(
        _Latest.c.dbh_mm.between(terms.min_dbh_mm, terms.max_dbh_mm),
        # The limits are those of listing: a tree that has been listed before may grow out of them.
        sa.exists().where(stands, _U.c.year != year),
    )
    consents = sa.and_(_H.c.sale_consent_on.is_not(None), _H.c.sale_consent_on <= on)
    covers = sa.and_(
        _H.c.contract_from.is_not(None),
        _H.c.contract_to.is_not(None),
        _H.c.contract_from <= last_day,
        _H.c.contract_to >= last_day,
    )
    oldest = oldest_measurement(year, on, terms.measurement_valid_years)
    return sa.case(
        (sa.exists().where(stands, _U.c.year == year), LeftOut.ALREADY_VERIFIED.value),
        (sa.literal(year < on.year), LeftOut.YEAR_OVER.value),
        (_T.c.state != TreeState.GROWING, LeftOut.TREE_GONE.value),
        (sa.not_(consents), LeftOut.NO_CONSENT.value),
        (sa.not_(covers), LeftOut.CONTRACT_NOT_COVERING.value),
        (_Latest.c.id.is_(None), LeftOut.NOT_MEASURED.value),
        (_Latest.c.measured_on < oldest, LeftOut.MEASUREMENT_TOO_OLD.value),
        (sa.not_(fits_method), LeftOut.OUTSIDE_METHOD.value),
        (sa.not_(fits_listing), LeftOut.OUTSIDE_LISTING_DBH.value),
        else_=sa.null(),
    )


def judge(session: Session, question: Question) -> Judgement:
    """Count the region's trees by what may become of them, short of computing anybody's growth."""
    trees = judged(question).subquery("judged")
    twice = trees.c.earlier_measurement_id.is_not(None)
    rows = session.execute(
        sa.select(trees.c.reason, twice.label("twice"), sa.func.count()).group_by(trees.c.reason, twice)
    )
    once = measured_twice = 0
    left_out: Counter[str] = Counter()
    for reason, was_twice, number in rows:
        if reason is not None:
            left_out[reason] += number
        elif was_twice:
            measured_twice += number
        else:
            once += number
    return Judgement(once, measured_twice, left_out)


def growth(session: Session, question: Question) -> Iterator[Growth]:
    """What the trees measured twice may sell, village by village.

    It is the flat figure or the measured yearly growth, whichever is less; nothing where a tree did not grow.
    """
    lowest, highest = village_bounds(question.region_code)
    villages = session.scalars(
        sa.select(_T.c.region_code).distinct().where(_T.c.region_code.between(lowest, highest))
    ).all()
    for village in sorted(villages):
        here = replace(question, region_code=village)
        yield _grow(here, session.execute(_measured_twice(here)).yield_per(FETCHED_AT_ONCE))


def _measured_twice(question: Question) -> sa.Select[Any]:
    trees = judged(question).subquery("judged")
    return (
        sa.select(
            trees.c.tree_id,
            trees.c.species_code,
            trees.c.planted_year,
            _Latest.c.dbh_mm,
            _Latest.c.height_cm,
            _Latest.c.measured_on,
            _Earlier.c.dbh_mm.label("earlier_dbh_mm"),
            _Earlier.c.height_cm.label("earlier_height_cm"),
            _Earlier.c.measured_on.label("earlier_measured_on"),
        )
        .join(_Latest, _Latest.c.id == trees.c.measurement_id)
        .join(_Earlier, _Earlier.c.id == trees.c.earlier_measurement_id)
        .where(trees.c.reason.is_(None))
    )


def _grow(question: Question, rows: Iterable[Any]) -> Growth:
    species = load_species()
    sinks: dict[int, int] = {}
    left_out: Counter[str] = Counter()
    for row in rows:
        try:
            sink = annual_sink(
                species[row.species_code],
                TreeMeasurement(row.dbh_mm, row.height_cm, row.measured_on),
                TreeMeasurement(row.earlier_dbh_mm, row.earlier_height_cm, row.earlier_measured_on),
                planted_year=row.planted_year,
                programme_flat_g=question.programme.flat_sink_g,
                on=question.on,
            )
        except Invalid:
            left_out[LeftOut.OUTSIDE_METHOD.value] += 1
            continue
        if sink.sellable:
            sinks[row.tree_id] = sink.result_g
        else:
            left_out[LeftOut.NO_INCREMENT.value] += 1
    return Growth(question, sinks, left_out)
