"""Row ids made beforehand: in order of time, whole, and never too great for a column of 64 bits."""

import os
from datetime import UTC, datetime, timedelta

import pytest

from domain.ids import new_id

NOW = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)


def least(_count: int) -> bytes:
    return b"\x00\x00\x00"


def greatest(_count: int) -> bytes:
    return b"\xff\xff\xff"


def test_a_later_row_has_a_greater_id_whatever_chance_says() -> None:
    assert new_id(NOW, greatest) < new_id(NOW + timedelta(milliseconds=1), least)


def test_rows_of_one_millisecond_differ_by_chance() -> None:
    ids = {new_id(NOW, os.urandom) for _ in range(50)}
    assert len(ids) == 50
    assert new_id(NOW, greatest) - new_id(NOW, least) == 2**22 - 1


@pytest.mark.parametrize("year", [2020, 2026, 2088])
def test_an_id_fits_a_column_until_the_programme_is_long_over(year: int) -> None:
    assert 0 <= new_id(datetime(year, 12, 31, tzinfo=UTC), greatest) < 2**63


def test_the_time_of_a_row_can_be_read_from_its_id() -> None:
    milliseconds = new_id(NOW, greatest) >> 22
    assert datetime(2020, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds) == NOW
