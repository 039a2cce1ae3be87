"""A clock that only moves when told."""

from datetime import UTC, datetime, timedelta

START = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)


class SteppingClock:
    """Callable like `domain.clock.now`; stands at START until moved."""

    def __init__(self) -> None:
        self.instant = START

    def __call__(self) -> datetime:
        return self.instant

    def reset(self) -> None:
        """Back to START."""
        self.instant = START

    def advance(self, **parts: float) -> None:
        """Move on by a timedelta given as its parts, e.g. minutes=15."""
        self.instant += timedelta(**parts)
