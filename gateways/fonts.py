"""Text that prints right on a machine without any font: which vendored file draws each character.

Noto Sans SC stands in static/vendor in parts: the everyday characters of GB 2312 in regular and bold, and the rest of
the regular weight in files named after their span of code points, opened only when a rare name asks for one. The font
has no "₂"; it is set as a small lowered 2. A character that no part has is set as its code point, e.g. `[U+2B5B8]`:
visible and true, where an empty box would be neither.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from threading import Lock
from typing import Any

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

# Streams as bytes and not as letters: a quarter smaller, and nothing is spent on writing them out.
rl_config.useA85 = 0

_FOLDER = Path(__file__).parent.parent / "static" / "vendor" / "noto-sans-sc"
_BEYOND_BASIC_PLANE = re.compile("<([0-9A-F]{5,6})>")
#: Held while anything is drawn: neither the fonts of reportlab nor pdfium may serve two threads at once.
drawing = Lock()
_SUBSCRIPT_TWO = "\u2082"
_VARIATION_SELECTORS = frozenset([*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)])


class Weight(StrEnum):
    """The two weights of the certificate."""

    REGULAR = "NotoSansSC-Regular"
    BOLD = "NotoSansSC-Bold"


class _Font(TTFont):
    """A font whose rare characters, too, can be copied out of the PDF: they are listed there as UTF-16."""

    def addObjects(self, doc: Any) -> None:  # noqa: N802 - the name is reportlab's
        """Add the font to a finished document, then respell what lies beyond the basic plane."""
        super().addObjects(doc)
        for name, added in doc.idToObject.items():
            if name.startswith("toUnicodeCMap:"):
                added.content = _BEYOND_BASIC_PLANE.sub(_utf_16, added.content)


def _utf_16(code: re.Match[str]) -> str:
    return f"<{chr(int(code[1], 16)).encode('utf-16-be').hex().upper()}>"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text in one font: its size in proportion to the line's, and how far below the line it sits (in em)."""

    font: str
    text: str
    scale: float = 1.0
    drop: float = 0.0
    missing: bool = False


@lru_cache(maxsize=2048)
def pieces(text: str, weight: Weight) -> tuple[Piece, ...]:
    """A line of text cut where the font changes; any white space becomes a space, and accents join their letters."""
    if any(map(unicodedata.combining, text)):
        text = unicodedata.normalize("NFC", text)
    singles = (_piece(character, weight) for character in text if ord(character) not in _VARIATION_SELECTORS)
    return tuple(_joined(singles))


def width(text: str, size: float, weight: Weight) -> float:
    """How wide a line is, in the unit of `size`."""
    return sum(
        float(pdfmetrics.stringWidth(piece.text, piece.font, size * piece.scale))
        for piece in pieces(text, weight)
    )


def missing_characters(text: str) -> list[str]:
    """The characters of a text that no vendored font can draw, in order, each once."""
    return [character for character in dict.fromkeys(text) if _piece(character, Weight.REGULAR).missing]


def _joined(singles: Iterator[Piece]) -> Iterator[Piece]:
    for (font, scale, drop, missing), run in groupby(singles, lambda p: (p.font, p.scale, p.drop, p.missing)):
        yield Piece(font, "".join(piece.text for piece in run), scale, drop, missing)


@lru_cache(maxsize=8192)
def _piece(character: str, weight: Weight) -> Piece:
    if character.isspace():
        character = " "
    if character == _SUBSCRIPT_TWO:
        return Piece(_opened(weight), "2", scale=0.62, drop=0.13)
    for name in (weight, Weight.REGULAR, *_rare_files(ord(character))):
        if _has(name, character):
            return Piece(_opened(name), character)
    return Piece(_opened(weight), f"[U+{ord(character):04X}]", scale=0.6, missing=True)


def _has(name: str, character: str) -> bool:
    font: Any = pdfmetrics.getFont(_opened(name))
    return ord(character) in font.face.charToGlyph


@lru_cache
def _spans() -> tuple[tuple[int, int, str], ...]:
    spans = []
    for path in sorted(_FOLDER.glob("NotoSansSC-Regular-*-*.ttf")):
        first, last = path.stem.removeprefix("NotoSansSC-Regular-").split("-")
        spans.append((int(first, 16), int(last, 16), path.stem))
    return tuple(spans)


def _rare_files(code: int) -> Iterator[str]:
    return (name for first, last, name in _spans() if first <= code <= last)


@lru_cache
def _opened(name: str) -> str:
    """The name of a font after making sure that it is open (some 15 ms each, once)."""
    pdfmetrics.registerFont(_Font(str(name), str(_FOLDER / f"{name}.ttf"), asciiReadable=False))
    return str(name)
