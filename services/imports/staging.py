"""The staged rows of a sheet: put there in chunks, judged by the registry, and never left lying about."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.sheet_problems import SheetKind
from models import Import, SpeciesRow, Upload
from models.imports import ImportState, Outcome
from services.imports.loading import load
from services.imports.outcomes import judge_households, judge_measurements, judge_trees
from services.imports.people_outcomes import judge_accounts, judge_consents
from services.imports.problems import ProblemLog
from services.imports.villages import EVERY_STAGED, keep_villages, staged_of

#: Staged rows older than this belong to a sheet nobody accepted, or to a process that died.
STALE_AFTER = timedelta(days=1)
#: What was uploaded waits for people, village by village, and is let go after this.
UPLOAD_STALE_AFTER = timedelta(days=7)
#: Rows deleted at a time, so that other writers are served in between.
DELETED_AT_ONCE = 5_000
LONGEST_FILE_NAME = 200

_JUDGES = {
    SheetKind.HOUSEHOLDS: judge_households,
    SheetKind.TREES: judge_trees,
    SheetKind.MEASUREMENTS: judge_measurements,
    SheetKind.ACCOUNTS: judge_accounts,
    SheetKind.CONSENTS: judge_consents,
}


def begin(
    session: Session,
    *,
    kind: SheetKind,
    file_name: str,
    sha256: str,
    now: datetime,
    officer_id: int | None = None,
    scope: str | None = None,
) -> Import:
    """Write down that a sheet is being checked; `scope` is the division it may touch, None for all."""
    imported = Import(
        kind=kind.value,
        file_name="".join(letter if letter.isprintable() else "?" for letter in file_name)[
            -LONGEST_FILE_NAME:
        ],
        sha256=sha256,
        state=ImportState.CHECKING,
        rows=0,
        added=0,
        unchanged=0,
        problem_count=0,
        warning_count=0,
        officer_id=officer_id,
        scope=scope,
        created_at=now,
        accepted_at=None,
    )
    session.add(imported)
    session.flush()
    return imported


def known_species(session: Session) -> dict[str, str]:
    """The code of every species by its code and by its Chinese name."""
    found = session.execute(sa.select(SpeciesRow.code, SpeciesRow.name_zh)).all()
    return {name: row.code for row in found for name in (row.name_zh, row.code)}


def stage(session: Session, import_id: int, kind: SheetKind, rows: list[dict[str, Any]]) -> None:
    """Stage one chunk of consecutive rows, sealed, and judge it by what is registered now."""
    if not rows:
        return
    table = staged_of(kind).__table__
    assert isinstance(table, sa.Table)
    load(session, table, [{"import_id": import_id, **row} for row in rows])
    judge(session, import_id, kind, rows[0]["row"], rows[-1]["row"])


def judge(session: Session, import_id: int, kind: str, first: int, last: int) -> None:
    """Judge the staged rows first..last by what is registered now."""
    _JUDGES[SheetKind(kind)](session, import_id, first, last)


def refresh_statistics(session: Session, kind: str) -> None:
    """Let PostgreSQL's planner know how much has been staged; SQLite plans by its indexes alone."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.text(f"ANALYZE {staged_of(kind).__tablename__}"))


def conclude(session: Session, import_id: int, log: ProblemLog, *, by_village: bool = False) -> Import:
    """Close the checking of a sheet: refused if nothing of it can be accepted, else ready to be.

    A sheet that is taken `by_village` loses only the villages that have problems, any other sheet all of it.
    """
    imported = session.get_one(Import, import_id)
    staged = staged_of(imported.kind)
    counts = {
        found.outcome: int(found.rows)
        for found in session.execute(
            sa.select(staged.outcome, sa.func.count().label("rows"))
            .where(staged.import_id == import_id)
            .group_by(staged.outcome)
        )
    }
    imported.rows = sum(counts.values())
    imported.unchanged = counts.get(Outcome.UNCHANGED, 0)
    imported.added = counts.get(Outcome.NEW, 0) + counts.get(Outcome.MEASURED, 0)
    imported.problem_count, imported.warning_count = log.blocking, log.warnings
    good = keep_villages(session, imported, log) if by_village else not log.blocking
    imported.state = ImportState.CHECKED if good else ImportState.REFUSED
    if not good:
        imported.added = 0
    session.flush()
    return imported


def give_up(session: Session, import_id: int) -> bool:
    """Let a sheet go that is not to be accepted (any further): a dry run, a broken check, a change of mind.

    It ends as accepted where some of its villages have been, else as discarded. Returns whether there was anything to
    let go.
    """
    return session.execute(_ending().where(Import.id == import_id).returning(Import.id)).first() is not None


def _ending() -> sa.Update:
    ended = sa.case(
        (Import.accepted_at.is_not(None), ImportState.ACCEPTED.value), else_=ImportState.DISCARDED.value
    )
    return (
        sa.update(Import)
        .where(Import.state.in_((ImportState.CHECKING, ImportState.CHECKED)))
        .values(state=ended)
        .execution_options(synchronize_session="fetch")
    )


def discard(session: Session, import_id: int, kind: str) -> int:
    """Delete at most DELETED_AT_ONCE staged rows of an import; returns how many, 0 when none are left."""
    staged = staged_of(kind)
    rows = (
        sa.select(staged.row)
        .where(staged.import_id == import_id)
        .order_by(staged.row)
        .limit(DELETED_AT_ONCE)
        .subquery()
    )
    last = session.scalar(sa.select(sa.func.max(rows.c.row)))
    if last is None:
        return 0
    result = session.execute(
        sa.delete(staged).where(staged.import_id == import_id, staged.row <= last),
        execution_options={"synchronize_session": False},
    )
    return int(result.rowcount)  # type: ignore[attr-defined]  # a DELETE gives a CursorResult


def discard_stale(session: Session, now: datetime) -> int:
    """Delete staged rows that nobody waits for any more, a chunk a call; returns how many, 0 when none are left.

    These are the rows of imports a day old (uploaded ones: seven days), and those a process left behind after
    acceptance or refusal.
    """
    waiting = (ImportState.CHECKING, ImportState.CHECKED)
    uploaded = sa.exists().where(Upload.import_id == Import.id)
    session.execute(
        _ending().where(
            sa.or_(
                sa.and_(~uploaded, Import.created_at < now - STALE_AFTER),
                Import.created_at < now - UPLOAD_STALE_AFTER,
            )
        )
    )
    left = (sa.exists().where(staged.import_id == Import.id) for staged in EVERY_STAGED)
    found = session.execute(
        sa.select(Import.id, Import.kind)
        .where(Import.state.not_in(waiting), sa.or_(*left))
        .order_by(Import.id)
        .limit(1)
    ).first()
    return 0 if found is None else discard(session, found.id, found.kind)
