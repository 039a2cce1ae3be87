"""Sheets that officers upload: kept sealed until they are checked, and checked by one process at a time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.errors import Conflict, Raced
from domain.permissions import IMPORTERS, OfficerContext
from domain.sheet_problems import SheetKind
from models import Import, ImportProblem, Upload, UploadPiece, table_of
from models.imports import ImportState
from services.audit import record
from services.imports.staging import begin, give_up

#: Sheets of one officer that may wait for their check at a time.
MOST_WAITING = 5
#: A check says so at every chunk of rows; one that has been silent for so long has died.
LEASE = timedelta(minutes=10)
#: A sheet on which the process has died so often is given up.
MOST_TRIES = 3
#: Bytes of one sealed piece.
PIECE = 1 << 20

_Uploads = table_of(Upload)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A sheet that this process checks; `tries` tells it from a process that was thought dead."""

    import_id: int
    tries: int


def receive(
    session: Session,
    *,
    officer: OfficerContext,
    kind: SheetKind,
    file_name: str,
    sha256: str,
    pieces: Iterable[bytes],
    now: datetime,
    address: str | None = None,
) -> Import:
    """Keep an uploaded sheet until it is checked; the same file sent twice in a row is one import.

    Raises Forbidden for a kind that is not the officer's to bring; Conflict too_many_uploads while MOST_WAITING of
    theirs wait.
    """
    officer.need(*IMPORTERS[kind])
    waiting = session.scalars(
        sa.select(Import)
        .join(Upload, Upload.import_id == Import.id)
        .where(Import.officer_id == officer.id, Import.state == ImportState.CHECKING)
        .order_by(Import.id)
    ).all()
    for one in waiting:
        if (one.kind, one.sha256, one.scope) == (kind.value, sha256, officer.region_code):
            return one
    if len(waiting) >= MOST_WAITING:
        raise Conflict("too_many_uploads", most=MOST_WAITING)
    imported = begin(
        session,
        kind=kind,
        file_name=file_name,
        sha256=sha256,
        now=now,
        officer_id=officer.id,
        scope=officer.region_code,
    )
    contents = list(pieces)
    kept = [
        {"import_id": imported.id, "number": number, "content": piece}
        for number, piece in enumerate(contents)
    ]
    session.add(
        Upload(
            import_id=imported.id,
            size_bytes=sum(map(len, contents)),
            rows_read=0,
            rows_expected=None,
            tries=0,
            leased_until=None,
        )
    )
    session.flush()
    if kept:
        session.execute(sa.insert(UploadPiece), kept)
    record(
        session,
        actor=officer.actor,
        action="import_uploaded",
        subject=f"import:{imported.id}",
        now=now,
        facts={"kind": kind.value, "sha256": sha256},
        address=address,
    )
    return imported


def claim(session: Session, now: datetime, import_id: int | None = None) -> Claimed | None:
    """Take the oldest sheet that waits for its check (or this one), unless somebody is at it; None if there is none.

    A sheet on which MOST_TRIES processes died is let go instead.
    """
    free = sa.or_(Upload.leased_until.is_(None), Upload.leased_until < now)
    waiting = (
        sa.select(Upload.import_id, Upload.tries)
        .join(Import, Import.id == Upload.import_id)
        .where(Import.state == ImportState.CHECKING, free)
        .order_by(Upload.import_id)
        .limit(1)
        .with_for_update(of=Upload, skip_locked=True)
    )
    if import_id is not None:
        waiting = waiting.where(Upload.import_id == import_id)
    found = session.execute(waiting).first()
    if found is None:
        return None
    if found.tries >= MOST_TRIES:
        give_up(session, found.import_id)
        drop_pieces(session, found.import_id)
        return claim(session, now, import_id)
    session.execute(
        sa.update(_Uploads)
        .where(_Uploads.c.import_id == found.import_id)
        .values(tries=_Uploads.c.tries + 1, leased_until=now + LEASE, rows_read=0, rows_expected=None)
    )
    # What an earlier try has found out is found out again.
    session.execute(sa.delete(ImportProblem).where(ImportProblem.import_id == found.import_id))
    return Claimed(found.import_id, found.tries + 1)


def keep_claim(
    session: Session, claimed: Claimed, now: datetime, read: int | None = None, expected: int | None = None
) -> None:
    """Say how far the check is; raises Raced when the sheet is not this process's to check any more."""
    progress = {} if read is None else {"rows_read": read, "rows_expected": expected}
    kept = session.execute(
        sa.update(_Uploads)
        .where(
            _Uploads.c.import_id == claimed.import_id,
            _Uploads.c.tries == claimed.tries,
            sa.exists().where(Import.id == claimed.import_id, Import.state == ImportState.CHECKING),
        )
        .values(leased_until=now + LEASE, **progress)
        .returning(_Uploads.c.import_id)
    ).first()
    if kept is None:
        raise Raced()


def pieces_of(session: Session, import_id: int) -> Iterable[bytes]:
    """The uploaded bytes, piece by piece."""
    return session.scalars(
        sa.select(UploadPiece.content).where(UploadPiece.import_id == import_id).order_by(UploadPiece.number)
    )


def drop_pieces(session: Session, import_id: int) -> None:
    """Delete the uploaded bytes: nobody reads them again."""
    session.execute(sa.delete(UploadPiece).where(UploadPiece.import_id == import_id))


def drop_stale_pieces(session: Session) -> None:
    """Delete the bytes of every sheet that is not waiting for its check."""
    session.execute(
        sa.delete(UploadPiece).where(
            ~sa.exists().where(Import.id == UploadPiece.import_id, Import.state == ImportState.CHECKING)
        ),
        execution_options={"synchronize_session": False},
    )


def throw_away(
    session: Session, imported: Import, *, officer: OfficerContext, now: datetime, address: str | None = None
) -> None:
    """Let an uploaded sheet go, or what is left of it; villages that were accepted stand.

    Raises Conflict import_state when it has come to its end already.
    """
    if not give_up(session, imported.id):
        raise Conflict("import_state", {"state": imported.state.value})
    drop_pieces(session, imported.id)
    record(
        session,
        actor=officer.actor,
        action="import_discarded",
        subject=f"import:{imported.id}",
        now=now,
        address=address,
    )
    session.refresh(imported)
