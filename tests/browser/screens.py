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


def looks(names: str, *ways: tuple[str, ...]) -> pytest.MarkDecorator:
    """How a test looks at what it opens: in the first of these ways in every run, in the others with `--all`."""
    first, *others = ways
    seldom = [pytest.param(*way, marks=pytest.mark.long) for way in others]
    return pytest.mark.parametrize(names.split(","), [first, *seldom], indirect=True)


#: Decorators: run a test on each of them.
ON_EVERY_SCREEN = looks("screen", ("small",), ("phone",), ("desk",))
ON_A_PHONE_AND_A_DESK = looks("screen", ("phone",), ("desk",))
#: All sizes in Chinese, and English, which is longer, on the smallest.
IN_EVERY_WAY = looks("screen,language", ("small", "zh"), ("phone", "zh"), ("desk", "zh"), ("small", "en"))
IN_BOTH_LANGUAGES = looks("language", ("zh",), ("en",))
ON_PHONES = pytest.mark.parametrize("screen", ["small", "phone"], indirect=True)
ON_A_DESK = pytest.mark.parametrize("screen", ["desk"], indirect=True)
