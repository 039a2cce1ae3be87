"""The standards find what they are there to find, in rows built like their neighbours too."""

import pytest
from playwright.sync_api import Page

from tests.browser.standards import assert_accessible, assert_no_sideways_scroll, assert_touchable

ROWS = "<ul>" + 6 * "<li><button>更多</button></li>" + "</ul>"


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        ("all => all.forEach(row => row.firstChild.textContent = '')", "button-name"),
        ("all => all[3].firstChild.textContent = ''", "button-name"),
        ("all => all[0].firstChild.style = 'color: #ccc; background: #fff'", "color-contrast"),
        ("all => all[3].innerHTML = '<img src=data:,>'", "image-alt"),
        ("all => all[3].firstChild.setAttribute('aria-hidden', 'maybe')", "aria-valid-attr-value"),
    ],
    ids=["words of all", "words of one", "contrast", "picture", "state"],
)
def test_axe_is_shown_whatever_is_built_otherwise(page: Page, change: str, broken: str) -> None:
    page.goto("/privacy")
    page.evaluate("rows => document.querySelector('main').insertAdjacentHTML('beforeend', rows)", ROWS)
    assert_accessible(page)
    page.locator("main ul").last.locator("li").evaluate_all(change)
    with pytest.raises(AssertionError, match=broken):
        assert_accessible(page)


def test_what_is_too_small_or_too_wide_is_found(page: Page) -> None:
    page.goto("/privacy")
    heading = page.get_by_role("heading", level=1)
    heading.evaluate("heading => heading.style.fontSize = '13px'")
    with pytest.raises(AssertionError, match="is 13"):
        assert_touchable(page)
    heading.evaluate("heading => heading.style.width = '400px'")
    with pytest.raises(AssertionError, match="px wide on 360"):
        assert_no_sideways_scroll(page)
