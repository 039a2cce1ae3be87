"""The sheet a village signs when money has been paid: for households without a smartphone."""

import io
from collections.abc import Iterator, Sequence
from functools import lru_cache

from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen.canvas import Canvas

from domain.money import capital_yuan, grouped_yuan
from domain.payout_papers import SignOff, SignOffLine, SignOffVillage
from gateways.fonts import Weight, drawing
from gateways.paper import GREEN, GREY, HAIRLINE, INK, MARGIN, MIST, blank_line, demo_mark, foot
from gateways.table_rows import Cell, Style, TableRows
from gateways.typesetting import Colour, Sheet, fitted

WIDTH, HEIGHT = 297.0, 210.0
RIGHT = WIDTH - MARGIN
_TOP, _BOTTOM = 50.0, HEIGHT - 22.0
#: Room for a thumb.
_LINE, _HEAD = 13.0, 9.0
_CLOSING = 34.0
GRID: Colour = (0.55, 0.62, 0.58)

#: Columns: what stands above each, and its width in mm.
_COLUMNS = (
    ("序号", 13.0),
    ("户编号", 42.0),
    ("户主", 24.0),
    ("金额（元）", 30.0),
    ("账号末四位", 24.0),
    ("本人签名或按手印", 52.0),
    ("见证人", 40.0),
    ("日期", 32.0),
)
_EDGES = [MARGIN + sum(wide for _, wide in _COLUMNS[:at]) for at in range(len(_COLUMNS) + 1)]
_MIDDLES = [edge + wide / 2 for edge, (_, wide) in zip(_EDGES, _COLUMNS, strict=False)]
_SMALL, _ACCOUNT = Style(10.5, INK, align="centre"), Style(11, INK, align="centre")
_AMOUNT = Style(13.5, INK, align="right")


def sign_off_pdf(sign_off: SignOff, *, demo: bool = False) -> bytes:
    """The sheets of all villages, each beginning on a page of its own; the same facts give the same bytes."""
    written = io.BytesIO()
    with drawing:
        canvas = Canvas(written, pagesize=landscape(A4), invariant=1, pageCompression=1)
        canvas.setTitle(f"单株碳汇收入签收表 {sign_off.batch_number}")
        canvas.setSubject(sign_off.place)
        sheet, rows = Sheet(canvas, HEIGHT), TableRows(canvas, HEIGHT)
        pages = [(village, page) for village in sign_off.villages for page in _pages(village)]
        for number, (village, lines) in enumerate(pages, start=1):
            _frame(sheet, sign_off, village, demo=demo)
            foot(
                sheet,
                (WIDTH, HEIGHT),
                f"批次 {sign_off.batch_number} · {village.name}",
                (number, len(pages)),
            )
            end = _grid(sheet, rows, lines)
            if number == len(pages) or pages[number][0] is not village:
                _closing(sheet, village, end)
            canvas.showPage()
        canvas.save()
    return written.getvalue()


def _pages(village: SignOffVillage) -> list[Sequence[SignOffLine]]:
    """The lines of a village by page; the last page has room for its closing."""
    room = int((_BOTTOM - _TOP - _HEAD) / _LINE)
    last = int((_BOTTOM - _TOP - _HEAD - _CLOSING) / _LINE)
    lines, pages = list(village.lines), []
    while len(lines) > last:
        # Never a last page without any line to sign.
        taken = min(room, len(lines) - 1)
        pages.append(lines[:taken])
        lines = lines[taken:]
    return [*pages, lines]


def _frame(sheet: Sheet, sign_off: SignOff, village: SignOffVillage, *, demo: bool) -> None:
    if demo:
        demo_mark(sheet, WIDTH / 2, 12)
    sheet.text(
        WIDTH / 2, 23, "单株碳汇收入签收表", 22, GREEN, weight=Weight.BOLD, align="centre", tracking=0.05
    )
    size, lines = fitted(village.name, (15, 13, 11, 9), 150, 1)
    sheet.lines(MARGIN, 35, lines[:2], size, INK, leading=1.15)
    sums = f"{len(village.lines):,} 户，{grouped_yuan(village.amount_fen)} 元，{sign_off.channel_words}"
    sheet.text(RIGHT, 35, sums, 12, INK, align="right")
    said = "请先核对金额，收到钱以后再签名或按手印；没有收到的不要签。不会写字的，请见证人签名证明。"
    sheet.text(MARGIN, 44, said, 11, GREY)


def _grid(sheet: Sheet, rows: TableRows, lines: Sequence[SignOffLine]) -> float:
    """The table with its header; gives its lower edge."""
    bottom = _TOP + _HEAD + _LINE * len(lines)
    sheet.box(MARGIN, _TOP, _EDGES[-1] - MARGIN, _HEAD, MIST)
    for at, (header, wide) in enumerate(_COLUMNS):
        sheet.text(_EDGES[at] + wide / 2, _TOP + 6, header, 10.5, GREEN, weight=Weight.BOLD, align="centre")
    rows.texts(cell for at, line in enumerate(lines) for cell in _line(_TOP + _HEAD + _LINE * at + 8, line))
    between = [_TOP + _HEAD + _LINE * at for at in range(1, len(lines))]
    rows.rules((((MARGIN, y), (_EDGES[-1], y)) for y in between), HAIRLINE)
    rows.rules((((edge, _TOP), (edge, bottom)) for edge in _EDGES), GRID, 0.5)
    head = _TOP + _HEAD
    rows.rules([((MARGIN, head), (_EDGES[-1], head))], GRID)
    rows.rules((((MARGIN, y), (_EDGES[-1], y)) for y in (_TOP, bottom)), GRID, 0.8)
    return bottom


def _line(base: float, line: SignOffLine) -> Iterator[Cell]:
    size, name = _fitted_name(line.name)
    amount = grouped_yuan(line.amount_fen)
    yield _MIDDLES[0], base, f"{line.place:,}", _SMALL
    yield _MIDDLES[1], base, line.number, _SMALL
    yield _MIDDLES[2], base, name, Style(size, INK, align="centre")
    yield _EDGES[4] - 2.5, base, amount, _AMOUNT
    yield _MIDDLES[4], base, line.account_end, _ACCOUNT


@lru_cache(maxsize=4096)
def _fitted_name(name: str) -> tuple[float, str]:
    """A masked name at the size at which it fits its column; many households have the same one."""
    size, lines = fitted(name, (13.5, 11, 9), _COLUMNS[2][1] - 3, 1)
    return size, lines[0]


def _closing(sheet: Sheet, village: SignOffVillage, y: float) -> None:
    """The village's sum in figures and words, and who vouches for the sheet."""
    sums = f"本村合计 {grouped_yuan(village.amount_fen)} 元"
    sheet.text(MARGIN, y + 10, sums, 13, INK, weight=Weight.BOLD)
    sheet.text(RIGHT, y + 10, f"大写：{capital_yuan(village.amount_fen)}", 11, INK, align="right")
    x = MARGIN
    for label, wide in (("经办人", 44), ("村委会负责人（盖章）", 50), ("乡镇核对人", 44)):
        x = blank_line(sheet, (x, y + 24), label, wide) + 7
