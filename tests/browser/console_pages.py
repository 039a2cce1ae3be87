"""The officers' console as a browser opens it: signed in without the form, which has tests of its own."""

from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.browser.site import Site
from tests.support.buying import API


def open_as(page: Page, site: Site, username: str, screen: str = "/", password: str = "") -> None:
    """Open a screen of the console as an officer, a demo officer unless another password is given."""
    sign_in(page, site, username, password)
    open_screen(page, screen)


def sign_in(page: Page, site: Site, username: str, password: str = "") -> None:
    """Have the page's context signed in by its cookie; whoever was signed in there before is not any more."""
    body = {"username": username, "password": password or site.password, "cookie": True}
    answer = page.request.post(f"{site.url}{API}/officer/session", data=body)
    assert answer.status == 201, answer.text()


def open_screen(page: Page, screen: str) -> None:
    """Load the console at one of its screens, as whoever is signed in."""
    page.goto("about:blank")
    page.goto(f"/console#{screen}")
    loaded(page)


def go_to(page: Page, screen: str) -> None:
    """Go to another screen of the console that is open, as a link there does: what is loaded stays."""
    if urlsplit(page.url).fragment.partition("?")[0] == screen.partition("?")[0]:
        # The same screen would stay and only look elsewhere, and nothing would tell that it has.
        go_to(page, "/nowhere")
    page.evaluate(_GO, screen)
    # What is left stands there until the next screen does.
    expect(page.locator("#screen h1:not([data-left])")).to_be_visible()
    loaded(page)


_GO = """screen => {
  document.querySelector("#screen h1").dataset.left = "";
  location.hash = screen;
}"""


def loaded(page: Page) -> None:
    """Wait until the screen stands there with all that it asked for."""
    expect(page.locator("#screen h1")).to_be_visible()
    expect(page.locator(".waiting")).to_have_count(0)


def act(page: Page, name: str, **fields: str) -> None:
    """Press a button that asks in a sheet, fill the sheet's fields in by their labels, and do it there."""
    page.get_by_role("button", name=name, exact=True).click()
    sheet = page.get_by_role("dialog")
    for label, words in fields.items():
        sheet.get_by_label(label, exact=True).fill(words)
    sheet.get_by_role("button", name=name, exact=True).click()
    expect(sheet).to_have_count(0)
    loaded(page)


def taken(page: Page, button: str) -> bytes:
    """The file that a button saves; the first of its name, which is that of the first table."""
    with page.expect_download() as kept:
        page.get_by_role("button", name=button, exact=True).first.click()
    return Path(kept.value.path()).read_bytes()
