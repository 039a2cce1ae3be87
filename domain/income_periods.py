"""Spans of business days cut into what is added up already: everything, whole years, whole months, and odd days.

A period is a whole number: 0 for everything there is, 2026 for a year, 202603 for a month, all in Asia/Shanghai.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.clock import day_span, day_start

EVERYTHING = 0
#: Periods are told apart by their size.
FIRST_YEAR, LAST_YEAR = 1, 9998
FIRST_MONTH, LAST_MONTH = 101, 999_812

_BEFORE_ALL = date(FIRST_YEAR, 1, 1)
_AFTER_ALL = date(LAST_YEAR + 1, 1, 1)

Instants = tuple[datetime | None, datetime | None]


@dataclass(frozen=True, slots=True)
class Span:
    """Business days first..last, both inclusive; None is an open end."""

    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Cover:
    """A span of days as disjoint parts.

    `ranges` are periods from..to, both inclusive; `whole` is the half-open span of instants they make up together,
    None at an open end, and None itself where no whole month lies in the span. `edges` are the odd days before and
    after, half-open.
    """

    ranges: tuple[tuple[int, int], ...]
    whole: Instants | None
    edges: tuple[tuple[datetime, datetime], ...]

    @property
    def one_period(self) -> int | None:
        """The period that is all of it, where there is one."""
        (low, high), *more = self.ranges or ((0, 1),)
        return low if low == high and not more and not self.edges else None


def covering(first: date | None, last: date | None) -> Cover:
    """The parts of the business days first..last, both inclusive, None for an open end."""
    if first is None and last is None:
        return Cover(((EVERYTHING, EVERYTHING),), (None, None), ())
    begin = first or _BEFORE_ALL
    end = _AFTER_ALL if last is None else last + timedelta(days=1)
    from_month = begin if begin.day == 1 else _next_month(begin)
    to_month = end.replace(day=1)
    if from_month >= to_month:
        return Cover((), None, (day_span(begin, end - timedelta(days=1)),))
    edges = [(begin, from_month), (to_month, end)]
    return Cover(
        ranges=tuple(_ranges(from_month, to_month)),
        whole=(
            None if first is None else day_start(from_month),
            None if last is None else day_start(to_month),
        ),
        edges=tuple((day_start(start), day_start(stop)) for start, stop in edges if start < stop),
    )


def _ranges(from_month: date, to_month: date) -> Iterator[tuple[int, int]]:
    """Whole years where there are any, and the months before and after them; `to_month` is not among them."""
    from_year = from_month.year if from_month.month == 1 else from_month.year + 1
    if from_year >= to_month.year:
        yield month_of(from_month), month_of(to_month - timedelta(days=1))
        return
    if from_month.month > 1:
        yield month_of(from_month), from_month.year * 100 + 12
    yield from_year, to_month.year - 1
    if to_month.month > 1:
        yield to_month.year * 100 + 1, month_of(to_month - timedelta(days=1))


def month_of(day: date) -> int:
    """The period of a day's month."""
    return day.year * 100 + day.month


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def period_days(period: int) -> tuple[date, date]:
    """First and last day of a year or a month."""
    if period <= LAST_YEAR:
        return date(period, 1, 1), date(period, 12, 31)
    first = date(period // 100, period % 100, 1)
    return first, _next_month(first) - timedelta(days=1)


def period_text(period: int) -> str:
    """A year or month as reports write it: 2026, 2026-03."""
    return f"{period:04d}" if period <= LAST_YEAR else f"{period // 100:04d}-{period % 100:02d}"


def read_period(text: str) -> int | None:
    """The period a report's code names; None for anything else."""
    year, dash, month = text.partition("-")
    if not (text.isascii() and len(year) == 4 and year.isdigit()):
        return None
    if not dash:
        return int(year) if FIRST_YEAR <= int(year) <= LAST_YEAR else None
    if len(month) != 2 or not month.isdigit() or not 1 <= int(month) <= 12:
        return None
    return int(year) * 100 + int(month) if FIRST_YEAR <= int(year) <= LAST_YEAR else None


def periods_between(first: int, last: int) -> Iterator[int]:
    """Every year, or every month, from the one to the other, both inclusive; both are of one kind."""
    period = first
    while period <= last:
        yield period
        period += 89 if period > LAST_YEAR and period % 100 == 12 else 1
