"""Row ids that are known before the row is written, so that all rows of a purchase can be written at once."""

from collections.abc import Callable
from datetime import UTC, datetime

_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
_RANDOM_BITS = 22


def new_id(now: datetime, random: Callable[[int], bytes]) -> int:
    """A 63-bit id: milliseconds since 2020, then 22 random bits; later rows have greater ids.

    Two rows of one millisecond meet once in four million times; the primary key then refuses the second.
    """
    milliseconds = int((now - _EPOCH).total_seconds() * 1000)
    return milliseconds << _RANDOM_BITS | int.from_bytes(random(3), "big") >> (24 - _RANDOM_BITS)


def first_id(instant: datetime) -> int:
    """The least id a row of this instant can have: ids from here on are of rows that came later."""
    return int((instant - _EPOCH).total_seconds() * 1000) << _RANDOM_BITS
