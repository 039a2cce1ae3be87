"""Whole fen inside, yuan only where a person or a bill reads them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.money import capital_yuan, fen_from_yuan, grouped_yuan, yuan_text


@pytest.mark.parametrize(
    ("fen", "yuan"),
    [
        (0, "0.00"),
        (1, "0.01"),
        (10, "0.10"),
        (310, "3.10"),
        (-5, "-0.05"),
        (-310, "-3.10"),
        (55_800_000, "558000.00"),
    ],
)
def test_fen_are_written_as_yuan_with_both_decimals(fen: int, yuan: str) -> None:
    assert yuan_text(fen) == yuan


@given(st.integers(-(10**15), 10**15))
def test_yuan_read_back_are_the_same_fen(fen: int) -> None:
    assert fen_from_yuan(yuan_text(fen)) == fen


@pytest.mark.parametrize(
    ("yuan", "fen"),
    [("3", 300), ("3.1", 310), (" 3.10 ", 310), ("0.01000", 1), ("+1", 100), ("-0.00", 0)],
)
def test_yuan_are_read_exactly_however_bills_write_them(yuan: str, fen: int) -> None:
    assert fen_from_yuan(yuan) == fen


@pytest.mark.parametrize("yuan", ["0.001", "1.005", "0.00999"])
def test_a_fraction_of_a_fen_is_refused(yuan: str) -> None:
    with pytest.raises(Invalid, match="amount_not_whole_fen"):
        fen_from_yuan(yuan)


@pytest.mark.parametrize(
    "text", ["", "three", "3,00", "3.0.0", "￥3", "1_000", "1e3", "1e999999999", "３", "NaN", "Infinity"]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="amount_not_a_number"):
        fen_from_yuan(text)


@pytest.mark.parametrize(
    ("fen", "yuan"),
    [(0, "0.00"), (5, "0.05"), (-5, "-0.05"), (123_456, "1,234.56"), (-123_456_789, "-1,234,567.89")],
)
def test_people_read_yuan_in_groups_of_three(fen: int, yuan: str) -> None:
    assert grouped_yuan(fen) == yuan


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (0, "零元整"),
        (5, "伍分"),
        (50, "伍角整"),
        (105, "壹元零伍分"),
        (30_005, "叁佰元零伍分"),
        (30_050, "叁佰元伍角整"),
        (140_950, "壹仟肆佰零玖元伍角整"),
        (600_714, "陆仟零柒元壹角肆分"),
        (10_700_053, "壹拾万柒仟元伍角叁分"),
        (10_001_000, "壹拾万零壹拾元整"),
        (1_640_002, "壹万陆仟肆佰元零贰分"),
        (2_000_000_300, "贰仟万零叁元整"),
        (10_000_000_100, "壹亿零壹元整"),
        (10_010_000_00 * 10_000, "壹仟零壹亿元整"),
    ],
)
def test_an_amount_in_capital_numerals_follows_the_rules_for_payment_instruments(
    fen: int, words: str
) -> None:
    assert capital_yuan(fen) == words


@given(st.integers(0, 10**14 - 1))
def test_amounts_in_words_differ_and_never_double_a_zero(fen: int) -> None:
    words = capital_yuan(fen)
    assert "零零" not in words
    assert capital_yuan((fen + 1) % 10**14) != words


@pytest.mark.parametrize("fen", [-1, 10**14])
def test_what_has_no_words_is_refused(fen: int) -> None:
    with pytest.raises(ValueError, match="in words"):
        capital_yuan(fen)
