"""A tree as officers see it: with its tag, its household and what became of it in each year."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.errors import NotFound
from domain.masking import officer_degrees, officer_name
from domain.orders import OrderState
from domain.permissions import OfficerContext
from domain.photos import photo_url, thumbnail_url
from domain.regions import contains
from models import Household, Measurement, Order, Region, SpeciesRow, Tree, Unit
from models.units import UnitState
from services import reveals
from services.income import household_in_scope

DATUM = "WGS-84"


def tree_in_scope(session: Session, officer: OfficerContext, code: str) -> dict[str, Any]:
    """A tree by its public code, in three statements; raises NotFound alike for a foreign one and for none."""
    row = None
    if code.isascii() and code.isalnum():
        row = session.execute(
            sa.select(Tree, SpeciesRow, Region, Household.public_id, Household.head_name)
            .join(SpeciesRow, SpeciesRow.code == Tree.species_code)
            .join(Region, Region.code == Tree.region_code)
            .join(Household, Household.id == Tree.household_id)
            .where(Tree.code == code)
        ).one_or_none()
    if row is None or not contains(officer.region_code, row.Tree.region_code):
        raise NotFound("tree_not_found")
    tree: Tree = row.Tree
    return {
        "code": tree.code,
        "tag": tree.tag,
        "household": {"public_id": row.public_id, "name": officer_name(row.head_name)},
        "region": row.Region,
        "species": row.SpeciesRow,
        "planted_year": tree.planted_year,
        "project": tree.project,
        "state": tree.state.value,
        "photo_url": photo_url(tree.photo),
        "thumbnail_url": thumbnail_url(tree.photo),
        "position": _position(tree.position),
        "measurements": session.scalars(
            sa.select(Measurement).where(Measurement.tree_id == tree.id).order_by(Measurement.measured_on)
        ).all(),
        "years": _years(session, [tree.id]).get(tree.id, []),
    }


def trees_of(
    session: Session, officer: OfficerContext, public_id: str, *, after: tuple[str, int] | None, limit: int
) -> list[dict[str, Any]]:
    """Up to limit + 1 trees of a household in the order of their tags, with what became of them year by year.

    Raises NotFound outside the officer's region.
    """
    household, _ = household_in_scope(session, officer, public_id)
    wanted = (
        sa.select(Tree, SpeciesRow)
        .join(SpeciesRow, SpeciesRow.code == Tree.species_code)
        .where(Tree.household_id == household.id)
        .order_by(Tree.tag, Tree.id)
        .limit(limit + 1)
    )
    if after is not None:
        wanted = wanted.where(sa.tuple_(sa.type_coerce(Tree.tag, sa.String), Tree.id) > sa.tuple_(*after))
    found = session.execute(wanted).all()
    years = _years(session, [row.Tree.id for row in found])
    return [
        {
            "id": row.Tree.id,
            "code": row.Tree.code,
            "tag": row.Tree.tag,
            "species": row.SpeciesRow,
            "planted_year": row.Tree.planted_year,
            "state": row.Tree.state.value,
            "years": years.get(row.Tree.id, []),
        }
        for row in found
    ]


def reveal_position(
    session: Session, officer: OfficerContext, code: str, reason: str, now: datetime
) -> dict[str, object]:
    """Where a tree stands to the last digit, for a reason that is kept; raises NotFound as `tree_in_scope`, TooMany."""
    tree = session.scalar(sa.select(Tree).where(Tree.code == code)) if code.isascii() else None
    if tree is None or not contains(officer.region_code, tree.region_code):
        raise NotFound("tree_not_found")
    reveals.note(
        session,
        officer,
        action="position_revealed",
        subject=f"tree:{code}",
        field="position",
        reason=reason,
        now=now,
    )
    longitude, latitude = tree.position.split(",")
    return {"code": code, "longitude": longitude, "latitude": latitude, "datum": DATUM}


def _position(position: str) -> dict[str, object]:
    longitude, latitude = (officer_degrees(Decimal(part)) for part in position.split(","))
    return {"longitude": longitude, "latitude": latitude, "datum": DATUM}


def _years(session: Session, tree_ids: Sequence[int]) -> dict[int, list[dict[str, object]]]:
    rows = session.execute(
        sa.select(Unit, Order.state.label("order_state"))
        .outerjoin(Order, Order.id == Unit.order_id)
        .where(Unit.tree_id.in_(tree_ids))
        .order_by(Unit.tree_id, Unit.year)
    )
    found: dict[int, list[dict[str, object]]] = {}
    for row in rows:
        found.setdefault(row.Unit.tree_id, []).append(
            {
                "year": row.Unit.year,
                "status": _status(row.Unit.state, row.order_state),
                "price_fen": row.Unit.price_fen,
                "sink_g": row.Unit.sink_g,
            }
        )
    return found


def _status(state: UnitState, order_state: OrderState | None) -> str:
    if state is not UnitState.TAKEN:
        return state.value
    return "sold" if order_state is OrderState.PAID else "held"
