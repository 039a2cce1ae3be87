"""A sheet that an officer uploads: kept sealed, then checked: a small one at once, a large one by the worker.

Either way the upload is committed first, so a process that dies in the check costs a second check and no sheet.
"""

import hashlib
from datetime import datetime

from domain.permissions import OfficerContext
from domain.sheet_problems import SheetKind
from flows.imports import check_upload
from flows.running import Running
from models import Import
from models.base import transaction
from services import imports

#: Bytes up to which a sheet is checked while its sender waits: some thousand rows, well under a second.
AT_ONCE = 256 * 1024


def take_upload(
    parts: Running,
    content: bytes,
    *,
    kind: SheetKind,
    file_name: str,
    officer: OfficerContext,
    address: str | None,
) -> int:
    """Keep an uploaded sheet and have it checked; returns the id of its import.

    Raises what services.imports.receive raises.
    """
    now: datetime = parts.clock()
    with transaction() as session:
        imported: Import = imports.receive(
            session,
            officer=officer,
            kind=kind,
            file_name=file_name,
            sha256=hashlib.sha256(content).hexdigest(),
            pieces=(
                content[start : start + imports.PIECE] for start in range(0, len(content), imports.PIECE)
            ),
            now=now,
            address=address,
        )
        import_id = imported.id
        claimed = imports.claim(session, now, import_id) if len(content) <= AT_ONCE else None
    if claimed is not None:
        check_upload(claimed, clock=parts.clock, random=parts.random)
    return import_id


def check_waiting(parts: Running) -> int:
    """Check every sheet that waits for it, one after the other; returns how many there were."""
    checked = 0
    while True:
        with transaction() as session:
            claimed = imports.claim(session, parts.clock())
        if claimed is None:
            return checked
        check_upload(claimed, clock=parts.clock, random=parts.random)
        checked += 1
