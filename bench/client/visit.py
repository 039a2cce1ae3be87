"""One visit to the buyer's home: what was sent, and when what stood on the screen."""

from dataclasses import dataclass

from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from bench.client.line import Line, Traffic, narrow, narrowed_worker

PHONE: ViewportSize = {"width": 390, "height": 844}
#: Milliseconds a visit may take at most.
PATIENCE_MS = 60_000
#: Notes when the four totals stand there as figures and have been painted, and when the button to buy says its price.
_WATCH = """
(() => {
  const seen = (window.danzhuSeen = {});
  const number = (node) => /\\d/.test(node.textContent);
  const look = () => {
    const totals = [...document.querySelectorAll(".figures dd")];
    const painted = performance.getEntriesByName("first-contentful-paint").length > 0;
    if (!seen.content && painted && totals.length === 4 && totals.every(number)) seen.content = performance.now();
    const button = document.querySelector(".help .primary");
    if (!seen.usable && button && button.textContent.includes("¥")) seen.usable = performance.now();
    if (!seen.usable) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})();
"""


@dataclass(frozen=True, slots=True)
class Visit:
    """Milliseconds from the tap to the real totals, and to the price on the button; what came over the line."""

    content_ms: float
    usable_ms: float
    sent: dict[str, int]
    totals: tuple[str, ...]

    @property
    def requests(self) -> int:
        """Answers that came over the line."""
        return len(self.sent)

    @property
    def bytes(self) -> int:
        """Bytes of these answers, as sent."""
        return sum(self.sent.values())


def two_visits(browser: Browser, url: str, line: Line) -> tuple[Visit, Visit]:
    """Somebody's first visit, with nothing kept, and the second, once the service worker has kept the shell."""
    context = browser.new_context(
        base_url=url,
        viewport=PHONE,
        is_mobile=True,
        has_touch=True,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
    )
    context.set_default_timeout(PATIENCE_MS)
    context.add_init_script(_WATCH)
    try:
        first = _visit(context, line, Traffic())
        traffic = Traffic()
        with narrowed_worker(browser, url, line, traffic):
            return first, _visit(context, line, traffic)
    finally:
        context.close()


def _visit(context: BrowserContext, line: Line, traffic: Traffic) -> Visit:
    page = context.new_page()
    narrow(page, line, traffic)
    page.goto("/")
    page.locator(".help .primary", has_text="¥").wait_for()
    page.wait_for_load_state("networkidle")
    seen = page.evaluate("() => window.danzhuSeen")
    found = Visit(seen["content"], seen["usable"], dict(traffic.sent), _totals(page))
    # The worker keeps the shell once the page stands there; the next visit begins after that.
    page.evaluate("async () => { await navigator.serviceWorker.ready; }")
    page.close()
    return found


def _totals(page: Page) -> tuple[str, ...]:
    return tuple(page.locator(".figures dd").all_inner_texts())
