"""Money is whole fen. Yuan exist only where a person reads or a bill is read."""

import re
from decimal import Decimal

from domain.errors import Invalid

_CAPITALS = "零壹贰叁肆伍陆柒捌玖"
_GROUPS = ("", "万", "亿", "兆")
_AMOUNT = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?")


def yuan_text(fen: int) -> str:
    """Fen as yuan with both decimals, e.g. 310 -> "3.10", -5 -> "-0.05"."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def grouped_yuan(fen: int) -> str:
    """Fen as yuan for a page that people read, e.g. 1234500 -> "12,345.00"."""
    whole, _, rest = yuan_text(fen).partition(".")
    return f"{int(whole):,}.{rest}" if whole != "-0" else f"-0.{rest}"


def capital_yuan(fen: int) -> str:
    """An amount in the capital numerals that nobody can alter with a stroke: 30005 -> 叁佰元零伍分, 30000 -> 叁佰元整.

    Source: the central bank's rules for filling in payment instruments (支付结算办法, annex 1). ValueError below zero
    and from 10**14 fen on.
    """
    if not 0 <= fen < 10**14:
        raise ValueError("an amount in words is 0 or more and below 10**14 fen")
    yuan, jiao, cents = fen // 100, fen // 10 % 10, fen % 10
    if not fen:
        return "零元整"
    words = _capital_whole(yuan) + "元" if yuan else ""
    if not jiao and not cents:
        return words + "整"
    if jiao:
        words += _CAPITALS[jiao] + "角"
    elif yuan:
        words += _CAPITALS[0]
    return words + (_CAPITALS[cents] + "分" if cents else "整")


def _capital_whole(number: int) -> str:
    """A whole number above zero by groups of four digits (万, 亿), one 零 for a gap however wide."""
    groups = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    words, gap = "", False
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if not group:
            gap = bool(words)
            continue
        if words and (gap or group < 1000):
            words += _CAPITALS[0]
        words += _capital_group(group) + _GROUPS[place]
        gap = False
    return words


def _capital_group(group: int) -> str:
    words, gap = "", False
    for unit, divisor in zip(("仟", "佰", "拾", ""), (1000, 100, 10, 1), strict=True):
        digit = group // divisor % 10
        if not digit:
            gap = bool(words)
            continue
        words += (_CAPITALS[0] if gap else "") + _CAPITALS[digit] + unit
        gap = False
    return words


def fen_from_yuan(text: str) -> int:
    """Yuan as written on a bill or a form, exactly, as fen.

    Raises Invalid for fractions of a fen and for anything but plain digits: no exponent, no separator of thousands.
    """
    plain = text.strip()
    if not _AMOUNT.fullmatch(plain):
        raise Invalid("amount_not_a_number", value=text)
    fen = Decimal(plain) * 100
    if fen != fen.to_integral_value():
        raise Invalid("amount_not_whole_fen", value=text)
    return int(fen)
