"""Lanes follow the units an approval adds or takes away: `free` counts them, numbers stay dense within a year.

Existing lanes are locked in the order of their ids, as purchases do, so that neither waits for the other in a circle.
New numbers follow the greatest one; whoever adds lanes has locked the programme's row first.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Household, Lane, Programme, Unit, Verification, table_of
from models.units import UnitState
from services.programmes import terms_of_year
from services.units import units_of

_L = table_of(Lane)
_H = table_of(Household)
_U = table_of(Unit)


def add_free_units(session: Session, verification: Verification) -> None:
    """Count the free units of a new approval into their households' lanes, and open the lanes that are missing."""
    counted = _free_units(verification)
    _lock(session, verification.year, counted)
    session.execute(
        sa.update(_L)
        .where(_L.c.year == verification.year, _L.c.household_id == counted.c.household_id)
        .values(free=_L.c.free + counted.c.free)
    )
    year = sa.literal(verification.year)
    last = session.scalar(
        sa.select(sa.func.coalesce(sa.func.max(_L.c.number), 0)).where(_L.c.year == verification.year)
    )
    known = sa.exists().where(_L.c.year == verification.year, _L.c.household_id == counted.c.household_id)
    number = sa.func.row_number().over(order_by=counted.c.household_id) + last
    opened = (
        sa.select(year, number, counted.c.household_id, _H.c.region_code, counted.c.free, sa.literal(0))
        .join(_H, _H.c.id == counted.c.household_id)
        .where(sa.not_(known))
    )
    columns = ["year", "number", "household_id", "region_code", "free", "income_fen"]
    session.execute(sa.insert(_L).from_select(columns, opened))


def lock_lanes_of(session: Session, verification: Verification) -> None:
    """Stop purchases from the households of an approval that have free units of it, until the transaction ends."""
    _lock(session, verification.year, _free_units(verification))


def remove_free_units(session: Session, year: int, by_household: Mapping[int, int]) -> None:
    """Take so many free units out of each household's lane."""
    if by_household:
        session.execute(
            sa.update(_L)
            .where(_L.c.year == year, _L.c.household_id == sa.bindparam("b_household"))
            .values(free=_L.c.free - sa.bindparam("b_units")),
            [{"b_household": household, "b_units": number} for household, number in by_household.items()],
        )


def lock_two(session: Session, year: int, household: Household, other: Household) -> bool:
    """Hold the lanes of two households of one year, and open the second one's if it is missing.

    Returns whether the first has a lane; without one it has nothing on sale.
    """
    known = set(
        session.scalars(
            sa.select(_L.c.household_id)
            .where(_L.c.year == year, _L.c.household_id.in_((household.id, other.id)))
            .order_by(_L.c.id)
            .with_for_update()
        )
    )
    if household.id in known and other.id not in known:
        # Numbers are counted on under the programme's row, as an approval does.
        session.execute(
            sa.select(Programme.id)
            .where(Programme.id == terms_of_year(session, year).id)
            .with_for_update(key_share=True)
        )
        last = session.scalar(
            sa.select(sa.func.coalesce(sa.func.max(_L.c.number), 0)).where(_L.c.year == year)
        )
        session.execute(
            sa.insert(_L).values(
                year=year,
                number=(last or 0) + 1,
                household_id=other.id,
                region_code=other.region_code,
                free=0,
                income_fen=0,
            )
        )
    return household.id in known


def move_free(session: Session, year: int, household_id: int, other_id: int, units: int) -> None:
    """Count so many free units in the other household's lane from now on; the caller holds both."""
    for owner, change in ((household_id, -units), (other_id, units)):
        session.execute(
            sa.update(_L).where(_L.c.year == year, _L.c.household_id == owner).values(free=_L.c.free + change)
        )


def _free_units(verification: Verification) -> sa.Subquery:
    return (
        sa.select(_U.c.household_id, sa.func.count().label("free"))
        .where(*units_of(verification), _U.c.state == UnitState.FREE)
        .group_by(_U.c.household_id)
        .subquery("counted")
    )


def _lock(session: Session, year: int, counted: sa.Subquery) -> None:
    households: sa.Select[Any] = sa.select(counted.c.household_id)
    session.execute(
        sa.select(_L.c.id)
        .where(_L.c.year == year, _L.c.household_id.in_(households))
        .order_by(_L.c.id)
        .with_for_update()
    ).all()
