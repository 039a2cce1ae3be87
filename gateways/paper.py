"""What the programme's papers share: colours, a foot with its page number, the mark of a demonstration."""

from gateways.fonts import Weight
from gateways.typesetting import Colour, Sheet, fitted

#: Left and right, in mm.
MARGIN = 20.0

INK: Colour = (0.08, 0.10, 0.09)
GREY: Colour = (0.35, 0.38, 0.37)
GREEN: Colour = (0.055, 0.27, 0.185)
LEAF: Colour = (0.25, 0.47, 0.36)
RED: Colour = (0.68, 0.07, 0.09)
HAIRLINE: Colour = (0.70, 0.78, 0.73)
MIST: Colour = (0.94, 0.963, 0.948)

DEMO = "演示数据，不是真实发放"


def demo_mark(sheet: Sheet, centre_mm: float, y_mm: float) -> None:
    """Say above a page that nothing on it is real."""
    sheet.text(centre_mm, y_mm, DEMO, 11, RED, weight=Weight.BOLD, align="centre")


def foot(sheet: Sheet, page: tuple[float, float], left: str, number: tuple[int, int]) -> None:
    """A hairline with what the page belongs to on its left and its number, of how many, on its right; page in mm."""
    wide, high = page
    sheet.rule((MARGIN, high - 17), (wide - MARGIN, high - 17), HAIRLINE)
    end = f"第 {number[0]} 页，共 {number[1]} 页"
    room = wide - 2 * MARGIN - 45
    size, lines = fitted(left, (9, 8, 7, 6), room, 1)
    sheet.lines(MARGIN, high - 11.5, lines[:2], size, GREY, leading=1.3)
    sheet.text(wide - MARGIN, high - 11.5, end, 9, GREY, align="right")


def blank_line(
    sheet: Sheet, at: tuple[float, float], label: str, wide_mm: float, *, size: float = 12
) -> float:
    """A label and a rule to write on; gives where the rule ends, in mm."""
    x, y = at
    start = x + sheet.text(x, y, label, size, INK) + 1.5
    sheet.rule((start, y + 1.2), (start + wide_mm, y + 1.2), GREY, 0.6)
    return start + wide_mm
