"""A mask shows what the programme's table allows, and less when the text is unusual."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.masking import (
    masked_account_number,
    masked_identity_number,
    masked_phone,
    officer_degrees,
    officer_name,
    public_degrees,
    public_name,
)


@pytest.mark.parametrize(
    ("name", "public", "officer"),
    [
        ("张三", "张*", "张*"),
        ("张小三", "张*", "张*三"),
        ("欧阳小三", "欧*", "欧*三"),
        ("阿布都·热西提", "阿*", "阿*提"),
        ("𬱟小明", "𬱟*", "𬱟*明"),
        (" 张三 ", "张*", "张*"),
        ("张", "*", "*"),
        ("", "", ""),
        ("  ", "", ""),
    ],
)
def test_a_name_shows_its_first_character_and_its_last_to_officers(
    name: str, public: str, officer: str
) -> None:
    assert public_name(name) == public
    assert officer_name(name) == officer


def test_numbers_show_their_ends_only() -> None:
    assert masked_identity_number("522399195208254603") == "522***********4603"
    assert masked_phone("13812341234") == "138****1234"
    assert masked_account_number("6217990000000000311") == "6217***********0311"


@pytest.mark.parametrize("text", ["", "1", "1234567", "1234567890"])
def test_a_number_too_short_to_hide_four_characters_shows_nothing(text: str) -> None:
    assert masked_phone(text) == "*" * len(text)
    assert masked_account_number(text) == "*" * len(text)


@given(st.text(min_size=1, max_size=40))
def test_a_mask_shows_at_most_its_ends(text: str) -> None:
    letters = text.strip()
    for masked, most in (
        (masked_identity_number(text), 7),
        (masked_account_number(text), 8),
        (officer_name(text), 2),
        (public_name(text), 1),
    ):
        shown = [letter for letter in masked if letter != "*"]
        assert len(shown) <= min(most, max(len(letters) - 1, 0))


def test_positions_are_coarse_for_all_and_finer_for_officers() -> None:
    longitude = Decimal("106.055738")
    assert str(public_degrees(longitude)) == "106.06"
    assert str(officer_degrees(longitude)) == "106.056"
