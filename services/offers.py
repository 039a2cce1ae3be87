"""What is offered in a year: its terms, how many households stand in the turn, and whether sales are open."""

from dataclasses import dataclass
from datetime import date, datetime
from time import monotonic

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.errors import Conflict, Unavailable
from domain.regions import village_bounds
from domain.selections import Selection
from models import Gate, Lane, Programme, Unit, table_of
from models.units import UnitState
from services import lapses

SALES = "sales"
#: Off in an installation that was restored from a backup and not opened yet.
RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class Offer:
    """The terms of a year on sale."""

    year: int
    price_fen: int
    flat_sink_g: int
    fair_k: int
    maturity_days: int
    sponsor: str
    lanes: int


_Programmes = table_of(Programme)
_Lanes = table_of(Lane)
_Gates = table_of(Gate)
#: Written into the statement: only then does a plan that is made once find the indexes of free units.
_FREE: sa.ColumnElement[UnitState] = sa.literal_column(f"'{UnitState.FREE.value}'")
_OFFER = (
    sa.select(
        _Programmes.c.price_fen,
        _Programmes.c.flat_sink_g,
        _Programmes.c.fair_k,
        _Programmes.c.maturity_days,
        _Programmes.c.sponsor,
        sa.select(sa.func.max(_Lanes.c.number))
        .where(_Lanes.c.year == sa.bindparam("year"))
        .scalar_subquery()
        .label("lanes"),
        sa.select(sa.func.count())
        .select_from(_Gates)
        .where(_Gates.c.name.in_((SALES, RESTORED)), _Gates.c.open.is_(False))
        .scalar_subquery()
        .label("closed"),
    )
    .where(_Programmes.c.effective_on <= sa.bindparam("begins"))
    .order_by(_Programmes.c.effective_on.desc())
    .limit(1)
)


#: An offer changes by the day, and is asked for with every order: one that is a second old is right.
_FRESH_SECONDS = 1.0
_lately: dict[tuple[sa.Engine | sa.Connection, int], tuple[float, Offer]] = {}


def forget() -> None:
    """Look everything up again."""
    _lately.clear()


def lately_offered(session: Session, year: int) -> Offer:
    """The offer of a year as it stood within the last second; raises what `offer_of` raises, which is not kept."""
    place = session.get_bind(), year
    at, offer = _lately.get(place, (0.0, None))
    if offer is None or monotonic() - at > _FRESH_SECONDS:
        offer = offer_of(session, year)
        _lately[place] = monotonic(), offer
    return offer


def offer_of(session: Session, year: int) -> Offer:
    """The offer of a year.

    Raises Unavailable when there is no programme yet or sales are paused, Conflict("nothing_on_sale") for a year
    nothing was verified for.
    """
    row = session.connection().execute(_OFFER, {"year": year, "begins": date(year, 1, 1)}).first()
    if row is None:
        raise Unavailable("programme_missing")
    if row.closed:
        raise Unavailable("sales_paused")
    if not row.lanes:
        raise Conflict("nothing_on_sale", {"year": year})
    return Offer(year, row.price_fen, row.flat_sink_g, row.fair_k, row.maturity_days, row.sponsor, row.lanes)


def within_reach(session: Session, selection: Selection, now: datetime) -> tuple[int, int]:
    """Trees an order could take now, lapsed holds included, and the number of households they belong to."""
    wanted = [Unit.year == selection.year]
    if selection.region:
        wanted.append(Unit.region_code.between(*village_bounds(selection.region)))
    if selection.species:
        wanted.append(Unit.species_code == selection.species)
    # In two halves, each by an index: together they would be looked for among everything the year ever had.
    free = sa.select(Unit.household_id).where(*wanted, Unit.state == _FREE)
    lapsed = sa.select(Unit.household_id).where(*wanted, lapses.is_lapsed(now))
    both = sa.union_all(free, lapsed).subquery()
    trees, households = session.execute(
        sa.select(sa.func.count(), sa.func.count(sa.distinct(both.c.household_id)))
    ).one()
    return int(trees), int(households)
