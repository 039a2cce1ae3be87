"""QR codes of certificate links, as symbols, PNG and SVG, in well under a millisecond each.

Layout, tables and numbers come from `qrcode`; what that library does bit by bit (packing, error correction,
placing) is done here on whole symbols: for each version and level its own placement is asked for once and
remembered. The mask is fixed, since readers undo any mask and weighing all eight costs more than the rest
together. Level Q (25 % of a symbol may be lost) up to version 13, beyond it level M (15 %), so that a print of
30 mm keeps modules that a phone can see.
"""

import re
import struct
import zlib
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest
from operator import itemgetter
from typing import Any

from qrcode import base, constants, util
from qrcode.main import QRCode

QUIET_ZONE = 4
_PIXELS_A_MODULE = 8
_MASK = 2
_LARGEST_Q_VERSION = 13
_REMEMBERED = 1024

_ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_PAIRS = {
    left + right: left_value * 45 + right_value
    for left_value, left in enumerate(_ALPHANUMERIC)
    for right_value, right in enumerate(_ALPHANUMERIC)
}
# Changing the mode costs about 25 bits and saves 2.5 a character: shorter runs are not worth it.
_ALPHANUMERIC_RUN = re.compile(r"([0-9A-Z$%*+\-./:]{12,})")
_DARK_RUN = re.compile("1+")
_PIXEL_ROW = bytes.maketrans(b"01", b"\xff\x00")


@dataclass(frozen=True, slots=True)
class QrSymbol:
    """A QR code without its quiet zone: one text of "1" (dark) and "0" a row."""

    version: int
    level: str
    rows: tuple[str, ...]

    @property
    def size(self) -> int:
        """Modules a side."""
        return len(self.rows)


@lru_cache(maxsize=_REMEMBERED)
def qr_symbol(url: str) -> QrSymbol:
    """The QR code of a link; raises ValueError for one that no QR code holds."""
    return _symbol(url)


def _symbol(url: str) -> QrSymbol:
    segments = [(part, index % 2 == 1) for index, part in enumerate(_ALPHANUMERIC_RUN.split(url)) if part]
    version, level = _smallest(segments)
    codewords = _with_error_correction(_packed(segments, version, level), version, level)
    return QrSymbol(
        version, "Q" if level == constants.ERROR_CORRECT_Q else "M", _placed(codewords, version, level)
    )


