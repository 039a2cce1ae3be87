"""Tree-years are taken and given back here and nowhere else.

Whoever takes a household's units first moves its lane, which makes the lane a turnstile: two orders meet there, not at
the units. Orders are locked before lanes, and lanes in the order of their ids, so that nobody waits in a circle.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.errors import Invalid, Raced
from models import Lane, Order, Together, Tree, Unit, UnitRelease, table_of
from models.units import UnitState


@dataclass(frozen=True, slots=True)
class Taken:
    """What an order has taken."""

    count: int
    amount_fen: int
    sink_g: int


@dataclass(frozen=True, slots=True)
class NamedUnit:
    """A unit a buyer asked for by the code of its tree."""

    id: int
    code: str
    household_id: int
    price_fen: int
    sink_g: int
    free: bool
    order_id: int | None


_Units = table_of(Unit)
_Lanes = table_of(Lane)
_Orders = table_of(Order)
_Releases = table_of(UnitRelease)


#: Moves a household's lane on by so many trees and fen.
_PASS = (
    sa.update(_Lanes)
    .where(
        _Lanes.c.household_id == sa.bindparam("of_household"),
        _Lanes.c.year == sa.bindparam("of_year"),
        _Lanes.c.free >= sa.bindparam("trees"),
    )
    .values(free=_Lanes.c.free - sa.bindparam("trees"), income_fen=_Lanes.c.income_fen + sa.bindparam("fen"))
    .returning(_Lanes.c.id)
)
_ORDER = sa.insert(_Orders).values(
    {column.name: sa.bindparam(f"order_{column.name}") for column in _Orders.columns}
)


#: Written into the statement, not sent beside it: only then does a plan that is made once find the index of free units.
_FREE: sa.ColumnElement[UnitState] = sa.literal_column(f"'{UnitState.FREE.value}'")
_ONE: sa.ColumnElement[int] = sa.literal_column("1")


@cache
def _taking(*, with_order: bool, with_species: bool, one: bool) -> Together:
    """Pass the lane and take the lowest free units of one household, and write the order along if asked to.

    For `one` unit the number stands in the statement: PostgreSQL keeps a plan that knows it, where for a number still
    to come it would make a new one every time. Making one takes as long as running it.
    """
    lowest = (
        sa.select(_Units.c.id)
        .where(
            _Units.c.household_id == sa.bindparam("of_household"),
            _Units.c.year == sa.bindparam("of_year"),
            _Units.c.state == _FREE,
        )
        .order_by(_Units.c.id)
        .limit(_ONE if one else sa.bindparam("trees"))
        .with_for_update(skip_locked=True)
    )
    if with_species:
        lowest = lowest.where(_Units.c.species_code == sa.bindparam("of_species"))
    # As a named part the choice is made once; a planner may run a plain subquery again for every unit.
    chosen = lowest.cte("chosen")
    take = (
        sa.update(_Units)
        .where(_Units.c.id.in_(sa.select(chosen.c.id)), _Units.c.state == _FREE)
        .values(state=UnitState.TAKEN, order_id=sa.bindparam("for_order"))
        .returning(_Units.c.sink_g)
    )
    return Together(*([_ORDER] if with_order else []), _PASS, last=take)


def take_from(
    session: Session,
    order: Mapping[str, object],
    trees: Mapping[int, int],
    *,
    price_fen: int,
    species: str | None = None,
    written: bool = False,
) -> Taken:
    """Write an order, unless it is written already, and take so many free units of each household for it, lowest first.

    Raises Raced when somebody else was faster; what was taken until then goes with the transaction.
    """
    households = sorted(trees)
    year = order["year"]
    _lock_lanes(session, year, households)
    facts = {f"order_{name}": value for name, value in order.items()}
    count = sink_g = 0
    for household in households:
        wanted = trees[household]
        values = {
            "of_household": household,
            "of_year": year,
            "of_species": species,
            "trees": wanted,
            "fen": wanted * price_fen,
            "for_order": order["id"],
        }
        with_order = household == households[0] and not written
        taking = _taking(with_order=with_order, with_species=species is not None, one=wanted == 1)
        taken = taking.run(session, {**values, **facts} if with_order else values)
        count += len(taken)
        sink_g += sum(row.sink_g for row in taken)
    if count != sum(trees.values()):
        raise Raced
    return Taken(count, count * price_fen, sink_g)


def lowest_grams(session: Session, trees: Mapping[int, int], year: int, species: str | None) -> int:
    """Grams that so many free units of each household would bring now, lowest first, as `take_from` takes them."""
    place = sa.func.row_number().over(partition_by=Unit.household_id, order_by=Unit.id)
    free = sa.select(Unit.household_id, Unit.sink_g, place.label("place")).where(
        Unit.household_id.in_(list(trees)), Unit.year == year, Unit.state == UnitState.FREE
    )
    if species is not None:
        free = free.where(Unit.species_code == species)
    ranked = free.subquery()
    rows = session.execute(sa.select(ranked).where(ranked.c.place <= max(trees.values())))
    return sum(row.sink_g for row in rows if row.place <= trees[row.household_id])


def find_named(session: Session, codes: Sequence[str], year: int) -> list[NamedUnit]:
    """The units of these trees in a year; raises Invalid("tree_unknown") naming those that have none on sale."""
    rows = session.execute(
        sa.select(
            Unit.id, Tree.code, Unit.household_id, Unit.price_fen, Unit.sink_g, Unit.state, Unit.order_id
        )
        .join(Tree, Tree.id == Unit.tree_id)
        .where(Tree.code.in_(codes), Unit.year == year, Unit.state.in_((UnitState.FREE, UnitState.TAKEN)))
        .order_by(Unit.id)
    ).all()
    unknown = sorted(set(codes) - {row.code for row in rows})
    if unknown:
        raise Invalid("tree_unknown", {"trees": unknown})
    return [
        NamedUnit(
            row.id,
            row.code,
            row.household_id,
            row.price_fen,
            row.sink_g,
            row.state is UnitState.FREE,
            row.order_id,
        )
        for row in rows
    ]


def take_named(session: Session, order_id: int, year: int, units: Sequence[NamedUnit]) -> None:
    """Take exactly these units, or raise Raced because somebody else has just taken one of them."""
    wanted: dict[int, tuple[int, int]] = {}
    for unit in units:
        count, fen = wanted.get(unit.household_id, (0, 0))
        wanted[unit.household_id] = (count + 1, fen + unit.price_fen)
    households = sorted(wanted)
    _lock_lanes(session, year, households)
    for household in households:
        count, fen = wanted[household]
        values = {"of_household": household, "of_year": year, "trees": count, "fen": fen}
        if session.execute(_PASS, values).first() is None:
            raise Raced
    taken = session.execute(
        sa.update(_Units)
        .where(_Units.c.id.in_([unit.id for unit in units]), _Units.c.state == UnitState.FREE)
        .values(state=UnitState.TAKEN, order_id=order_id)
        .returning(_Units.c.id)
    ).all()
    if len(taken) != len(units):
        raise Raced


def give_back(session: Session, order_ids: Sequence[int]) -> None:
    """Free every unit of these orders again."""
    held = (
        sa.select(
            Unit.household_id,
            Unit.year,
            sa.func.count().label("trees"),
            sa.func.sum(Unit.price_fen).label("fen"),
        )
        .where(Unit.order_id.in_(order_ids))
        .group_by(Unit.household_id, Unit.year)
        .subquery()
    )
    session.execute(
        sa.select(Lane.id)
        .join(held, sa.and_(Lane.household_id == held.c.household_id, Lane.year == held.c.year))
        .order_by(Lane.id)
        .with_for_update(of=Lane)
    ).all()
    session.execute(
        sa.update(_Lanes)
        .where(_Lanes.c.household_id == held.c.household_id, _Lanes.c.year == held.c.year)
        .values(free=_Lanes.c.free + held.c.trees, income_fen=_Lanes.c.income_fen - held.c.fen)
    )
    session.execute(
        sa.update(_Units).where(_Units.c.order_id.in_(order_ids)).values(state=UnitState.FREE, order_id=None)
    )


def release(session: Session, order_id: int, now: datetime) -> None:
    """Free every unit of an order that had been paid; which they were is kept for its certificate."""
    sold = sa.select(Unit.id, sa.literal(order_id), sa.literal(now, _Releases.c.released_at.type))
    session.execute(
        sa.insert(_Releases).from_select(
            ["unit_id", "order_id", "released_at"], sold.where(Unit.order_id == order_id)
        )
    )
    give_back(session, [order_id])


def _lock_lanes(session: Session, year: object, households: Sequence[int]) -> None:
    if len(households) > 1:
        session.execute(
            sa.select(Lane.id)
            .where(Lane.year == year, Lane.household_id.in_(households))
            .order_by(Lane.id)
            .with_for_update()
        ).all()
