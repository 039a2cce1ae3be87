"""Tables as files that a county office opens in Excel: CSV and XLSX in which no cell can become a formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

Cell = str | int | None

CSV_TYPE = "text/csv"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

#: What makes a spreadsheet program take a text for a formula, also after it has turned full-width into half-width.
_FORMULA = re.compile(r"[\s\u200b\ufeff]*[=+\-@＝＋－＠\t\r]")
#: Digits that a spreadsheet program would turn into a number and round.
_LONG_DIGITS = re.compile(r"\d{16,}", re.ASCII)
_BOM = "\ufeff"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_WIDEST = 60


def safe_text(text: str) -> str:
    """A text that stays text when a spreadsheet program opens it: an apostrophe before what could be a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def csv_bytes(rows: Iterable[Sequence[Cell]]) -> bytes:
    """UTF-8 with the mark by which Excel knows it, commas, CRLF; a number of 16 digits or more ends in a tab, so that
    Excel keeps all its digits.
    """
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    for row in rows:
        writer.writerow([_csv_cell(cell) for cell in row])
    return (_BOM + written.getvalue()).encode()


def _csv_cell(cell: Cell) -> Cell:
    if not isinstance(cell, str):
        return cell
    return cell + "\t" if _LONG_DIGITS.fullmatch(cell) else safe_text(cell)


def xlsx_bytes(title: str, rows: Iterable[Sequence[Cell]]) -> bytes:
    """A workbook of one sheet whose first row is its header; texts are kept as texts whatever they look like."""
    table = [list(row) for row in rows]
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    for column in range(max((len(row) for row in table), default=0)):
        longest = max(_width(row[column]) for row in table if column < len(row))
        sheet.column_dimensions[_letter(column)].width = min(longest + 2, _WIDEST)
    sheet.freeze_panes = "A2"
    for number, row in enumerate(table):
        sheet.append([_xlsx_cell(sheet, cell, bold=number == 0) for cell in row])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _xlsx_cell(sheet: object, cell: Cell, *, bold: bool) -> WriteOnlyCell:
    kept = WriteOnlyCell(sheet, value=_CONTROL.sub("", cell) if isinstance(cell, str) else cell)
    if isinstance(cell, str):
        # Set after the value: openpyxl takes a text that begins with "=" for a formula.
        kept.data_type = "s"
        kept.number_format = "@"
    if bold:
        kept.font = Font(bold=True)
    return kept


def _width(cell: Cell) -> int:
    """Columns a cell takes on the screen: a Chinese character takes two."""
    return 0 if cell is None else sum(1 if letter.isascii() else 2 for letter in str(cell))


def _letter(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
