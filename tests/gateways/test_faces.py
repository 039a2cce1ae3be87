"""The printed certificate: everything is on it, nothing hides anything, and the same facts give the same bytes."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageFilter

from domain.certificates import Basis, CertificateStatus, Face, Purpose
from gateways.faces import render_pdf, render_png
from tests.support.certificates import SERIAL, make_face

URL = f"https://danzhu.example.cn/c/{SERIAL}?t={'AB2C' * 46}"
LONG_NAME = "贵州望谟岜赖村合作社与 Sunshine Forestry Partners Co. 联合体𣲗㸃示范"

FACES = {
    "one person": make_face(),
    "a gift": make_face(purpose=Purpose.GIFT, amount_fen=None),
    "a long name of mixed scripts": make_face(holder=LONG_NAME, holder_verified=True),
    "a name of sixty hanzi": make_face(holder="囍" * 60),
    "a name of sixty wide letters": make_face(holder="W" * 60),
    "the largest order": make_face(
        count=4_458_000,
        sink_g=44_580_000_001,
        amount_fen=1_337_400_000,
        households=11_192,
        villages=tuple(f"第{number}岜赖村" for number in range(682)),
    ),
    "several years": make_face(years=(2026, 2027, 2028, 2030), basis=Basis.MEASURED, sink_g=123_456),
    "long words everywhere": make_face(
        host="certificates.single-tree-carbon-sink.forestry.guizhou.example.cn",
        account_name="贵州省黔西南布依族苗族自治州望谟县单株碳汇惠农服务平台公众号",
        verifier="贵州省林业调查规划与碳汇计量监测第三方核查技术服务有限责任公司（示范）",
        fee_borne_by="望谟县单株碳汇支持单位示范集团有限公司",
    ),
    "revoked": make_face(status=CertificateStatus.REVOKED, revoked_on=date(2026, 12, 3)),
    "demo": make_face(demo=True),
    "revoked demo": make_face(demo=True, status=CertificateStatus.REVOKED, revoked_on=date(2026, 12, 3)),
}


def text_of(face: Face) -> str:
    document = pypdfium2.PdfDocument(render_pdf(face, URL))
    assert len(document) == 1
    text = str(document[0].get_textpage().get_text_bounded())
    document.close()
    return "".join(text.split())


def picture_of(face: Face) -> Image.Image:
    return Image.open(io.BytesIO(render_png(render_pdf(face, URL)))).convert("RGB")


def shown(*parts: Any) -> list[str]:
    return ["".join(str(part).split()) for part in parts]


@pytest.mark.parametrize("name", FACES)
def test_the_same_facts_give_the_same_bytes(name: str) -> None:
    assert render_pdf(FACES[name], URL) == render_pdf(FACES[name], URL)


def test_faces_drawn_at_the_same_time_do_not_mix() -> None:
    alone = {name: render_pdf(face, URL) for name, face in FACES.items()}
    with ThreadPoolExecutor(8) as pool:
        together = dict(zip(FACES, pool.map(lambda face: render_pdf(face, URL), FACES.values()), strict=True))
    assert together == alone


def test_everything_that_was_bought_is_on_the_sheet() -> None:
    text = text_of(make_face())
    for fact in shown(
        SERIAL,
        "张小三",
        "持证人名称由购买人填写，未经核实",
        "个人购碳",
        "3 株",
        "2026",
        "约 30 千克 CO2",
        "岜赖村、纳王村",
        "2 户农户",
        "贵州省单株碳汇测算",
        "第 1 版",
        "示范核查机构",
        "应付农户 9.00 元",
        "支付手续费由示范支持单位承担",
        "danzhu.example.cn",
        "单株碳汇（示范）",
        "2026 年 11 月 20 日",
        "请与纸面逐项核对",
        "购买 3 株树 2026 年度（2026-01-01 至 2026-12-31）预计碳汇量约 30 千克 CO2；年度结束复核后另行标注。",
        "非CCER，不可用于碳市场履约，不可转让。",
        "Not a CCER",
    ):
        assert fact in text


def test_money_is_owed_at_issue_and_never_said_to_have_arrived() -> None:
    assert not any("全额进入农户账户" in text_of(face) for face in FACES.values())


def test_a_gift_shows_no_price() -> None:
    text = text_of(FACES["a gift"])
    assert "应付农户，金额不公开" in text
    assert "元" not in text


def test_a_verified_name_says_so() -> None:
    text = text_of(FACES["a long name of mixed scripts"])
    assert "持证人名称已核实" in text
    assert "未经核实" not in text
    assert shown(LONG_NAME)[0] in text


def test_a_reviewed_quantity_is_not_called_expected() -> None:
    text = text_of(FACES["several years"])
    assert "预计" not in text
    assert "已复核碳汇量" in text
    assert "123.456千克" in text


def test_a_character_outside_the_fonts_is_named() -> None:
    assert "王[U+2B5B8]" in text_of(make_face(holder="王\U0002b5b8"))


def test_many_villages_are_named_as_far_as_there_is_room_and_then_counted() -> None:
    assert "第0岜赖村、第1岜赖村" in text_of(FACES["the largest order"])
    assert "等682个村（11,192户农户" in text_of(FACES["the largest order"])


@pytest.mark.parametrize("name", FACES)
def test_no_two_lines_overlap_and_none_leaves_the_frame(name: str) -> None:
    document = pypdfium2.PdfDocument(render_pdf(make_plain(FACES[name]), URL))
    page = document[0].get_textpage()
    boxes = [page.get_rect(index) for index in range(page.count_rects())]
    document.close()
    assert all(
        left > 18 and right < 420 - 18 and low > 18 and high < 595 - 18 for left, low, right, high in boxes
    )
    for index, (left, low, right, high) in enumerate(boxes):
        for other_left, other_low, other_right, other_high in boxes[index + 1 :]:
            across = min(right, other_right) - max(left, other_left)
            down = min(high, other_high) - max(low, other_low)
            assert across < 1 or down < 1.2, (left, low, other_left, other_low)


def make_plain(face: Face) -> Face:
    """The same face without its bands and stamp, which lie across on purpose."""
    changes = {field: getattr(face, field) for field in face.__dataclass_fields__}
    return Face(**{**changes, "demo": False, "status": CertificateStatus.VALID})


@pytest.mark.parametrize("name", FACES)
def test_the_qr_code_of_every_sheet_opens_the_link(name: str) -> None:
    found = zxingcpp.read_barcode(picture_of(FACES[name]))
    assert found is not None
    assert found.text == URL


def test_the_qr_code_is_read_from_a_blurred_photo_of_the_sheet() -> None:
    photo = picture_of(make_face()).rotate(
        4, Image.Resampling.BICUBIC, expand=True, fillcolor=(120, 110, 100)
    )
    found = zxingcpp.read_barcode(photo.filter(ImageFilter.GaussianBlur(1.6)))
    assert found is not None
    assert found.text == URL


def test_a_demo_certificate_carries_an_amber_band() -> None:
    assert shown("演示样张 DEMO")[0] in text_of(FACES["demo"])
    assert "DEMO" not in text_of(make_face())
    red, green, blue = channels(picture_of(FACES["demo"]), 20, 20)
    assert (red > 230, green > 160, blue < 90) == (True, True, True)


def test_a_revoked_certificate_carries_a_red_band_and_its_day() -> None:
    text = text_of(FACES["revoked"])
    assert "已撤销REVOKED2026-12-03" in text
    assert "REVOKED" not in text_of(make_face())
    picture = picture_of(FACES["revoked"])
    red, green, blue = channels(picture, 20, picture.height - 20)
    assert (red > 150, green < 60, blue < 60) == (True, True, True)


def test_the_picture_is_the_whole_page_on_white_paper() -> None:
    picture = picture_of(make_face())
    assert picture.size == (1259, 1786)
    assert channels(picture, 3, 3) == (255, 255, 255)


def channels(picture: Image.Image, x: int, y: int) -> tuple[int, ...]:
    pixel = picture.getpixel((x, y))
    assert isinstance(pixel, tuple)
    return tuple(int(level) for level in pixel)
