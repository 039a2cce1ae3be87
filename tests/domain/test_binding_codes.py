"""Binding codes: fifty bits, read as people type them, and most slips of the finger noticed."""

import os
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.binding_codes import BITS, beginning, binding_code, read_binding_code
from domain.bindings import payable_from
from domain.errors import Invalid
from tests.support.clock import START

GREATEST = binding_code(lambda count: b"\xff" * count)


def code_of(number: int) -> str:
    return binding_code(lambda count: number.to_bytes(count, "big"))


@given(st.integers(min_value=0, max_value=(1 << BITS) - 1))
def test_a_code_is_sixteen_digits_in_four_groups_that_read_back(number: int) -> None:
    code = code_of(number)
    assert [len(group) for group in code.split(" ")] == [4, 4, 4, 4]
    assert read_binding_code(code) == code.replace(" ", "")
    assert int(read_binding_code(code)) == number * 7


def test_fifty_bits_come_from_chance() -> None:
    assert len({binding_code(os.urandom) for _ in range(500)}) == 500
    assert {int(read_binding_code(code_of(1 << bit))) for bit in range(BITS)} == {
        7 << bit for bit in range(BITS)
    }


@pytest.mark.parametrize(
    "typed", ["{0}{1}{2}{3}", " {0}-{1}-{2}-{3} ", "{0}.{1}.{2}.{3}", "{0}，{1}，{2}，{3}", "{0} {1}{2}  {3}"]
)
def test_a_code_is_read_as_people_type_it(typed: str) -> None:
    groups = GREATEST.split(" ")
    assert read_binding_code(typed.format(*groups)) == "".join(groups)
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    assert read_binding_code(typed.format(*groups).translate(wide)) == "".join(groups)


@pytest.mark.parametrize(
    "typed", ["", "0000", "0" * 15, "0" * 17, "O" * 16, "9" * 16, "٠" * 16, "0" * 15 + "七"]
)
def test_what_cannot_be_a_code_is_a_slip(typed: str) -> None:
    with pytest.raises(Invalid, match="binding_code_mistyped"):
        read_binding_code(typed)


def reads(digits: list[str]) -> bool:
    with suppress(Invalid):
        return bool(read_binding_code("".join(digits)))
    return False


@pytest.mark.parametrize("code", ["0483 1290 5567 2315", "0123 4567 8901 2340"])
def test_a_wrong_digit_is_noticed_unless_it_lies_seven_apart(code: str) -> None:
    right = list(read_binding_code(code_of(int(code.replace(" ", "")) // 7)))
    for place, meant in enumerate(right):
        for taken in "0123456789":
            typed = [*right[:place], taken, *right[place + 1 :]]
            # The first digit has a limit of its own: no code is above seven times 2**50.
            if place:
                assert reads(typed) is (abs(int(meant) - int(taken)) in (0, 7)), (place, meant, taken)


def test_codes_begin_alike_by_their_first_group() -> None:
    assert beginning("0483129055672312") == "0483"


def test_money_may_go_to_a_binding_thirty_days_after_the_later_of_both_acts() -> None:
    day = timedelta(days=1)
    assert payable_from(START, None, 30 * day) is None
    assert payable_from(START, START + 2 * day, 30 * day) == START + 32 * day
    assert payable_from(START, START - day, 30 * day) == START + 30 * day
