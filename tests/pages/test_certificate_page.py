"""The page a phone opens after scanning: one verdict, the facts to compare, nothing that a policy forbids."""

import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from blueprints.pages.wording import WORDS
from domain.certificates import CertificateStatus, Purpose, Verdict
from tests.support.certificates import SERIAL, make_face

ROOT = Path(__file__).parents[2]
TEMPLATES = Environment(
    loader=FileSystemLoader(ROOT / "blueprints" / "pages" / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
)
TEMPLATES.globals["asset"] = lambda path: f"/static/{path}"
WITH_FACE = (Verdict.VALID, Verdict.REVOKED, Verdict.TEST)
MONEY = {"to_households_fen": 900, "paid_out_fen": 300, "fee_borne_by": "示范支持单位"}


def page(verdict: Verdict = Verdict.VALID, **changes: Any) -> str:
    face = make_face() if verdict in WITH_FACE else None
    context = {
        "verdict": verdict,
        "serial": SERIAL,
        "face": face,
        "money": None,
        "revoked_on": None,
        "lang": "zh",
        "document_url": None,
        "picture_url": None,
        "public_url": "https://danzhu.example.cn",
    }
    return TEMPLATES.get_template("certificate.html").render(**WORDS, **{**context, **changes})


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.seen.append(data)


def parsed(html: str) -> _Text:
    parser = _Text()
    parser.feed(html)
    return parser


def text_of(html: str) -> str:
    return "".join("".join(parsed(html).seen).split())


@pytest.mark.parametrize(
    ("verdict", "word"),
    [
        (Verdict.VALID, "真实有效Valid"),
        (Verdict.REVOKED, "已撤销Revoked"),
        (Verdict.TEST, "测试证书Test"),
        (Verdict.FORGED, "伪造Forged"),
        (Verdict.UNKNOWN, "查无此证Notfound"),
        (Verdict.MISTYPED, "编号有误Mistyped"),
    ],
)
def test_the_verdict_is_a_word_a_colour_and_a_sign(verdict: Verdict, word: str) -> None:
    html = page(verdict)
    heading = re.search(r"<h1>(.*?)</h1>", html, re.S)
    assert heading is not None
    assert text_of(heading[1]) == word
    assert f'class="is-{verdict.value}"' in html
    assert f".is-{verdict.value} {{ --verdict: #" in (ROOT / "static" / "shared" / "verdict.css").read_text()
    assert '<svg class="sign"' in html


@pytest.mark.parametrize("verdict", [Verdict.FORGED, Verdict.UNKNOWN, Verdict.MISTYPED])
def test_without_a_believable_record_nothing_of_a_certificate_is_shown(verdict: Verdict) -> None:
    text = text_of(page(verdict))
    assert "持证人" not in text
    assert "千克" not in text
    assert "应付农户" not in text
    assert SERIAL in text


def test_what_was_bought_is_there_to_compare() -> None:
    text = text_of(page())
    for fact in (
        "请与纸面逐项核对",
        SERIAL,
        "张小三",
        "持证人名称由购买人填写，未经核实",
        "3株",
        "2026",
        "约30千克CO2",
        "预计碳汇量约30千克CO2；年度结束复核后另行标注。非CCER，不可用于碳市场履约，不可转让。",
        "岜赖村、纳王村",
        "2户",
        "示范核查机构",
        "danzhu.example.cn",
    ):
        assert fact in text


@pytest.mark.parametrize(
    ("paid", "said"),
    [(0, "应付农户9.00元，尚未发放"), (300, "其中3.00元已进入农户账户"), (900, "9.00元全额进入农户账户")],
)
def test_the_money_is_shown_where_it_is(paid: int, said: str) -> None:
    html = page(money={**MONEY, "paid_out_fen": paid})
    assert said in text_of(html)
    assert f'<progress max="900" value="{paid}"' in html
    assert ("全额" in html) == (paid == 900)


def test_the_money_is_not_shown_to_whoever_brought_no_token() -> None:
    html = page(money=None)
    assert "<progress" not in html
    assert "9.00" not in html


def test_the_price_of_a_gift_is_not_shown() -> None:
    html = page(face=make_face(purpose=Purpose.GIFT, amount_fen=None), money=MONEY)
    assert "9.00" not in html
    assert "部分已进入农户账户" in text_of(html)


def test_a_revocation_says_its_day() -> None:
    face = make_face(status=CertificateStatus.REVOKED, revoked_on=date(2026, 12, 3))
    assert "撤销日期2026-12-03" in text_of(page(Verdict.REVOKED, face=face, revoked_on=face.revoked_on))


def test_a_demo_certificate_carries_a_band() -> None:
    assert "演示样张DEMO" in text_of(page(face=make_face(demo=True)))
    assert "DEMO" not in page()


def test_the_sheet_can_be_opened_with_the_token_only() -> None:
    assert 'href="/c/x.pdf?t=ABC"' in page(document_url="/c/x.pdf?t=ABC")
    assert ".pdf" not in page()


def test_a_name_cannot_bring_markup_along() -> None:
    html = page(face=make_face(holder='<script>alert(1)</script>"><img src=x>'))
    assert "<script>" not in html
    assert "<img" not in html
    assert "&lt;script&gt;" in html
    assert "<script>" not in page(Verdict.MISTYPED, serial='"><script>')


@pytest.mark.parametrize("verdict", Verdict)
def test_the_page_keeps_the_strictest_content_policy(verdict: Verdict) -> None:
    for tag, attributes in parsed(page(verdict, money=MONEY)).tags:
        assert tag not in ("style", "iframe", "object", "base", "form")
        if tag == "script":
            # Larger type for who asked for it; everything is said without it.
            assert attributes.keys() == {"type", "src"}
            assert str(attributes["src"]).endswith("shared/care.js")
        assert "style" not in attributes
        assert not any(name.startswith("on") for name in attributes)
    assert "url(" not in (ROOT / "static" / "certificate.css").read_text()


@pytest.mark.parametrize("verdict", Verdict)
def test_every_page_is_well_formed_and_names_its_language(verdict: Verdict) -> None:
    tags = parsed(page(verdict, money=MONEY)).tags
    assert ("html", {"lang": "zh-CN"}) in tags
    assert sum(tag == "h1" for tag, _ in tags) == 1
    assert ("html", {"lang": "en"}) in parsed(page(verdict, lang="en")).tags


def test_a_shared_link_shows_what_it_is_and_nobodys_name() -> None:
    shown = {
        attributes["property"]: attributes["content"] or ""
        for tag, attributes in parsed(page()).tags
        if tag == "meta" and "property" in attributes
    }
    assert shown["og:title"] == "单株碳汇购碳证书 · 3 株 · 2026 年度"
    assert shown["og:description"].startswith("真实有效：")
    assert shown["og:image"] == "https://danzhu.example.cn/static/certificate-share.png"
    assert not any("张" in content for content in shown.values())


def test_a_shared_links_address_keeps_the_token_to_itself() -> None:
    html = page(document_url=f"/c/{SERIAL}.pdf?t=ABC", picture_url=f"/c/{SERIAL}.png?t=ABC")
    shown = {
        attributes.get("property"): attributes.get("content")
        for tag, attributes in parsed(html).tags
        if tag == "meta"
    }
    assert shown["og:url"] == f"https://danzhu.example.cn/c/{SERIAL}"
    assert not any("ABC" in (content or "") for content in shown.values())


@pytest.mark.parametrize("verdict", Verdict)
def test_every_page_leads_on_to_another_scan_and_to_what_this_is(verdict: Verdict) -> None:
    links = {attributes.get("href") for tag, attributes in parsed(page(verdict)).tags if tag == "a"}
    assert links == {"/scan", "/"}


def test_the_sheet_can_be_kept_as_a_picture_by_whoever_holds_the_code() -> None:
    html = page(document_url=f"/c/{SERIAL}.pdf?t=ABC", picture_url=f"/c/{SERIAL}.png?t=ABC")
    links = {attributes.get("href") for tag, attributes in parsed(html).tags if tag == "a"}
    assert {f"/c/{SERIAL}.pdf?t=ABC", f"/c/{SERIAL}.png?t=ABC"} < links


def test_the_pictures_a_page_asks_for_are_there() -> None:
    for name in re.findall(r"/static/([\w./-]+)", page()):
        assert (ROOT / "static" / name).is_file()


@pytest.mark.parametrize("count", [20, 21, 682])
def test_many_villages_are_named_up_to_twenty_and_then_counted(count: int) -> None:
    text = text_of(page(face=make_face(villages=tuple(f"{number}号村" for number in range(count)))))
    assert "19号村" in text
    assert ("等" in text and f"等{count}个村" in text) == (count > 20)