@lru_cache(maxsize=_REMEMBERED)
def qr_png(url: str) -> bytes:
    """The QR code of a link with its quiet zone as a 1-bit PNG, 8 pixels a module."""
    symbol = qr_symbol(url)
    side = (symbol.size + 2 * QUIET_ZONE) * _PIXELS_A_MODULE
    # Eight pixels a module make each module one byte; the rows below the first repeat it (filter "up" over zeros).
    repeated = (b"\x02" + bytes(side // 8)) * (_PIXELS_A_MODULE - 1)
    margin = b"\xff" * QUIET_ZONE
    blank = (b"\x00" + b"\xff" * (side // 8) + repeated) * QUIET_ZONE
    rows = [b"\x00" + margin + row.encode().translate(_PIXEL_ROW) + margin + repeated for row in symbol.rows]
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    pixels = zlib.compress(blank + b"".join(rows) + blank, 1)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


@lru_cache(maxsize=_REMEMBERED)
def qr_svg(url: str) -> str:
    """The QR code of a link with its quiet zone as an SVG of one path, one unit a module."""
    return _svg(qr_symbol(url))


def secret_qr_svg(text: str) -> str:
    """The QR code of something secret as an SVG: nothing of it is remembered."""
    return _svg(_symbol(text))


def _svg(symbol: QrSymbol) -> str:
    side = symbol.size + 2 * QUIET_ZONE
    strokes = []
    for y, row in enumerate(symbol.rows, start=QUIET_ZONE):
        for run in _DARK_RUN.finditer(row):
            start, end = run.span()
            strokes.append(f"M{start + QUIET_ZONE} {y}h{end - start}v1H{start + QUIET_ZONE}z")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{"".join(strokes)}"/></svg>'
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _smallest(segments: list[tuple[str, bool]]) -> tuple[int, int]:
    for level, largest in ((constants.ERROR_CORRECT_Q, _LARGEST_Q_VERSION), (constants.ERROR_CORRECT_M, 40)):
        for version in range(1, largest + 1):
            if sum(_bit_length(part, short, version) for part, short in segments) <= _capacity(
                version, level
            ):
                return version, level
    raise ValueError("the link is too long for a QR code")


def _bit_length(part: str, alphanumeric: bool, version: int) -> int:
    mode = util.MODE_ALPHA_NUM if alphanumeric else util.MODE_8BIT_BYTE
    head = 4 + _count_width(mode, version)
    return head + (len(part) * 11 + 1) // 2 if alphanumeric else head + len(part.encode()) * 8


def _count_width(mode: int, version: int) -> int:
    widths: Any = util.mode_sizes_for_version(version)
    return int(widths[mode])


@lru_cache
def _capacity(version: int, level: int) -> int:
    return sum(int(block.data_count) for block in base.rs_blocks(version, level)) * 8


def _packed(segments: list[tuple[str, bool]], version: int, level: int) -> bytes:
    bits = []
    for part, alphanumeric in segments:
        mode = util.MODE_ALPHA_NUM if alphanumeric else util.MODE_8BIT_BYTE
        counted = len(part) if alphanumeric else len(part.encode())
        bits.append(f"{mode:04b}{counted:0{_count_width(mode, version)}b}")
        if alphanumeric:
            bits += [f"{_PAIRS[part[at : at + 2]]:011b}" for at in range(0, len(part) - 1, 2)]
            bits += [f"{_ALPHANUMERIC.index(part[-1]):06b}"] if len(part) % 2 else []
        else:
            content = part.encode()
            bits.append(f"{int.from_bytes(content, 'big'):0{len(content) * 8}b}")
    packed = "".join(bits)
    capacity = _capacity(version, level)
    packed += "0" * min(4, capacity - len(packed))
    packed += "0" * (-len(packed) % 8)
    packed += "1110110000010001" * ((capacity - len(packed) + 15) // 16)
    return int(packed[:capacity], 2).to_bytes(capacity // 8, "big")


@lru_cache
def _generator_multiples(count: int) -> tuple[int, ...]:
    """The generator polynomial of `count` correction bytes times each byte, without its leading term."""
    polynomial = base.Polynomial([1], 0)
    for power in range(count):
        polynomial = polynomial * base.Polynomial([1, base.gexp(power)], 0)
    tail = [int(coefficient) for coefficient in polynomial][1:]
    return tuple(
        int.from_bytes([_product(lead, coefficient) for coefficient in tail], "big") for lead in range(256)
    )


def _product(left: int, right: int) -> int:
    return int(base.gexp(base.glog(left) + base.glog(right))) if left and right else 0


def _correction(block: bytes, count: int) -> bytes:
    multiples = _generator_multiples(count)
    remainder, lead_shift, kept = 0, (count - 1) * 8, (1 << (count - 1) * 8) - 1
    for byte in block:
        remainder = (remainder & kept) << 8 ^ multiples[remainder >> lead_shift ^ byte]
    return remainder.to_bytes(count, "big")


def _with_error_correction(packed: bytes, version: int, level: int) -> bytes:
    blocks, corrections, start = [], [], 0
    for block in base.rs_blocks(version, level):
        content = packed[start : start + block.data_count]
        start += block.data_count
        blocks.append(content)
        corrections.append(_correction(content, block.total_count - block.data_count))
    interleaved = (*zip_longest(*blocks), *zip(*corrections, strict=True))
    return bytes([byte for column in interleaved for byte in column if byte is not None])


@dataclass(frozen=True, slots=True)
class _Placement:
    """Where a version and level puts its bits: `pick` orders them by module, `fixed` is the rest and the mask."""

    size: int
    pick: Any
    fixed: int


@lru_cache
def _placement(version: int, level: int) -> _Placement:
    """Learn from the library where each bit goes: place, for each binary digit, the bits whose number has it."""
    count = sum(int(block.total_count) for block in base.rs_blocks(version, level)) * 8
    code = QRCode(version=version, error_correction=level, mask_pattern=_MASK)

    def placed(chosen: str) -> int:
        code.data_cache = list(int(chosen, 2).to_bytes(count // 8, "big"))
        code.makeImpl(False, _MASK)
        return int("".join("1" if module else "0" for row in code.modules for module in row), 2)

    fixed = placed("0" * count)
    size = version * 4 + 17
    holds_a_bit = f"{placed('1' * count) ^ fixed:0{size * size}b}"
    numbers = [0] * (size * size)
    for digit in range(count.bit_length()):
        chosen = "".join("1" if number >> digit & 1 else "0" for number in range(count))
        for module, bit in enumerate(f"{placed(chosen) ^ fixed:0{size * size}b}"):
            numbers[module] |= int(bit) << digit
    # Modules without a bit pick a zero that stands behind the last bit.
    picks = [number if bit == "1" else count for number, bit in zip(numbers, holds_a_bit, strict=True)]
    return _Placement(size, itemgetter(*picks), fixed)


def _placed(codewords: bytes, version: int, level: int) -> tuple[str, ...]:
    place = _placement(version, level)
    bits = f"{int.from_bytes(codewords, 'big'):0{len(codewords) * 8}b}0"
    modules = f"{int(''.join(place.pick(bits)), 2) ^ place.fixed:0{place.size**2}b}"
    return tuple(modules[start : start + place.size] for start in range(0, len(modules), place.size))
