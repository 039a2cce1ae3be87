"""The screens pages are looked at on, the browser that draws them, and the fonts it draws with."""

import os
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from playwright.sync_api import Browser, Page, Playwright, ViewportSize

#: What the fixtures `new_page` and `shot` are.
NewPage = Callable[..., Page]
Shot = Callable[[Page, str], None]

ROOT = Path(__file__).parents[2]
FONTS = ROOT / "static" / "vendor" / "noto-sans-sc"
#: A small phone, a usual one, an office's desk.
SCREENS: dict[str, ViewportSize] = {
    "small": {"width": 360, "height": 740},
    "phone": {"width": 390, "height": 844},
    "desk": {"width": 1280, "height": 800},
}
LANGUAGES = {"zh": "zh-CN", "en": "en-US"}

#: Decorators: run a test on each of them.
ON_EVERY_SCREEN = pytest.mark.parametrize("screen", SCREENS, indirect=True)
ON_PHONES = pytest.mark.parametrize("screen", ["small", "phone"], indirect=True)
ON_A_DESK = pytest.mark.parametrize("screen", ["desk"], indirect=True)
IN_BOTH_LANGUAGES = pytest.mark.parametrize("language", LANGUAGES, indirect=True)

ARGUMENTS = (
    # The tests may run as root, and pages are our own.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Whatever a page asks for elsewhere fails, and is noted.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
_FONTS_CONF = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
</fontconfig>
"""


def launch(playwright: Playwright, program: str, folder: Path) -> Browser:
    """Start the browser with the project's own fonts, so that Chinese looks the same on every machine."""
    conf = folder / "fonts.conf"
    conf.write_text(
        _FONTS_CONF.format(fonts=escape(str(FONTS)), cache=escape(str(folder / "fonts-cache"))), "utf-8"
    )
    return playwright.chromium.launch(
        executable_path=program,
        args=ARGUMENTS,
        env={**os.environ, "FONTCONFIG_FILE": str(conf)},
    )
