"""Cells about people: names, phones, identity and account numbers, in the one written form that equal ones
share.

As in domain/spreadsheet_values.py, each function gives a value or raises CellError, which never holds the
value.
"""

import re
from datetime import date

from domain.cell_errors import CellError
from domain.errors import Invalid
from domain.identity import check_account_number, check_identity_number
from domain.spreadsheet_text import written
from domain.spreadsheet_values import text

_MOBILE = re.compile(r"(?:\+?86|0086)?(1[3-9]\d{9})", re.ASCII)
_LANDLINE = re.compile(r"(?:\+?86)?(010|02\d|0[3-9]\d{2})(\d{7,8})", re.ASCII)
# With the private-use area, where older fonts keep rare characters of names.
_HAN = r"[\u3007\u3400-\u9fff\ue000-\uf8ff\U00020000-\U000323af]+"
_HAN_NAME = re.compile(rf"{_HAN}(?:·{_HAN})*")
_LATIN_NAME = re.compile(r"[A-Za-z]+(?:[ .'-]+[A-Za-z]+)*\.?")
_NAME_DOTS = str.maketrans(dict.fromkeys("•・.‧∙⋅", "·"))


def person_name(cell: object) -> str:
    """A name of 2-50 characters: Chinese without spaces and with one kind of middle dot, or Latin;
    CellError not_a_name.
    """
    said = text(cell, longest=50)
    han = said.replace(" ", "").translate(_NAME_DOTS)
    if len(han) > 1 and _HAN_NAME.fullmatch(han):
        return han
    if len(said) > 1 and _LATIN_NAME.fullmatch(said):
        return said
    raise CellError("not_a_name")


def phone(cell: object) -> str:
    """One mainland number: a mobile as 11 digits, a landline as 0859-4661234; CellError not_a_phone."""
    said = re.sub(r"[ ()-]", "", written(cell))
    mobile = _MOBILE.fullmatch(said)
    if mobile:
        return mobile[1]
    landline = _LANDLINE.fullmatch(said)
    if landline:
        return f"{landline[1]}-{landline[2]}"
    raise CellError("not_a_phone")


def account_number(cell: object) -> str:
    """A bank account by domain/identity.py; CellError account_number_characters, _length, _check_digit."""
    try:
        return check_account_number(written(cell))
    except Invalid as refusal:
        raise CellError(refusal.code) from None


def identity_number(cell: object, on: date) -> str:
    """A resident identity number somebody can hold on a day, by domain/identity.py; CellError
    identity_number_….
    """
    try:
        return check_identity_number(written(cell).replace(" ", ""), on)
    except Invalid as refusal:
        raise CellError(refusal.code) from None
