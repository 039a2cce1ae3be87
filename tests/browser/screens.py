"""The screens pages are looked at on, and how a test asks for them."""

from collections.abc import Callable
from typing import Any

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


def looks(names: str, first: Any, *others: Any) -> pytest.MarkDecorator:
    """A test's looks at what it opens: the first in every run, the others where `--all` is given."""
    seldom = [
        pytest.param(*(one if isinstance(one, tuple) else (one,)), marks=pytest.mark.long) for one in others
    ]
    return pytest.mark.parametrize(names.split(","), [first, *seldom], indirect=True)


#: Decorators: run a test on each of them.
ON_EVERY_SCREEN = looks("screen", ("small",), "phone", "desk")
ON_A_PHONE_AND_A_DESK = looks("screen", ("phone",), "desk")
IN_BOTH_LANGUAGES = looks("language", ("zh",), "en")
ON_PHONES = pytest.mark.parametrize("screen", ["small", "phone"], indirect=True)
ON_A_DESK = pytest.mark.parametrize("screen", ["desk"], indirect=True)
