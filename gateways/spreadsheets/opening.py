"""Opens a sheet by what it is, not by what it is called."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from gateways.spreadsheets import delimited, workbook
from gateways.spreadsheets.errors import FileEmpty, TooLarge, UnknownFormat
from gateways.spreadsheets.limits import MIB, SURVEY_LIMITS, Limits

_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
_NOT_TEXT = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf", b"SQLite format 3")


@dataclass(frozen=True)
class OpenSheet:
    """A sheet ready to be read once: about how many rows there are (None when unknown), and the rows, each with the
    number a spreadsheet shows beside it.
    """

    expected_rows: int | None
    rows: Iterator[tuple[int, Sequence[object]]]


def digest(file: BinaryIO, limits: Limits = SURVEY_LIMITS) -> str:
    """The SHA-256 of a file in hexadecimal; raises FileEmpty and TooLarge without reading further than the bound."""
    file.seek(0)
    hashed, total = hashlib.sha256(), 0
    while block := file.read(MIB):
        total += len(block)
        if total > limits.file_bytes:
            raise TooLarge(most=f"{limits.file_bytes // MIB} MiB")
        hashed.update(block)
    if not total:
        raise FileEmpty()
    return hashed.hexdigest()


def open_sheet(file: BinaryIO, limits: Limits = SURVEY_LIMITS) -> OpenSheet:
    """Open a seekable file whose size has been checked; raises SheetRefused, now or while its rows are read."""
    file.seek(0)
    start = file.read(16)
    if start.startswith(_OLE):
        raise UnknownFormat("file_old_excel")
    if start.startswith(_NOT_TEXT):
        raise UnknownFormat()
    if start.startswith(_ZIP):
        workbook.check_archive(file, limits)
        return OpenSheet(None, enumerate(workbook.read_rows(file, limits), start=1))
    packed = start.startswith(_GZIP)
    text = delimited.look_through(file, packed, limits)
    return OpenSheet(text.lines, enumerate(delimited.read_rows(file, packed, text, limits), start=1))
