"""What an approval may make sellable: why a tree is left out, how old a measurement may be, and what stays unsold.

A contract covers a year when it has begun by the year's end and still runs on its last day: what matters is that
nothing is felled before the year is over. A measurement counts while it is not older than the programme allows, on the
day of approval or on the first day of the year, whichever is later.
"""

import hashlib
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from heapq import nsmallest

BUFFER_ALGORITHM = "buffer-1"


class LeftOut(StrEnum):
    """Why a tree of the region gives no tree-year; the first that holds, in this order."""

    ALREADY_VERIFIED = "already_verified"
    YEAR_OVER = "year_over"
    TREE_GONE = "tree_gone"
    NO_CONSENT = "no_consent"
    CONTRACT_NOT_COVERING = "contract_not_covering"
    NOT_MEASURED = "not_measured"
    MEASUREMENT_TOO_OLD = "measurement_too_old"
    OUTSIDE_METHOD = "outside_method"
    OUTSIDE_LISTING_DBH = "outside_listing_dbh"
    NO_INCREMENT = "no_increment"


def oldest_measurement(year: int, on: date, valid_years: int) -> date:
    """The earliest day a measurement may be from, for tree-years of `year` approved on the day `on`."""
    reference = max(on, date(year, 1, 1))
    if (reference.month, reference.day) == (2, 29):
        reference = reference.replace(day=28)
    return reference.replace(year=reference.year - valid_years)


def buffer_size(units: int, permille: int) -> int:
    """How many of a village's units stay unsold: `permille` thousandths, rounded down to whole trees."""
    return units * permille // 1000


def buffer_choice(tree_codes: Iterable[str], size: int, verification_id: int) -> list[str]:
    """The trees whose units stay unsold: the `size` lowest by SHA-256("buffer-1|<verification id>|<tree code>").

    Nobody chooses them, and anybody who has the codes can repeat the choice.
    """

    def rank(code: str) -> bytes:
        return hashlib.sha256(f"{BUFFER_ALGORITHM}|{verification_id}|{code}".encode()).digest()

    return nsmallest(size, tree_codes, key=rank)
