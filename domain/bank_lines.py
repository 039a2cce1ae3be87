"""Lines of a bank statement: which columns are read, and what of a line is kept.

Only day, number and amount are read. Names and accounts of those who pay or are paid stand in other columns, which are
never looked at.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from domain import spreadsheet_values as values
from domain.cell_errors import CellError
from domain.errors import Invalid
from domain.sheet_problems import reason
from domain.spreadsheet_headers import Column, HeaderMatch, find_header
from domain.spreadsheet_text import is_blank, text_of

COLUMNS: tuple[Column, ...] = (
    Column("day", ("交易日期", "记账日期", "日期", "交易时间", "date")),
    Column("serial", ("流水号", "交易流水号", "银行流水号", "交易序号", "serial")),
    Column("income", ("收入金额", "收入", "贷方发生额", "贷方金额", "转入金额", "income"), units=("元",)),
    Column("expense", ("支出金额", "支出", "借方发生额", "借方金额", "转出金额", "expense"), units=("元",)),
    Column("reference", ("参考号", "业务参考号", "凭证号", "reference"), required=False),
    Column("memo", ("附言", "用途", "memo"), required=False),
)
#: Banks put titles above the header.
HEADER_WITHIN = 20
LONGEST_NUMBER = 64
DAY = timedelta(days=1)

#: The first thing in a memo that looks like somebody's number of a payment; the words around it are not kept.
_NUMBER = re.compile(r"(?<![0-9A-Za-z-])[0-9A-Za-z][0-9A-Za-z-]{5,63}(?![0-9A-Za-z-])", re.ASCII)

Cells = tuple[int, Sequence[object]]


@dataclass(frozen=True, slots=True)
class BankMovement:
    """One line: money that came in or went out on a day; `reference` is the number written beside it, if any."""

    day: date
    serial: str
    reference: str | None
    is_income: bool
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Span:
    """The days a statement is of, both included, and the last one it tells wholly of, which may be before the first."""

    first: date
    last: date
    told: date


def span_of(
    movements: Sequence[BankMovement], *, since: date | None, until: date | None, today: date
) -> Span | None:
    """The days a statement is of: from its first line to its last, or those the bank was asked for, which may be more.

    Without `until` nobody knows whether the day of the last line was over when the bank was asked; with it, today is
    not. None for a statement without lines that nobody says the days of. Raises Invalid("bank_days_wrong") for days
    that do not hold all lines, or that are still to come.
    """
    days = [movement.day for movement in movements]
    first, last = since or min(days, default=None), until or max(days, default=None)
    if first is None or last is None:
        return None
    holds_all = first <= min(days, default=first) <= max(days, default=last) <= last
    if not holds_all or (until and until > today):
        raise Invalid("bank_days_wrong", first=str(first), last=str(last))
    return Span(first, last, min(last, today - DAY) if until else last - DAY)


def read_lines(rows: Iterable[Cells]) -> list[BankMovement]:
    """The lines of a statement, all or none.

    Raises Invalid("bank_file_unreadable") without a header or lines, Invalid("bank_line_wrong") naming row and column.
    Rows without day and number (titles, totals) are passed over.
    """
    filled = [(row, cells) for row, cells in rows if not all(map(is_blank, cells))]
    if not filled:
        raise Invalid("bank_file_unreadable", reason=reason("sheet_without_rows", {}))
    place, match = find_header([cells for _, cells in filled[:HEADER_WITHIN]], COLUMNS)
    if match.problems:
        wrong = match.problems[0]
        raise Invalid("bank_file_unreadable", {"column": wrong.header}, reason=wrong.error.reason())
    return list(_lines(match, filled[place + 1 :]))


def _lines(match: HeaderMatch, rows: Iterable[Cells]) -> Iterator[BankMovement]:
    seen: set[str] = set()
    for row, cells in rows:

        def cell(field: str, cells: Sequence[object] = cells) -> object:
            place = match.places.get(field)
            return None if place is None or place >= len(cells) else cells[place]

        if is_blank(cell("serial")) or (is_blank(cell("income")) and is_blank(cell("expense"))):
            continue
        column = "day"
        try:
            day = values.day(cell("day"))
            column = "serial"
            serial = values.text(cell("serial"), LONGEST_NUMBER)
            if serial in seen:
                raise Invalid("bank_serial_twice", {"row": row}, row=row, serial=serial)
            column = "income"
            income_fen = 0 if is_blank(cell("income")) else values.fen(cell("income"))
            column = "expense"
            expense_fen = 0 if is_blank(cell("expense")) else values.fen(cell("expense"))
            if min(income_fen, expense_fen) < 0 or (income_fen > 0) is (expense_fen > 0):
                raise Invalid("bank_line_amount", {"row": row}, row=row)
            column = "reference"
            reference = _reference(cell("reference"), cell("memo"))
        except CellError as error:
            name = next(one.names[0] for one in COLUMNS if one.field == column)
            raise Invalid(
                "bank_line_wrong", {"row": row, "column": name}, row=row, column=name, reason=error.reason()
            ) from None
        seen.add(serial)
        yield BankMovement(day, serial, reference, income_fen > 0, income_fen or expense_fen)


def _reference(reference: object, memo: object) -> str | None:
    if not is_blank(reference):
        return values.text(reference, LONGEST_NUMBER)
    found = _NUMBER.search(text_of(memo))
    return None if found is None else found[0]
