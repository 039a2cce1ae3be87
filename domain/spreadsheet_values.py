"""Clumsy cells into exact values: whole millimetres, centimetres and fen, days, yes or no, numbers of
people and places.

Every function takes a cell as a spreadsheet reader gives it (text, number, date, None) and gives a value or
raises
CellError with the code of its reason; a blank cell is `blank` everywhere, so ask `is_blank` first where
blanks may be.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache

from domain.cell_errors import CellError
from domain.methodology import DBH_MM_RANGE, HEIGHT_CM_RANGE
from domain.spreadsheet_text import text_of, written

CM_WORDS = ("cm", "厘米", "公分")
M_WORDS = ("m", "米")
YUAN_WORDS = ("元", "¥", "￥")
# Guizhou with a margin, in WGS-84 degrees.
LONGITUDE_RANGE = (Decimal(103), Decimal(110))
LATITUDE_RANGE = (Decimal(24), Decimal(30))
EARLIEST_DAY = date(1950, 1, 1)
LATEST_DAY = date(2099, 12, 31)

_PLAIN_NUMBER = re.compile(r"[+-]?\d{1,15}(?:\.\d{0,12})?|[+-]?\.\d{1,12}", re.ASCII)
_GROUPED_NUMBER = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d{0,12})?", re.ASCII)
_YEAR_FIRST = re.compile(
    r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?", re.ASCII
)
_CHINESE_DAY = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})[日号]?", re.ASCII)
_EIGHT_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?", re.ASCII)
_WITHOUT_DAY = re.compile(r"\d{4}[-/.年]\d{1,2}月?", re.ASCII)
_YEAR_LAST = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.](?:\d{2}|\d{4})", re.ASCII)
_SERIAL_ZERO = date(1899, 12, 30)
_YEAR = re.compile(r"(\d{4})(?:年|\.0)?", re.ASCII)
_YES = frozenset(("是", "有", "y", "yes", "1", "true", "t", "√", "✓", "✔", "对", "同意"))
_NO = frozenset(("否", "无", "n", "no", "0", "false", "f", "×", "✗", "✘", "x", "不", "不同意", "没有"))


def text(cell: object, longest: int = 200) -> str:
    """One line of text of at most `longest` characters; CellError too_long, became_a_date and those of
    `written`.
    """
    if isinstance(cell, date):
        raise CellError("became_a_date")
    said = written(cell)
    if len(said) > longest:
        raise CellError("too_long", most=longest)
    return said


def choice(cell: object, choices: Sequence[str]) -> str:
    """One of some words; CellError not_a_choice."""
    said = text(cell)
    if said not in choices:
        raise CellError("not_a_choice", choices="、".join(choices))
    return said


def decimal(cell: object, units: Sequence[str] = ()) -> Decimal:
    """A number exactly as written, with grouping commas and one of `units` behind it allowed; CellError
    not_a_number.
    """
    said = written(cell)
    for unit in units:
        if said.endswith(unit) or said.startswith(unit):
            said = said.removesuffix(unit).removeprefix(unit).strip()
            break
    if isinstance(cell, bool) or not (_PLAIN_NUMBER.fullmatch(said) or _GROUPED_NUMBER.fullmatch(said)):
        raise CellError("not_a_number")
    return Decimal(said.replace(",", ""))


def integer(cell: object, low: int, high: int, units: Sequence[str] = ()) -> int:
    """A whole number from low to high, both inclusive; CellError not_a_number, not_whole, out_of_range."""
    number = decimal(cell, units)
    if number != number.to_integral_value():
        raise CellError("not_whole")
    if not low <= number <= high:
        raise CellError("out_of_range", low=low, high=high)
    return int(number)


def _scaled(cell: object, factor: int, units: Sequence[str], step: str) -> int:
    number = decimal(cell, units) * factor
    if number != number.to_integral_value():
        raise CellError("too_fine", step=step, unit=units[0])
    return int(number)


def millimetres(cell: object) -> int:
    """Centimetres as whole millimetres, exactly: 7.3 -> 73; CellError not_a_number, too_fine."""
    return _scaled(cell, 10, CM_WORDS, "0.1")


def centimetres(cell: object) -> int:
    """Metres as whole centimetres, exactly: 5.9 -> 590; CellError not_a_number, too_fine."""
    return _scaled(cell, 100, M_WORDS, "0.01")


def fen(cell: object) -> int:
    """Yuan as whole fen, exactly: 3354.5 -> 335450; CellError not_a_number, too_fine."""
    return _scaled(cell, 100, YUAN_WORDS, "0.01")


def dbh_mm(cell: object) -> int:
    """A diameter at breast height in cm as whole mm; CellError dbh_out_of_range (5-100 cm), not_a_number,
    too_fine.
    """
    value = millimetres(cell)
    if not DBH_MM_RANGE[0] <= value <= DBH_MM_RANGE[1]:
        raise CellError("dbh_out_of_range")
    return value


def height_cm(cell: object) -> int:
    """A height in m as whole cm; CellError height_out_of_range (4-50 m), not_a_number, too_fine."""
    value = centimetres(cell)
    if not HEIGHT_CM_RANGE[0] <= value <= HEIGHT_CM_RANGE[1]:
        raise CellError("height_out_of_range")
    return value


def digits(cell: object, *lengths: int) -> str:
    """A code of digits, spaces left out, of one of the lengths (any when none is given); CellError
    not_digits, wrong_length.
    """
    said = written(cell).replace(" ", "")
    if not (said.isascii() and said.isdigit()):
        raise CellError("not_digits")
    if lengths and len(said) not in lengths:
        raise CellError("wrong_length", length="/".join(map(str, lengths)))
    return said


def yes_no(cell: object) -> bool:
    """是/有/Y/1/√ as True, 否/无/N/0/× as False; CellError blank, not_yes_or_no."""
    if isinstance(cell, bool):
        return cell
    said = text_of(cell).casefold()
    if said in _YES:
        return True
    if said in _NO:
        return False
    written(cell)
    raise CellError("not_yes_or_no")


def _date(year: str, month: str, day_of_month: str) -> date:
    try:
        return date(int(year), int(month), int(day_of_month))
    except ValueError:
        raise CellError("date_impossible") from None


@lru_cache(maxsize=4096)
def _written_day(said: str) -> date:
    match = _YEAR_FIRST.fullmatch(said)
    if match:
        return _date(match[1], match[3], match[4])
    joined = said.replace(" ", "")
    match = _CHINESE_DAY.fullmatch(joined) or _EIGHT_DIGITS.fullmatch(joined)
    if match:
        return _date(match[1], match[2], match[3])
    match = _SERIAL.fullmatch(joined)
    if match:
        return _SERIAL_ZERO + timedelta(days=int(match[1]))
    if _WITHOUT_DAY.fullmatch(joined):
        raise CellError("date_incomplete")
    raise CellError("date_ambiguous" if _YEAR_LAST.fullmatch(joined) else "not_a_date")


def day(cell: object, earliest: date = EARLIEST_DAY, latest: date = LATEST_DAY) -> date:
    """A day: 2026-05-01, 2026/5/1, 2026年5月1日, 20260501, an Excel serial number (1900 system) or a date
    cell.

    CellError not_a_date, date_incomplete, date_ambiguous, date_impossible, date_out_of_range.
    """
    if isinstance(cell, datetime):
        found = cell.date()
    elif isinstance(cell, date):
        found = cell
    else:
        found = _written_day(written(cell))
    if not earliest <= found <= latest:
        raise CellError("date_out_of_range", low=earliest.isoformat(), high=latest.isoformat())
    return found


def year(cell: object, low: int, high: int) -> int:
    """A year of four digits, 年 behind it allowed; CellError not_a_year, out_of_range."""
    match = _YEAR.fullmatch(written(cell))
    if match is None:
        raise CellError("not_a_year")
    if not low <= int(match[1]) <= high:
        raise CellError("out_of_range", low=low, high=high)
    return int(match[1])


def _degrees(cell: object, units: Sequence[str]) -> Decimal:
    return decimal(cell, units).quantize(Decimal("0.000001"), ROUND_HALF_EVEN)


def longitude(cell: object) -> Decimal:
    """Degrees east, to six decimals, within Guizhou; CellError longitude_out_of_range,
    longitude_latitude_swapped.
    """
    low, high = LONGITUDE_RANGE
    degrees = _degrees(cell, ("°E", "E", "°"))
    if low <= degrees <= high:
        return degrees
    if LATITUDE_RANGE[0] <= degrees <= LATITUDE_RANGE[1]:
        raise CellError("longitude_latitude_swapped")
    raise CellError("longitude_out_of_range", low=low, high=high)


def latitude(cell: object) -> Decimal:
    """Degrees north, to six decimals, within Guizhou; CellError latitude_out_of_range,
    longitude_latitude_swapped.
    """
    low, high = LATITUDE_RANGE
    degrees = _degrees(cell, ("°N", "N", "°"))
    if low <= degrees <= high:
        return degrees
    if LONGITUDE_RANGE[0] <= degrees <= LONGITUDE_RANGE[1]:
        raise CellError("longitude_latitude_swapped")
    raise CellError("latitude_out_of_range", low=low, high=high)
