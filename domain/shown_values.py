"""How the value of a refused cell may be shown: enough to find the mistake, never a whole person.

Columns slip: a cell under 家庭人口 may hold an identity number. So what a value looks like counts as much as the
column it stands in.
"""

import re

from domain.masking import (
    STAR,
    masked_account_number,
    masked_identity_number,
    masked_phone,
    officer_name,
    public_name,
)
from domain.spreadsheet_text import text_of

LONGEST = 80

_MASKS = {
    "head_name": officer_name,
    "identity": masked_identity_number,
    "phone": masked_phone,
    "account": masked_account_number,
    "category": public_name,
    "holder_name": officer_name,
    "witness": officer_name,
}
#: Codes of this programme's own, which name no person: village, household, tag.
_CODE = re.compile(r"52\d{10}(?:\d{4}(?:-\w{1,8})?)?", re.ASCII)
_CODE_FIELDS = ("number", "region_code", "household_number", "tag")
_LONG_DIGITS = re.compile(r"\d{9,}[0-9Xx]?", re.ASCII)
_FINE_DECIMALS = re.compile(r"(\d\.\d{3})\d+", re.ASCII)
_HAN_WORD = re.compile(r"([\u3400-\u9fff\U00020000-\U000323af])[\u3400-\u9fff\U00020000-\U000323af·]+")
#: Fields in which a word of Chinese can only have slipped in from another column.
_NEVER_WORDS = (
    "number",
    "region_code",
    "people",
    "income_per_person_yuan",
    "sale_consent_on",
    "name_public",
    "household_number",
    "kind",
    "text_version",
    "given_on",
)


def shown(field: str, cell: object) -> str:
    """A refused value of a field as it may be kept and shown, at most 80 characters."""
    text = "".join(letter for letter in text_of(cell) if letter.isprintable())
    if field in _MASKS:
        text = _MASKS[field](text)
    elif not (field in _CODE_FIELDS and _CODE.fullmatch(text)):
        text = _LONG_DIGITS.sub(lambda match: masked_identity_number(match[0]), text)
        text = _FINE_DECIMALS.sub(r"\1…", text)
        if field in _NEVER_WORDS:
            text = _HAN_WORD.sub(rf"\1{STAR}", text)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
