"""The villages of a sheet: which rows are whose, which of them a problem keeps out, and which have been accepted."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.errors import Conflict, NotFound
from domain.regions import VILLAGE_CODE_LENGTH
from domain.sheet_problems import SheetKind, SheetProblem
from models import (
    Import,
    ImportVillage,
    StagedAccount,
    StagedConsent,
    StagedHousehold,
    StagedTree,
    table_of,
)
from models.imports import Outcome
from services.imports.problems import ProblemLog

#: Rows looked up at a time: SQLite bounds how many values a statement may have.
_AT_ONCE = 500
#: The village of a row that names none: such a row might be anybody's, so it keeps the whole sheet out.
NOBODYS = ""

_Villages = table_of(ImportVillage)

Staged = type[StagedHousehold] | type[StagedTree] | type[StagedAccount] | type[StagedConsent]
_STAGED: Mapping[SheetKind, Staged] = {
    SheetKind.HOUSEHOLDS: StagedHousehold,
    SheetKind.TREES: StagedTree,
    SheetKind.MEASUREMENTS: StagedTree,
    SheetKind.ACCOUNTS: StagedAccount,
    SheetKind.CONSENTS: StagedConsent,
}
#: Every table in which rows wait.
EVERY_STAGED = tuple(dict.fromkeys(_STAGED.values()))


def staged_of(kind: str) -> Staged:
    """The table in which the rows of a kind of sheet wait."""
    return _STAGED[SheetKind(kind)]


def village_of(kind: SheetKind, staged: Mapping[str, Any]) -> str:
    """The village a staged row belongs to, NOBODYS when the row cannot tell."""
    number = staged["number"] if kind is SheetKind.HOUSEHOLDS else staged["household_number"]
    village = staged.get("region_code") or (number or "")[:VILLAGE_CODE_LENGTH]
    return str(village)


def village_column(kind: str) -> sa.ColumnElement[str]:
    """The same as an expression over the staged rows of a kind."""
    staged: Any = staged_of(kind)
    if staged is StagedHousehold:
        number = sa.func.substr(StagedHousehold.number, 1, VILLAGE_CODE_LENGTH)
        return sa.func.coalesce(StagedHousehold.region_code, number, NOBODYS)
    return sa.func.coalesce(sa.func.substr(staged.household_number, 1, VILLAGE_CODE_LENGTH), NOBODYS)


def add_with_villages(
    session: Session, imported: Import, log: ProblemLog, found: Iterable[SheetProblem]
) -> None:
    """Add problems between rows to the log, each to the village of its row."""
    for some, villages in _with_villages(session, imported, found):
        for problem in some:
            log.add([problem], villages.get(problem.row))


def concerns(
    session: Session, imported: Import, found: Iterable[SheetProblem], chosen: Collection[str] | None
) -> bool:
    """Whether any of these problems is one of the chosen villages' (None: of the sheet's)."""
    for some, villages in _with_villages(session, imported, found):
        if chosen is None or any(villages.get(problem.row, NOBODYS) in chosen for problem in some):
            return True
    return False


def _with_villages(
    session: Session, imported: Import, found: Iterable[SheetProblem]
) -> Iterator[tuple[list[SheetProblem], dict[int, str]]]:
    """Problems, some at a time, and the villages of their rows."""
    staged = staged_of(imported.kind)
    village = village_column(imported.kind)
    waiting = iter(found)
    while some := list(islice(waiting, _AT_ONCE)):
        rows = {problem.row for problem in some}
        known = session.execute(
            sa.select(staged.row, village).where(staged.import_id == imported.id, staged.row.in_(rows))
        )
        yield some, {row: str(code) for row, code in known}


def keep_villages(session: Session, imported: Import, log: ProblemLog) -> bool:
    """Write down what a checked sheet brings each village; returns whether any of them may be accepted."""
    everything = log.whole or NOBODYS in log.villages
    rows: dict[str, dict[str, Any]] = {}
    for code, outcome, count in _counted(session, imported, ()):
        row = rows.setdefault(
            code,
            {
                "import_id": imported.id,
                "region_code": code,
                "rows": 0,
                "added": 0,
                "unchanged": 0,
                "blocked": everything or code in log.villages,
                "accepted_at": None,
            },
        )
        _count(row, outcome, count)
    if rows:
        session.execute(sa.insert(_Villages), list(rows.values()))
    return any(not row["blocked"] for row in rows.values())


def choose(session: Session, imported: Import, region: str | None) -> list[str]:
    """The villages to accept: those in a division, or every one that is ready.

    Raises NotFound import_village_unknown when the sheet has none there; Conflict import_village_accepted when all of
    them have been, and import_village_blocked when a problem keeps one of them out that was asked for.
    """
    wanted = sa.select(ImportVillage).where(ImportVillage.import_id == imported.id)
    if region is not None:
        wanted = wanted.where(ImportVillage.region_code.startswith(region, autoescape=True))
    found = session.scalars(wanted.order_by(ImportVillage.region_code)).all()
    if not found:
        raise NotFound("import_village_unknown")
    waiting = [one for one in found if one.accepted_at is None]
    if not waiting:
        raise Conflict("import_village_accepted")
    blocked = [one.region_code for one in waiting if one.blocked]
    ready = [one.region_code for one in waiting if not one.blocked]
    if blocked and (region is not None or not ready):
        raise Conflict("import_village_blocked", {"villages": blocked[:100]})
    return ready


def keep_accepted(session: Session, imported: Import, chosen: Sequence[str], now: datetime) -> bool:
    """Write down that villages are accepted, and what they brought; returns whether none is left to accept."""
    counted: dict[str, dict[str, Any]] = {code: {"rows": 0, "added": 0, "unchanged": 0} for code in chosen}
    for code, outcome, count in _counted(session, imported, chosen):
        _count(counted[code], outcome, count)
    for code, figures in counted.items():
        session.execute(
            sa.update(_Villages)
            .where(_Villages.c.import_id == imported.id, _Villages.c.region_code == code)
            .values(accepted_at=now, **figures)
        )
    of_sheet = sa.select(
        sa.func.sum(_Villages.c.added),
        sa.func.sum(_Villages.c.unchanged),
        sa.func.sum(sa.case((_Villages.c.accepted_at.is_(None), 1), else_=0)),
    ).where(_Villages.c.import_id == imported.id, ~_Villages.c.blocked)
    added, unchanged, left = session.execute(of_sheet).one()
    imported.added, imported.unchanged = int(added), int(unchanged)
    return not left


def _counted(session: Session, imported: Import, chosen: Sequence[str]) -> Iterator[tuple[str, str, int]]:
    staged = staged_of(imported.kind)
    village = village_column(imported.kind).label("village")
    counts = (
        sa.select(village, staged.outcome, sa.func.count())
        .where(staged.import_id == imported.id)
        .group_by(village, staged.outcome)
        .order_by(village)
    )
    if chosen:
        counts = counts.where(village.in_(chosen))
    for code, outcome, count in session.execute(counts):
        yield str(code), str(outcome), int(count)


def _count(row: dict[str, Any], outcome: str, count: int) -> None:
    row["rows"] += count
    if outcome == Outcome.UNCHANGED:
        row["unchanged"] += count
    elif outcome in (Outcome.NEW, Outcome.MEASURED):
        row["added"] += count
