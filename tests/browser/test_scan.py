"""The scanner: camera, picture and typed serial lead to one verdict that can be read at arm's length."""

import io
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from PIL import Image, ImageFilter, ImageOps
from playwright.sync_api import Browser, Page, expect

from bin import chromium
from bin.browser import ARGUMENTS
from gateways.qr import qr_png
from tests.browser.screens import IN_BOTH_LANGUAGES, NewPage, Shot
from tests.browser.site import Site
from tests.browser.standards import assert_fit_for_people
from tests.browser.watching import PageWatch

UNKNOWN = "7K3M-9QX2-VB8T-CN4Q"


@pytest.fixture(scope="module")
def certificate_url(site: Site) -> str:
    """What the QR code of a certificate says that somebody has just paid."""
    buyer = site.buyer()
    site.buy(buyer, count=3)
    return str(site.call("GET", "/certificates", buyer)["items"][0]["url"])


def picture_of(text: str) -> bytes:
    return qr_png(text)


def scan_picture(page: Page, content: bytes) -> None:
    page.locator("input[type=file]").set_input_files(
        {"name": "code.png", "mimeType": "image/png", "buffer": content}
    )


def expect_verdict(page: Page, verdict: str, word: str) -> None:
    expect(page.locator(f".is-{verdict} h1")).to_have_text(word)


@IN_BOTH_LANGUAGES
@pytest.mark.parametrize("screen", ["small", "desk"], indirect=True)
def test_the_scanner_and_its_verdict_are_fit_for_everybody(
    page: Page, shot: Shot, language: str, certificate_url: str
) -> None:
    page.goto("/scan")
    expect(page.get_by_label("证书编号" if language == "zh" else "Type the number")).to_be_visible()
    shot(page, "scan")
    assert_fit_for_people(page)
    scan_picture(page, picture_of(certificate_url))
    expect_verdict(page, "valid", {"zh": "真实有效", "en": "Valid"}[language])
    expect(page.locator(".compare .holder dd")).not_to_be_empty()
    expect(page.locator(".compare")).to_contain_text("30")
    shot(page, "scan-valid")
    assert_fit_for_people(page)


@pytest.mark.main_journey
def test_a_scanned_certificate_can_be_opened_whole(page: Page, certificate_url: str) -> None:
    page.goto("/scan")
    scan_picture(page, picture_of(certificate_url))
    page.get_by_role("link", name="查看完整证书").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("真实有效")
    assert page.url == certificate_url


def test_a_forged_code_is_told_and_shows_nothing_of_a_certificate(
    page: Page, shot: Shot, certificate_url: str
) -> None:
    page.goto("/scan")
    scan_picture(page, picture_of(certificate_url[:-8] + "AAAAAAAA"))
    expect_verdict(page, "forged", "伪造")
    expect(page.locator(".compare")).to_have_count(0)
    shot(page, "scan-forged")
    assert_fit_for_people(page)


def test_a_code_that_leads_elsewhere_is_told_and_not_opened(
    page: Page, shot: Shot, certificate_url: str
) -> None:
    page.goto("/scan")
    scan_picture(page, picture_of(f"https://danzhu.evil.example/c/{certificate_url.partition('/c/')[2]}"))
    expect_verdict(page, "foreign_link", "非本平台")
    expect(page.locator(".verdict")).to_contain_text("danzhu.evil.example")
    assert urlsplit(page.url).path == "/scan"
    shot(page, "scan-foreign")
    assert_fit_for_people(page)


def test_a_slip_shows_while_it_is_typed_and_asks_nobody(page: Page, shot: Shot) -> None:
    page.goto("/scan")
    serial = page.get_by_label("证书编号")
    serial.fill("7K3M-9QX2")
    expect(page.locator(".field")).to_contain_text("还差 8 位")
    serial.fill("7K3M-9QX2-VB8T-CN4R")
    expect(page.get_by_role("alert")).to_contain_text("校验码不符")
    shot(page, "scan-mistyped")
    assert_fit_for_people(page)
    page.get_by_role("button", name="查验").click()
    expect(page.locator(".verdict")).to_have_count(0)


def test_a_well_formed_number_that_nobody_issued_is_not_found(page: Page, page_watch: PageWatch) -> None:
    page.goto("/scan")
    page.get_by_label("证书编号").fill(UNKNOWN.lower().replace("-", " "))
    with page_watch.expecting(f"404 GET /api/v1/certificates/{UNKNOWN}"):
        page.get_by_role("button", name="查验").click()
        expect_verdict(page, "unknown", "查无此证")


