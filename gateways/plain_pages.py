"""A household's statement in big numbers on one sheet: nothing on it is smaller than 20 points."""

import io

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from domain.plain_statements import Block, PlainStatement
from gateways.fonts import Weight, drawing
from gateways.typesetting import Colour, Sheet, fitted, wrapped

WIDTH, HEIGHT = 210.0, 297.0
LEFT, RIGHT, BOTTOM = 18.0, WIDTH - 18.0, HEIGHT - 14.0
SMALLEST = 20.0

INK: Colour = (0.08, 0.10, 0.09)
GREEN: Colour = (0.055, 0.27, 0.185)
RED: Colour = (0.68, 0.07, 0.09)
HAIRLINE: Colour = (0.70, 0.78, 0.73)

_TITLE, _LABEL, _NUMBER = 34.0, 24.0, (46.0, 40.0, 34.0, 28.0)
#: Millimetres between two lines of the smallest type.
_STEP = 9.6
#: And between two paragraphs, beyond that.
_GAP = 2.4
_NUMBER_LEFT = LEFT + 44.0


def plain_pdf(statement: PlainStatement, *, demo: bool = False) -> bytes:
    """The sheet as PDF, on a second page only where warnings take much room; the same facts give the same bytes."""
    written = io.BytesIO()
    with drawing:
        canvas = Canvas(written, pagesize=A4, invariant=1, pageCompression=1)
        canvas.setTitle(statement.title)
        _Page(canvas).fill(statement, demo=demo)
        canvas.showPage()
        canvas.save()
    return written.getvalue()


class _Page:
    """The page being filled, from above."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas, self._sheet, self._y = canvas, Sheet(canvas, HEIGHT), 22.0

    def fill(self, statement: PlainStatement, *, demo: bool) -> None:
        if demo:
            self._sheet.text(
                WIDTH / 2, 12, "演示数据，不是真实收入", SMALLEST, RED, weight=Weight.BOLD, align="centre"
            )
            self._y += 6
        self._sheet.text(
            WIDTH / 2, self._y + 4, statement.title, _TITLE, GREEN, weight=Weight.BOLD, align="centre"
        )
        self._y += 18
        self._say(statement.owner)
        self._say(statement.day)
        for block in statement.blocks:
            self._block(block)
        self._rule()
        self._y += _GAP
        for warning in statement.warnings:
            self._say(warning, colour=RED, weight=Weight.BOLD)
            self._y += _GAP
        for sentence in statement.closing:
            self._say(sentence)
            self._y += _GAP

    def _block(self, block: Block) -> None:
        # Number and notes stay on one page.
        self._room_for(24 + _STEP * len(block.notes))
        self._rule()
        self._y += 9
        self._sheet.text(LEFT, self._y, block.label, _LABEL, INK, weight=Weight.BOLD)
        said = f"{block.yuan} 元"
        size, _ = fitted(said, _NUMBER, RIGHT - _NUMBER_LEFT, 1, Weight.BOLD)
        self._sheet.text(RIGHT, self._y, said, size, GREEN, weight=Weight.BOLD, align="right")
        self._y += 11
        for note in block.notes:
            self._say(note)

    def _rule(self) -> None:
        self._sheet.rule((LEFT, self._y - 4), (RIGHT, self._y - 4), HAIRLINE, 1.0)
        self._y += 4

    def _say(self, text: str, *, colour: Colour = INK, weight: Weight = Weight.REGULAR) -> None:
        for line in wrapped(text, SMALLEST, RIGHT - LEFT, weight):
            self._room_for(_STEP)
            self._sheet.text(LEFT, self._y, line, SMALLEST, colour, weight=weight)
            self._y += _STEP

    def _room_for(self, high: float) -> None:
        if self._y + high > BOTTOM + _STEP:
            self._canvas.showPage()
            self._y = 22.0
