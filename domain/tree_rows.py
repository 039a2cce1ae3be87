"""What a row of a tree sheet must be, cell by cell and as a whole."""

import re
from collections.abc import Callable, Mapping
from datetime import date

from domain import spreadsheet_values as values
from domain.cell_errors import CellError
from domain.household_rows import NUMBER_LENGTH
from domain.spreadsheet_headers import TREE_COLUMNS, HeaderMatch
from domain.spreadsheet_text import written
from domain.survey_rows import BrokenRule, Field, RowReader, RowValues

EARLIEST_PLANTING = 1950
PLANTED = ("人工", "人工林")
LONGEST_PROJECT = 40
LONGEST_SURVEYOR = 32

_TAG = re.compile(r"[0-9A-Za-z](?:[0-9A-Za-z-]{0,38}[0-9A-Za-z])?")
_HOUSEHOLD_TAG = re.compile(rf"(\d{{{NUMBER_LENGTH}}})-.*", re.ASCII)


def tree_reader(match: HeaderMatch, today: date, species: Mapping[str, str]) -> RowReader:
    """A reader of tree rows brought on a business day; `species` gives the code for every code and Chinese name."""
    fields = {
        "household_number": Field(lambda cell: values.digits(cell, NUMBER_LENGTH), repeats=True),
        "tag": Field(tag),
        "species_code": Field(_species_of(species), repeats=True),
        "dbh_mm": Field(values.dbh_mm, repeats=True),
        "height_cm": Field(values.height_cm, repeats=True),
        "planted_year": Field(lambda cell: values.year(cell, EARLIEST_PLANTING, today.year), repeats=True),
        "origin": Field(_planted, repeats=True),
        "project": Field(lambda cell: values.text(cell, LONGEST_PROJECT), optional=True, repeats=True),
        "longitude": Field(values.longitude),
        "latitude": Field(values.latitude),
        "measured_on": Field(lambda cell: values.day(cell, latest=today), repeats=True),
        "surveyor": Field(lambda cell: values.text(cell, LONGEST_SURVEYOR), repeats=True),
    }
    return RowReader(TREE_COLUMNS, fields, _broken_rules, match)


def tag(cell: object) -> str:
    """The plate on a trunk: letters, digits and hyphens; raises CellError tag_malformed."""
    said = written(cell).replace(" ", "").upper()
    if not _TAG.fullmatch(said):
        raise CellError("tag_malformed")
    return said


def tag_of_other_household(row: RowValues) -> bool:
    """Whether a tag begins with a household number that is not the row's own."""
    named = _HOUSEHOLD_TAG.fullmatch(row["tag"] or "")
    return bool(named and row["household_number"] and named[1] != row["household_number"])


def _species_of(species: Mapping[str, str]) -> Callable[[object], str]:
    def code(cell: object) -> str:
        said = written(cell)
        known = species.get(said.upper())
        if known is None:
            raise CellError("species_not_listed")
        return known

    return code


def _planted(cell: object) -> str:
    if written(cell) not in PLANTED:
        raise CellError("origin_not_planted")
    return PLANTED[0]


def _broken_rules(row: RowValues) -> list[BrokenRule]:
    broken = []
    if tag_of_other_household(row):
        broken.append(BrokenRule("tag", "tag_not_of_household"))
    planted, measured = row["planted_year"], row["measured_on"]
    if planted and measured and planted > measured.year:
        broken.append(BrokenRule("planted_year", "planted_after_survey"))
    return broken