def test_a_picture_without_a_code_says_what_to_do(page: Page) -> None:
    page.goto("/scan")
    blank = io.BytesIO()
    Image.new("RGB", (300, 300), "white").save(blank, "PNG")
    scan_picture(page, blank.getvalue())
    expect(page.get_by_role("alert")).to_contain_text("没有找到二维码")


def poor(content: bytes) -> bytes:
    """The code as an old phone sees it at dusk: small, out of focus, grey, half of it in a deep shadow."""
    code = Image.open(io.BytesIO(content)).convert("L")
    small = ImageOps.expand(code.resize((230, 230), Image.Resampling.BILINEAR), 60, 255)
    hazy = small.filter(ImageFilter.GaussianBlur(1.3)).point(lambda value: 96 + value // 4)
    shadow = (
        Image.linear_gradient("L").rotate(90).resize(hazy.size).point(lambda value: 40 + value * 215 // 255)
    )
    pixels = bytes(one * two // 255 for one, two in zip(hazy.tobytes(), shadow.tobytes(), strict=True))
    shown = io.BytesIO()
    Image.frombytes("L", hazy.size, pixels).save(shown, "PNG")
    return shown.getvalue()


def test_a_poor_picture_is_made_readable(page: Page, certificate_url: str) -> None:
    page.goto("/scan")
    scan_picture(page, poor(picture_of(certificate_url)))
    expect_verdict(page, "valid", "真实有效")


@pytest.fixture
def filmed(
    browser: Browser, site: Site, page_watch: PageWatch, tmp_path: Path, certificate_url: str
) -> Iterator[Page]:
    """A page in a browser whose camera sees the certificate's code."""
    code = Image.open(io.BytesIO(picture_of(certificate_url))).convert("RGB").resize((420, 420))
    frame = Image.new("RGB", (640, 480), "#d8d2c4")
    frame.paste(code, (110, 30))
    jpeg = io.BytesIO()
    frame.save(jpeg, "JPEG", quality=90)
    film = tmp_path / "film.mjpeg"
    film.write_bytes(jpeg.getvalue() * 5)
    camera = [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ]
    second = browser.browser_type.launch(
        executable_path=chromium.find(), args=[*ARGUMENTS, *camera], env={**os.environ}
    )
    context = second.new_context(
        base_url=site.url, locale="zh-CN", service_workers="block", permissions=["camera"]
    )
    page_watch.watch(context)
    yield context.new_page()
    page_watch.settle()
    second.close()


def test_a_camera_that_was_allowed_before_reads_the_code_and_is_let_go(filmed: Page) -> None:
    filmed.goto("/scan")
    # Allowed before, it opens by itself.
    expect_verdict(filmed, "valid", "真实有效")
    expect(filmed.locator("video")).to_have_count(0)


WECHAT = """globalThis.asked = [];
globalThis.WeixinJSBridge = {invoke(name, given, answered) {
  asked.push([name, given.verifySignature?.length, given.scanType ?? given.verifyJsApiList]);
  answered(name === 'scanQRCode' ? {err_msg: 'scanQRCode:ok', resultStr: CODE} : {err_msg: `${name}:ok`});
}};"""


def test_inside_wechat_its_own_scanner_is_used_by_whoever_is_signed_in(
    new_page: NewPage, site: Site, certificate_url: str
) -> None:
    page = new_page(
        user_agent="Mozilla/5.0 (Linux; Android 14) Chrome/116 Mobile Safari/537.36 MicroMessenger/8.0.49"
    )
    page.add_init_script(WECHAT.replace("CODE", repr(certificate_url)))
    page.goto("/scan")
    expect(page.get_by_role("button", name="打开相机扫码")).to_be_visible()
    expect(page.get_by_role("button", name="微信扫一扫")).to_have_count(0)
    signed_in = {"token": site.buyer(), "expires_at": "2099-01-01T00:00:00Z", "user": {}}
    page.evaluate("(buyer) => localStorage.setItem('danzhu.buyer', JSON.stringify(buyer))", signed_in)
    page.reload()
    page.get_by_role("button", name="微信扫一扫").click()
    expect_verdict(page, "valid", "真实有效")
    assert page.evaluate("asked") == [
        ["preVerifyJSAPI", 40, ["scanQRCode"]],
        ["scanQRCode", 40, ["qrCode"]],
    ]
