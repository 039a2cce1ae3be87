"""The trees the public may see: those of households that consent, with a verified year that is or was on sale.

A tree is known by its opaque code. Its tag, its household and what the household earns never leave these statements.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.errors import Invalid, NotFound
from domain.regions import level_of, village_bounds
from domain.species import load_species
from models import (
    Household,
    Measurement,
    Order,
    Programme,
    Region,
    Tree,
    Unit,
    Verification,
    table_of,
)
from models.units import UnitState

_U, _H, _T, _R, _M, _O = (table_of(model) for model in (Unit, Household, Tree, Region, Measurement, Order))


PublicRow = sa.Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which trees to list: of a year, in a region, of a species; `available` leaves out what is held or sold."""

    year: int
    region: str | None = None
    species: str | None = None
    available: bool = False


@dataclass(frozen=True, slots=True)
class PublicTree:
    """One tree by its code, with every year of it the public may see and all its measurements."""

    tree: PublicRow
    years: Sequence[PublicRow]
    measurements: Sequence[PublicRow]


# Written out, because the planner knows the index of what is on sale by this very condition.
_ON_SALE = _U.c.state == sa.literal_column(f"'{UnitState.FREE.value}'")
_LISTED = _U.c.state.in_((UnitState.FREE, UnitState.TAKEN))


def listed(
    session: Session, wanted: Wanted, *, after: tuple[str, int] | None, limit: int
) -> Sequence[PublicRow]:
    """Public trees of a year by village, one more than `limit` so that the caller sees whether any follow.

    `after` is (village code, unit id) of the last one seen. Raises Invalid region_unknown, species_unknown.
    """
    _check(session, wanted)
    page = page_of(wanted, after=after, limit=limit).subquery("page")
    statement = (
        sa.select(
            page.c.id,
            page.c.region_code,
            page.c.species_code,
            page.c.year,
            page.c.basis,
            page.c.sink_g,
            page.c.price_fen,
            page.c.display_name,
            *_ABOUT_TREE,
            _M.c.dbh_mm,
            _M.c.height_cm,
            _O.c.state.label("order_state"),
        )
        .join(_T, _T.c.id == page.c.tree_id)
        .join(_R, _R.c.code == page.c.region_code)
        .join(_M, _M.c.id == page.c.measurement_id)
        .outerjoin(_O, _O.c.id == page.c.order_id)
        .order_by(page.c.region_code, page.c.id)
    )
    return session.execute(statement).all()


def page_of(wanted: Wanted, *, after: tuple[str, int] | None, limit: int) -> sa.Select[*tuple[Any, ...]]:
    """The units of one page and one more, with the name each household lets the public see."""
    shown = _ON_SALE if wanted.available else _LISTED
    found = (
        sa.select(_U, sa.case((_H.c.name_public, _H.c.display_name)).label("display_name"))
        .join(_H, _H.c.id == _U.c.household_id)
        .where(_U.c.year == wanted.year, shown, _H.c.sale_consent_on.is_not(None))
        .order_by(_U.c.region_code, _U.c.id)
        .limit(limit + 1)
    )
    if wanted.region is not None:
        found = found.where(_U.c.region_code.between(*village_bounds(wanted.region)))
    if wanted.species is not None:
        found = found.where(_U.c.species_code == wanted.species)
    if after is not None:
        found = found.where(sa.tuple_(_U.c.region_code, _U.c.id) > sa.tuple_(*after))
    return found


_ABOUT_TREE = (
    _T.c.code,
    _T.c.planted_year,
    _T.c.photo,
    _R.c.name.label("region_name"),
    _R.c.path.label("region_path"),
)


def _check(session: Session, wanted: Wanted) -> None:
    if wanted.species is not None and wanted.species not in load_species():
        raise Invalid("species_unknown", {"species": wanted.species})
    if wanted.region is not None:
        level_of(wanted.region)
        if session.scalar(sa.select(_R.c.code).where(_R.c.code == wanted.region)) is None:
            raise Invalid("region_unknown", {"region": wanted.region})


def find(session: Session, code: str) -> PublicTree:
    """One tree by its public code; raises NotFound unless its household consents and a year of it is or was on sale."""
    tree = session.execute(
        sa.select(
            _T.c.id,
            _T.c.region_code,
            _T.c.species_code,
            _T.c.longitude_e2,
            _T.c.latitude_e2,
            sa.case((_H.c.name_public, _H.c.display_name)).label("display_name"),
            *_ABOUT_TREE,
        )
        .join(_H, _H.c.id == _T.c.household_id)
        .join(_R, _R.c.code == _T.c.region_code)
        .where(_T.c.code == code, _H.c.sale_consent_on.is_not(None))
    ).first()
    years = () if tree is None else _years(session, tree.id)
    if tree is None or not years:
        raise NotFound("tree_not_found")
    measurements = session.execute(
        sa.select(_M.c.id, _M.c.measured_on, _M.c.dbh_mm, _M.c.height_cm)
        .where(_M.c.tree_id == tree.id)
        .order_by(_M.c.measured_on.desc())
    ).all()
    return PublicTree(tree, years, measurements)


def _years(session: Session, tree_id: int) -> Sequence[PublicRow]:
    return session.execute(
        sa.select(
            _U.c.year,
            _U.c.basis,
            _U.c.sink_g,
            _U.c.price_fen,
            _U.c.measurement_id,
            _U.c.earlier_measurement_id,
            _O.c.state.label("order_state"),
            Verification.verifier_name,
            Verification.method_id,
            Verification.method_version,
            Verification.approved_at,
            Programme.flat_sink_g,
        )
        .join(Verification, Verification.id == _U.c.verification_id)
        .join(Programme, Programme.id == Verification.programme_id)
        .outerjoin(_O, _O.c.id == _U.c.order_id)
        .where(_U.c.tree_id == tree_id, _LISTED)
        .order_by(_U.c.year)
    ).all()
