"""What a row of a measurement sheet must be: a registered tree, measured again on another day."""

from datetime import date

from domain import spreadsheet_values as values
from domain.household_rows import NUMBER_LENGTH
from domain.spreadsheet_headers import MEASUREMENT_COLUMNS, HeaderMatch
from domain.survey_rows import BrokenRule, Field, RowReader, RowValues
from domain.tree_rows import LONGEST_SURVEYOR, tag, tag_of_other_household


def measurement_reader(match: HeaderMatch, today: date) -> RowReader:
    """A reader of measurement rows brought on a business day."""
    fields = {
        "household_number": Field(lambda cell: values.digits(cell, NUMBER_LENGTH), repeats=True),
        "tag": Field(tag),
        "dbh_mm": Field(values.dbh_mm, repeats=True),
        "height_cm": Field(values.height_cm, repeats=True),
        "measured_on": Field(lambda cell: values.day(cell, latest=today), repeats=True),
        "surveyor": Field(lambda cell: values.text(cell, LONGEST_SURVEYOR), repeats=True),
    }
    return RowReader(MEASUREMENT_COLUMNS, fields, _broken_rules, match)


def _broken_rules(row: RowValues) -> list[BrokenRule]:
    return [BrokenRule("tag", "tag_not_of_household")] if tag_of_other_household(row) else []
