"""Gift codes: not to be guessed, and read back as people type them."""

import math
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.codes import public_code
from domain.gift_codes import LENGTH, gift_code, read_gift_code
from domain.serials import ALPHABET


def test_a_gift_code_holds_128_bits() -> None:
    code = gift_code(os.urandom)
    assert len(code) == LENGTH
    assert set(code) <= set(ALPHABET)
    assert math.log2(len(ALPHABET) ** LENGTH) >= 128


def test_every_character_comes_from_chance() -> None:
    codes = [gift_code(os.urandom) for _ in range(400)]
    assert len(set(codes)) == 400
    assert all(len({code[place] for code in codes}) == len(ALPHABET) for place in range(LENGTH))


@given(st.binary(min_size=25, max_size=25))
def test_a_code_reads_as_it_was_written(chance: bytes) -> None:
    code = gift_code(lambda count: chance[:count])
    assert read_gift_code(code) == code


@pytest.mark.parametrize(
    "typed",
    ["{code}", " {code} ", "{lower}", "{spaced}", "{hyphened}", "{wide}"],
)
def test_a_code_is_read_as_people_type_it(typed: str) -> None:
    code = "0123456789ABCDEFGHJKMNPQRT"
    forms = {
        "code": code,
        "lower": code.lower(),
        "spaced": " ".join(code[at : at + 4] for at in range(0, 26, 4)),
        "hyphened": "-".join(code[at : at + 4] for at in range(0, 26, 4)),
        "wide": "".join(chr(ord(character) + 0xFEE0) for character in code),
    }
    assert read_gift_code(typed.format(**forms)) == code


def test_look_alikes_are_read_as_what_was_printed() -> None:
    assert read_gift_code("ILOSU") == "1105V"


def test_a_public_code_has_twelve_characters_of_the_same_alphabet() -> None:
    codes = {public_code(os.urandom) for _ in range(50)}
    assert len(codes) == 50
    assert {len(code) for code in codes} == {12}
    assert set("".join(codes)) <= set(ALPHABET)
