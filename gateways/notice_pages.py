"""The public notice of a payout: who is to be paid how much, until when anybody may object, and where."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from domain.money import capital_yuan, grouped_yuan
from domain.payout_papers import Notice, NoticeLine, NoticeVillage, day_words, window_words
from gateways.fonts import Weight, drawing, pieces
from gateways.paper import GREEN, GREY, HAIRLINE, INK, MARGIN, MIST, blank_line, demo_mark, foot
from gateways.table_rows import Cell, Ends, Style, TableRows
from gateways.typesetting import Sheet, fitted, wrapped

WIDTH, HEIGHT = 210.0, 297.0
RIGHT = WIDTH - MARGIN
FULL = RIGHT - MARGIN
GUTTER = 10.0
COLUMN = (FULL - GUTTER) / 2
#: Where the table begins on a page that is not the first, and where it must end.
_TOP, _BOTTOM = 38.0, HEIGHT - 24.0
_LINE, _GAP = 7.6, 3.5
#: What the sum, the place for objections and the seal take at the end.
_CLOSING = 58.0
#: Kept free beside the name of a village for its sums.
_SUMS = 40.0
_NO_NAME = "（未同意公开姓名）"
_PLACE, _AMOUNT = Style(10.5, GREY, align="right"), Style(13, INK, align="right")
_NAME, _NAMELESS = Style(13, INK), Style(10, GREY)
_SUM = Style(9.5, GREY, align="right")


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of the table, or the heading of a village, which comes again where its lines go on elsewhere."""

    village: NoticeVillage
    line: NoticeLine | None = None
    goes_on: bool = False

    @property
    def high(self) -> float:
        return _LINE if self.line else _GAP + _measured(self.village.name, self.goes_on).high


@dataclass(frozen=True, slots=True)
class _Heading:
    """The name of a village in its lines, whether its sums stand below it, and the height of it all."""

    lines: Sequence[str]
    size: float
    weight: Weight
    sums_below: bool
    high: float


@dataclass(frozen=True, slots=True)
class _Placed:
    """Two columns of rows on one page, and how far down they reach."""

    columns: tuple[tuple[_Row, ...], tuple[_Row, ...]]
    top: float
    end: float


def notice_pdf(notice: Notice, *, demo: bool = False) -> bytes:
    """The notice on as many A4 pages as it takes; the same facts give the same bytes."""
    written = io.BytesIO()
    with drawing:
        canvas = Canvas(written, pagesize=A4, invariant=1, pageCompression=1)
        canvas.setTitle(f"单株碳汇收入发放公示 {notice.batch_number}")
        canvas.setSubject(notice.place)
        sheet, rows = Sheet(canvas, HEIGHT), TableRows(canvas, HEIGHT)
        # Nothing is drawn yet: how far down the words reach decides where the table may begin.
        introduction = _Introduction(notice)
        pages = _pages(notice.villages, introduction.end)
        of = len(pages) + (pages[-1].end + _CLOSING > _BOTTOM)
        for number, placed in enumerate(pages, start=1):
            _frame(sheet, notice, number, of, demo=demo)
            if number == 1:
                introduction.draw(sheet)
            _table(rows, placed)
            if number < of:
                canvas.showPage()
        if of > len(pages):
            _frame(sheet, notice, of, of, demo=demo)
        _closing(sheet, notice, pages[-1].end + 12 if of == len(pages) else _TOP + 4)
        canvas.showPage()
        canvas.save()
    return written.getvalue()


