"""Lines and paragraphs on a PDF page, in millimetres from its upper left corner and points for type sizes."""

import re
from collections.abc import Sequence
from typing import Literal

from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.pathobject import PDFPathObject

from gateways.fonts import Weight, pieces, width

MM = 72 / 25.4
Colour = tuple[float, float, float]
Align = Literal["left", "centre", "right"]

# Overlapping parts of a shape stay filled.
_NON_ZERO = 1

# A Latin word or number stays whole; every other character may end a line, save that closing marks never begin one
# and opening marks never end one.
_TOKEN = re.compile(r"[（《“‘〔\[(]*(?:[!-~\u00a1-\u024f₂]+|\S)[，。；、：！？）》”’〕％]*|\s+")


def wrapped(text: str, size: float, width_mm: float, weight: Weight = Weight.REGULAR) -> list[str]:
    """A text in lines no wider than `width_mm`; a word wider than that is cut."""
    lines, line = [], ""
    for token in _TOKEN.findall(text):
        for part in _cut(token, size, width_mm, weight):
            if line and width(line + part.rstrip(), size, weight) > width_mm * MM:
                lines.append(line.rstrip())
                line = ""
            line += part if line else part.lstrip()
    return [*lines, line.rstrip()] if line.strip() else lines


def fitted(
    text: str, sizes: Sequence[float], width_mm: float, most_lines: int, weight: Weight = Weight.REGULAR
) -> tuple[float, list[str]]:
    """The largest of the sizes (given largest first) at which a text takes no more than `most_lines`, or the last."""
    for size in sizes:
        lines = wrapped(text, size, width_mm, weight)
        if len(lines) <= most_lines:
            return size, lines
    return sizes[-1], lines


def _cut(token: str, size: float, width_mm: float, weight: Weight) -> list[str]:
    if width(token, size, weight) <= width_mm * MM:
        return [token]
    parts = [""]
    for character in token:
        if parts[-1] and width(parts[-1] + character, size, weight) > width_mm * MM:
            parts.append("")
        parts[-1] += character
    return parts


class Sheet:
    """One page being drawn."""

    def __init__(self, canvas: Canvas, height_mm: float) -> None:
        self.canvas = canvas
        self._height = height_mm * MM

    def y(self, down_mm: float) -> float:
        """The PDF ordinate of a distance from the upper edge."""
        return self._height - down_mm * MM

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        colour: Colour,
        *,
        weight: Weight = Weight.REGULAR,
        align: Align = "left",
        tracking: float = 0.0,
    ) -> float:
        """Set a line, its baseline at `y`; tracking is added after each character, in em; gives the width in mm."""
        length = width(text, size, weight) + tracking * size * max(len(text) - 1, 0)
        start = x * MM - {"left": 0.0, "centre": length / 2, "right": length}[align]
        line = self.canvas.beginText()
        line.setFillColorRGB(*colour)
        line.setCharSpace(tracking * size)
        line.setTextOrigin(start, self.y(y))
        rise = 0.0
        for piece in pieces(text, weight):
            if piece.drop != rise:
                line.setRise(-piece.drop * size)
                rise = piece.drop
            line.setFont(piece.font, size * piece.scale)
            line.textOut(piece.text)
        if rise:
            line.setRise(0)
        self.canvas.drawText(line)
        return length / MM

    def lines(
        self,
        x: float,
        y: float,
        lines: Sequence[str],
        size: float,
        colour: Colour,
        *,
        leading: float = 1.5,
        weight: Weight = Weight.REGULAR,
        align: Align = "left",
    ) -> float:
        """Set lines below one another, the first baseline at `y`; gives the baseline after the last."""
        for line in lines:
            self.text(x, y, line, size, colour, weight=weight, align=align)
            y += size * leading / MM
        return y

    def rule(
        self, start: tuple[float, float], end: tuple[float, float], colour: Colour, thickness: float = 0.4
    ) -> None:
        """A straight line, thickness in points."""
        self.canvas.setStrokeColorRGB(*colour)
        self.canvas.setLineWidth(thickness)
        self.canvas.line(start[0] * MM, self.y(start[1]), end[0] * MM, self.y(end[1]))

    def box(self, x: float, y: float, wide: float, high: float, fill: Colour) -> None:
        """A filled rectangle."""
        self.canvas.setFillColorRGB(*fill)
        self.canvas.rect(x * MM, self.y(y + high), wide * MM, high * MM, stroke=0, fill=1)

    def frame(self, margin: float, page: tuple[float, float], colour: Colour, thickness: float) -> None:
        """An outlined rectangle inside the page, at the same distance from its four edges; thickness in points."""
        wide, high = page[0] - 2 * margin, page[1] - 2 * margin
        self.canvas.setStrokeColorRGB(*colour)
        self.canvas.setLineWidth(thickness)
        self.canvas.rect(margin * MM, self.y(margin + high), wide * MM, high * MM, stroke=1, fill=0)

    def shape(
        self,
        path: PDFPathObject,
        x: float,
        y: float,
        scale_mm: float,
        *,
        fill: Colour | None = None,
        stroke: Colour | None = None,
        thickness: float = 0.0,
    ) -> None:
        """A path in units of `scale_mm`, y upward, its origin at (x, y); the thickness is in the path's units."""
        self.canvas.saveState()
        self.canvas.translate(x * MM, self.y(y))
        self.canvas.scale(scale_mm * MM, scale_mm * MM)
        if fill:
            self.canvas.setFillColorRGB(*fill)
        if stroke:
            self.canvas.setStrokeColorRGB(*stroke)
            self.canvas.setLineWidth(thickness)
        self.canvas.drawPath(path, stroke=1 if stroke else 0, fill=1 if fill else 0, fillMode=_NON_ZERO)
        self.canvas.restoreState()
