"""Verifications as officers read them: with their region by name and the terms they freeze."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Programme, Region, Verification


@dataclass(frozen=True)
class ShownVerification:
    """One verification with what its identifiers stand for."""

    verification: Verification
    region: Region
    price_fen: int
    flat_sink_g: int


def listed(
    session: Session,
    region: str,
    *,
    year: int | None = None,
    before: int | None = None,
    limit: int,
) -> Sequence[ShownVerification]:
    """Verifications within a region, newest first, one more than `limit` so that the caller sees whether any follow."""
    statement = (
        _SHOWN.where(Verification.region_code.startswith(region, autoescape=True))
        .order_by(Verification.id.desc())
        .limit(limit + 1)
    )
    if year is not None:
        statement = statement.where(Verification.year == year)
    if before is not None:
        statement = statement.where(Verification.id < before)
    return [ShownVerification(*row) for row in session.execute(statement)]


def shown(session: Session, verification: Verification) -> ShownVerification:
    """One verification with what its identifiers stand for."""
    row = session.execute(_SHOWN.where(Verification.id == verification.id)).one()
    return ShownVerification(*row)


def of_region(session: Session, region_code: str, year: int) -> Sequence[Verification]:
    """The verifications of exactly this region and year, newest first."""
    return session.scalars(
        sa.select(Verification)
        .where(Verification.region_code == region_code, Verification.year == year)
        .order_by(Verification.id.desc())
    ).all()


_SHOWN = (
    sa.select(Verification, Region, Programme.price_fen, Programme.flat_sink_g)
    .join(Region, Region.code == Verification.region_code)
    .join(Programme, Programme.id == Verification.programme_id)
)
