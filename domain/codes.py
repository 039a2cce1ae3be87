"""Codes that stand in the open without telling anything: of trees, households and orders.

All use the alphabet of the serial numbers, which survives being read aloud and typed.
"""

from collections.abc import Callable

from domain.serials import ALPHABET

LENGTH = 12


def public_code(random: Callable[[int], bytes]) -> str:
    """Twelve random characters (59 bits): unique among millions by a constraint, and not to be counted through."""
    return random_characters(random, LENGTH)


def random_characters(random: Callable[[int], bytes], length: int) -> str:
    """So many characters of the serial numbers' alphabet, each as likely as any other."""
    # 64 bits beyond what the characters hold leave no character likelier by more than one part in 2**64.
    number = int.from_bytes(random(length * 5 // 8 + 9), "big")
    characters = []
    for _ in range(length):
        number, value = divmod(number, len(ALPHABET))
        characters.append(ALPHABET[value])
    return "".join(characters)
