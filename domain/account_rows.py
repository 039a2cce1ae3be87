"""What a row of an account sheet must be: a household, and the bank account it asks to be paid to."""

from datetime import date

from domain import spreadsheet_people as people
from domain import spreadsheet_values as values
from domain.household_rows import LONGEST_TEXT, NUMBER_LENGTH
from domain.spreadsheet_headers import ACCOUNT_COLUMNS, HeaderMatch
from domain.survey_rows import BrokenRule, Field, RowReader, RowValues


def account_reader(match: HeaderMatch, today: date) -> RowReader:
    """A reader of account rows brought on a business day."""
    fields = {
        "household_number": Field(lambda cell: values.digits(cell, NUMBER_LENGTH), optional=True),
        "identity": Field(lambda cell: people.identity_number(cell, today), optional=True),
        "account": Field(people.account_number),
        "bank": Field(lambda cell: values.text(cell, LONGEST_TEXT), repeats=True),
        "holder_name": Field(people.person_name),
    }
    return RowReader(ACCOUNT_COLUMNS, fields, _broken_rules, match)


def _broken_rules(row: RowValues) -> list[BrokenRule]:
    named = row["household_number"] or row["identity"]
    return [] if named else [BrokenRule("household_number", "household_not_named")]
