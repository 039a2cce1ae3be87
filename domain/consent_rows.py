"""What a row of a consent sheet must be: what a household agreed to, in which words, when and before whom."""

from datetime import date

from domain import spreadsheet_values as values
from domain.cell_errors import CellError
from domain.consents import NAMES, TEXTS, ConsentKind, is_text
from domain.household_rows import NUMBER_LENGTH
from domain.spreadsheet_headers import CONSENT_COLUMNS, HeaderMatch
from domain.survey_rows import BrokenRule, Field, RowReader, RowValues

SHORTEST_WITNESS, LONGEST_WITNESS = 2, 40
_BY_NAME = {name: kind for kind, name in NAMES.items()}


def consent_reader(match: HeaderMatch, today: date) -> RowReader:
    """A reader of consent rows brought on a business day."""
    fields = {
        "household_number": Field(lambda cell: values.digits(cell, NUMBER_LENGTH), repeats=True),
        "kind": Field(_kind, repeats=True),
        "text_version": Field(_version, repeats=True),
        "given_on": Field(lambda cell: values.day(cell, latest=today), repeats=True),
        "witness": Field(_witness, repeats=True),
    }
    return RowReader(CONSENT_COLUMNS, fields, _broken_rules, match)


def _kind(cell: object) -> str:
    """The code of a consent by its Chinese name, or the code itself."""
    said = values.text(cell)
    if said in list(ConsentKind):
        return said
    return _BY_NAME[values.choice(cell, list(_BY_NAME))].value


def _version(cell: object) -> str:
    said = values.text(cell)
    if said not in TEXTS:
        raise CellError("consent_text_unknown")
    return said


def _witness(cell: object) -> str:
    said = values.text(cell, LONGEST_WITNESS)
    if len(said) < SHORTEST_WITNESS:
        raise CellError("not_a_name")
    return said


def _broken_rules(row: RowValues) -> list[BrokenRule]:
    kind, version = row["kind"], row["text_version"]
    if kind and version and not is_text(ConsentKind(kind), version):
        return [BrokenRule("text_version", "consent_text_unknown")]
    return []
