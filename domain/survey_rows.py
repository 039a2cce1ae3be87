"""Rows of a survey sheet into exact values, with every reason why a cell cannot be taken."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.cell_errors import CellError
from domain.sheet_problems import SheetProblem
from domain.shown_values import shown
from domain.spreadsheet_headers import Column, HeaderMatch
from domain.spreadsheet_text import is_blank

#: A column that repeats itself (species, day, diameter) is parsed once a distinct text, up to this many texts.
_MOST_REMEMBERED = 4096

RowValues = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """How the cells of one column are read; a blank one is None if `optional`, and refused otherwise."""

    parse: Callable[[object], Any]
    optional: bool = False
    #: Whether the same texts come again and again, so that remembering them pays.
    repeats: bool = False


@dataclass(frozen=True, slots=True)
class BrokenRule:
    """A rule over several cells of one row that does not hold: the field to point at, and the code."""

    field: str
    code: str


Rules = Callable[[RowValues], Sequence[BrokenRule]]


class RowReader:
    """Reads the rows under one header: `fields` by name, then `rules` over what was readable."""

    def __init__(
        self, columns: Sequence[Column], fields: Mapping[str, Field], rules: Rules, match: HeaderMatch
    ) -> None:
        self._names = {column.field: column.names[0] for column in columns}
        self._absent = {column.field: None for column in columns if column.field not in match.places}
        self._plan: list[tuple[str, int, Field, dict[str, Any]]] = [
            (name, place, fields[name], {}) for name, place in match.places.items()
        ]
        self._width = len(match.canonical)
        self._nameless = [place for place, header in enumerate(match.canonical) if not header]
        self._match = match
        self._rules = rules

    def read(self, row: int, cells: Sequence[object]) -> tuple[RowValues, list[SheetProblem]]:
        """The values of a row by field (None where blank, absent or unreadable) and its problems."""
        if self._match.repeated_by(cells):
            return dict.fromkeys(self._names), [SheetProblem(row, "", "", "header_row_again")]
        values: RowValues = dict(self._absent)
        problems: list[SheetProblem] = []
        unreadable: set[str] = set()
        width = len(cells)
        for name, place, field, known in self._plan:
            cell = cells[place] if place < width else None
            if field.repeats and type(cell) is str and cell in known:
                values[name] = known[cell]
                continue
            try:
                value = field.parse(cell)
            except CellError as error:
                value = None
                if not (field.optional and error.code == "blank"):
                    unreadable.add(name)
                    problems.append(self._problem(row, name, cell, error))
            else:
                if field.repeats and type(cell) is str and len(known) < _MOST_REMEMBERED:
                    known[cell] = value
            values[name] = value
        problems += self._strays(row, cells)
        for broken in self._rules(values):
            if broken.field not in unreadable:
                value = shown(broken.field, values[broken.field])
                problems.append(SheetProblem(row, self._names[broken.field], value, broken.code))
        return values, problems

    def _problem(self, row: int, name: str, cell: object, error: CellError) -> SheetProblem:
        details = {key: str(value) for key, value in error.details.items()}
        return SheetProblem(row, self._names[name], shown(name, cell), error.code, details)

    def _strays(self, row: int, cells: Sequence[object]) -> list[SheetProblem]:
        if not self._nameless and len(cells) <= self._width:
            return []
        places = [*self._nameless, *range(self._width, len(cells))]
        stray = next((p for p in places if p < len(cells) and not is_blank(cells[p])), None)
        # What slipped here may be anybody's number, so it is not shown at all.
        return [] if stray is None else [SheetProblem(row, f"#{stray + 1}", "", "cell_without_header")]


def column_name(columns: Sequence[Column], field: str) -> str:
    """The name a column is called by in problems and documents."""
    return next(column.names[0] for column in columns if column.field == field)
