"""The page a phone opens after scanning, as it is served: the verdict stands in the text, with or without scripts."""

import io
from html.parser import HTMLParser

import pypdfium2
import pytest
import sqlalchemy as sa
import zxingcpp
from flask import Flask
from PIL import Image

from models import Certificate, database
from tests.support.buying import API, Buyer, make_shop
from tests.support.keeping import Kept

UNKNOWN, MISTYPED = "7K3M-9QX2-VB8T-CN4Q", "7K3M-9QX2-VB8T-CN4R"


class _Seen(HTMLParser):
    """What a browser shows that runs no scripts, and the scripts and handlers it would run."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.inline: list[str] = []
        self.language = ""
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "html":
            self.language = named.get("lang") or ""
        if tag in ("script", "style"):
            self._hidden += 1
            if "src" not in named and tag == "script":
                self.inline.append(tag)
        self.inline += [name for name in named if name.startswith("on") or name == "style"]

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._hidden -= 1

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.text.append(data)


def seen(html: str) -> _Seen:
    parser = _Seen()
    parser.feed(html)
    return parser


def text_of(html: str) -> str:
    return "".join("".join(seen(html).text).split())


def make_bought(app: Flask) -> tuple[Buyer, str, str]:
    """A buyer with one certificate: its serial and token."""
    make_shop(app)
    lin = Buyer(app)
    lin.buy(count=2)
    return (lin, *_record(app))


@pytest.fixture
def bought(kept: Kept, app: Flask) -> tuple[Buyer, str, str]:
    return kept(make_bought, app)


def _record(app: Flask) -> tuple[str, str]:
    with app.app_context():
        certificate = database().scalars(sa.select(Certificate)).one()
        assert certificate.token is not None
        return certificate.serial, certificate.token


def test_the_verdict_can_be_read_with_scripts_off(app: Flask, bought: tuple[Buyer, str, str]) -> None:
    _, serial, token = bought
    page = app.test_client().get(f"/c/{serial}", query_string={"t": token})
    assert page.status_code == 200
    shown = text_of(page.get_data(as_text=True))
    for words in ("真实有效", "2株", "20千克", "2026", "林*", serial, "应付农户", "请与纸面逐项核对"):
        assert words in shown
    assert seen(page.get_data(as_text=True)).inline == []


@pytest.mark.parametrize(
    ("path", "status", "word"),
    [(UNKNOWN, 404, "查无此证"), (MISTYPED, 422, "编号有误"), ("{serial}?t=hello", 200, "伪造")],
)
def test_every_verdict_has_its_page(
    app: Flask, bought: tuple[Buyer, str, str], path: str, status: int, word: str
) -> None:
    _, serial, _ = bought
    page = app.test_client().get("/c/" + path.format(serial=serial))
    assert page.status_code == status
    assert word in text_of(page.get_data(as_text=True))
    assert page.mimetype == "text/html"


def test_a_forged_code_shows_nothing_of_the_certificate(app: Flask, bought: tuple[Buyer, str, str]) -> None:
    _, serial, token = bought
    page = app.test_client().get(f"/c/{serial}", query_string={"t": token[:-8] + "AAAAAAAA"})
    shown = text_of(page.get_data(as_text=True))
    assert "伪造" in shown
    assert "林*" not in shown
    assert "20千克" not in shown


def test_without_the_code_the_page_tells_no_money(app: Flask, bought: tuple[Buyer, str, str]) -> None:
    _, serial, _ = bought
    shown = text_of(app.test_client().get(f"/c/{serial}").get_data(as_text=True))
    assert "真实有效" in shown
    assert "6.00" not in shown


def test_the_page_speaks_english_to_whoever_asks_for_it(app: Flask, bought: tuple[Buyer, str, str]) -> None:
    _, serial, token = bought
    client = app.test_client()
    english = client.get(f"/c/{serial}?t={token}", headers={"Accept-Language": "en-GB,en;q=0.9"})
    chinese = client.get(f"/c/{serial}?t={token}", headers={"Accept-Language": "zh-CN"})
    assert seen(english.get_data(as_text=True)).language.startswith("en")
    assert seen(chinese.get_data(as_text=True)).language.startswith("zh")
    assert english.headers["ETag"] != chinese.headers["ETag"]


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "{{7*7}}",
        "&lt;b&gt;",
        "O'Neill & Söhne",
    ],
)
def test_a_name_is_shown_as_it_was_written_and_never_runs(app: Flask, name: str) -> None:
    make_shop(app)
    lin = Buyer(app)
    lin.buy(count=1, holder_name=name, holder_public=True)
    serial, token = _record(app)
    html = app.test_client().get(f"/c/{serial}?t={token}").get_data(as_text=True)
    assert "".join(name.split()) in text_of(html)
    assert seen(html).inline == []


@pytest.mark.parametrize(
    "name",
    [
        "林",
        "林" * 60,
        "W" * 60,
        "阿卜杜热依木·买买提明·艾合麦提江",
        "𠮷野家",
        "林🌲满",
        "عمر",
        "①②③ ㊀",
        "a\u0301",
    ],
)
def test_whatever_the_name_the_certificate_is_made_and_its_code_read(app: Flask, name: str) -> None:
    make_shop(app)
    lin = Buyer(app)
    lin.buy(count=1, holder_name=name)
    serial, token = _record(app)
    client = app.test_client()
    pdf = client.get(f"/c/{serial}.pdf", query_string={"t": token})
    png = client.get(f"/c/{serial}.png", query_string={"t": token})
    assert (pdf.status_code, png.status_code) == (200, 200)
    assert pdf.data.startswith(b"%PDF")
    link = f"{lin.parts.settings.public_url}/c/{serial}?t={token}"
    printed = pypdfium2.PdfDocument(pdf.data)[0].render(scale=3).to_pil()
    assert [code.text for code in zxingcpp.read_barcodes(printed)] == [link]
    assert [code.text for code in zxingcpp.read_barcodes(Image.open(io.BytesIO(png.data)))] == [link]


def test_the_codes_of_the_owner_lead_to_the_page(app: Flask, bought: tuple[Buyer, str, str]) -> None:
    lin, serial, token = bought
    link = f"{lin.parts.settings.public_url}/c/{serial}?t={token}"
    png = lin.client.get(f"/c/{serial}/qr.png", headers=lin.headers)
    assert png.mimetype == "image/png"
    assert [code.text for code in zxingcpp.read_barcodes(Image.open(io.BytesIO(png.data)))] == [link]
    svg = lin.client.get(f"/c/{serial}/qr.svg", headers=lin.headers)
    assert svg.mimetype == "image/svg+xml"
    assert svg.data.startswith(b"<svg") or svg.data.startswith(b"<?xml")
    assert b"<script" not in svg.data


@pytest.mark.parametrize("path", ["", ".pdf", ".png", "/qr.png", "/qr.svg"])
def test_everything_of_a_certificate_is_kept_by_nobody_but_its_reader(
    app: Flask, bought: tuple[Buyer, str, str], path: str
) -> None:
    lin, serial, _ = bought
    first = lin.client.get(f"/c/{serial}{path}", headers=lin.headers)
    assert first.status_code == 200
    assert "no-cache" in first.headers["Cache-Control"]
    assert "public" not in first.headers["Cache-Control"]
    again = lin.client.get(
        f"/c/{serial}{path}", headers={**lin.headers, "If-None-Match": first.headers["ETag"]}
    )
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("path", ["/c/{serial}", "/c/{serial}.pdf", "/c/{serial}/qr.png"])
def test_a_wrong_token_of_a_sign_in_makes_a_stranger_not_an_error(
    app: Flask, bought: tuple[Buyer, str, str], path: str
) -> None:
    _, serial, _ = bought
    answer = app.test_client().get(path.format(serial=serial), headers={"Authorization": "Bearer nobody"})
    assert answer.status_code == (200 if path == "/c/{serial}" else 403)


def test_the_published_keys_check_the_token(app: Flask, bought: tuple[Buyer, str, str]) -> None:
    _, serial, token = bought
    answer = app.test_client().get("/.well-known/danzhu-keys.json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    published = {key["kid"] for key in answer.get_json()["keys"]}
    told = app.test_client().get(f"{API}/certificates/{serial}?t={token}").get_json()
    assert told["signature"]["kid"] in published
    assert not any("private" in name or name == "d" for key in answer.get_json()["keys"] for name in key)
