"""How many trees a verifier looks at after a year is over, which, and how many may be missing."""

import hashlib
from collections.abc import Iterable
from heapq import nsmallest
from math import isqrt

SAMPLE_ALGORITHM = "year-review-1"
LEAST_SAMPLE = 10


def sample_size(sold: int) -> int:
    """The square root of what was sold, rounded up, at least ten; all of it where there are fewer."""
    root = isqrt(sold)
    return min(sold, max(LEAST_SAMPLE, root + (root * root < sold)))


def draw(tree_codes: Iterable[str], size: int, seed: str) -> list[str]:
    """The trees to look at: the `size` lowest by SHA-256("year-review-1|<seed>|<tree code>").

    Nobody chooses them, and anybody who has codes and seed can repeat the choice.
    """

    def rank(code: str) -> bytes:
        return hashlib.sha256(f"{SAMPLE_ALGORITHM}|{seed}|{code}".encode()).digest()

    return sorted(nsmallest(size, tree_codes, key=rank))


def too_many_gone(gone: int, looked_at: int, buffer_permille: int) -> bool:
    """Whether more of a sample is gone than the buffer was meant for: then every tree has to be looked at."""
    return gone * 1000 > looked_at * buffer_permille
