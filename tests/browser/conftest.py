"""Journeys in a real browser, against the whole system as bin/run starts it: web server, worker, simulated WeChat.

    @IN_EVERY_WAY                                 # tests.browser.screens: ON_EVERY_SCREEN, ON_A_DESK and others too
    def test_…(site: Site, page: Page, page_watch: PageWatch, shot: Shot) -> None:
        page.goto("/")                            # addresses are relative to the site
        with page_watch.expecting("409 POST /api/v1/orders"):  # announced; whatever else goes wrong fails the test
            …
        shot(page, "home")                        # a PNG below $SCREENSHOTS, nothing without it
        assert_fit_for_people(page)               # tests.browser.standards: accessible, touchable, no sideways scroll

site         one running system, shared by the tests of a process: site.url, .buyer(name) and .officer(username) sign
             in and give tokens, .buy(token, **order), .pay(number, token), .call(method, path, token, status, **httpx),
             .fresh_name(), .password (of every demo officer), `with site.writing() as session:` for make_* rows, .log
page         a page in a context of its own; new_page(**context options) opens one for somebody else, or another screen
screen       "small" 360x740 (unless a test says otherwise), "phone" 390x844, "desk" 1280x800; language: "zh" or "en"
page_watch   console errors, exceptions, requests elsewhere and answers from 400 on, of every page of the test

Every run takes the journeys marked `main_journey`, bin/test --all takes all.
A test marked `both_engines` runs on PostgreSQL too where bin/test --all has one; all others on SQLite only.
Nothing is emptied in between: a test signs in as somebody new (site.fresh_name()) and makes what it changes.
Wait with locators and expect(); wait_for_function is forbidden by our own content policy.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from bin import chromium
from bin.browser import launch
from tests.browser.screens import LANGUAGES, SCREENS, NewPage, Shot
from tests.browser.site import Site
from tests.browser.starting import made_world, started
from tests.browser.sweeps import Sweep
from tests.browser.watching import PageWatch

HERE = Path(__file__).parent
#: Two slow cores may be shared by many.
ANSWER_MS = 30_000


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A page in a browser costs seconds: every run takes the main journeys, `--all` all of them."""
    for item in items:
        if item.path.is_relative_to(HERE) and not item.get_closest_marker("main_journey"):
            item.add_marker(pytest.mark.long)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what is marked so on both engines, where everything is asked for."""
    if "site_engine" in metafunc.fixturenames and metafunc.definition.get_closest_marker("both_engines"):
        both = metafunc.config.getoption("--all") and os.environ["TEST_DATABASE_URL"]
        engines = ["sqlite", "postgresql"] if both else ["sqlite"]
        metafunc.parametrize("site_engine", engines, indirect=True, scope="package")


@pytest.fixture(scope="package")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One browser for the tests of this folder in this process; none is left to slow the others down."""
    program = chromium.find()
    if program is None:
        pytest.skip("no Chromium to open pages with")
    expect.set_options(timeout=ANSWER_MS)
    with sync_playwright() as playwright:
        running = launch(playwright, program, tmp_path_factory.mktemp("browser"))
        yield running
        running.close()


@pytest.fixture(scope="package")
def site_engine(request: pytest.FixtureRequest) -> str:
    """The engine of the running system."""
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture(scope="package")
def site(browser: Browser, site_engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The system the tests of this process share, on its own copy of the run's one world."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with started(made_world(shared, site_engine), site_engine) as running:
        yield running


@pytest.fixture
def screen(request: pytest.FixtureRequest) -> str:
    """What the pages are looked at on, a key of SCREENS."""
    return str(getattr(request, "param", "small"))


@pytest.fixture
def language(request: pytest.FixtureRequest) -> str:
    """What the reader's browser asks for, a key of LANGUAGES."""
    return str(getattr(request, "param", "zh"))


@pytest.fixture
def page_watch(site: Site) -> Iterator[PageWatch]:
    """Everything that goes wrong on this test's pages; what was not announced fails the test at its end."""
    watch = PageWatch(site.url)
    yield watch
    if watch.found:
        broken = any(line[0] == "5" for line in watch.found)
        told = "\n\nThe server's log ends with:\n" + site.log[-3000:] if broken else ""
        pytest.fail("not announced:\n" + "\n".join(watch.found) + told, pytrace=False)


@pytest.fixture
def new_page(
    browser: Browser, site: Site, page_watch: PageWatch, screen: str, language: str
) -> Iterator[NewPage]:
    """Opens a page in a context of its own, as for another person; options are those of a browser's context."""
    with ExitStack() as stack:

        def opened(**options: Any) -> Page:
            shown_on = options.pop("screen", screen)
            by_finger = shown_on != "desk"
            wanted = {
                "base_url": site.url,
                "viewport": SCREENS[shown_on],
                "locale": LANGUAGES[language],
                "timezone_id": "Asia/Shanghai",
                "has_touch": by_finger,
                "is_mobile": by_finger,
                # It would fetch the whole shell for every test; those about it allow it.
                "service_workers": "block",
                **options,
            }
            context = stack.enter_context(browser.new_context(**wanted))
            context.set_default_timeout(ANSWER_MS)
            page_watch.watch(context)
            return context.new_page()

        yield opened
        page_watch.settle()


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """A page in a context of its own."""
    return new_page()


@pytest.fixture
def shot(screen: str, language: str) -> Shot:
    """Keeps a picture of the whole page as <name>-<screen>-<language>.png below $SCREENSHOTS, where that is set."""
    folder = os.environ.get("SCREENSHOTS")

    def taken(page: Page, name: str) -> None:
        if folder:
            page.screenshot(path=Path(folder) / f"{name}-{screen}-{language}.png", full_page=True)

    return taken


@pytest.fixture
def sweep(screen: str, language: str) -> Sweep:
    """Looks at screen after screen."""
    return Sweep(screen, language)
