"""A bank statement's way in: read from the file as a whole, kept, and compared with the book."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from domain.bank_lines import Span, read_lines, span_of
from domain.clock import business_day
from domain.errors import Invalid
from domain.sheet_problems import reason
from flows.running import Running
from gateways.spreadsheets import Limits, SheetRefused, digest, open_sheet
from models import BankStatement, transaction
from services import bank_statements
from services.differences import Found

#: A busy year of a bank account fits many times over.
LIMITS = Limits(
    file_bytes=16 << 20,
    unpacked_bytes=64 << 20,
    ratio=100,
    rows=200_000,
    columns=100,
    line_bytes=16 * 1024,
    shared_text_bytes=32 << 20,
)


@dataclass(frozen=True, slots=True)
class Brought:
    """A statement, the days it is of, and everything that differs between all statements so far and the book."""

    statement: BankStatement
    span: Span
    found: Sequence[Found]


def bring(
    parts: Running, file: BinaryIO, actor: str, *, since: date | None = None, until: date | None = None
) -> Brought:
    """Keep the lines of a seekable file and compare them with the book; nothing is booked.

    `since` and `until` are the days the bank was asked for, where nothing moved on them. Raises Invalid for a file or
    line that cannot be read or days that cannot be (nothing is kept then), Conflict("bank_line_changed").
    """
    try:
        sha256 = digest(file, LIMITS)
        lines = read_lines(open_sheet(file, LIMITS).rows)
    except SheetRefused as refused:
        raise Invalid("bank_file_unreadable", reason=reason(refused.code, refused.details)) from refused
    now = parts.clock()
    span = span_of(lines, since=since, until=until, today=business_day(now))
    if span is None:
        raise Invalid("bank_file_unreadable", reason=reason("sheet_without_rows", {}))
    with transaction() as session:
        statement = bank_statements.accept(session, lines, span, sha256=sha256, actor=actor, now=now)
        found = bank_statements.compare(session, now)
    return Brought(statement, span, found)
