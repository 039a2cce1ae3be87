"""Gift codes: 26 characters that hold 128 random bits; whoever has the code may claim the gift."""

import unicodedata
from collections.abc import Callable

from domain.codes import random_characters

LENGTH = 26

_LOOK_ALIKES = str.maketrans("ILOSU", "1105V", " -")


def gift_code(random: Callable[[int], bytes]) -> str:
    """A new code, in the alphabet of the serial numbers."""
    return random_characters(random, LENGTH)


def read_gift_code(text: str) -> str:
    """A gift code as somebody typed it, in its written form: case, spaces, hyphens, width and look-alikes forgiven."""
    return unicodedata.normalize("NFKC", text).strip().upper().translate(_LOOK_ALIKES)
