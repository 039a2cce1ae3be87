"""Binding codes: sixteen digits by which a household binds its WeChat, read aloud over a counter or a telephone.

Digits only, in four groups, because everybody can read them aloud and write them down. A code is seven times a random
number of 50 bits. One wrong digit, or two neighbours exchanged, leaves it divisible by seven only where the two digits
lie seven apart: 一 (1) heard as 七 (7) is always noticed, and costs no try.

Source: "Who may do what" in docs/domain.md and docs/decisions/0025-binding-codes.md.
"""

import unicodedata
from collections.abc import Callable
from datetime import timedelta

from domain.errors import Invalid

BITS = 50
LENGTH = 16
GROUP = 4
VALID_FOR = timedelta(hours=24)
#: In all, right or wrong: at codes that begin alike, and by one person before a day's rest.
TRIES = 5
RESTS_FOR = timedelta(hours=24)

_CHECK = 7
_SEPARATORS = frozenset(" \t\r\n-_.,，、\u2010\u2011\u2012\u2013\u2014\u2212")


def binding_code(random: Callable[[int], bytes]) -> str:
    """A new code as it is shown, e.g. `0483 1290 5567 2312`."""
    chance = int.from_bytes(random(7), "big") % (1 << BITS)
    digits = f"{chance * _CHECK:0{LENGTH}d}"
    return " ".join(digits[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def read_binding_code(text: str) -> str:
    """The sixteen digits of a code as somebody typed it; raises Invalid("binding_code_mistyped") if it cannot be one.

    Spaces, hyphens, stops and full-width digits are forgiven.
    """
    digits = "".join(one for one in unicodedata.normalize("NFKC", text) if one not in _SEPARATORS)
    if len(digits) != LENGTH or not (digits.isascii() and digits.isdigit()):
        raise Invalid("binding_code_mistyped")
    chance, rest = divmod(int(digits), _CHECK)
    if rest or chance >= 1 << BITS:
        raise Invalid("binding_code_mistyped")
    return digits


def beginning(digits: str) -> str:
    """The first group of a code: a wrong try counts against the codes that begin like it."""
    return digits[:GROUP]
