"""The text of a clumsy cell: one width of digits and letters, no invisible characters, blanks that look
like something.
"""

import re
from datetime import datetime
from decimal import Decimal
from math import isfinite
from unicodedata import category

from domain.cell_errors import CellError

_FULL_WIDTH = {0xFF01 + offset: 0x21 + offset for offset in range(94)}
_SPACES = dict.fromkeys(
    (0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0xA0, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000), 0x20
)
# Zero-width and direction marks, pasted along from chat messages and contact lists.
_INVISIBLE = dict.fromkeys(
    (0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF)
)
_CLEANED = {**_FULL_WIDTH, **_SPACES, **_INVISIBLE}

_BLANKS = frozenset(
    (
        "",
        "-",
        "--",
        "---",
        "—",
        "——",
        "/",
        "//",
        "\\",
        "无",
        "暂无",
        "空",
        "nan",
        "null",
        "none",
        "n/a",
        "nil",
    )
)
_FORMULA_ERRORS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!")
_SCIENTIFIC = re.compile(r"[+-]?\d+(\.\d*)?[eE][+-]?\d+", re.ASCII)
_QUOTED_DIGITS = re.compile(r"""(?:="([^"]*)"|['‘’`](\d.*))""", re.ASCII)
_QUOTES = frozenset("='‘’`")
_MOST_EXACT = 10**15


def cleaned(text: str) -> str:
    """Text with full-width letters and digits made half-width, invisible characters gone and runs of spaces
    made one.
    """
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    return " ".join(part for part in text.translate(_CLEANED).split(" ") if part)


def _figure(number: float) -> str:
    if not isfinite(number):
        return ""
    # Twelve digits drop the noise of binary fractions (7.300000000000001) and keep every measured one.
    return str(int(number)) if number.is_integer() else f"{Decimal(f'{number:.12g}'):f}"


def text_of(cell: object) -> str:
    """What a cell says, for any type a spreadsheet reader gives; "" for None and NaN. Never raises."""
    if isinstance(cell, str):
        return cleaned(cell)
    if isinstance(cell, float):
        return _figure(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    return "" if cell is None else cleaned(str(cell))


def is_blank(cell: object) -> bool:
    """Whether a cell says nothing: empty, spaces, -, /, 无, NaN, NULL and the like."""
    return cell is None or text_of(cell).casefold() in _BLANKS


def written(cell: object) -> str:
    """What a cell says, or CellError: blank, formula_error, scientific_notation, digits_lost,
    broken_encoding, control_characters.

    A number of sixteen digits or more that was kept as a figure is refused, because Excel keeps fifteen.
    """
    if not isinstance(cell, str) and isinstance(cell, int | float) and abs(cell) >= _MOST_EXACT:
        raise CellError("digits_lost")
    text = text_of(cell)
    if text[:1] in _QUOTES:
        quoted = _QUOTED_DIGITS.fullmatch(text)
        if quoted:
            text = cleaned(quoted[1] or quoted[2] or "")
    if text.casefold() in _BLANKS:
        raise CellError("blank")
    if text.startswith(_FORMULA_ERRORS) or (text[0] == "=" and len(text) > 1):
        raise CellError("formula_error")
    if _SCIENTIFIC.fullmatch(text):
        raise CellError("scientific_notation")
    if not text.isprintable():
        _refuse_unprintable(text)
    if "\ufffd" in text:
        raise CellError("broken_encoding")
    return text


def _refuse_unprintable(text: str) -> None:
    # Private-use characters stand for rare characters of names in older Chinese fonts and are let through.
    if any(category(letter) in {"Cc", "Cs"} for letter in text):
        raise CellError("control_characters")
