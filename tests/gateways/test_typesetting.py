"""Lines break where Chinese and English readers expect it."""

import pytest

from gateways.fonts import Weight, width
from gateways.typesetting import MM, fitted, wrapped

SENTENCE = (
    "购买 3 株树 2026 年度（2026-01-01 至 2026-12-31）预计碳汇量约 30 千克 CO₂；年度结束复核后另行标注。"
)


@pytest.mark.parametrize("room", [10, 15, 22, 30, 47, 60, 118])
def test_no_line_is_wider_than_its_room_and_nothing_is_lost(room: float) -> None:
    lines = wrapped(SENTENCE, 9, room)
    assert all(width(line, 9, Weight.REGULAR) <= room * MM for line in lines)
    assert "".join("".join(lines).split()) == "".join(SENTENCE.split())


@pytest.mark.parametrize("room", [15, 20, 25, 30, 40, 50, 60, 70, 80])
def test_no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one(room: float) -> None:
    lines = wrapped(SENTENCE, 9, room)
    assert not any(line[0] in "，。；、：）" for line in lines)
    assert not any(line[-1] in "（《" for line in lines)


def test_words_and_dates_stay_whole() -> None:
    lines = wrapped("Sunshine Forestry Partners 2026-01-01", 10, 32)
    assert [word for line in lines for word in line.split()] == [
        "Sunshine",
        "Forestry",
        "Partners",
        "2026-01-01",
    ]


def test_a_word_wider_than_the_line_is_cut() -> None:
    lines = wrapped("A" * 60, 10, 30)
    assert len(lines) > 1
    assert "".join(lines) == "A" * 60


def test_the_largest_size_that_fits_is_taken() -> None:
    assert fitted("张小三", (25, 20, 15), 100, 1) == (25, ["张小三"])
    size, lines = fitted("张小三" * 6, (25, 20, 15), 100, 1)
    assert (size, len(lines)) == (15, 1)


def test_the_smallest_size_is_taken_where_none_fits() -> None:
    size, lines = fitted("张小三" * 60, (25, 20, 15), 100, 1)
    assert size == 15
    assert "".join(lines) == "张小三" * 60


def test_an_empty_text_has_no_lines() -> None:
    assert wrapped("", 9, 50) == []
    assert wrapped("   ", 9, 50) == []
