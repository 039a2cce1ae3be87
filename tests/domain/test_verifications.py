"""The rules of an approval that a forester can check by hand."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.verifications import buffer_choice, buffer_size, oldest_measurement


@pytest.mark.parametrize(
    ("year", "on", "oldest"),
    [
        (2026, date(2026, 9, 1), date(2021, 9, 1)),
        (2027, date(2026, 9, 1), date(2022, 1, 1)),
        (2028, date(2028, 2, 29), date(2023, 2, 28)),
        (2025, date(2026, 9, 1), date(2021, 9, 1)),
    ],
)
def test_a_measurement_counts_for_five_years_from_the_later_of_approval_and_new_year(
    year: int, on: date, oldest: date
) -> None:
    assert oldest_measurement(year, on, 5) == oldest


@pytest.mark.parametrize(("units", "size"), [(0, 0), (19, 0), (20, 1), (39, 1), (46_200, 2_310)])
def test_the_buffer_is_whole_trees_rounded_down(units: int, size: int) -> None:
    assert buffer_size(units, 50) == size


def test_the_buffer_can_be_repeated_from_the_approval_s_number() -> None:
    codes = [f"T{n}" for n in range(10)]
    # Worked out with sha256sum over the texts "buffer-1|7|T0" to "buffer-1|7|T9".
    assert buffer_choice(codes, 3, 7) == ["T8", "T1", "T9"]
    assert buffer_choice(codes, 3, 8) != ["T8", "T1", "T9"]


@given(st.sets(st.text(min_size=1, max_size=12), max_size=40), st.integers(0, 40), st.integers(1, 10**9))
def test_the_buffer_depends_on_no_order(codes: set[str], size: int, verification_id: int) -> None:
    chosen = buffer_choice(sorted(codes), size, verification_id)
    assert chosen == buffer_choice(sorted(codes, reverse=True), size, verification_id)
    assert len(set(chosen)) == len(chosen) == min(size, len(codes))
