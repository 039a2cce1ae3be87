"""Reads an open sheet row by row and stages it, each chunk in a transaction of its own."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, islice
from typing import Any

from sqlalchemy.orm import Session

from domain.account_rows import account_reader
from domain.consent_rows import consent_reader
from domain.household_rows import household_reader
from domain.measurement_rows import measurement_reader
from domain.sheet_problems import SheetKind, SheetProblem
from domain.spreadsheet_headers import (
    ACCOUNT_COLUMNS,
    CONSENT_COLUMNS,
    HOUSEHOLD_COLUMNS,
    MEASUREMENT_COLUMNS,
    TREE_COLUMNS,
    Column,
    HeaderMatch,
    find_header,
)
from domain.spreadsheet_text import is_blank
from domain.survey_headers import header_problems
from domain.survey_rows import RowReader
from domain.tree_rows import tree_reader
from gateways.spreadsheets import OpenSheet, SheetRefused
from models.base import transaction
from services import imports

#: Rows of one transaction: some hundredths of a second in which nobody else can write to SQLite.
CHUNK = 2_000
#: Rows among which the header is looked for; titles may stand above it.
HEADER_WITHIN = 10
#: A header names at least so many columns; with fewer it is a row of data.
LEAST_COLUMNS = 2

Cells = tuple[int, Sequence[object]]
#: Told the number of the last row staged, and about how many rows there are, if that is known.
Progress = Callable[[int, int | None], None]
#: The same within the transaction that stages them, so that whoever lost the sheet stages nothing.
Mark = Callable[[Session, int, int | None], None]


@dataclass(frozen=True, slots=True)
class SheetSort:
    """How one kind of sheet is read and staged."""

    kind: SheetKind
    columns: tuple[Column, ...]
    reader: Callable[[HeaderMatch], RowReader]
    stager: imports.Stager


def household_sheet(today: date, random: Callable[[int], bytes], contract_years: int) -> SheetSort:
    """How household sheets are read on a business day."""
    return SheetSort(
        SheetKind.HOUSEHOLDS,
        HOUSEHOLD_COLUMNS,
        lambda match: household_reader(match, today),
        imports.household_stager(random, contract_years),
    )


def tree_sheet(today: date, species: dict[str, str], random: Callable[[int], bytes]) -> SheetSort:
    """How tree sheets are read on a business day."""
    return SheetSort(
        SheetKind.TREES,
        TREE_COLUMNS,
        lambda match: tree_reader(match, today, species),
        imports.tree_stager(random),
    )


def measurement_sheet(today: date) -> SheetSort:
    """How sheets of later measurements are read on a business day."""
    return SheetSort(
        SheetKind.MEASUREMENTS,
        MEASUREMENT_COLUMNS,
        lambda match: measurement_reader(match, today),
        imports.measurement_stager(),
    )


def account_sheet(today: date) -> SheetSort:
    """How sheets of payee accounts are read on a business day."""
    return SheetSort(
        SheetKind.ACCOUNTS,
        ACCOUNT_COLUMNS,
        lambda match: account_reader(match, today),
        imports.account_stager(),
    )


def consent_sheet(today: date, contract_years: int) -> SheetSort:
    """How sheets of consents are read on a business day."""
    return SheetSort(
        SheetKind.CONSENTS,
        CONSENT_COLUMNS,
        lambda match: consent_reader(match, today),
        imports.consent_stager(contract_years),
    )


def read_sheet(
    sheet: OpenSheet,
    import_id: int,
    sort: SheetSort,
    log: imports.ProblemLog,
    *,
    progress: Progress | None = None,
    mark: Mark | None = None,
) -> None:
    """Read and stage all rows of a sheet; whatever is wrong with it goes into the log."""
    rows = ((row, cells) for row, cells in sheet.rows if not all(map(is_blank, cells)))
    try:
        reader, below = _find_header(rows, sort, log)
        if reader is None:
            return
        last = 0
        for chunk in _chunks(reader, sort, below, log):
            last = chunk[-1]["row"]
            with transaction() as session:
                if mark is not None:
                    mark(session, last, sheet.expected_rows)
                imports.stage(session, import_id, sort.kind, chunk)
                imports.note(session, import_id, log.take())
            if progress is not None:
                progress(last, sheet.expected_rows)
        if not last:
            log.add([SheetProblem(0, "", "", "sheet_without_rows")])
    except SheetRefused as refused:
        log.add([SheetProblem(0, "", "", refused.code, refused.details)])


def _find_header(
    rows: Iterator[Cells], sort: SheetSort, log: imports.ProblemLog
) -> tuple[RowReader | None, Iterator[Cells]]:
    """A reader for the rows below the header (None where there is no header), and those rows."""
    first = list(islice(rows, HEADER_WITHIN))
    if not first:
        log.add([SheetProblem(0, "", "", "sheet_without_rows")])
        return None, rows
    place, match = find_header([cells for _, cells in first], sort.columns)
    log.add(header_problems(first[place][0], match, sort.columns, LEAST_COLUMNS))
    known = len(match.places) >= LEAST_COLUMNS
    return sort.reader(match) if known else None, chain(first[place + 1 :], rows)


def _chunks(
    reader: RowReader, sort: SheetSort, rows: Iterator[Cells], log: imports.ProblemLog
) -> Iterator[list[dict[str, Any]]]:
    while taken := list(islice(rows, CHUNK)):
        chunk = []
        for row, cells in taken:
            values, problems = reader.read(row, cells)
            chunk.append(staged := sort.stager(row, values))
            if problems:
                log.add(problems, imports.village_of(sort.kind, staged))
        yield chunk
