"""Survey sheets: staged in chunks, checked as a whole, then accepted by a few statements, all of it or nothing.

The order of the steps stands in flows/imports.py; a step is one function here and runs in its caller's transaction.
"""

from services.imports.acceptance import accept
from services.imports.checks import find_problems
from services.imports.problems import ProblemLog, ToldProblem, note, problems
from services.imports.rows import (
    Stager,
    account_stager,
    consent_stager,
    household_stager,
    measurement_stager,
    tree_stager,
)
from services.imports.staging import (
    begin,
    conclude,
    discard,
    discard_stale,
    give_up,
    known_species,
    refresh_statistics,
    stage,
)
from services.imports.uploads import (
    PIECE,
    Claimed,
    claim,
    drop_pieces,
    drop_stale_pieces,
    keep_claim,
    pieces_of,
    receive,
    throw_away,
)
from services.imports.views import find, find_to_change, listed, problem_page, shown
from services.imports.villages import add_with_villages, village_of

__all__ = [
    "PIECE",
    "Claimed",
    "ProblemLog",
    "Stager",
    "ToldProblem",
    "accept",
    "account_stager",
    "add_with_villages",
    "begin",
    "claim",
    "conclude",
    "consent_stager",
    "discard",
    "discard_stale",
    "drop_pieces",
    "drop_stale_pieces",
    "find",
    "find_problems",
    "find_to_change",
    "give_up",
    "household_stager",
    "keep_claim",
    "known_species",
    "listed",
    "measurement_stager",
    "note",
    "pieces_of",
    "problem_page",
    "problems",
    "receive",
    "refresh_statistics",
    "shown",
    "stage",
    "throw_away",
    "tree_stager",
    "village_of",
]
