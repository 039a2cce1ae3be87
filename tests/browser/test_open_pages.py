"""The pages anybody may open: the front door, the documents, a certificate, a mistyped serial."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.screens import IN_EVERY_WAY, NewPage, Shot
from tests.browser.site import Site
from tests.browser.standards import assert_fit_for_people
from tests.browser.watching import PageWatch


@pytest.fixture(scope="module")
def certificate_url(site: Site) -> str:
    """What the QR code of a certificate says that somebody has just paid."""
    buyer = site.buyer()
    site.buy(buyer, count=3)
    return str(site.call("GET", "/certificates", buyer)["items"][0]["url"])


@IN_EVERY_WAY
@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/", {"zh": "买一株树的碳汇", "en": "One tree's carbon sink"}),
        ("/privacy", {"zh": "隐私说明", "en": "Privacy"}),
        ("/terms", {"zh": "购买条款", "en": "Terms"}),
    ],
    ids=["home", "privacy", "terms"],
)
def test_the_open_pages_are_fit_for_everybody(
    page: Page, shot: Shot, language: str, path: str, heading: dict[str, str]
) -> None:
    page.goto(path)
    if path == "/":
        # Drawn by the client's script, in place of what was sent.
        expect(page.get_by_role("navigation")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_contain_text(heading[language])
    shot(page, path.strip("/") or "home")
    assert_fit_for_people(page)


@IN_EVERY_WAY
def test_a_paid_certificate_is_fit_for_everybody(page: Page, shot: Shot, certificate_url: str) -> None:
    page.goto(certificate_url)
    expect(page.get_by_role("heading", level=1)).to_contain_text("真实有效")
    shot(page, "certificate")
    assert_fit_for_people(page)


@pytest.mark.parametrize("path", ["certificate", "/terms"])
def test_who_asked_for_larger_type_has_it_on_the_pages_that_are_sent_whole(
    page: Page, shot: Shot, certificate_url: str, path: str
) -> None:
    page.goto("/#/me")
    page.get_by_role("switch", name="关怀模式").check()
    page.goto(certificate_url if path == "certificate" else path)
    expect(page.locator("html")).to_have_class("care")
    expect(page.locator("html")).to_have_css("font-size", "20px")
    shot(page, f"care-{path.strip('/')}")
    assert_fit_for_people(page)


@IN_EVERY_WAY
def test_a_mistyped_serial_is_told_on_a_page_fit_for_everybody(
    page: Page, page_watch: PageWatch, shot: Shot
) -> None:
    with page_watch.expecting("422 GET /c/7K3M-9QX2-0000-0000"):
        page.goto("/c/7K3M-9QX2-0000-0000")
        expect(page.get_by_role("heading", level=1)).to_contain_text("编号有误")
    shot(page, "mistyped")
    assert_fit_for_people(page)


def test_a_serial_is_looked_up_without_scripts_too(
    new_page: NewPage, page_watch: PageWatch, certificate_url: str
) -> None:
    page = new_page(java_script_enabled=False)
    # The page names the modules it would need; without scripts the browser refuses to fetch them.
    with page_watch.expecting("failed GET /static/"):
        page.goto("/")
    page.get_by_label("查验证书").fill(certificate_url.partition("/c/")[2].partition("?")[0].lower())
    page.get_by_role("button", name="查验").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("真实有效")


def test_a_certificate_is_drawn_with_chinese_letters(page: Page, certificate_url: str) -> None:
    """Without a font that has them every character would be the same empty box."""
    page.goto(certificate_url)
    client = page.context.new_cdp_session(page)
    client.send("DOM.enable")
    client.send("CSS.enable")
    root = client.send("DOM.getDocument")["root"]["nodeId"]
    heading = client.send("DOM.querySelector", {"nodeId": root, "selector": "h1"})["nodeId"]
    fonts = client.send("CSS.getPlatformFontsForNode", {"nodeId": heading})["fonts"]
    assert {font["familyName"] for font in fonts} == {"Noto Sans SC"}
