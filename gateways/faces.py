"""The face of a certificate: one A5 page as PDF, the same bytes for the same facts, and its picture as PNG."""

import io

import pypdfium2
from PIL.Image import Dither, Quantize
from reportlab.lib.pagesizes import A5
from reportlab.pdfgen.canvas import Canvas

from domain.certificate_words import places_text
from domain.certificates import (
    Basis,
    CertificateStatus,
    Face,
    basis_text,
    claim,
    fee_text,
    holder_note,
    kilograms_text,
    method_text,
    owed_text,
    purpose_text,
    typeset_zh,
    years_text,
)
from gateways.fonts import Weight, drawing, width
from gateways.ornaments import fir, qr_path, rings
from gateways.typesetting import MM, Colour, Sheet, fitted, wrapped

WIDTH, HEIGHT = 148.0, 210.0
LEFT, RIGHT = 15.0, WIDTH - 15.0
CENTRE = WIDTH / 2
FULL = RIGHT - LEFT

GREEN: Colour = (0.055, 0.27, 0.185)
LEAF: Colour = (0.25, 0.47, 0.36)
HAIRLINE: Colour = (0.70, 0.78, 0.73)
MIST: Colour = (0.925, 0.953, 0.932)
INK: Colour = (0.10, 0.13, 0.115)
GREY: Colour = (0.36, 0.41, 0.385)
WHITE: Colour = (1, 1, 1)
RED: Colour = (0.68, 0.07, 0.09)
AMBER: Colour = (0.98, 0.75, 0.15)

_PICTURE_SCALE = 3.0
_PICTURE_COLOURS = 128


def render_pdf(face: Face, qr_url: str) -> bytes:
    """The printed certificate with a QR code for `qr_url`; raises ValueError if no QR code holds the link."""
    written = io.BytesIO()
    with drawing:
        canvas = Canvas(written, pagesize=A5, invariant=1, pageCompression=1)
        canvas.setTitle(f"单株碳汇购碳证书 {face.serial}")
        canvas.setAuthor(face.host)
        canvas.setSubject(claim(face, "zh"))
        sheet = Sheet(canvas, HEIGHT)
        _ground(sheet)
        _heading(sheet, face)
        _holder(sheet, face)
        _quantities(sheet, face)
        _claim(sheet, face)
        _facts(sheet, face)
        _verification(sheet, face, qr_url)
        _bands(sheet, face)
        canvas.save()
    return written.getvalue()


def render_png(pdf: bytes) -> bytes:
    """The picture of a certificate's one page, 1259 by 1786 pixels."""
    with drawing:
        document = pypdfium2.PdfDocument(pdf)
        try:
            picture = document[0].render(scale=_PICTURE_SCALE).to_pil()
        finally:
            document.close()
    few_colours = picture.quantize(_PICTURE_COLOURS, method=Quantize.FASTOCTREE, dither=Dither.NONE)
    # The quantiser turns paper white into its neighbour.
    few_colours.putpalette([255 if level >= 254 else level for level in few_colours.getpalette() or []])
    written = io.BytesIO()
    few_colours.save(written, "PNG")
    return written.getvalue()


def _ground(sheet: Sheet) -> None:
    sheet.shape(rings(), CENTRE, 86, 61, stroke=MIST, thickness=0.0065)
    sheet.frame(5, (WIDTH, HEIGHT), GREEN, 1.1)
    sheet.frame(6.4, (WIDTH, HEIGHT), GREEN, 0.3)


def _heading(sheet: Sheet, face: Face) -> None:
    sheet.shape(fir(), CENTRE, 22.5, 10.5, fill=GREEN)
    sheet.text(CENTRE, 33, "单株碳汇购碳证书", 23, GREEN, weight=Weight.BOLD, align="centre", tracking=0.12)
    sheet.text(CENTRE, 38.2, "SINGLE-TREE CARBON SINK CERTIFICATE", 6.6, LEAF, align="centre", tracking=0.22)
    label, number = "编号 No. ", face.serial
    length = (width(label, 7.5, Weight.REGULAR) + width(number, 11, Weight.BOLD)) / MM
    start = CENTRE - length / 2
    sheet.rule((LEFT, 43.8), (start - 4, 43.8), HAIRLINE)
    sheet.rule((start + length + 4, 43.8), (RIGHT, 43.8), HAIRLINE)
    start += sheet.text(start, 45.2, label, 7.5, GREY)
    sheet.text(start, 45.2, number, 11, INK, weight=Weight.BOLD)