class _Introduction:
    """The title and the words below it, measured before they are drawn."""

    def __init__(self, notice: Notice) -> None:
        self._notice = notice
        self._size, self._places = fitted(notice.place, (17, 15, 13), FULL, 2)
        self._words = wrapped(_words(notice), 13, FULL - 12)
        self._box = 47.0 + 7.5 * (len(self._places) - 1)
        self._high = 6.9 * len(self._words) + 8
        self.end = self._box + self._high + 5

    def draw(self, sheet: Sheet) -> None:
        """Title, place, what is paid, until when, how many and how much."""
        title = "单株碳汇收入发放公示"
        sheet.text(WIDTH / 2, 29, title, 27, GREEN, weight=Weight.BOLD, align="centre", tracking=0.06)
        sheet.lines(WIDTH / 2, 40, self._places, self._size, INK, leading=1.25, align="centre")
        sheet.box(MARGIN, self._box, FULL, self._high, MIST)
        sheet.box(MARGIN, self._box, 1.4, self._high, GREEN)
        sheet.lines(MARGIN + 7, self._box + 8.2, self._words, 13, INK, leading=1.505)


def _words(notice: Notice) -> str:
    return (
        f"截至{day_words(notice.up_to)}卖出单株碳汇所得的款项，拟发放给下列 {notice.households:,} 户农户，"
        f"共 {grouped_yuan(notice.amount_fen)} 元。卖树的钱全部归农户，不扣手续费。"
        f"公示期为{window_words(notice.first_day, notice.last_day)}（{_days(notice)} 天）。"
        "对名单或金额有不同意见的，请在公示期内提出，说明序号即可；受理地点写在名单后面。"
    )


def _days(notice: Notice) -> int:
    return (notice.last_day - notice.first_day).days + 1


def _pages(villages: Sequence[NoticeVillage], first_top: float) -> list[_Placed]:
    """The rows of all villages in two columns a page; those of the last page equally long."""
    rows = [
        row
        for village in villages
        for row in (_Row(village), *(_Row(village, line) for line in village.lines))
    ]
    pages: list[_Placed] = []
    top = first_top
    while True:
        high = _BOTTOM - top
        left, rest = _column(rows, high)
        right, after = _column(rest, high)
        if not after:
            pages.append(_balanced(rows, top))
            return pages
        pages.append(_Placed((tuple(left), tuple(right)), top, _BOTTOM))
        rows, top = after, _TOP


def _column(rows: Sequence[_Row], high: float) -> tuple[list[_Row], list[_Row]]:
    """The rows that fit into a column, and the rest, which begins with its village again."""
    column: list[_Row] = []
    used = 0.0
    for at, row in enumerate(rows):
        # A heading at the foot of a column would stand there without its lines.
        needed = row.high + (_LINE if row.line is None else 0)
        if used + needed > high + 1e-6:
            rest = list(rows[at:])
            if row.line is not None:
                rest.insert(0, _Row(row.village, goes_on=True))
            return column, rest
        column.append(row)
        used += row.high
    return column, []


def _balanced(rows: Sequence[_Row], top: float) -> _Placed:
    high = sum(row.high for row in rows) / 2
    while True:
        left, rest = _column(rows, high)
        right, after = _column(rest, high)
        if not after:
            reach = max(sum(row.high for row in column) for column in (left, right))
            return _Placed((tuple(left), tuple(right)), top, top + reach)
        high += _LINE / 2


def _frame(sheet: Sheet, notice: Notice, number: int, of: int, *, demo: bool) -> None:
    if demo:
        demo_mark(sheet, WIDTH / 2, 14)
    if number > 1:
        sheet.text(MARGIN, 25, "单株碳汇收入发放公示（续）", 13, GREEN, weight=Weight.BOLD)
        window = window_words(notice.first_day, notice.last_day)
        sheet.text(RIGHT, 25, f"公示期 {window}", 11, GREY, align="right")
        sheet.rule((MARGIN, 29), (RIGHT, 29), GREEN, 1.0)
    foot(sheet, (WIDTH, HEIGHT), f"批次 {notice.batch_number} · {notice.place}", (number, of))


