"""Screen after screen of the console, each judged at every size."""

import os
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.screens import SCREENS, looks
from tests.browser.standards import assert_fit_for_people, assert_no_sideways_scroll, assert_touchable

#: As pages are looked at in every way, but the phone is looked at with the desk.
SWEPT = looks("screen,language", ("small", "zh"), ("desk", "zh"), ("small", "en"))
#: Sizes beside the one a page is opened on, which is the widest: what folds away on a phone is judged there as well.
NARROWER = {"desk": ["phone"]}


class Sweep:
    """Goes over many screens on one page and gathers what is wrong with them, so that one run tells all."""

    def __init__(self, screen: str, language: str) -> None:
        self._screen, self._language = screen, language
        self._found: list[str] = []

    def look(self, page: Page, name: str) -> None:
        """Judge what stands on a page, at its own size and at those beside it."""
        for size in (self._screen, *NARROWER.get(self._screen, [])):
            page.set_viewport_size(SCREENS[size])
            _keep(page, f"console-{name}-{size}-{self._language}")
            try:
                _judge(page, size)
            except AssertionError as error:
                self._found.append(f"{name} {size}\n{error}")
        page.set_viewport_size(SCREENS[self._screen])

    def assert_fit(self) -> None:
        """Nothing was wrong anywhere."""
        assert not self._found, "\n\n".join(self._found)


def _judge(page: Page, size: str) -> None:
    """All three standards; colours and roles not on the other phone, which changes none."""
    if size == "phone":
        assert_touchable(page)
        assert_no_sideways_scroll(page)
    else:
        assert_fit_for_people(page)


def _keep(page: Page, name: str) -> None:
    """A picture of the whole page below $SCREENSHOTS, where that is set."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