def _holder(sheet: Sheet, face: Face) -> None:
    """The name as large as it fits on one line, else on two."""
    sheet.text(CENTRE, 52, "持证人  Holder", 7.5, GREY, align="centre")
    size, lines = fitted(face.holder, (25, 22, 19, 17, 15), FULL, 1)
    if len(lines) > 1:
        size, lines = fitted(face.holder, (14, 12.5, 11, 9.5, 8), FULL, 2)
    first = 62.6 if len(lines) == 1 else 58.6
    sheet.lines(CENTRE, first, lines, size, INK, leading=1.3, align="centre")
    note = f"{typeset_zh(holder_note(face, 'zh'))}   {holder_note(face, 'en')}"
    sheet.text(CENTRE, 70.3, note, 6.6, GREY, align="centre")


def _quantities(sheet: Sheet, face: Face) -> None:
    """What has to be compared first, readable at arm's length: trees, year, kilograms."""
    about = "约 " if face.basis is Basis.EXPECTED else ""
    sink = f"{basis_text(face.basis, 'zh')}碳汇量  Sink, {basis_text(face.basis, 'en')}"
    quantities = (
        (0.29, "购买株数  Trees", ("", f"{face.count:,}", "株")),
        (0.26, "年度  Year", ("", years_text(face.years), "")),
        (0.45, sink, (about, kilograms_text(face.sink_g), "千克 CO₂")),
    )
    sheet.rule((LEFT, 74.5), (RIGHT, 74.5), GREEN, 0.8)
    sheet.rule((LEFT, 96), (RIGHT, 96), GREEN, 0.8)
    left = LEFT
    for share, label, quantity in quantities:
        room = FULL * share
        if left > LEFT:
            sheet.rule((left, 78), (left, 92.5), HAIRLINE)
        sheet.text(left + room / 2, 80.3, label, 7, GREY, align="centre")
        _quantity(sheet, left + room / 2, room - 4, quantity)
        left += room


def _quantity(sheet: Sheet, middle: float, room: float, quantity: tuple[str, str, str]) -> None:
    before, number, unit = quantity
    for size in (27, 25, 23, 21, 19, 17, 15, 13, 11, 9, 7):
        small = max(size * 0.42, 6.5)
        sides = width(before, small, Weight.REGULAR) + width(
            f" {unit}" if unit else "", small, Weight.REGULAR
        )
        length = (width(number, size, Weight.BOLD) + sides) / MM
        if length <= room:
            break
    start = middle - length / 2
    start += sheet.text(start, 91.4, before, small, GREEN)
    start += sheet.text(start, 91.4, number, size, GREEN, weight=Weight.BOLD)
    if unit:
        sheet.text(start, 91.4, f" {unit}", small, GREEN)


def _claim(sheet: Sheet, face: Face) -> None:
    sentence = typeset_zh(claim(face, "zh"))
    size, lines = fitted(sentence, (9.5, 9.2, 8.9), FULL, 2)
    if len(lines) > 2:
        size, lines = fitted(sentence, (9.5, 9, 8.5, 8, 7.4, 6.8), FULL, 3)
    end = sheet.lines(LEFT, 103, lines, size, INK, leading=1.5)
    size, lines = fitted(claim(face, "en"), (6.4, 6, 5.6), FULL, 3)
    sheet.lines(LEFT, end + 0.2, lines, size, GREY, leading=1.4)


def _facts(sheet: Sheet, face: Face) -> None:
    y = 126.5
    _money(sheet, face, y)
    facts = (
        ("用途", "Purpose", f"{purpose_text(face.purpose, 'zh')}  {purpose_text(face.purpose, 'en')}", 1),
        ("林木所在", "Villages", _places(face), 2),
        ("测算方法", "Method", typeset_zh(method_text(face, "zh")), 1),
        ("核查机构", "Verifier", face.verifier, 1),
    )
    y += 17
    for label, english, content, most in facts:
        sheet.text(LEFT, y, label, 7.6, GREEN, weight=Weight.BOLD)
        sheet.text(LEFT + 14.5, y, english, 6, GREY)
        size, lines = fitted(content, (8, 7.4, 6.8, 6.2, 5.6), FULL - 28, most)
        y = max(sheet.lines(LEFT + 28, y, lines, size, INK, leading=1.35), y + 3.8) + 1.5


