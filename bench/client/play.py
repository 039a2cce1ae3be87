"""Plays the case: a small campaign in a fresh database, gunicorn, and a browser that opens the home time after time."""

from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

from bench.campaigns import written
from bench.checks import Check
from bench.client.figures import Result
from bench.client.line import Line
from bench.client.visit import two_visits
from bench.databases import Server
from bench.web import serving
from bin import chromium
from bin.browser import launch
from domain.campaign import Campaign
from domain.certificates import kilograms_text
from domain.money import grouped_yuan
from models import database
from services import statistics

#: Visits to a server that has served the page before, so that none waits for what is compressed once and kept.
WARM = 1


class BrowserError(Exception):
    """There is no browser, or it did not do as it was told; the message says which."""


def run(server: Server, folder: Path, campaign: Campaign, rounds: int, say: Callable[[str], None]) -> Result:
    """Measure first and second visits; raises BrowserError, bench.stage.StageError, bench.web.WebError."""
    program = chromium.find()
    if program is None:
        raise BrowserError(chromium.bring() or "Chromium is there now: start again.")
    result = Result(Line())
    with written(server, folder / "client", campaign, say) as found:
        with found.app.app_context():
            figures = statistics.statistics(database())
        with serving("app:create_app()", found.environ, found.log) as web, sync_playwright() as playwright:
            host, port = web.address
            try:
                browser = launch(playwright, program, found.log.parent)
                for number in range(WARM + rounds):
                    first, second = two_visits(browser, f"http://{host}:{port}", result.line)
                    if number >= WARM:
                        result.first.append(first)
                        result.second.append(second)
                        say(f"  {first.bytes:,} bytes, totals after {first.content_ms / 1000:.2f} s")
                browser.close()
            except Error as error:
                raise BrowserError(error.message) from error
    result.checks += _checks(result, figures)
    return result


def _checks(result: Result, figures: statistics.Statistics) -> Iterator[Check]:
    right = (
        f"{figures.trees_sold:,}",
        kilograms_text(figures.sink_sold_g or 0),
        grouped_yuan(figures.sold_fen or 0),
        f"{figures.households_with_income:,}",
    )
    visits = [*result.first, *result.second]
    wrong = {
        str(one.totals)
        for one in visits
        if tuple(text.partition("\n")[0].split()[0] for text in one.totals) != right
    }
    yield Check("the totals on the screen are those of the database", tuple(sorted(wrong)))
