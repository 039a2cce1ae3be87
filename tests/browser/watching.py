"""Watches every page of a test: what goes wrong without being announced fails the test at its end."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response, Route, WebError

#: Chromium says it once more on the console; the answer itself has been noted.
_SAID_TWICE = "Failed to load resource"
#: Whoever leaves a page ends what it was still asking for; that is nobody's fault.
_LEFT = "net::ERR_ABORTED"
#: How a browser says that nobody can be reached.
GONE = "net::ERR_INTERNET_DISCONNECTED"


class PageWatch:
    """Notes what goes wrong on the pages of its contexts, a line each.

    `409 POST /api/v1/orders`, `failed GET /static/a.js net::ERR_…`, `console: …`, `exception: …`, `elsewhere: GET https://…`
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._contexts: list[BrowserContext] = []
        self.found: list[str] = []

    def watch(self, context: BrowserContext) -> None:
        """Note what goes wrong on every page of a context, those that are opened later too."""
        self._contexts.append(context)
        context.on("console", self._console)
        context.on("weberror", self._exception)
        context.on("request", self._request)
        context.on("requestfailed", self._failed)
        context.on("response", self._response)

    @contextmanager
    def expecting(self, *announced: str) -> Iterator[None]:
        """Announce what goes wrong in the block, by how its lines begin; each must come, and may come again."""
        self.settle()
        before = len(self.found)
        yield
        self.settle()
        new = self.found[before:]
        self.found[before:] = [line for line in new if not line.startswith(announced)]
        missing = [one for one in announced if not any(line.startswith(one) for line in new)]
        assert not missing, f"announced, but it did not come: {missing}; what came: {new}"

    def settle(self) -> None:
        """Take in what the pages have told by now."""
        for page in self._pages():
            page.title()

    def _pages(self) -> list[Page]:
        return [page for context in self._contexts for page in context.pages if not page.is_closed()]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "assert") and not message.text.startswith(_SAID_TWICE):
            self.found.append(f"console: {message.text}")

    def _exception(self, error: WebError) -> None:
        self.found.append(f"exception: {error.error}")

    def _request(self, request: Request) -> None:
        if urlsplit(request.url).scheme not in ("data", "blob") and not self._ours(request):
            self.found.append(f"elsewhere: {request.method} {request.url}")

    def _failed(self, request: Request) -> None:
        if self._ours(request) and request.failure != _LEFT:
            self.found.append(f"failed {self._named(request)} {request.failure}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and self._ours(response.request):
            self.found.append(f"{response.status} {self._named(response.request)}")

    def _ours(self, request: Request) -> bool:
        return request.url.startswith(f"{self._url}/")

    def _named(self, request: Request) -> str:
        return f"{request.method} {request.url.removeprefix(self._url)}"


def lost_answer(page: Page, path: re.Pattern[str]) -> Callable[[], None]:
    """Let calls arrive and their answers be lost, until what this gives is called."""

    def lose(route: Route) -> None:
        route.fetch()
        route.abort("internetdisconnected")

    page.route(path, lose)
    return lambda: page.unroute(path, lose)
