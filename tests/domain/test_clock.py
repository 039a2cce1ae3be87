"""Aware instants in UTC; business days and years of Shanghai."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from domain.clock import business_day, day_span, day_start, now, rfc3339


def test_the_present_is_aware_and_in_utc() -> None:
    assert now().utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC), date(2026, 12, 31)),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), date(2027, 1, 1)),
        (datetime(2026, 9, 1, 0, 0, tzinfo=UTC), date(2026, 9, 1)),
        (datetime(2026, 12, 31, 23, 0, tzinfo=timezone(timedelta(hours=8))), date(2026, 12, 31)),
    ],
)
def test_a_day_begins_at_midnight_in_shanghai(instant: datetime, day: date) -> None:
    assert business_day(instant) == day


def test_a_business_day_starts_when_it_says() -> None:
    assert day_start(date(2027, 1, 1)) == datetime(2026, 12, 31, 16, 0, tzinfo=UTC)


def test_a_span_of_days_leaves_out_its_end() -> None:
    first, end = day_span(date(2026, 9, 1), date(2026, 9, 30))
    assert end - first == timedelta(days=30)
    assert business_day(first) == date(2026, 9, 1)
    assert business_day(end) == date(2026, 10, 1)
    assert business_day(end - timedelta(microseconds=1)) == date(2026, 9, 30)


def test_one_day_spans_a_day() -> None:
    first, end = day_span(date(2026, 9, 1), date(2026, 9, 1))
    assert end - first == timedelta(days=1)


def test_instants_are_written_in_utc_to_the_second() -> None:
    written = rfc3339(datetime(2026, 9, 1, 10, 0, 5, 999_999, tzinfo=timezone(timedelta(hours=8))))
    assert written == "2026-09-01T02:00:05Z"
