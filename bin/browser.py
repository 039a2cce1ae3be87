"""Starts Debian's Chromium for whoever opens our pages: the tests, the measurement, the pictures of the README."""

import os
from pathlib import Path
from xml.sax.saxutils import escape

from playwright.sync_api import Browser, Playwright

ROOT = Path(__file__).resolve().parent.parent
FONTS = ROOT / "static" / "vendor" / "noto-sans-sc"

ARGUMENTS = (
    # It may run as root, and pages are our own.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Whatever a page asks for elsewhere fails.
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
