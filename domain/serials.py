"""Serial numbers: sixteen characters to read aloud, write by hand and type, without a mistake passing unseen.

A serial is fifteen random characters and a check character in four groups, e.g. `7K3M-9QX2-VB8T-CN4Q`.
The alphabet has 31 characters, a prime number: the digits, and the letters without I, L, O (taken for 1, 1,
0), S (5 by hand) and U (V by hand). Fifteen hold 74 random bits: nobody can guess or count through them.

The check works as in ISBN-10 and can be done by hand: give the characters the values 0 to 30, multiply each
by its place (1 to 16), add up; the sum must be a multiple of 31. Because 31 is prime and no place number
reaches it, one wrong character, or two characters exchanged at any distance, always changes the sum.
"""

from collections.abc import Callable

from domain.errors import Invalid

ALPHABET = "0123456789ABCDEFGHJKMNPQRTVWXYZ"
LENGTH = 16
GROUP = 4

_BASE = len(ALPHABET)
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_TO_PYTHON_DIGITS = str.maketrans(ALPHABET, "0123456789abcdefghijklmnopqrstu")
_LOOK_ALIKES = str.maketrans("ILOSU", "1105V")
_SEPARATORS = frozenset(" \t\r\n-_.\u00a0\u2010\u2011\u2012\u2013\u2014\u2212")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def make_serial(random_bytes: Callable[[int], bytes]) -> str:
    """A new serial from 16 random bytes (the caller gives the source, `secrets.token_bytes` in earnest)."""
    # 128 bits folded onto 74: no character is likelier than another by more than one part in 2**53.
    number = int.from_bytes(random_bytes(16), "big")
    values = []
    for _ in range(LENGTH - 1):
        number, value = divmod(number, _BASE)
        values.append(value)
    return _grouped("".join(ALPHABET[value] for value in [*values, _check_value(values)]))


def check_serial(text: str) -> str:
    """The serial somebody typed, in its written form; raises Invalid("serial_mistyped") if it cannot be one.

    Case, spaces, hyphens, full-width characters and the look-alikes I, L, O, S, U are forgiven.
    """
    kept = (character for character in text.translate(_FULL_WIDTH).upper() if character not in _SEPARATORS)
    plain = "".join(kept).translate(_LOOK_ALIKES)
    if len(plain) != LENGTH or any(character not in _VALUES for character in plain):
        raise Invalid("serial_mistyped")
    values = [_VALUES[character] for character in plain]
    if _weighted_sum(values) % _BASE:
        raise Invalid("serial_mistyped")
    return _grouped(plain)


def serial_to_bytes(serial: str) -> bytes:
    """A serial's fifteen random characters as ten bytes, for the token; raises Invalid if mistyped."""
    first_character_last = check_serial(serial).replace("-", "")[-2::-1]
    return int(first_character_last.translate(_TO_PYTHON_DIGITS), _BASE).to_bytes(10, "big")


def serial_from_bytes(packed: bytes) -> str:
    """The written serial that ten bytes of a token stand for; raises Invalid if they stand for none."""
    number = int.from_bytes(packed, "big")
    if len(packed) != 10 or number >= _BASE ** (LENGTH - 1):
        raise Invalid("serial_mistyped")
    return make_serial(lambda _count: packed)


def _weighted_sum(values: list[int]) -> int:
    return sum(place * value for place, value in enumerate(values, start=1))


def _check_value(values: list[int]) -> int:
    # 16 x check must cancel the sum of the others; 2 is the inverse of 16 modulo 31.
    return -2 * _weighted_sum(values) % _BASE


def _grouped(plain: str) -> str:
    return "-".join(plain[start : start + GROUP] for start in range(0, LENGTH, GROUP))
