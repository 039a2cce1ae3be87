"""A household's statement on paper: large type and plain words, for people who may not read small print."""

import io
from collections.abc import Sequence
from datetime import date

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from domain.clock import business_day
from domain.income import LineState, PayoutState, Statement
from domain.money import yuan_text
from domain.payout_answers import SAID
from gateways.fonts import Weight, drawing
from gateways.typesetting import Colour, Sheet, wrapped

WIDTH, HEIGHT = 210.0, 297.0
LEFT, RIGHT, BOTTOM = 20.0, WIDTH - 20.0, HEIGHT - 24.0

INK: Colour = (0.08, 0.10, 0.09)
GREY: Colour = (0.35, 0.38, 0.37)
GREEN: Colour = (0.055, 0.27, 0.185)
RED: Colour = (0.68, 0.07, 0.09)
HAIRLINE: Colour = (0.70, 0.78, 0.73)

_TEXT, _ROW, _SMALL = 18.0, 14.0, 11.0
_ROW_STEP = 9.0
_LINE_WORDS = {
    LineState.OWED: "未发",
    LineState.IN_TRANSIT: "正在发",
    LineState.PAID: "已发",
    LineState.REFUNDED: "已退款",
}
_PAYOUT_WORDS = {
    PayoutState.RELEASED: "已划出",
    PayoutState.ARRIVED: "已到账",
    PayoutState.BOUNCED: "没到账，退回",
    PayoutState.RETURNED: "银行退回",
}
#: Left or right edges of the columns of both tables.
_DAY, _TREES, _YUAN, _STATE, _SERIAL = LEFT, LEFT + 56, LEFT + 86, LEFT + 92, LEFT + 116


def statement_pdf(statement: Statement, *, demo: bool = False) -> bytes:
    """The statement on as many A4 pages as it takes; the same facts give the same bytes."""
    written = io.BytesIO()
    with drawing:
        canvas = Canvas(written, pagesize=A4, invariant=1, pageCompression=1)
        canvas.setTitle(f"单株碳汇收入明白单 {statement.number}")
        page = _Page(canvas, statement, demo)
        page.heading()
        page.sums()
        page.credits()
        page.payouts()
        page.closing()
        page.end()
        canvas.save()
    return written.getvalue()


class _Page:
    """The page being filled, from above; begins the next one by itself."""

    def __init__(self, canvas: Canvas, statement: Statement, demo: bool) -> None:
        self._canvas, self._statement, self._demo = canvas, statement, demo
        self._sheet = Sheet(canvas, HEIGHT)
        self._number, self._y = 1, 0.0
        self._start()

    def _start(self) -> None:
        self._y = 26.0
        if self._demo:
            self._sheet.text(
                WIDTH / 2, 14, "演示数据，不是真实收入", _SMALL, RED, weight=Weight.BOLD, align="centre"
            )

    def end(self) -> None:
        """Close the page with its number."""
        foot = f"户编号 {self._statement.number}　第 {self._number} 页"
        self._sheet.text(WIDTH / 2, HEIGHT - 12, foot, _SMALL, GREY, align="centre")
        self._canvas.showPage()

    def _room_for(self, high: float) -> bool:
        """Make room, on a new page where this one is full; says whether it is new."""
        if self._y + high <= BOTTOM:
            return False
        self.end()
        self._number += 1
        self._start()
        return True

    def _say(self, text: str, *, size: float = _TEXT, weight: Weight = Weight.REGULAR) -> None:
        for line in wrapped(text, size, RIGHT - LEFT, weight):
            self._room_for(size / 2)
            self._sheet.text(LEFT, self._y, line, size, INK, weight=weight)
            self._y += size * 0.56

    def heading(self) -> None:
        """Whose statement it is, and of which day."""
        statement = self._statement
        self._sheet.text(
            WIDTH / 2, self._y, "单株碳汇收入明白单", 28, GREEN, weight=Weight.BOLD, align="centre"
        )
        self._y += 16
        self._say(f"{statement.place}　{statement.name} 家")
        self._say(f"截至 {_day(business_day(statement.as_of))}")
        self._sheet.rule((LEFT, self._y - 4), (RIGHT, self._y - 4), GREEN, 1.2)
        self._y += 8

    def sums(self) -> None:
        """The five figures, one sentence each."""
        earnings = self._statement.earnings
        self._say(f"您家登记的树现有 {self._statement.trees:,} 株。")
        self._say(f"一共卖出 {earnings.trees_sold:,} 株（一株树卖一年算一次）。")
        self._say(
            f"卖树的钱一共 {_yuan(earnings.earned_fen)} 元，全部归您家，不扣手续费。", weight=Weight.BOLD
        )
        self._say(f"已经发给您家 {_yuan(earnings.paid_fen)} 元。")
        self._say(f"正在发放 {_yuan(earnings.in_transit_fen)} 元。")
        self._say(f"还没有发 {_yuan(earnings.balance_fen)} 元。", weight=Weight.BOLD)
        if not self._statement.agrees_with_ledger:
            self._say("注意：以上数目与账本不一致，请联系县里登记人员核对后再用。", weight=Weight.BOLD)
        self._y += 4

    def credits(self) -> None:
        """Every sale with its certificate."""
        if not self._statement.credits:
            self._say("目前还没有卖出树。")
            return
        header = ("卖出日期", "株数", "元", "状态", "证书编号")
        self._room_for(3 * _ROW_STEP)
        self._row(header, weight=Weight.BOLD)
        for line in self._statement.credits:
            if self._room_for(_ROW_STEP):
                self._row(header, weight=Weight.BOLD)
            state = _LINE_WORDS[line.state]
            self._row((_day(line.day), f"{line.trees:,}", _yuan(line.amount_fen), state, line.certificate))
        self._y += 4

    def payouts(self) -> None:
        """Every payment, and what came back."""
        if not self._statement.payouts:
            return
        header = ("发放日期", "", "元", "状态", "")
        self._room_for(3 * _ROW_STEP)
        self._row(header, weight=Weight.BOLD)
        for line in self._statement.payouts:
            if self._room_for(_ROW_STEP):
                self._row(header, weight=Weight.BOLD)
            state = _PAYOUT_WORDS[line.state]
            said = "，".join(SAID[kind][False] for kind in line.said)
            self._row((_day(line.day), "", _yuan(line.amount_fen), state, said))
        self._y += 4

    def closing(self) -> None:
        """Whom to ask."""
        self._say("数目不对，或者有不明白的地方，请问村干部，或者问县里的登记人员。")

    def _row(self, cells: Sequence[str], *, weight: Weight = Weight.REGULAR) -> None:
        day, trees, yuan, state, serial = cells
        self._sheet.text(_DAY, self._y, day, _ROW, INK, weight=weight)
        self._sheet.text(_TREES, self._y, trees, _ROW, INK, weight=weight, align="right")
        self._sheet.text(_YUAN, self._y, yuan, _ROW, INK, weight=weight, align="right")
        self._sheet.text(_STATE, self._y, state, _ROW, INK, weight=weight)
        self._sheet.text(_SERIAL, self._y, serial, _SMALL, INK, weight=weight)
        self._sheet.rule((LEFT, self._y + 2.6), (RIGHT, self._y + 2.6), HAIRLINE)
        self._y += _ROW_STEP


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _yuan(fen: int) -> str:
    whole, _, rest = yuan_text(fen).partition(".")
    return f"{int(whole):,}.{rest}"
