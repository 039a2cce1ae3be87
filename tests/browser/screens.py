"""The screens pages are looked at on, and how a test asks for them."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, ViewportSize

#: What the fixtures `new_page` and `shot` are.
NewPage = Callable[..., Page]
Shot = Callable[[Page, str], None]

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
