"""How large a sample is, that nobody chooses it, and when it is too bad."""

import pytest

from domain.year_reviews import draw, sample_size, too_many_gone


@pytest.mark.parametrize(
    ("sold", "size"), [(1, 1), (9, 9), (10, 10), (100, 10), (101, 11), (121, 11), (24_000, 155)]
)
def test_a_sample_is_the_square_root_and_at_least_ten(sold: int, size: int) -> None:
    assert sample_size(sold) == size


def test_a_draw_can_be_repeated_and_depends_on_nothing_else() -> None:
    codes = [f"T{n:011d}" for n in range(200)]
    assert draw(codes, 10, "a") == draw(reversed(codes), 10, "a") == draw(codes, 10, "a")
    assert draw(codes, 10, "a") != draw(codes, 10, "b")
    assert len(set(draw(codes, 200, "a"))) == 200


@pytest.mark.parametrize(
    ("gone", "looked", "bad"), [(0, 10, False), (1, 20, False), (1, 19, True), (1, 10, True)]
)
def test_a_sample_may_miss_no_more_than_the_buffer_holds(gone: int, looked: int, bad: bool) -> None:
    assert too_many_gone(gone, looked, 50) is bad
