"""A receipt for one payment that has arrived: half a sheet of A4 for the household to keep."""

import io

from reportlab.lib.pagesizes import A5, landscape
from reportlab.pdfgen.canvas import Canvas

from domain.money import capital_yuan, grouped_yuan
from domain.payout_papers import PaidReceipt, certificates_words, day_words
from gateways.fonts import Weight, drawing
from gateways.ornaments import rings
from gateways.paper import GREEN, GREY, HAIRLINE, INK, LEAF, MIST, demo_mark
from gateways.typesetting import Sheet, fitted

WIDTH, HEIGHT = 210.0, 148.0
LEFT, RIGHT = 18.0, WIDTH - 18.0
_LABEL = 30.0


def receipt_pdf(receipt: PaidReceipt, *, demo: bool = False) -> bytes:
    """The receipt on one A5 page; the same facts give the same bytes."""
    written = io.BytesIO()
    with drawing:
        canvas = Canvas(written, pagesize=landscape(A5), invariant=1, pageCompression=1)
        canvas.setTitle(f"单株碳汇收入发放凭证 {receipt.reference}")
        sheet = Sheet(canvas, HEIGHT)
        sheet.frame(8, (WIDTH, HEIGHT), HAIRLINE, 0.8)
        if demo:
            demo_mark(sheet, WIDTH / 2, 14)
        _heading(sheet, receipt)
        _amount(sheet, receipt)
        _facts(sheet, receipt)
        _closing(sheet)
        canvas.showPage()
        canvas.save()
    return written.getvalue()


def _heading(sheet: Sheet, receipt: PaidReceipt) -> None:
    sheet.text(LEFT, 27, "单株碳汇收入发放凭证", 21, GREEN, weight=Weight.BOLD, tracking=0.04)
    sheet.text(RIGHT, 24, "业务参考号", 8.5, GREY, align="right")
    sheet.text(RIGHT, 29, receipt.reference, 10.5, INK, align="right")
    sheet.rule((LEFT, 33), (RIGHT, 33), GREEN, 1.0)


def _amount(sheet: Sheet, receipt: PaidReceipt) -> None:
    sheet.box(LEFT, 37, RIGHT - LEFT, 22, MIST)
    sheet.shape(rings(), RIGHT - 14, 48, 8.5, stroke=HAIRLINE, thickness=0.02)
    wide = sheet.text(LEFT + 6, 53.5, grouped_yuan(receipt.amount_fen), 25, GREEN, weight=Weight.BOLD)
    sheet.text(LEFT + 6 + wide + 2, 53.5, "元", 13, GREEN)
    sheet.text(LEFT + 6, 42.6, "已到账", 9.5, LEAF)
    start = LEFT + 6 + wide + 12
    size, lines = fitted(capital_yuan(receipt.amount_fen), (12, 10, 8.5), RIGHT - 26 - start, 1)
    sheet.lines(start, 53.5, lines, size, INK, leading=1.2)


def _facts(sheet: Sheet, receipt: PaidReceipt) -> None:
    y = 68.0
    for label, text in (
        ("收款农户", f"{receipt.name}，户编号 {receipt.household_number}"),
        ("所在地", receipt.place),
        ("收款账户", "，".join(filter(None, (receipt.bank, receipt.account)))),
        ("发放日期", f"{day_words(receipt.released_on)}，批次 {receipt.batch_number}"),
        ("到账日期", day_words(receipt.paid_on) + (f"，回单号 {receipt.proof}" if receipt.proof else "")),
        (
            "款项来源",
            f"{receipt.trees:,} 株树的年度碳汇，购碳证书 {certificates_words(receipt.certificates)}",
        ),
        ("收款主体", receipt.merchant_of_record),
    ):
        sheet.text(LEFT, y, label, 10, GREY)
        size, lines = fitted(text, (11, 10, 9, 8), RIGHT - LEFT - _LABEL, 2)
        y = sheet.lines(LEFT + _LABEL, y, lines, size, INK, leading=1.35)
        y += 2.2


def _closing(sheet: Sheet) -> None:
    sheet.rule((LEFT, HEIGHT - 19), (RIGHT, HEIGHT - 19), HAIRLINE)
    said = "卖树的钱全部归农户，不扣手续费。数目不对，请问村干部或县里的登记人员。非税务发票。"
    sheet.text(LEFT, HEIGHT - 13.5, said, 9, GREY)
