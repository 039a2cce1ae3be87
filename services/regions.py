"""The tree of administrative divisions, as the public walks down it."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.errors import NotFound
from domain.regions import level_of, village_bounds
from models import Lane, Region


@dataclass(frozen=True, slots=True)
class ShownRegion:
    """One division, and whether any tree of it can be bought now."""

    code: str
    name: str
    level: str
    parent_code: str | None
    path: str
    on_sale: bool


def children(
    session: Session, parent: str | None, *, year: int, after: str | None, limit: int
) -> Sequence[ShownRegion]:
    """The divisions right below `parent` (the province for None) by code, one more than `limit`.

    `year` is the one whose trees count as on sale. Raises NotFound region_unknown, Invalid region_code_malformed.
    """
    if parent is not None:
        level_of(parent)
        if session.get(Region, parent) is None:
            raise NotFound("region_unknown", region=parent)
    statement = (
        sa.select(Region.code, Region.name, Region.level, Region.parent_code, Region.path)
        .where(Region.parent_code == parent if parent is not None else Region.parent_code.is_(None))
        .order_by(Region.code)
        .limit(limit + 1)
    )
    if after is not None:
        statement = statement.where(Region.code > after)
    rows = session.execute(statement).all()
    on_sale = _on_sale(session, parent, year, len(rows[0].code)) if rows else set()
    return [ShownRegion(*row, row.code in on_sale) for row in rows]


def _on_sale(session: Session, parent: str | None, year: int, length: int) -> set[str]:
    code = sa.func.substr(Lane.region_code, 1, length)
    statement = sa.select(code).distinct().where(Lane.year == year, Lane.free > 0)
    if parent is not None:
        statement = statement.where(Lane.region_code.between(*village_bounds(parent)))
    return set(session.scalars(statement))


def names(session: Session, codes: Sequence[str]) -> dict[str, str]:
    """The names of these divisions by code; what is none has none."""
    rows = session.execute(sa.select(Region.code, Region.name).where(Region.code.in_(codes)))
    return {row.code: row.name for row in rows}
