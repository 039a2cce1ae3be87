"""The fair turn on the rows: draw a few lanes by number, let the rule choose among them.

A small order does not look at every household. Lane numbers are drawn from the order's seed; those with free trees are
a random sample of all, and the rule (domain/fairness.py) is played among them. Only where the sample cannot serve the
order, or the order names a region or a species, is the whole row of households read. Either way the order keeps the
candidates as they stood, so that an auditor can play it again.
"""

import hashlib
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain import fairness
from models import Lane, Unit, table_of
from models.units import UnitState

#: Lanes drawn for each tree, in multiples of K: enough that K of them still have trees unless few are left.
SPARE = 2

_Lanes = table_of(Lane)


@cache
def _by_number(dialect: str) -> sa.Select[Any]:
    """The lanes of some numbers that have free trees.

    PostgreSQL is given the numbers as one array, in its text form `{1,2}`: a list would be another statement, with a
    plan of its own, for every length, and the driver builds either number by number.
    """
    number = _Lanes.c.number
    if dialect == "postgresql":
        among = number == sa.any_(sa.cast(sa.bindparam("numbers", type_=sa.String), sa.ARRAY(sa.Integer)))
    else:
        among = number.in_(sa.bindparam("numbers", expanding=True))
    return sa.select(_Lanes.c.household_id, _Lanes.c.income_fen, _Lanes.c.free).where(
        _Lanes.c.year == sa.bindparam("of_year"), among, _Lanes.c.free > 0
    )


@dataclass(frozen=True, slots=True)
class Turn:
    """Trees to take per household, and what the order keeps of how that came about."""

    trees: dict[int, int]
    log: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """So many trees of a year, of a region and a species where one is named; `whole` leaves no household out."""

    year: int
    count: int
    region: str | None = None
    species: str | None = None
    whole: bool = False


def take_turns(session: Session, wanted: Wanted, *, lanes: int, price_fen: int, k: int, seed: bytes) -> Turn:
    """Choose households for `wanted.count` trees; `lanes` is how many lanes the year has.

    Raises Conflict("not_enough_trees") with the number available.
    """
    found = _sample(session, wanted, lanes, k, seed)
    whole = found is None
    candidates = _everybody(session, wanted) if found is None else found
    draw = fairness.draw(candidates, wanted.count, price_fen, k, seed)
    log: dict[str, Any] = {
        **draw.log.as_dict(),
        "lanes": lanes,
        "sample": not whole,
        "candidates": [[lane.household_id, lane.income_fen, lane.free] for lane in candidates],
    }
    return Turn(draw.trees, log)


def lane_numbers(seed: bytes, lanes: int, wanted: int) -> list[int]:
    """The first `wanted` lane numbers (1..lanes, none twice) that a seed draws.

    The random words are those of SHA-256("lanes" | seed | counter), eight 32-bit big-endian numbers each; a word w
    gives the number w mod lanes + 1, words at or above the greatest multiple of `lanes` are passed over.
    """
    numbers: dict[int, None] = {}
    ceiling = (1 << 32) - (1 << 32) % lanes
    for word in _words(b"lanes" + seed):
        if word < ceiling:
            numbers[word % lanes + 1] = None
            if len(numbers) == wanted:
                break
    return list(numbers)


def replay(kept: Mapping[str, Any]) -> dict[int, int]:
    """Trees by household id as the draw an order kept gives them again, from nothing but what it kept.

    Raises Conflict where the candidates or the outcome are not those of the draw (see domain/fairness.py).
    """
    candidates = [fairness.Lane(*candidate) for candidate in kept["candidates"]]
    return fairness.replay(fairness.DrawLog.from_dict(kept), candidates)


def _words(seed: bytes) -> Iterator[int]:
    counter = 0
    while True:
        yield from struct.unpack(">8I", hashlib.sha256(seed + counter.to_bytes(8, "big")).digest())
        counter += 1


def _sample(session: Session, wanted: Wanted, lanes: int, k: int, seed: bytes) -> list[fairness.Lane] | None:
    size = SPARE * k * wanted.count
    if wanted.whole or wanted.region or wanted.species or size >= lanes:
        return None
    numbers = lane_numbers(seed, lanes, size)
    connection = session.connection()
    dialect = connection.dialect.name
    listed = f"{{{','.join(map(str, numbers))}}}" if dialect == "postgresql" else numbers
    rows = connection.execute(_by_number(dialect), {"of_year": wanted.year, "numbers": listed}).all()
    if len(rows) < k or sum(row.free for row in rows) < wanted.count:
        return None
    return [fairness.Lane(*row) for row in rows]


def _everybody(session: Session, wanted: Wanted) -> list[fairness.Lane]:
    if wanted.species is None:
        statement = sa.select(Lane.household_id, Lane.income_fen, Lane.free).where(
            Lane.year == wanted.year, Lane.free > 0
        )
        if wanted.region:
            statement = statement.where(Lane.region_code.startswith(wanted.region, autoescape=True))
        return [fairness.Lane(*row) for row in session.execute(statement)]
    free = (
        sa.select(Unit.household_id, sa.func.count().label("free"))
        .where(Unit.year == wanted.year, Unit.state == UnitState.FREE, Unit.species_code == wanted.species)
        .group_by(Unit.household_id)
    )
    if wanted.region:
        free = free.where(Unit.region_code.startswith(wanted.region, autoescape=True))
    counted = free.subquery()
    statement = sa.select(Lane.household_id, Lane.income_fen, counted.c.free).join(
        counted, sa.and_(Lane.household_id == counted.c.household_id, Lane.year == wanted.year)
    )
    return [fairness.Lane(*row) for row in session.execute(statement)]
