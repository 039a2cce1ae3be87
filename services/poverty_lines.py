"""Poverty lines on the rows: read by reports, loaded by the seed, set by an administrator."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.permissions import OfficerContext
from domain.poverty_lines import Line, load_poverty_lines
from models import PovertyLine, insert_for, table_of
from services import audit


def seed_lines(session: Session, now: datetime) -> int:
    """Add the published lines of years that have no row; what an administrator has set stays. Returns how many."""
    rows = [
        {
            "year": line.year,
            "national_yuan": line.national_yuan,
            "province_yuan": line.province_yuan,
            "source": line.source,
            "changed_at": now,
        }
        for line in load_poverty_lines()
    ]
    added = session.execute(
        insert_for(session.get_bind().dialect.name, PovertyLine)
        .values(rows)
        .on_conflict_do_nothing(index_elements=["year"])
        .returning(table_of(PovertyLine).c.year)
    )
    return len(added.all())


def listed(session: Session) -> Sequence[PovertyLine]:
    """Every year that has a row, newest first."""
    return session.scalars(sa.select(PovertyLine).order_by(PovertyLine.year.desc())).all()


def lines_of(session: Session, years: Iterable[int]) -> dict[int, PovertyLine]:
    """The published lines of these years; a year that has none is not among them."""
    rows = session.scalars(sa.select(PovertyLine).where(PovertyLine.year.in_(sorted(set(years)))))
    return {row.year: row for row in rows if (row.national_yuan, row.province_yuan) != (None, None)}


def set_by_officer(session: Session, line: Line, officer: OfficerContext, now: datetime) -> PovertyLine:
    """Set the line of a year in an officer's name; raises Forbidden whole_programme_only, since it holds for all."""
    officer.need_programme()
    return set_line(session, line, actor=officer.actor, now=now, address=officer.address)


def set_line(
    session: Session, line: Line, *, actor: str, now: datetime, address: str | None = None
) -> PovertyLine:
    """Set the line of a year; None for both figures says that none is published. What it was before is written down."""
    row = session.get(PovertyLine, line.year, with_for_update=True)
    before = None if row is None else {"national_yuan": row.national_yuan, "province_yuan": row.province_yuan}
    if row is None:
        row = PovertyLine(year=line.year)
        session.add(row)
    row.national_yuan, row.province_yuan = line.national_yuan, line.province_yuan
    row.source, row.changed_at = line.source, now
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="poverty_line_set",
        subject=f"year:{line.year}",
        now=now,
        facts={
            "before": before,
            "after": {"national_yuan": line.national_yuan, "province_yuan": line.province_yuan},
        },
        address=address,
    )
    return row