def _money(sheet: Sheet, face: Face, y: float) -> None:
    sheet.box(LEFT, y, FULL, 11, MIST)
    owed = sheet.text(LEFT + 3, y + 7.2, typeset_zh(owed_text(face, "zh")), 13, GREEN, weight=Weight.BOLD)
    size, lines = fitted(typeset_zh(fee_text(face, "zh")), (6.6, 6, 5.4), FULL - owed - 12, 1)
    first = y + 4.8 if len(lines) == 1 else y + 3.4
    sheet.lines(RIGHT - 3, first, lines, size, INK, leading=1.3, align="right")
    sheet.text(
        RIGHT - 3, y + 8.3 if len(lines) == 1 else y + 9.3, owed_text(face, "en"), 6, GREY, align="right"
    )


def _places(face: Face) -> str:
    """The villages as far as two lines hold them, and how many households own the trees."""
    households = f"（{face.households:,} 户农户 households）"
    for shown in range(min(len(face.villages), 20), 0, -1):
        rest = f"等 {len(face.villages):,} 个村" if shown < len(face.villages) else ""
        places = places_text(face.villages[:shown]) + rest + households
        if len(wrapped(places, 8, FULL - 28)) <= 2:
            return places
    return f"{len(face.villages):,} 个村{households}"


def _verification(sheet: Sheet, face: Face, qr_url: str) -> None:
    side, top = 30.0, 169.5
    path, modules = qr_path(qr_url)
    sheet.rule((LEFT, top - 3.2), (RIGHT, top - 3.2), HAIRLINE)
    sheet.shape(path, LEFT, top + side, side / modules, fill=(0, 0, 0))
    sheet.canvas.linkURL(
        qr_url, (LEFT * MM, sheet.y(top + side), (LEFT + side) * MM, sheet.y(top)), relative=0
    )
    x = LEFT + side + 6
    sheet.text(x, top + 4.4, "扫码查验，请与纸面逐项核对", 12, GREEN, weight=Weight.BOLD)
    sheet.text(x, top + 8.6, "Scan, then compare every line with this sheet", 6.6, GREY)
    rows = (
        ("查验网址", face.host),
        ("官方账号", face.account_name),
        ("签发日期", f"{face.issued_on.year} 年 {face.issued_on.month} 月 {face.issued_on.day} 日"),
    )
    y = top + 14.8
    for label, content in rows:
        sheet.text(x, y, label, 7.6, GREEN, weight=Weight.BOLD)
        size, lines = fitted(content, (8.4, 7.4, 6.6, 5.8, 5.2), RIGHT - x - 15, 1)
        y = max(sheet.lines(x + 15, y, lines, size, INK), y + 4.4) + 0.5
    sheet.text(x, top + side, "网址不符即非本平台证书。也可在该网址输入编号查验。", 6.2, GREY)


def _bands(sheet: Sheet, face: Face) -> None:
    if face.demo:
        _band(
            sheet, 0, ("演示样张  DEMO", "不具效力，未发生真实购买  No real purchase, no effect"), AMBER, INK
        )
    if face.status is CertificateStatus.REVOKED:
        day = f"{face.revoked_on:%Y-%m-%d}" if face.revoked_on else ""
        _band(sheet, HEIGHT - 9, ("已撤销  REVOKED", f"{day}  本证书不再有效  No longer valid"), RED, WHITE)
        _stamp(sheet, "已撤销")


def _band(sheet: Sheet, y: float, words: tuple[str, str], ground: Colour, ink: Colour) -> None:
    word, explained = words
    sheet.box(0, y, WIDTH, 9, ground)
    length = width(word, 12, Weight.BOLD) / MM + 5 + width(explained, 8, Weight.REGULAR) / MM
    start = CENTRE - length / 2
    start += sheet.text(start, y + 6.1, word, 12, ink, weight=Weight.BOLD) + 5
    sheet.text(start, y + 5.9, explained, 8, ink)


def _stamp(sheet: Sheet, word: str) -> None:
    """A large word across the sheet, see-through, so that nothing under it is hidden."""
    canvas = sheet.canvas
    canvas.saveState()
    canvas.setFillAlpha(0.22)
    canvas.translate(CENTRE * MM, sheet.y(100))
    canvas.rotate(24)
    canvas.translate(-CENTRE * MM, -sheet.y(100))
    sheet.text(CENTRE, 110, word, 96, RED, weight=Weight.BOLD, align="centre", tracking=0.1)
    canvas.restoreState()
