"""Delimited text: looked through once for bounds and encoding, then read row by row."""

import codecs
import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, cast

from gateways.spreadsheets.errors import Damaged, ExpandsTooMuch, TooLarge, UnknownEncoding
from gateways.spreadsheets.limits import MIB, Limits

_BLOCK = 1 << 18
_BYTE_ORDER_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_DELIMITERS = ",\t;"
#: Lines looked at to tell which delimiter is meant; titles without any may stand first.
_SNIFFED_BYTES = 8192
_BROKEN_GZIP = (gzip.BadGzipFile, EOFError, zlib.error)


@dataclass(frozen=True, slots=True)
class TextFile:
    """What looking through a text file showed: its encoding, delimiter, and line ends (about one a row)."""

    encoding: str
    delimiter: str
    lines: int


def look_through(file: BinaryIO, packed: bool, limits: Limits) -> TextFile:
    """Check bounds and encoding of the whole file; raises TooLarge, ExpandsTooMuch, UnknownEncoding, Damaged."""
    first, lines = _measure(file, packed, limits)
    if first.startswith(_BYTE_ORDER_MARKS):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        if _decodes(file, packed, encoding):
            text = first[:_SNIFFED_BYTES].decode(encoding, errors="ignore")
            delimiter = max(_DELIMITERS, key=text.count)
            return TextFile(encoding, delimiter if delimiter in text else ",", lines)
    raise UnknownEncoding()


def read_rows(file: BinaryIO, packed: bool, text: TextFile, limits: Limits) -> Iterator[list[str]]:
    """The rows of a file that has been looked through; raises TooLarge and Damaged."""
    lines = io.TextIOWrapper(_unpacked(file, packed), text.encoding, errors="strict", newline="")
    reader = csv.reader(lines, delimiter=text.delimiter, strict=True)
    try:
        for cells in reader:
            if len(cells) > limits.columns:
                raise TooLarge("sheet_too_wide", most=limits.columns)
            yield cells
    except csv.Error as error:
        raise Damaged("file_quotes_broken", line=reader.line_num) from error
    except (*_BROKEN_GZIP, UnicodeError) as error:
        raise Damaged() from error
    finally:
        # The file is the caller's to close.
        lines.detach()


def _unpacked(file: BinaryIO, packed: bool) -> BinaryIO:
    file.seek(0)
    return cast(BinaryIO, gzip.GzipFile(fileobj=file)) if packed else file


def _blocks(file: BinaryIO, packed: bool) -> Iterator[bytes]:
    stream = _unpacked(file, packed)
    try:
        while block := stream.read(_BLOCK):
            yield block
    except _BROKEN_GZIP as error:
        raise Damaged() from error


def _measure(file: BinaryIO, packed: bool, limits: Limits) -> tuple[bytes, int]:
    """The first block and the number of line ends; raises when a bound is passed, without unpacking any further."""
    first, total, lines, since_line_end = b"", 0, 0, 0
    for block in _blocks(file, packed):
        first = first or block
        total += len(block)
        if total > limits.unpacked_bytes:
            raise TooLarge(most=f"{limits.unpacked_bytes // MIB} MiB") if not packed else ExpandsTooMuch()
        if packed and total > limits.ratio_from_bytes and total > limits.ratio * max(file.tell(), 1):
            raise ExpandsTooMuch()
        ends = block.count(b"\n") or block.count(b"\r")
        lines += ends
        since_line_end = _longest_line(block, since_line_end, limits)
    if lines > limits.rows + 1:
        raise TooLarge("sheet_too_long", most=limits.rows)
    return first, lines


def _longest_line(block: bytes, before: int, limits: Limits) -> int:
    """Bytes after the last line end of a block; raises TooLarge where a line is over its bound."""
    end = b"\n" if b"\n" in block else b"\r"
    start, length = 0, before
    while (place := block.find(end, start)) >= 0:
        length += place - start
        if length > limits.line_bytes:
            raise TooLarge("line_too_long", most=limits.line_bytes)
        # Whole stretches are skipped: only a gap wider than the bound can hide a line that is too long.
        start = place + 1
        length = 0
        far = block.rfind(end, start, start + limits.line_bytes)
        start = far + 1 if far >= 0 else start
    length += len(block) - start
    if length > limits.line_bytes:
        raise TooLarge("line_too_long", most=limits.line_bytes)
    return length


def _decodes(file: BinaryIO, packed: bool, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for block in _blocks(file, packed):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True
