"""Serial numbers survive being read aloud, written down and typed; mistakes never pass."""

import itertools
import math
import random

import pytest

from domain.errors import Invalid
from domain.serials import ALPHABET, check_serial, make_serial, serial_from_bytes, serial_to_bytes


def make_serials(number: int) -> list[str]:
    source = random.Random(20260101)
    return [make_serial(source.randbytes) for _ in range(number)]


def test_a_serial_is_four_groups_of_four() -> None:
    serial = make_serial(bytes)
    assert serial == "0000-0000-0000-0000"
    assert [len(group) for group in make_serials(1)[0].split("-")] == [4, 4, 4, 4]


def test_a_serial_holds_at_least_sixty_random_bits() -> None:
    assert 15 * math.log2(len(ALPHABET)) >= 60


def test_every_character_is_used_about_equally_often() -> None:
    counts = dict.fromkeys(ALPHABET, 0)
    for serial in make_serials(2_000):
        for character in serial.replace("-", "")[:15]:
            counts[character] += 1
    expected = 2_000 * 15 / len(ALPHABET)
    assert all(abs(count - expected) < 6 * math.sqrt(expected) for count in counts.values())


def test_the_alphabet_has_no_two_characters_alike_by_hand() -> None:
    assert len(ALPHABET) == len(set(ALPHABET)) == 31
    assert not set("ILOSU") & set(ALPHABET)


@pytest.mark.parametrize("serial", make_serials(20))
def test_every_single_wrong_character_is_caught(serial: str) -> None:
    plain = serial.replace("-", "")
    for place, wrong in itertools.product(range(16), ALPHABET):
        if wrong == plain[place]:
            continue
        with pytest.raises(Invalid, match="serial_mistyped"):
            check_serial(plain[:place] + wrong + plain[place + 1 :])


def test_every_exchange_of_two_different_characters_is_caught_for_every_pair_at_every_place() -> None:
    # The check is linear, so one background serial per pair of characters proves it for all serials.
    background = make_serials(1)[0].replace("-", "")
    for place, first, second in itertools.product(range(14), ALPHABET, ALPHABET):
        if first == second:
            continue
        body = background[:place] + first + second + background[place + 2 : 15]
        right = next(body + check for check in ALPHABET if _passes(body + check))
        assert not _passes(right[:place] + second + first + right[place + 2 :])


@pytest.mark.parametrize("serial", make_serials(50))
def test_every_exchange_in_a_real_serial_is_caught_the_check_character_included(serial: str) -> None:
    plain = serial.replace("-", "")
    for left, right in itertools.combinations(range(16), 2):
        if plain[left] != plain[right]:
            swapped = list(plain)
            swapped[left], swapped[right] = swapped[right], swapped[left]
            assert not _passes("".join(swapped))


def _passes(text: str) -> bool:
    try:
        check_serial(text)
    except Invalid:
        return False
    return True


def test_what_people_type_is_forgiven() -> None:
    serial = next(serial for serial in make_serials(500) if all(c in serial for c in "015V"))
    for typed in (
        serial.lower(),
        serial.replace("-", ""),
        serial.replace("-", " "),
        f"  {serial}\n",
        serial.replace("-", "\u2013"),
        serial.replace("0", "O").replace("1", "l"),
        serial.replace("0", "o").replace("1", "I"),
        serial.replace("5", "s").replace("V", "u"),
        "".join(chr(ord(c) + 0xFEE0) for c in serial),
    ):
        assert check_serial(typed) == serial


@pytest.mark.parametrize(
    "typed", ["", "-", "0000", "0000-0000-0000-000", "0000-0000-0000-00000", "树" * 16, "0" * 5000]
)
def test_what_cannot_be_a_serial_is_refused(typed: str) -> None:
    with pytest.raises(Invalid, match="serial_mistyped"):
        check_serial(typed)


@pytest.mark.parametrize("serial", make_serials(20))
def test_a_serial_travels_through_a_token_unchanged(serial: str) -> None:
    assert serial_from_bytes(serial_to_bytes(serial)) == serial


@pytest.mark.parametrize("packed", [b"", b"\x00" * 9, b"\x00" * 11, b"\xff" * 10])
def test_bytes_that_are_no_serial_are_refused(packed: bytes) -> None:
    with pytest.raises(Invalid, match="serial_mistyped"):
        serial_from_bytes(packed)
