"""The few shapes of a certificate's face, as paths made once: a fir, the rings of a trunk, a QR code."""

from functools import lru_cache
from math import cos, pi, sin

from reportlab.pdfgen.pathobject import PDFPathObject

from gateways.qr import qr_symbol

_RINGS = 17
_POINTS = 20


@lru_cache
def fir() -> PDFPathObject:
    """A fir one unit high on its trunk, centred at its foot."""
    path = PDFPathObject()
    path.moveTo(-0.035, 0)
    path.lineTo(0.035, 0)
    path.lineTo(0.03, 0.2)
    path.lineTo(-0.03, 0.2)
    path.close()
    for foot, top, half in ((0.16, 0.58, 0.34), (0.37, 0.77, 0.27), (0.57, 1.0, 0.195)):
        path.moveTo(0, top)
        path.curveTo(0.05, foot + 0.6 * (top - foot), half * 0.6, foot + 0.16, half, foot)
        path.curveTo(half * 0.55, foot + 0.055, half * 0.25, foot + 0.045, 0, foot + 0.05)
        path.curveTo(-half * 0.25, foot + 0.045, -half * 0.55, foot + 0.055, -half, foot)
        path.curveTo(-half * 0.6, foot + 0.16, -0.05, foot + 0.6 * (top - foot), 0, top)
        path.close()
    return path


@lru_cache
def rings() -> PDFPathObject:
    """The year rings of a trunk of radius one, each a little out of round."""
    path = PDFPathObject()
    radius = 0.0
    for ring in range(_RINGS):
        # Wide years and narrow years; the further out, the more the trunk leans from the circle.
        radius += (1.0 + 0.45 * sin(ring * 2.3) + 0.25 * sin(ring * 0.9)) / _RINGS
        _closed_curve(path, [_ring_point(radius, ring, 2 * pi * step / _POINTS) for step in range(_POINTS)])
    return path


def _ring_point(radius: float, ring: int, angle: float) -> tuple[float, float]:
    lean = (
        1
        + 0.035 * sin(3 * angle + 0.25 * ring)
        + 0.02 * sin(5 * angle + 1 + 0.1 * ring)
        + 0.03 * sin(angle + 2)
    )
    return radius * lean * cos(angle), radius * lean * sin(angle) * 0.96


def _closed_curve(path: PDFPathObject, points: list[tuple[float, float]]) -> None:
    """A smooth closed curve through the points (Catmull-Rom, as Bezier arcs)."""
    path.moveTo(*points[0])
    for index in range(len(points)):
        before, start, end, after = (points[(index + offset) % len(points)] for offset in (-1, 0, 1, 2))
        path.curveTo(
            start[0] + (end[0] - before[0]) / 6,
            start[1] + (end[1] - before[1]) / 6,
            end[0] - (after[0] - start[0]) / 6,
            end[1] - (after[1] - start[1]) / 6,
            *end,
        )
    path.close()


def qr_path(url: str) -> tuple[PDFPathObject, int]:
    """The dark modules of a link's QR code, one unit each, from its lower left corner; and the modules a side."""
    symbol = qr_symbol(url)
    # Whole numbers written directly: the canvas would format four thousand of them as fractions.
    code = []
    for down, row in enumerate(symbol.rows, start=1):
        start = row.find("1")
        while start >= 0:
            end = row.find("0", start)
            end = symbol.size if end < 0 else end
            code.append(f"{start} {symbol.size - down} {end - start} 1 re")
            start = row.find("1", end)
    return PDFPathObject(code=code), symbol.size
