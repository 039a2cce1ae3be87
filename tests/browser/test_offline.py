"""With the network cut: the scanner checks signatures and asks later, the shell opens, nothing personal was kept."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.screens import NewPage, Shot
from tests.browser.site import Site
from tests.browser.standards import assert_fit_for_people
from tests.browser.test_scan import expect_verdict, picture_of, scan_picture
from tests.browser.watching import PageWatch

_KEPT = """async () => Object.fromEntries(await Promise.all((await caches.keys()).map(
  async (name) => [name, (await (await caches.open(name)).keys()).map(({url}) => url)])))"""
_OLD = "async () => { await (await caches.open('danzhu-0000000000')).put('/old', new Response('old')); }"


@pytest.fixture
def at_home(new_page: NewPage) -> Page:
    """A page that may have a service worker."""
    return new_page(service_workers="allow")


def kept(page: Page) -> dict[str, list[str]]:
    found: dict[str, list[str]] = page.evaluate(_KEPT)
    return found


def wait_until_kept(page: Page, ending: str) -> None:
    """Wait until that is kept, and the worker has taken the page over."""
    for _ in range(200):
        found = any(url.endswith(ending) for urls in kept(page).values() for url in urls)
        if found and page.evaluate("navigator.serviceWorker.controller !== null"):
            return
        page.wait_for_timeout(200)
    pytest.fail(f"{ending} was not kept: {kept(page)}")


@pytest.mark.main_journey
def test_the_scanner_works_without_a_network_and_completes_its_scans_afterwards(
    at_home: Page, site: Site, page_watch: PageWatch, shot: Shot
) -> None:
    page, buyer = at_home, site.buyer()
    site.buy(buyer, count=2)
    code = picture_of(site.call("GET", "/certificates", buyer)["items"][0]["url"])
    page.goto("/scan")
    wait_until_kept(page, ".wasm")
    with page_watch.expecting("failed GET"):
        page.context.set_offline(True)
        page.reload()
        expect(page.locator(".offline-band")).to_be_visible()
        scan_picture(page, code)
        expect_verdict(page, "signed_offline", "签名无误")
        expect(page.locator(".verdict")).to_contain_text("签名有效，截至")
        expect(page.locator(".is-valid")).to_have_count(0)
        expect(page.locator(".kept li")).to_contain_text("待补查")
        shot(page, "scan-offline")
        assert_fit_for_people(page)
        page.get_by_role("button", name="再扫一张").click()
        page.get_by_label("证书编号").fill("7K3M-9QX2-VB8T-CN4Q")
        page.get_by_role("button", name="查验").click()
        expect_verdict(page, "open", "待联网查验")
        # What was asked without a network may be told of after it has come back.
        with page_watch.expecting("404 GET /api/v1/certificates/7K3M-9QX2-VB8T-CN4Q"):
            # The browser notices that its network is back, and what waits is asked about without anybody's doing.
            page.context.set_offline(False)
            expect(page.locator(".kept .badge")).to_have_text(["查无此证", "真实有效"])
    expect(page.locator(".offline-band")).to_have_count(0)


def test_only_the_shell_and_the_public_keys_are_kept_whatever_is_opened(at_home: Page, site: Site) -> None:
    page, buyer = at_home, site.buyer()
    site.buy(buyer)
    certificate = str(site.call("GET", "/certificates", buyer)["items"][0]["url"])
    page.goto("/")
    page.evaluate(_OLD)
    wait_until_kept(page, "/scan")
    page.reload()
    for path in ("/scan", certificate, "/privacy", "/#/trees", "/"):
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
    signed_in = {"token": buyer, "expires_at": "2099-01-01T00:00:00Z", "user": {}}
    page.evaluate("(buyer) => localStorage.setItem('danzhu.buyer', JSON.stringify(buyer))", signed_in)
    page.reload()
    page.evaluate(
        """async (token) => { for (const path of ['/me', '/certificates', '/orders', '/programme', '/stats'])
        await fetch(`/api/v1${path}`, path < '/p' ? {headers: {Authorization: `Bearer ${token}`}} : {}); }""",
        buyer,
    )
    wait_until_kept(page, ".wasm")
    caches = kept(page)
    (name,) = caches  # the old one is gone
    build = name.removeprefix("danzhu-")
    paths = {urlsplit(url).path for url in caches[name]}
    assert {path for path in paths if not path.startswith(f"/static/{build}/")} == {
        "/",
        "/scan",
        "/.well-known/danzhu-keys.json",
    }
    assert not any("console" in path or "photos" in path for path in paths)


def test_the_front_door_opens_without_a_network_and_says_so(
    at_home: Page, page_watch: PageWatch, shot: Shot
) -> None:
    page = at_home
    page.goto("/")
    wait_until_kept(page, "/scan")
    with page_watch.expecting("failed GET"):
        page.context.set_offline(True)
        page.goto("/")
        expect(page.locator(".offline-band")).to_be_visible()
        expect(page.locator(".figures dd").first).to_be_visible()
        expect(page.get_by_role("navigation")).to_be_visible()
        shot(page, "home-offline")
        assert_fit_for_people(page)


def test_a_worker_names_its_build_and_is_asked_for_each_time(site: Site) -> None:
    answer = site.http.get("/sw.js")
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "importScripts" in answer.text
