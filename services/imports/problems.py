"""What is wrong with a sheet: kept with its import, told in either language."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.sheet_problems import SheetProblem, reason
from models import ImportProblem

#: Problems kept of one sheet; the others are only counted, because a sheet this wrong is sent anew anyway.
MOST_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class ToldProblem:
    """One problem with its reason in the language asked for; `row` 0 is the file itself."""

    row: int
    column: str
    value: str
    code: str
    reason: str
    blocks: bool


class ProblemLog:
    """Counts the problems of one sheet and holds those that are still to be written down."""

    def __init__(self) -> None:
        self.blocking = 0
        self.warnings = 0
        #: Whether something keeps out the sheet as a whole, and the villages whose own rows keep them out.
        self.whole = False
        self.villages: set[str] = set()
        self._kept = 0
        self._waiting: list[SheetProblem] = []

    def add(self, found: Iterable[SheetProblem], village: str | None = None) -> None:
        """Count problems of a village's rows, or of the sheet (None), and hold them while fewer than MOST_KEPT have
        been.
        """
        for problem in found:
            if problem.blocks:
                self.blocking += 1
                if village is None:
                    self.whole = True
                else:
                    self.villages.add(village)
            else:
                self.warnings += 1
            if self._kept < MOST_KEPT:
                self._kept += 1
                self._waiting.append(problem)

    def take(self) -> list[SheetProblem]:
        """Those held since the last time."""
        waiting, self._waiting = self._waiting, []
        return waiting


def note(session: Session, import_id: int, found: list[SheetProblem]) -> None:
    """Write problems down."""
    if found:
        session.execute(
            sa.insert(ImportProblem),
            [
                {
                    "import_id": import_id,
                    "row": problem.row,
                    "column": problem.column[:80],
                    "value": problem.value[:80],
                    "code": problem.code,
                    "details": dict(problem.details),
                    "blocks": problem.blocks,
                }
                for problem in found
            ],
        )


def problems(session: Session, import_id: int, language: str = "zh") -> Iterator[ToldProblem]:
    """The problems of an import in the order of its rows."""
    found = session.scalars(
        sa.select(ImportProblem)
        .where(ImportProblem.import_id == import_id)
        .order_by(ImportProblem.row, ImportProblem.id)
    )
    for one in found:
        yield ToldProblem(
            one.row, one.column, one.value, one.code, reason(one.code, one.details, language), one.blocks
        )
