"""The income report by months or years: one line for each, those in which nothing happened included."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.clock import business_day
from domain.income import Distribution, Earnings, Figures, GroupBy, GroupLine
from domain.income_periods import month_of, period_text, periods_between, read_period
from domain.regions import village_bounds
from models import Household, Lane, Posting, Region
from services.income import FIGURES, households_in, in_region, whole_sum
from services.income_reports import ReportWanted, middle_fen
from services.income_sums import mark, moved_by_period


def period_lines(
    session: Session, wanted: ReportWanted, now: datetime, *, after: str | None = None, limit: int
) -> list[GroupLine]:
    """The months or years of a report from its first day, or the book's, to its last, or today; beginning after one.

    Four statements at most, however many.
    """
    first, last = _bounds(session, wanted, now)
    known = None if after is None else read_period(after)
    shown = [period for period in periods_between(first, last) if known is None or period > known][:limit]
    if not shown:
        return []
    head = session.execute(
        sa.select(
            sa.func.count().label("households"),
            whole_sum(Household.people).label("people"),
            sa.select(Region.path).where(Region.code == wanted.scope).scalar_subquery().label("place"),
        ).where(in_region(wanted.scope))
    ).one()
    found = {row.period: row for row in session.execute(_summed(session, wanted, shown, head.households))}
    unsold = _unsold(session, wanted, shown)
    place = head.place or wanted.scope
    return [
        GroupLine(
            code=period_text(period),
            name=period_text(period),
            place=place,
            public_id=None,
            figures=_figures(head, found.get(period), unsold.get(period)),
        )
        for period in shown
    ]


def _figures(head: sa.Row[Any], row: sa.Row[Any] | None, unsold: int | None) -> Figures:
    """`row` is None of a period in which nothing happened."""
    people = int(head.people or 0)
    if row is None:
        spread = Distribution(
            households=head.households, people=people, households_never_paid=head.households
        )
        return Figures(spread, Earnings(), unsold)
    spread = Distribution(
        households=head.households,
        people=people,
        households_with_income=row.households_with_income,
        households_never_paid=head.households - row.households_paid,
        min_fen=row.min_fen,
        median_fen=middle_fen(row.middle_fen or 0, head.households),
        max_fen=row.max_fen,
    )
    return Figures(spread, Earnings(**{name: int(getattr(row, name)) for name in FIGURES}), unsold)


def _unsold(session: Session, wanted: ReportWanted, shown: list[int]) -> dict[int, int]:
    """Of years, the tree-years that nobody has bought or holds; a tree-year belongs to no month."""
    if wanted.group_by is not GroupBy.YEAR:
        return {}
    free = sa.select(Lane.year, whole_sum(Lane.free).label("free")).where(
        Lane.year.between(shown[0], shown[-1]), Lane.region_code.between(*village_bounds(wanted.scope))
    )
    counted = {row.year: row.free for row in session.execute(free.group_by(Lane.year))}
    return {year: counted.get(year, 0) for year in shown}


def _bounds(session: Session, wanted: ReportWanted, now: datetime) -> tuple[int, int]:
    began = wanted.first
    if began is None:
        posted = session.scalar(sa.select(Posting.posted_at).order_by(Posting.id).limit(1))
        began = business_day(posted or now)
    ends = min(wanted.last or date.max, max(business_day(now), began))
    if wanted.group_by is GroupBy.YEAR:
        return began.year, ends.year
    return month_of(began), month_of(ends)


def _summed(
    session: Session, wanted: ReportWanted, shown: list[int], households: int
) -> sa.Select[tuple[Any, ...]]:
    """One row a period. Households without a row of their own in it stand between those below and above zero."""
    dialect = session.get_bind().dialect.name
    rows = moved_by_period(shown[0], shown[-1], households_in(wanted.scope), dialect, seen=mark(session))
    each = (
        sa.select(
            rows.c.period,
            rows.c.household_id,
            whole_sum(rows.c.trees).label("trees_sold"),
            whole_sum(rows.c.sink_g).label("sink_g"),
            whole_sum(rows.c.earned_fen).label("earned_fen"),
            whole_sum(rows.c.released_fen - rows.c.paid_fen).label("in_transit_fen"),
            whole_sum(rows.c.paid_fen).label("paid_fen"),
        )
        .group_by(rows.c.period, rows.c.household_id)
        .subquery("each")
    )
    silent = sa.literal(households) - sa.func.count().over(partition_by=each.c.period)
    order = sa.func.row_number().over(partition_by=each.c.period, order_by=each.c.earned_fen)
    ranked = sa.select(
        each,
        silent.label("silent"),
        (order + sa.case((each.c.earned_fen < 0, 0), else_=silent)).label("rank"),
    ).subquery("ranked")
    middle = ranked.c.rank.in_(((households + 1) // 2, (households + 2) // 2))
    some_silent = sa.func.max(ranked.c.silent) > 0
    lowest, highest = sa.func.min(ranked.c.earned_fen), sa.func.max(ranked.c.earned_fen)
    return sa.select(
        ranked.c.period,
        whole_sum(1, ranked.c.earned_fen > 0).label("households_with_income"),
        whole_sum(1, ranked.c.paid_fen > 0).label("households_paid"),
        sa.case((sa.and_(some_silent, lowest > 0), 0), else_=lowest).label("min_fen"),
        sa.case((sa.and_(some_silent, highest < 0), 0), else_=highest).label("max_fen"),
        whole_sum(ranked.c.earned_fen, middle).label("middle_fen"),
        *(whole_sum(ranked.c[name]).label(name) for name in FIGURES),
    ).group_by(ranked.c.period)
