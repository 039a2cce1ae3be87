"""Folding postings into the sums of income: wait, outside any transaction, until no older one can appear; then add."""

import time
from collections.abc import Callable

from models import transaction
from models.base import aside
from services import income_sums

#: How often, and for how many seconds each time, transactions that are writing are waited for.
TRIES = 20
WAIT_SECONDS = 0.1


def fold_due(*, most: int = income_sums.CHUNK, wait: Callable[[float], None] = time.sleep) -> int:
    """Fold every posting that is there for good; how many numbers the mark has moved on.

    What is being written at this moment is left for the next time, if it takes longer than two seconds.
    """
    with aside() as connection:
        seen = income_sums.horizon(connection)
    left = seen.writers
    for _ in range(TRIES):
        if not left:
            break
        wait(WAIT_SECONDS)
        with aside() as connection:
            left &= income_sums.writers(connection)
    return 0 if left else _fold(seen.highest, most)


def _fold(highest: int, most: int) -> int:
    moved = 0
    while True:
        with transaction() as session:
            done = income_sums.fold(session, highest, most)
        if not done:
            return moved
        moved += done
