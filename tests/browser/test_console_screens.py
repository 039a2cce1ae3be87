"""Every screen of the console's registry and people is fit for people, on every size and in both languages."""

import pytest
from playwright.sync_api import Page

from tests.browser.console_pages import go_to, open_as
from tests.browser.console_places import Places, make_places
from tests.browser.screens import IN_EVERY_WAY, Shot
from tests.browser.site import Site
from tests.browser.standards import assert_fit_for_people
from tests.browser.sweeps import SWEPT, Sweep

#: Who looks at what; names in braces are those of Places.
SCREENS = {
    "county": (
        "/",
        "/?year={year}&region=522326107213",
        "/me",
        "/households",
        "/households?q=5223261072139999",
        "/households/{household}",
        "/households/{household}/trees",
        "/households/{household}/income",
        "/households/{household}/postings",
        "/households/{household}/accounts",
        "/households/{household}/consents",
        "/households/{household}/changes",
        "/households/{household}/binding",
        "/income",
        "/income?group_by=month",
        "/income?group_by=household&region=522326107213",
        "/imports",
        "/imports?kind=measurements",
        "/imports/{checked_import}",
        "/imports/{refused_import}",
        "/accounts",
        "/trees",
        "/trees/{tree}",
        "/trees/{lost_tree}",
        "/nowhere",
    ),
    "verifier": (
        "/verifications",
        "/verifications?region=522326001",
        "/verifications/{draft}",
        "/verifications/1",
        "/year-reviews",
        "/year-reviews/{open_review}",
        "/year-reviews/{confirmed_review}",
    ),
    "admin": (
        "/people",
        "/people?role=verifier&state=ended",
        "/people/{invited}",
        "/people/maker",
        "/proposals",
        "/proposals?state=refused",
        "/poverty-lines",
    ),
}


@pytest.fixture(scope="package")
def places(site: Site) -> Places:
    """Something to look at on every screen."""
    return make_places(site)


@pytest.mark.parametrize("officer", SCREENS)
@SWEPT
def test_every_screen_of_the_registry_is_fit_for_people(
    officer: str, page: Page, site: Site, places: Places, sweep: Sweep
) -> None:
    open_as(page, site, officer)
    for address in SCREENS[officer]:
        path = address.format(**{name: getattr(places, name) for name in places.__slots__})
        go_to(page, path)
        name = address.strip("/").translate(str.maketrans("/?=&", "----", "{}"))
        sweep.look(page, name)
    sweep.assert_fit()


@IN_EVERY_WAY
def test_the_way_in_is_fit_for_people(page: Page, shot: Shot) -> None:
    page.goto("/console")
    page.locator("#field-username").wait_for()
    shot(page, "console-sign-in")
    assert_fit_for_people(page)
    page.goto("/console#/invitation?token=worn-out")
    page.reload()
    page.locator("#field-again").wait_for()
    shot(page, "console-invitation")
    assert_fit_for_people(page)
