"""Tables of thousands of rows: their texts and rules set as one block each instead of one by one.

A text object for each cell costs many times what its characters do, and nothing else can be drawn meanwhile. The order
of the cells is kept, so that whoever copies a table or has it read aloud gets it row by row.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from gateways.fonts import Weight, pieces, width
from gateways.typesetting import MM, Align, Colour

Ends = tuple[tuple[float, float], tuple[float, float]]

#: How much of its width a text stands left of its x.
_BACK: dict[Align, float] = {"left": 0.0, "centre": 0.5, "right": 1.0}
#: A code of a font as it stands in a PDF's text.
_ESCAPED = {code: chr(code) for code in range(32, 127)}
_ESCAPED |= {code: f"\\{code:03o}" for code in (*range(32), *range(127, 256), *b"()\\")}


@dataclass(frozen=True, slots=True)
class Style:
    """How a text is set; the size in points."""

    size: float
    colour: Colour
    weight: Weight = Weight.REGULAR
    align: Align = "left"


#: (x, y) of its baseline in mm from the upper left corner, the text, and how it is set.
Cell = tuple[float, float, str, Style]


@dataclass(frozen=True, slots=True)
class _Run:
    """Part of a text in one font of the document, as the PDF names and codes it."""

    font: str
    scale: float
    drop: float
    codes: str


@dataclass(frozen=True, slots=True)
class _Text:
    """A text ready to be set, and its width at size 1."""

    runs: tuple[_Run, ...]
    wide: float


class TableRows:
    """The many small texts of a document's tables; made once a document, because its fonts are cut for it."""

    def __init__(self, canvas: Canvas, height_mm: float) -> None:
        self._canvas, self._height = canvas, height_mm * MM
        self._known: dict[tuple[str, Weight], _Text] = {}

    def texts(self, cells: Iterable[Cell]) -> None:
        """Set texts in their order, each as `Sheet.text` would."""
        colour: Colour | None = None
        set_in: tuple[str, float, float] | None = None
        out = ["BT"]
        for x, y, text, style in cells:
            ready, size = self._ready(text, style.weight), style.size
            if style.colour != colour:
                colour = style.colour
                out.append(f"{_numbers(colour)} rg")
            start = x * MM - _BACK[style.align] * size * ready.wide
            out.append(f"1 0 0 1 {start:.3f} {self._height - y * MM:.3f} Tm")
            for run in ready.runs:
                wanted = run.font, size * run.scale, -size * run.drop
                if wanted != set_in:
                    set_in = wanted
                    out.append(f"{run.font} {wanted[1]:.3f} Tf {wanted[2]:.3f} Ts")
                out.append(f"({run.codes}) Tj")
        self._canvas.addLiteral(" ".join([*out, "0 Ts", "ET"]))

    def rules(self, lines: Iterable[Ends], colour: Colour, thickness: float = 0.4) -> None:
        """Draw straight lines of one colour, thickness in points."""
        out = [f"{_numbers(colour)} RG {thickness:.3f} w"]
        for ends in lines:
            for (x, y), operator in zip(ends, "ml", strict=True):
                out.append(f"{x * MM:.3f} {self._height - y * MM:.3f} {operator}")
        self._canvas.addLiteral(" ".join([*out, "S"]))

    def _ready(self, text: str, weight: Weight) -> _Text:
        known = self._known.get((text, weight))
        if known is None:
            known = _Text(tuple(self._runs(text, weight)), width(text, 1.0, weight))
            self._known[text, weight] = known
        return known

    def _runs(self, text: str, weight: Weight) -> Iterable[_Run]:
        # What a font of reportlab's is cut for is the document behind the canvas.
        document = vars(self._canvas)["_doc"]
        for piece in pieces(text, weight):
            font: Any = pdfmetrics.getFont(piece.font)
            for subset, codes in font.splitString(piece.text, document):
                name = font.getSubsetInternalName(subset, document)
                yield _Run(name, piece.scale, piece.drop, "".join(_ESCAPED[code] for code in codes))


def _numbers(colour: Colour) -> str:
    return " ".join(f"{part:.3f}" for part in colour)