def _table(rows: TableRows, placed: _Placed) -> None:
    """Both columns: headings one by one, the lines between two of them together."""
    for at, column in enumerate(placed.columns):
        x, y = MARGIN + at * (COLUMN + GUTTER), placed.top
        cells: list[Cell] = []
        rules: list[Ends] = []
        for row in column:
            if row.line is None:
                rows.texts(cells)
                cells = []
                _heading(rows, x, y + _GAP, row)
            else:
                cells += _line(x, y + 5.4, row.line)
                rules.append(((x, y + _LINE), (x + COLUMN, y + _LINE)))
            y += row.high
        rows.texts(cells)
        rows.rules(rules, HAIRLINE)


def _line(x: float, base: float, line: NoticeLine) -> Iterator[Cell]:
    yield x + 9, base, f"{line.place:,}", _PLACE
    yield (x + 14, base, _NO_NAME, _NAMELESS) if line.name is None else (x + 14, base, line.name, _NAME)
    yield x + COLUMN, base, grouped_yuan(line.amount_fen), _AMOUNT


@lru_cache(maxsize=4096)
def _measured(village: str, goes_on: bool) -> _Heading:
    """The heading of a village; asked for many times while the pages are filled."""
    name = village + ("（续）" if goes_on else "")
    # A rare character is there in one weight only, and a name in two would look like a mistake.
    weight = (
        Weight.BOLD
        if all(piece.font == Weight.BOLD for piece in pieces(name, Weight.BOLD))
        else Weight.REGULAR
    )
    size, lines = fitted(name, (12.5, 11.5), COLUMN - (0 if goes_on else _SUMS), 1, weight)
    if len(lines) == 1:
        return _Heading(lines, size, weight, sums_below=False, high=10.5)
    lines = wrapped(name, size, COLUMN, weight)
    below = not goes_on
    return _Heading(lines, size, weight, below, 10.5 + 5.6 * (len(lines) - 1 + below))


def _heading(rows: TableRows, x: float, y: float, row: _Row) -> None:
    heading = _measured(row.village.name, row.goes_on)
    style = Style(heading.size, GREEN, heading.weight)
    names: list[Cell] = [(x, y + 6.4 + 5.6 * at, line, style) for at, line in enumerate(heading.lines)]
    rows.texts(names)
    if not row.goes_on:
        sums = f"{len(row.village.lines):,} 户　{grouped_yuan(row.village.amount_fen)} 元"
        last = names[-1][1] + (5.6 if heading.sums_below else 0)
        rows.texts([(x + COLUMN, last, sums, _SUM)])
    foot_of_heading = y + heading.high - 1.5
    rows.rules([((x, foot_of_heading), (x + COLUMN, foot_of_heading))], GREEN, 0.9)


def _closing(sheet: Sheet, notice: Notice, y: float) -> None:
    """The sum in figures and words, where to object, and room for a seal."""
    sheet.rule((MARGIN, y - 7), (RIGHT, y - 7), GREEN, 1.0)
    sums = f"合计 {notice.households:,} 户　{grouped_yuan(notice.amount_fen)} 元"
    sheet.text(MARGIN, y, sums, 15, INK, weight=Weight.BOLD)
    sheet.text(RIGHT, y, f"大写：{capital_yuan(notice.amount_fen)}", 10.5, INK, align="right")
    y += 11
    if notice.objections_at is None:
        end = blank_line(sheet, (MARGIN, y), "受理地点", 84)
        blank_line(sheet, (end + 6, y), "电话", RIGHT - end - 17)
        y += 9
    else:
        y = sheet.lines(
            MARGIN, y, wrapped(f"受理地点：{notice.objections_at}", 12.5, FULL), 12.5, INK, leading=1.45
        )
    said = "也可以告诉村干部，由村委会转交。提意见不影响您家应得的款项。"
    sheet.text(MARGIN, y, said, 11, GREY)
    y += 16
    sheet.text(RIGHT - 62, y, "公示单位（盖章）", 12.5, INK)
    for back, word in ((0, "日"), (18, "月"), (36, "年")):
        sheet.text(RIGHT - back, y + 10, word, 12.5, INK, align="right")
