"""A survey sheet's way in: read from the file, staged chunk by chunk, checked as a whole, and accepted or let go.

Every chunk is a short transaction of its own, so other writers are served in between; the registry is written to only
by `accept_import`, in one transaction.
"""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import BinaryIO

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from domain.clock import Clock, business_day
from domain.errors import Conflict, Raced
from domain.sheet_problems import SheetKind, SheetProblem
from flows.sheet_reading import (
    Mark,
    Progress,
    account_sheet,
    consent_sheet,
    household_sheet,
    measurement_sheet,
    read_sheet,
    tree_sheet,
)
from gateways.spreadsheets import (
    SURVEY_LIMITS,
    UPLOAD_LIMITS,
    Limits,
    OpenSheet,
    SheetRefused,
    digest,
    open_sheet,
)
from models import Import, Programme
from models.base import database, transaction
from models.imports import ImportState
from services import imports
from services.programmes import current_programme


def check_sheet(
    file: BinaryIO,
    *,
    kind: SheetKind,
    file_name: str,
    now: datetime,
    random: Callable[[int], bytes],
    officer_id: int | None = None,
    scope: str | None = None,
    limits: Limits = SURVEY_LIMITS,
    progress: Progress | None = None,
) -> Import:
    """Check a seekable file as a whole; the import comes back checked (and staged) or refused, with its problems.

    Nothing is raised for what the file holds. `progress` is told the rows read and about how many there are.
    """
    log = imports.ProblemLog()
    sheet, sha256 = _opened(file, limits, log)
    with transaction() as session:
        current_programme(session, business_day(now))
        imported = imports.begin(
            session,
            kind=kind,
            file_name=file_name,
            sha256=sha256,
            now=now,
            officer_id=officer_id,
            scope=scope,
        )
    try:
        _read(sheet, imported, log, now=now, random=random, progress=progress)
        with transaction() as session:
            imports.note(session, imported.id, log.take())
            imported = imports.conclude(session, imported.id, log)
    except BaseException:
        let_go(imported.id)
        raise
    if log.blocking:
        _sweep(imported.id, kind)
    return imported


def check_upload(claimed: imports.Claimed, *, clock: Clock, random: Callable[[int], bytes]) -> None:
    """Check an uploaded sheet that this process has claimed; what it holds wrong becomes problems, by village.

    A process that was thought dead, or whose sheet has been let go meanwhile, stops without a word.
    """
    log = imports.ProblemLog()
    now, import_id = clock(), claimed.import_id
    with _reading() as session:
        content = io.BytesIO(b"".join(imports.pieces_of(session, import_id)))
        imported = session.get_one(Import, import_id, populate_existing=True)
    _sweep(import_id, imported.kind)
    sheet, _ = _opened(content, UPLOAD_LIMITS, log)
    try:
        _read(
            sheet,
            imported,
            log,
            now=now,
            random=random,
            mark=lambda session, read, expected: imports.keep_claim(
                session, claimed, clock(), read, expected
            ),
        )
        with transaction() as session:
            imports.keep_claim(session, claimed, clock())
            imports.note(session, import_id, log.take())
            imported = imports.conclude(session, import_id, log, by_village=True)
            imports.drop_pieces(session, import_id)
    except Raced:
        return
    if imported.state is ImportState.REFUSED:
        _sweep(import_id, imported.kind)


def _read(
    sheet: OpenSheet | None,
    imported: Import,
    log: imports.ProblemLog,
    *,
    now: datetime,
    random: Callable[[int], bytes],
    progress: Progress | None = None,
    mark: Mark | None = None,
) -> None:
    if sheet is None:
        return
    with _reading() as session:
        programme = current_programme(session, business_day(now))
        species = imports.known_species(session)
    today, years = business_day(now), programme.contract_years
    match SheetKind(imported.kind):
        case SheetKind.HOUSEHOLDS:
            sort = household_sheet(today, random, years)
        case SheetKind.TREES:
            sort = tree_sheet(today, species, random)
        case SheetKind.MEASUREMENTS:
            sort = measurement_sheet(today)
        case SheetKind.ACCOUNTS:
            sort = account_sheet(today)
        case SheetKind.CONSENTS:
            sort = consent_sheet(today, years)
    read_sheet(sheet, imported.id, sort, log, progress=progress, mark=mark)
    _look_across(imported.id, programme, log)


def accept_import(import_id: int, *, now: datetime, actor: str, region: str | None = None) -> Import:
    """Accept a checked sheet, or some villages of it, and clear its staging; raises what services.imports.accept
    raises.
    """
    try:
        with transaction() as session:
            imported = imports.accept(session, import_id, now=now, actor=actor, region=region)
    except IntegrityError as error:
        # A unique constraint saw what another acceptance did between our check and now.
        raise Conflict("import_overtaken") from error
    if imported.state is ImportState.ACCEPTED:
        _sweep(import_id, imported.kind)
    return imported


def let_go(import_id: int) -> None:
    """Clear the staging of a sheet that will not be accepted; its problems stay."""
    with transaction() as session:
        imports.give_up(session, import_id)
        kind = session.get_one(Import, import_id).kind
    _sweep(import_id, kind)


def clear_stale(now: datetime) -> int:
    """Delete every staged row nobody waits for any more, a chunk a transaction; returns how many."""
    cleared = 0
    with transaction() as session:
        imports.drop_stale_pieces(session)
    while True:
        with transaction() as session:
            deleted = imports.discard_stale(session, now)
        if not deleted:
            return cleared
        cleared += deleted


def _sweep(import_id: int, kind: str) -> None:
    while True:
        with transaction() as session:
            if not imports.discard(session, import_id, kind):
                return


def _opened(file: BinaryIO, limits: Limits, log: imports.ProblemLog) -> tuple[OpenSheet | None, str]:
    sha256 = ""
    try:
        sha256 = digest(file, limits)
        return open_sheet(file, limits), sha256
    except SheetRefused as refused:
        log.add([SheetProblem(0, "", "", refused.code, refused.details)])
        return None, sha256


def _look_across(import_id: int, programme: Programme, log: imports.ProblemLog) -> None:
    with transaction() as session:
        imports.refresh_statistics(session, session.get_one(Import, import_id).kind)
    with _reading() as session:
        imported = session.get_one(Import, import_id)
        imports.add_with_villages(session, imported, log, imports.find_problems(session, imported, programme))


@contextmanager
def _reading() -> Iterator[Session]:
    """A session that only reads: it takes no write lock, and leaves none behind."""
    session = database()
    try:
        yield session
    finally:
        session.rollback()
