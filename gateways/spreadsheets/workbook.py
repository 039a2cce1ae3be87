"""XLSX: the parts of the archive are bounded before anything is parsed, then the first sheet is read row by row."""

import warnings
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

import openpyxl

from gateways.spreadsheets.errors import Damaged, ExpandsTooMuch, SheetRefused, TooLarge
from gateways.spreadsheets.limits import MIB, Limits

_MOST_PARTS = 2000
_LOOKED_AT = 4096
_SHARED_TEXT = "sharedstrings.xml"


def check_archive(file: BinaryIO, limits: Limits) -> None:
    """Refuse an archive whose parts are over the bounds, locked, or carry a document type (entities can explode)."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            # An archive never yields more than it declares, so the declared sizes can be relied on.
            total = sum(part.file_size for part in parts)
            if len(parts) > _MOST_PARTS or total > limits.unpacked_bytes:
                raise ExpandsTooMuch()
            for part in parts:
                if part.file_size > max(limits.ratio_from_bytes, limits.ratio * part.compress_size):
                    raise ExpandsTooMuch()
                if part.flag_bits & 1:
                    raise Damaged()
                name = part.filename.lower()
                if name.endswith(_SHARED_TEXT) and part.file_size > limits.shared_text_bytes:
                    raise TooLarge(most=f"{limits.shared_text_bytes // MIB} MiB")
                if name.endswith((".xml", ".rels")):
                    with archive.open(part) as content:
                        if b"<!DOCTYPE" in content.read(_LOOKED_AT):
                            raise Damaged()
    except SheetRefused:
        raise
    except Exception as error:
        # The standard library raises a dozen kinds of error for a malformed archive; to the sender all are one.
        raise Damaged() from error


def read_rows(file: BinaryIO, limits: Limits) -> Iterator[tuple[object, ...]]:
    """The rows of the first sheet, formulas by the value last computed; raises TooLarge and Damaged."""
    rows = _raw_rows(file, limits)
    while True:
        try:
            with warnings.catch_warnings():
                # The library warns of styles and dates it does not know; what matters is judged cell by cell.
                warnings.simplefilter("ignore")
                row = next(rows, None)
        except SheetRefused:
            raise
        except Exception as error:
            # A malformed part surfaces as almost any error, anywhere in the library.
            raise Damaged() from error
        if row is None:
            return
        yield row


def _raw_rows(file: BinaryIO, limits: Limits) -> Iterator[tuple[object, ...]]:
    file.seek(0)
    book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    try:
        if not book.worksheets:
            raise Damaged()
        sheet: Any = book.worksheets[0]
        # What the file says of its own size is often wrong, and could be made to cost us.
        sheet.reset_dimensions()
        for number, cells in enumerate(
            sheet.iter_rows(values_only=True, max_col=limits.columns + 1), start=1
        ):
            if number > limits.rows:
                raise TooLarge("sheet_too_long", most=limits.rows)
            if cells[limits.columns] is not None:
                raise TooLarge("sheet_too_wide", most=limits.columns)
            yield _trimmed(cells)
    finally:
        book.close()


def _trimmed(cells: Sequence[object]) -> tuple[object, ...]:
    """The cells up to the last that holds anything."""
    width = len(cells)
    while width and cells[width - 1] is None:
        width -= 1
    return tuple(_text_kept_whole(cell) for cell in cells[:width])


def _text_kept_whole(cell: object) -> object:
    """Text that any database can store: the escapes of the format can smuggle in halves of characters."""
    if type(cell) is str and not cell.isascii():
        return cell.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return cell
