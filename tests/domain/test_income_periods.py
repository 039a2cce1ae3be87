"""A span of days is cut into periods and odd days that are it exactly, and nothing twice."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.clock import day_span, day_start
from domain.income_periods import (
    Cover,
    covering,
    month_of,
    period_days,
    period_text,
    periods_between,
    read_period,
)

FIRST, LAST = date(2025, 1, 1), date(2027, 6, 30)
DAYS = st.dates(FIRST, LAST)


def days_of(cover: Cover) -> list[date]:
    """Every day a cover with closed ends stands for, as often as it stands for it."""
    found = []
    day = FIRST
    while day <= LAST:
        periods = (day.year, month_of(day))
        found += [day for low, high in cover.ranges for period in periods if low <= period <= high]
        found += [day for start, stop in cover.edges if start <= day_start(day) < stop]
        day += timedelta(days=1)
    return found


@given(DAYS, st.integers(0, 900))
@example(date(2026, 1, 1), 364)
@example(date(2026, 2, 1), 27)
@example(date(2026, 12, 31), 1)
@example(date(2025, 11, 1), 89)
def test_a_span_is_its_parts(first: date, days: int) -> None:
    last = min(first + timedelta(days=days), LAST)
    cover = covering(first, last)
    expected = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    assert sorted(days_of(cover)) == expected
    inside = [day for day in days_of(cover) if not any(s <= day_start(day) < e for s, e in cover.edges)]
    if inside:
        assert cover.whole == day_span(min(inside), max(inside))
    else:
        assert cover.whole is None


def test_everything_is_one_period() -> None:
    assert covering(None, None) == Cover(((0, 0),), (None, None), ())


def test_a_span_that_is_one_period_is_known_as_such() -> None:
    year, month = (date(2026, 1, 1), date(2026, 12, 31)), (date(2026, 2, 1), date(2026, 2, 28))
    assert [covering(*span).one_period for span in ((None, None), year, month)] == [0, 2026, 202602]
    two_months, cut, odd = (month[0], date(2026, 3, 31)), (month[0], date(2026, 3, 1)), (year[1], year[1])
    assert [covering(*span).one_period for span in (two_months, cut, odd)] == [None, None, None]
    assert covering(date(2026, 1, 1), None).one_period is None


def test_an_open_end_is_covered_by_years() -> None:
    since = covering(date(2026, 11, 20), None)
    assert since.ranges == ((202612, 202612), (2027, 9998))
    assert since.whole == (day_start(date(2026, 12, 1)), None)
    assert since.edges == (day_span(date(2026, 11, 20), date(2026, 11, 30)),)
    until = covering(None, date(2026, 2, 10))
    assert until.ranges == ((1, 2025), (202601, 202601))
    assert until.whole == (None, day_start(date(2026, 2, 1)))
    assert until.edges == (day_span(date(2026, 2, 1), date(2026, 2, 10)),)


def test_periods_follow_one_another() -> None:
    assert list(periods_between(202511, 202602)) == [202511, 202512, 202601, 202602]
    assert list(periods_between(2025, 2027)) == [2025, 2026, 2027]
    assert period_days(202602) == (date(2026, 2, 1), date(2026, 2, 28))
    assert period_days(2026) == (date(2026, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(("text", "period"), [("2026", 2026), ("2026-03", 202603), ("2026-12", 202612)])
def test_a_period_is_read_as_it_is_written(text: str, period: int) -> None:
    assert read_period(text) == period
    assert period_text(period) == text


@pytest.mark.parametrize(
    "text", ["", "26", "2026-", "2026-13", "2026-00", "2026-3", "0000", "２０２６", "2026-0x"]
)
def test_what_is_no_period_is_not_read(text: str) -> None:
    assert read_period(text) is None
