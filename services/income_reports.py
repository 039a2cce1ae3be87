"""The income report: every division or household of a region in one statement, with how evenly earnings fall."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.income import Distribution, Earnings, Figures, GroupBy, GroupLine
from domain.income_periods import covering
from domain.masking import officer_name
from domain.regions import LENGTH_BY_LEVEL, RegionLevel
from models import Household, Lane, Region
from services.income import FIGURES, earnings_by_household, households_in, in_region, whole_sum
from services.income_sums import mark

_LENGTHS = {
    GroupBy.COUNTY: LENGTH_BY_LEVEL[RegionLevel.COUNTY],
    GroupBy.TOWNSHIP: LENGTH_BY_LEVEL[RegionLevel.TOWNSHIP],
    GroupBy.VILLAGE: LENGTH_BY_LEVEL[RegionLevel.VILLAGE],
}


@dataclass(frozen=True, slots=True)
class ReportWanted:
    """A region, by what to add it up, and the business days on which the book moved (inclusive, None is open).

    `year` is that of the tree-years counted as unsold.
    """

    scope: str
    group_by: GroupBy
    first: date | None = None
    last: date | None = None
    year: int = 0


def report_lines(
    session: Session, wanted: ReportWanted, *, after: str | None = None, limit: int | None = None
) -> list[GroupLine]:
    """The lines of a report by divisions or households in the order of their codes, beginning after one.

    Three statements however many.
    """
    code = _code(wanted)
    conditions = [] if after is None else [code > after]
    grouped = _grouped(session, wanted, code, *conditions)
    rows = session.execute(grouped.order_by("code").limit(limit)).all()
    named = _names(session, wanted, [row.code for row in rows], whole=limit is None)
    return [GroupLine(row.code, *named[row.code], figures_of(row)) for row in rows]


def report_page(
    session: Session, wanted: ReportWanted, *, after: str | None = None, limit: int | None = None
) -> tuple[list[GroupLine], Figures]:
    """Lines and total together; of divisions, which are few, from one statement over the households."""
    if wanted.group_by is GroupBy.HOUSEHOLD:
        return report_lines(session, wanted, after=after, limit=limit), report_total(session, wanted)
    rows = session.execute(_grouped(session, wanted, _code(wanted)).order_by("code")).all()
    shown = [row for row in rows if after is None or row.code > after][:limit]
    named = _names(session, wanted, [row.code for row in shown], whole=False)
    return [GroupLine(row.code, *named[row.code], figures_of(row)) for row in shown], _added_up(rows)


def _added_up(rows: Sequence[Any]) -> Figures:
    """The whole region's figures from those of its divisions; each brings what it has of the region's middle."""
    if not rows:
        return Figures()
    spread = Distribution(
        households=sum(row.households for row in rows),
        people=sum(row.people for row in rows),
        households_with_income=sum(row.households_with_income for row in rows),
        households_never_paid=sum(row.households_never_paid for row in rows),
        min_fen=min(row.min_fen for row in rows),
        median_fen=middle_fen(
            sum(row.whole_middle_fen or 0 for row in rows), sum(row.households for row in rows)
        ),
        max_fen=max(row.max_fen for row in rows),
    )
    earnings = Earnings(**{name: sum(int(getattr(row, name)) for row in rows) for name in FIGURES})
    return Figures(spread, earnings, sum(row.trees_unsold for row in rows))


def report_total(session: Session, wanted: ReportWanted) -> Figures:
    """The same figures for the region as a whole."""
    row = session.execute(_grouped(session, wanted, sa.literal(wanted.scope))).one_or_none()
    return Figures() if row is None else figures_of(row)


def _code(wanted: ReportWanted) -> sa.ColumnElement[str]:
    if wanted.group_by is GroupBy.HOUSEHOLD:
        return sa.type_coerce(Household.number, sa.String)
    return sa.func.substr(Household.region_code, 1, _LENGTHS[wanted.group_by])


def _grouped(
    session: Session, wanted: ReportWanted, code: sa.ColumnElement[str], *conditions: sa.ColumnElement[bool]
) -> sa.Select[Any]:
    money = earnings_by_household(
        covering(wanted.first, wanted.last), households_in(wanted.scope), seen=mark(session)
    )
    each = (
        sa.select(
            code.label("code"),
            Household.people,
            sa.func.coalesce(money.c.earned_fen, 0).label("earned"),
            sa.func.coalesce(Lane.free, 0).label("unsold"),
            *(money.c[name] for name in FIGURES),
        )
        .select_from(Household)
        .outerjoin(money, money.c.household_id == Household.id)
        .outerjoin(Lane, sa.and_(Lane.household_id == Household.id, Lane.year == wanted.year))
        .where(in_region(wanted.scope), *conditions)
        .subquery("each")
    )
    ranked = sa.select(
        each,
        sa.func.row_number().over(partition_by=each.c.code, order_by=each.c.earned).label("rank"),
        sa.func.count().over(partition_by=each.c.code).label("households"),
        sa.func.row_number().over(order_by=each.c.earned).label("whole_rank"),
        sa.func.count().over().label("whole_households"),
    ).subquery("ranked")
    # The one or two households in the middle: both halves name the same one where their number is odd.
    middle = _middle(ranked.c.rank, ranked.c.households)
    return sa.select(
        ranked.c.code,
        sa.func.count().label("households"),
        whole_sum(ranked.c.people).label("people"),
        whole_sum(1, ranked.c.earned > 0).label("households_with_income"),
        whole_sum(1, sa.func.coalesce(ranked.c.paid_fen, 0) <= 0).label("households_never_paid"),
        sa.func.min(ranked.c.earned).label("min_fen"),
        sa.func.max(ranked.c.earned).label("max_fen"),
        whole_sum(ranked.c.earned, middle).label("middle_fen"),
        whole_sum(ranked.c.earned, _middle(ranked.c.whole_rank, ranked.c.whole_households)).label(
            "whole_middle_fen"
        ),
        whole_sum(ranked.c.unsold).label("trees_unsold"),
        *(sa.func.coalesce(whole_sum(ranked.c[name]), 0).label(name) for name in FIGURES),
    ).group_by(ranked.c.code)


def _middle(rank: sa.ColumnElement[int], households: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    return rank.in_(((households + 1) // 2, (households + 2) // 2))


def _names(
    session: Session, wanted: ReportWanted, codes: list[str], *, whole: bool
) -> dict[str, tuple[str, str, str | None]]:
    """Name, place and public id of each line by its code."""
    if wanted.group_by is GroupBy.HOUSEHOLD:
        listed = in_region(wanted.scope) if whole else Household.number.in_(codes)
        households = session.execute(
            sa.select(Household.number, Household.head_name, Region.path, Household.public_id)
            .join(Region, Region.code == Household.region_code)
            .where(listed)
        )
        return {row.number: (officer_name(row.head_name), row.path, row.public_id) for row in households}
    regions = session.execute(sa.select(Region.code, Region.name, Region.path).where(Region.code.in_(codes)))
    known = {row.code: (row.name, row.path, None) for row in regions}
    return {code: known.get(code, (code, code, None)) for code in codes}


def middle_fen(fen: int, households: int) -> int:
    """The median from the sum of what is in the middle; of two it is their mean, rounded down to whole fen."""
    return fen if households % 2 else fen // 2


def figures_of(row: Any) -> Figures:
    """The figures of one row of sums."""
    spread = Distribution(
        households=row.households,
        people=row.people,
        households_with_income=row.households_with_income,
        households_never_paid=row.households_never_paid,
        min_fen=row.min_fen,
        median_fen=middle_fen(row.middle_fen, row.households),
        max_fen=row.max_fen,
    )
    earnings = Earnings(**{name: int(getattr(row, name)) for name in FIGURES})
    return Figures(spread, earnings, row.trees_unsold)
