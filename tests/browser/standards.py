"""What every page owes to whoever opens it: readable, reachable by finger, no wider than the screen."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

#: The least a finger can hit and the least an eye can read, in CSS pixels.
TOUCH_PX = 44
TEXT_PX = 14

_axe = Axe()

#: Links and controls that are smaller; a link within a sentence is as high as its line, and that is allowed.
_TOO_SMALL_TO_TOUCH = """least => {
  const visible = e => e.checkVisibility({opacityProperty: true, visibilityProperty: true});
  const inSentence = e => getComputedStyle(e).display === 'inline' && [...e.parentElement.childNodes].some(
    n => n.nodeType === Node.TEXT_NODE && /[\\p{L}\\p{N}]/u.test(n.textContent));
  const boxes = e => [e, ...(e.matches('input') ? e.labels ?? [] : [])].map(one => one.getBoundingClientRect());
  const found = [];
  for (const e of document.querySelectorAll(
      'a[href], button, input:not([type=hidden]), select, textarea, summary, ' +
      '[role=button], [role=tab], [role=switch], [role=checkbox], [role=radio], [role=option], [role=menuitem]')) {
    const all = boxes(e);
    const own = all[0];
    const offScreen = own.right <= 0 || own.bottom + scrollY <= 0;
    // One pixel is how a control is left to screen readers alone; its label is what is touched.
    const seen = all.filter(box => box.width > 1 && box.height > 1);
    if (!seen.length || offScreen || !visible(e) || inSentence(e)) continue;
    // A label beside its control is hit as well as the control itself.
    const hit = seen.some(box => box.width >= least - 0.5 && box.height >= least - 0.5);
    if (!hit) found.push(`${e.outerHTML.slice(0, 90)} is ${own.width.toFixed(1)} x ${own.height.toFixed(1)}`);
  }
  return found;
}"""

_TOO_SMALL_TO_READ = """least => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const e = node.parentElement;
    // The 2 of CO2 is read with its word.
    if (!node.textContent.trim() || e.closest('sub, sup, script, style, noscript, template')) continue;
    if (!e.checkVisibility({opacityProperty: true, visibilityProperty: true})) continue;
    const size = parseFloat(getComputedStyle(e).fontSize);
    if (size < least) found.push(`“${node.textContent.trim().slice(0, 40)}” is ${size}`);
  }
  return found;
}"""

_STICKS_OUT = """width => [...document.body.querySelectorAll('*')]
  .filter(e => e.getBoundingClientRect().right > width + 0.5)
  .slice(0, 5)
  .map(e => `${e.outerHTML.slice(0, 90)} reaches to ${e.getBoundingClientRect().right.toFixed(1)}`)"""

#: What axe objects to. Of rows built alike it looks at the first two and the last: it would say the same of all.
_VIOLATIONS = """async () => {
  const counts = ['class', 'role', 'style'];
  const blank = text => text.trim() === '';
  const own = e => [...e.childNodes].filter(n => n.nodeType === Node.TEXT_NODE).map(n => n.textContent).join('');
  const form = e => `${e.tagName} ${blank(own(e))} ${[...e.attributes].map(({name, value}) =>
    `${name}=${counts.includes(name) ? value : blank(value)}`)} (${[...e.children].map(form)})`;
  const alike = [];
  for (const list of document.querySelectorAll('tbody, ul, ol')) {
    const met = new Map();
    for (const row of list.children) {
      const known = form(row);
      met.set(known, (met.get(known) ?? 0) + 1);
      if (met.get(known) > 2 && row !== list.lastElementChild) alike.push(row);
    }
  }
  const {violations} = await axe.run({exclude: alike}, {resultTypes: ['violations']});
  return violations.map(({id, help, nodes}) => `${id}: ${help}\\n` +
    nodes.map(({html, failureSummary}) => `  ${html.slice(0, 200)}\\n  ${failureSummary}`).join('\\n'));
}"""


def assert_accessible(page: Page) -> None:
    """Axe, with all its rules, objects to nothing."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe.axe_script)
    found = page.evaluate(_VIOLATIONS)
    assert found == [], "\n".join(found)


def assert_touchable(page: Page) -> None:
    """Every visible link and control is 44 x 44 px or more, and all text 14 px or more."""
    small = page.evaluate(_TOO_SMALL_TO_TOUCH, TOUCH_PX)
    assert small == [], f"smaller than {TOUCH_PX} px:\n" + "\n".join(small)
    tiny = page.evaluate(_TOO_SMALL_TO_READ, TEXT_PX)
    assert tiny == [], f"text smaller than {TEXT_PX} px:\n" + "\n".join(tiny)


def assert_no_sideways_scroll(page: Page) -> None:
    """Nothing makes the page wider than the screen."""
    assert page.viewport_size
    width = page.viewport_size["width"]
    needed = page.evaluate("document.scrollingElement.scrollWidth")
    assert needed <= width, f"{needed} px wide on {width}:\n" + "\n".join(page.evaluate(_STICKS_OUT, width))


def assert_fit_for_people(page: Page) -> None:
    """All three."""
    assert_accessible(page)
    assert_touchable(page)
    assert_no_sideways_scroll(page)
