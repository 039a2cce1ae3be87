"""Takes the pictures of the READMEs, docs/screenshots, of a running demo: every person in the sample data is invented.

bin/run, on a fresh database; then .venv/bin/python -m bin.screenshots [http://127.0.0.1:8000]
"""

import io
import os
import sys
import tempfile
import uuid
from pathlib import Path

import httpx
from dotenv import dotenv_values
from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from bin import chromium
from bin.browser import launch

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "screenshots"
API = "/api/v1"
PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 800}
#: Bytes of a picture at most: whoever reads the README on a phone loads them all.
MOST = 60_000


def main(url: str) -> int:
    """Write all six; 2 where there is no browser."""
    program = chromium.find()
    if program is None:
        print(chromium.bring() or "Chromium is there now: start again.", file=sys.stderr)
        return 2
    FOLDER.mkdir(exist_ok=True)
    with (
        httpx.Client(base_url=url, timeout=60) as http,
        tempfile.TemporaryDirectory() as folder,
        sync_playwright() as playwright,
    ):
        browser = launch(playwright, program, Path(folder))
        phone, desk = _opened(browser, url, PHONE, 2), _opened(browser, url, DESK, 1)
        _buyer(phone, http)
        _officer(desk)
        browser.close()
    return 0


def _buyer(page: Page, http: httpx.Client) -> None:
    page.goto("/")
    expect(page.locator(".help .primary")).to_contain_text("¥")
    _keep(page, "home")
    [tree] = http.get(f"{API}/trees", params={"available": "true", "limit": 1}).json()["items"]
    page.goto(f"/#/trees/{tree['code']}")
    expect(page.get_by_role("link", name="买这株树")).to_be_visible()
    _keep(page, "tree")
    address, code = _bought(http)
    page.goto(address)
    _keep(page, "certificate")
    page.goto("/scan")
    page.locator("input[type=file]").set_input_files(
        {"name": "code.png", "mimeType": "image/png", "buffer": code}
    )
    expect(page.locator(".is-valid h1")).to_be_visible()
    _keep(page, "scanner")


def _officer(page: Page) -> None:
    password = (
        os.environ.get("DEMO_PASSWORD")
        or dotenv_values(ROOT / "instance" / "development.env")["DEMO_PASSWORD"]
    )
    body = {"username": "county", "password": password, "cookie": True}
    assert page.request.post(f"{API}/officer/session", data=body).ok, (
        "the demo's officers have another password"
    )
    for name, screen in (("console", "/"), ("payout", "/payouts/1")):
        page.goto("about:blank")
        page.goto(f"/console#{screen}")
        expect(page.locator("#screen h1")).to_be_visible()
        expect(page.locator(".waiting")).to_have_count(0)
        _keep(page, name)


def _bought(http: httpx.Client) -> tuple[str, bytes]:
    """A certificate of three trees, paid just now: the address in its QR code, and the code as a picture."""
    sign_in = {"channel": "miniprogram", "code": "demo:lin"}
    headers = {"Authorization": f"Bearer {_sent(http, '/session', sign_in)['token']}"}
    body = {"count": 3, "purpose": "personal", "holder_name": "林小满", "holder_public": True}
    order = _sent(http, "/orders", body, {**headers, "Idempotency-Key": uuid.uuid4().hex})
    sheet = _sent(http, f"/orders/{order['number']}/payment", None, headers)
    http.post("/sandbox/cashier", json={"package": sheet["package"]}).raise_for_status()
    certificate = http.get(f"{API}/certificates", params={"limit": 1}, headers=headers).json()["items"][0]
    code = http.get(f"/c/{certificate['serial']}/qr.png", headers=headers).raise_for_status()
    return str(certificate["url"]), code.content


def _sent(
    http: httpx.Client, path: str, body: object, headers: dict[str, str] | None = None
) -> dict[str, str]:
    answer = http.post(f"{API}{path}", json=body, headers=headers).raise_for_status()
    return dict(answer.json())


def _opened(browser: Browser, url: str, screen: ViewportSize, scale: int) -> Page:
    return browser.new_page(
        base_url=url,
        viewport=screen,
        device_scale_factor=scale,
        is_mobile=screen is PHONE,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
    )


def _keep(page: Page, name: str) -> None:
    """The visible part of a page as WebP, at the best quality that stays below MOST."""
    with Image.open(io.BytesIO(page.screenshot(animations="disabled"))) as picture:
        for quality in range(90, 20, -10):
            written = io.BytesIO()
            picture.convert("RGB").save(written, "WEBP", quality=quality, method=6)
            if written.tell() <= MOST:
                break
    (FOLDER / f"{name}.webp").write_bytes(written.getvalue())
    print(f"docs/screenshots/{name}.webp, {written.tell():,} bytes")


if __name__ == "__main__":
    sys.exit(main((sys.argv[1:] or ["http://127.0.0.1:8000"])[0]))
