"""Take the unsold tree-years of households from sale, those of their buffer too; what is held or sold stands."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Lane, Unit, table_of
from models.units import UnitState
from services import lanes
from services.programmes import year_on_sale

_U = table_of(Unit)
_L = table_of(Lane)


def withdraw(session: Session, household_ids: Sequence[int], now: datetime) -> int:
    """Withdraw what these households have unsold of the years that may still be sold; returns how many units.

    Lanes are locked first, in the order of their ids, as purchases and approvals do. A unit that a purchase is just
    taking is passed over: that purchase waits for the lane, and will have it.
    """
    years = sa.and_(_L.c.household_id.in_(household_ids), _L.c.year >= year_on_sale(now))
    session.execute(sa.select(_L.c.id).where(years).order_by(_L.c.id).with_for_update()).all()
    free = Counter(
        (row.year, row.household_id) for row in _withdraw(session, household_ids, now, UnitState.FREE)
    )
    for year in sorted({year for year, _ in free}):
        by_household = {household: units for (of, household), units in free.items() if of == year}
        lanes.remove_free_units(session, year, by_household)
    buffer = _withdraw(session, household_ids, now, UnitState.BUFFER)
    return free.total() + len(buffer)


def _withdraw(
    session: Session, household_ids: Sequence[int], now: datetime, state: UnitState
) -> Sequence[sa.Row[int, int]]:
    """The year and household of each unit that was in this state and is withdrawn now."""
    unsold = (
        sa.select(_U.c.id)
        .where(_U.c.household_id.in_(household_ids), _U.c.year >= year_on_sale(now), _U.c.state == state)
        .with_for_update(skip_locked=True)
        .cte("unsold")
    )
    return session.execute(
        sa.update(_U)
        .where(_U.c.id.in_(sa.select(unsold.c.id)))
        .values(state=UnitState.WITHDRAWN)
        .returning(_U.c.year, _U.c.household_id)
    ).all()
