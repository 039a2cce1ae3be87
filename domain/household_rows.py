"""What a row of a household sheet must be, cell by cell and as a whole."""

from datetime import date

from domain import spreadsheet_people as people
from domain import spreadsheet_values as values
from domain.categories import categories_on
from domain.spreadsheet_headers import HOUSEHOLD_COLUMNS, HeaderMatch
from domain.survey_rows import BrokenRule, Field, RowReader, RowValues

NUMBER_LENGTH = 16
VILLAGE_LENGTH = 12
MOST_PEOPLE = 30
MOST_INCOME_FEN = 1_000_000_00
LONGEST_TEXT = 64


def household_reader(match: HeaderMatch, today: date) -> RowReader:
    """A reader of household rows brought on a business day."""
    categories = categories_on(today)
    fields = {
        "number": Field(lambda cell: values.digits(cell, NUMBER_LENGTH)),
        "region_code": Field(lambda cell: values.digits(cell, VILLAGE_LENGTH), repeats=True),
        "head_name": Field(people.person_name),
        "identity": Field(lambda cell: people.identity_number(cell, today)),
        "phone": Field(people.phone, optional=True),
        "category": Field(lambda cell: values.choice(cell, categories), repeats=True),
        "people": Field(lambda cell: values.integer(cell, 1, MOST_PEOPLE, ("人",))),
        "income_per_person_yuan": Field(_whole_yuan, optional=True),
        "bank": Field(lambda cell: values.text(cell, LONGEST_TEXT), optional=True),
        "account": Field(people.account_number, optional=True),
        "forest_right": Field(lambda cell: values.text(cell, LONGEST_TEXT)),
        "sale_consent_on": Field(lambda cell: values.day(cell, latest=today), optional=True),
        "name_public": Field(values.yes_no, repeats=True),
    }
    return RowReader(HOUSEHOLD_COLUMNS, fields, _broken_rules, match)


def _whole_yuan(cell: object) -> int:
    """Yuan of income a head, the fen dropped: it is kept to see who is poor, not to pay anybody."""
    fen = values.fen(cell)
    return values.integer(fen // 100, 0, MOST_INCOME_FEN // 100)


def _broken_rules(row: RowValues) -> list[BrokenRule]:
    broken = []
    number, village = row["number"], row["region_code"]
    if number and village and not number.startswith(village):
        broken.append(BrokenRule("number", "number_not_of_village"))
    if row["account"] and not row["bank"]:
        broken.append(BrokenRule("bank", "account_without_bank"))
    if row["bank"] and not row["account"]:
        broken.append(BrokenRule("account", "bank_without_account"))
    if row["name_public"] and row["sale_consent_on"] is None:
        broken.append(BrokenRule("sale_consent_on", "consent_date_missing"))
    return broken
