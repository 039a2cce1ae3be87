"""A return file's way in: opened within bounds, judged against its batch, and booked in one transaction."""

from typing import BinaryIO

from domain.errors import Invalid
from domain.return_headers import ReturnSheet, open_return
from domain.sheet_problems import reason
from flows.running import Running
from gateways.spreadsheets import Limits, SheetRefused, digest, open_sheet
from models import PayoutReturn, database, transaction
from services import payout_returns

#: Every household of the whole campaign fits into one file several times over.
LIMITS = Limits(
    file_bytes=8 << 20,
    unpacked_bytes=32 << 20,
    ratio=100,
    rows=50_000,
    columns=60,
    line_bytes=16 * 1024,
    shared_text_bytes=16 << 20,
)


def bring(
    parts: Running,
    file: BinaryIO,
    batch_id: int,
    *,
    scope: str,
    actor: str,
    officer_id: int | None = None,
    address: str | None = None,
) -> PayoutReturn:
    """Book what a seekable file says of a batch; raises what `services.payout_returns.bring` raises.

    Raises Invalid("return_file_unreadable") for a file that cannot be read as a whole; nothing is booked then.
    """
    sha256, sheet = _opened(file)
    with transaction() as session:
        return payout_returns.bring(
            session,
            batch_id,
            sheet,
            sha256=sha256,
            scope=scope,
            actor=actor,
            officer_id=officer_id,
            now=parts.clock(),
            address=address,
        )


def bring_wherever(parts: Running, file: BinaryIO, *, scope: str, actor: str) -> PayoutReturn:
    """The same for a file that tells by its references which batch it is of; raises Invalid where it does not."""
    _, sheet = _opened(file)
    batch_id = payout_returns.batch_of(database(), sheet)
    return bring(parts, file, batch_id, scope=scope, actor=actor)


def _opened(file: BinaryIO) -> tuple[str, ReturnSheet]:
    try:
        sha256 = digest(file, LIMITS)
        return sha256, open_return(open_sheet(file, LIMITS).rows)
    except SheetRefused as refused:
        raise Invalid("return_file_unreadable", reason=reason(refused.code, refused.details)) from refused
