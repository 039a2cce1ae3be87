"""Which version of the programme's parameters is in force, and which year is on sale."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.clock import business_day
from domain.errors import Unavailable
from models import Programme


def current_programme(session: Session, on: date) -> Programme:
    """The parameters in force on a business day; raises Unavailable programme_missing before the first version."""
    programme = session.scalar(
        sa.select(Programme)
        .where(Programme.effective_on <= on)
        .order_by(Programme.effective_on.desc())
        .limit(1)
    )
    if programme is None:
        raise Unavailable("programme_missing")
    return programme


def year_on_sale(now: datetime) -> int:
    """The year whose tree-years are sold at an instant: the business year of Asia/Shanghai."""
    return business_day(now).year


def terms_of_year(session: Session, year: int) -> Programme:
    """The parameters every tree-year of a year is sold on: those in force when the year begins.

    A new version therefore never changes a price in the middle of a year. Raises Unavailable programme_missing.
    """
    return current_programme(session, date(year, 1, 1))
