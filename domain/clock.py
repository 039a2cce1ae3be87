"""One clock: aware UTC instants, and the business day and year of Asia/Shanghai."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

Clock = Callable[[], datetime]


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def business_day(instant: datetime) -> date:
    """The day an instant belongs to in Asia/Shanghai, where the programme keeps its books."""
    return instant.astimezone(SHANGHAI).date()


def day_start(day: date) -> datetime:
    """The first instant of a business day, in UTC."""
    return datetime.combine(day, time.min, tzinfo=SHANGHAI).astimezone(UTC)


def day_span(first: date, last: date) -> tuple[datetime, datetime]:
    """The half-open span of instants that the business days first..last (inclusive) cover."""
    return day_start(first), day_start(last + timedelta(days=1))


def rfc3339(instant: datetime) -> str:
    """An instant as RFC 3339 UTC with `Z`, to the second."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def shanghai_text(instant: datetime) -> str:
    """An instant as people there write it, `2026-10-27 12:19:05`."""
    return instant.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
