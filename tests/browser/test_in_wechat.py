"""Inside WeChat's own browser, as in earnest: signing in with the official account, and WeChat's sheets.

The page is told that it is no demonstration, and its bridge is played here; WeChat's sign-in page is the simulator's.
"""

import html
import re
import time
from datetime import timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from domain.clock import business_day
from domain.payouts import PayoutChannel
from flows.running import running
from tests.browser.screens import NewPage, Shot
from tests.browser.site import Site
from tests.browser.standards import assert_fit_for_people
from tests.browser.watching import PageWatch
from tests.support.binding import make_binding
from tests.support.payouts import make_office, make_released
from tests.support.people import make_user
from tests.support.village import make_earnings

WECHATS = "Mozilla/5.0 (Linux; Android 14) Chrome/116 Mobile Safari/537.36 MicroMessenger/8.0.49"
SIGN_IN_PAGE = "**/sandbox/connect/oauth2/authorize*"
#: Does with a sheet what `thumb` says: agrees at the simulated WeChat, closes it, or cannot open it.
BRIDGE = """globalThis.asked = [];
globalThis.thumb = 'ok';
const AT = {getBrandWCPayRequest: 'cashier', requestMerchantTransfer: 'collector'};
globalThis.WeixinJSBridge = {async invoke(name, given, answered) {
  asked.push([name, Object.keys(given).sort()]);
  const body = JSON.stringify({package: given.package}), headers = {'Content-Type': 'application/json'};
  if (thumb === 'ok' && AT[name]) await fetch(`/sandbox/${AT[name]}`, {method: 'POST', headers, body});
  answered({err_msg: `${name}:${thumb}`});
}};"""
PARAMETERS = ["appId", "nonceStr", "package", "paySign", "signType", "timeStamp"]
PAY = "付款 ¥3.00"
VILLAGE = "522326206202"
RELEASED_AFTER = timedelta(days=8)
#: Turns of the worker may take so long beside other tests.
MOST_SECONDS = 90


@pytest.fixture
def wechat(new_page: NewPage) -> Page:
    """A page in WeChat's browser of an installation that is no demonstration."""
    page = new_page(user_agent=WECHATS)
    page.add_init_script(BRIDGE)
    page.route(re.compile(r"/(\?.*)?$"), _in_earnest)
    return page


def _in_earnest(route: Route) -> None:
    answer = route.fetch()
    text = answer.text()
    assert 'data-demo="true"' in text
    route.fulfill(response=answer, body=text.replace('data-demo="true"', 'data-demo="false"'))


def _agrees(page: Page, name: str) -> None:
    """Have the person agree on WeChat's page."""

    def agreed(route: Route) -> None:
        answer = route.fetch(url=f"{route.request.url}&as={name}", max_redirects=0)
        _leads_to(route, answer.headers["location"])

    page.route(SIGN_IN_PAGE, agreed)


def _leads_to(route: Route, address: str) -> None:
    """Answer with a page that goes on by itself: one that was reached by a redirect would not pass _in_earnest."""
    body = f'<meta http-equiv="refresh" content="0;url={html.escape(address)}">'
    route.fulfill(content_type="text/html", body=body)


def _order(page: Page, name: str) -> None:
    """Order one tree, signing in on the way as somebody."""
    _agrees(page, name)
    page.goto("/#/buy?count=1")
    page.get_by_label("证书上的名称").fill("阿朵")
    page.get_by_role("button", name="提交订单 · ").click()
    page.get_by_role("button", name="用微信登录").click()
    # WeChat's page brings the browser back, and what was filled in is there again.
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_label("证书上的名称")).to_have_value("阿朵")
    page.get_by_role("button", name="提交订单 · ").click()
    expect(page.get_by_role("heading", name="付款")).to_be_visible()


def _signed_in(page: Page, token: str, at: str) -> None:
    """Open a screen as somebody who has signed in before."""
    page.goto("/")
    kept = {"token": token, "expires_at": "2099-01-01T00:00:00Z", "user": {"nickname": None}}
    page.evaluate("(buyer) => localStorage.setItem('danzhu.buyer', JSON.stringify(buyer))", kept)
    page.goto(at)
    page.reload()


def test_a_buyer_signs_in_and_pays_as_wechat_does_it(wechat: Page, site: Site, shot: Shot) -> None:
    _order(wechat, site.fresh_name())
    assert "code=" not in wechat.url
    shot(wechat, "cashier-in-wechat")
    assert_fit_for_people(wechat)

    # Whoever closes the sheet may open it again; WeChat has been asked, and nothing was paid.
    wechat.evaluate("thumb = 'cancel'")
    with wechat.expect_response(re.compile("/sync$")):
        wechat.get_by_role("button", name=PAY).click()
    expect(wechat.get_by_role("button", name=PAY)).to_be_enabled()
    assert wechat.evaluate("asked") == [["getBrandWCPayRequest", PARAMETERS]]

    wechat.evaluate("thumb = 'ok'")
    wechat.get_by_role("button", name=PAY).click()
    expect(wechat.get_by_role("link", name="查看证书")).to_be_visible()


def test_a_sheet_is_opened_once_wechats_bridge_is_there(wechat: Page, site: Site) -> None:
    _order(wechat, site.fresh_name())
    wechat.evaluate("globalThis.late = WeixinJSBridge; delete globalThis.WeixinJSBridge")
    with wechat.expect_response(re.compile("/payment$")):
        wechat.get_by_role("button", name=PAY).click()
    wechat.evaluate("WeixinJSBridge = late; document.dispatchEvent(new Event('WeixinJSBridgeReady'))")
    expect(wechat.get_by_role("link", name="查看证书")).to_be_visible()


def test_a_state_that_was_not_made_for_this_browser_signs_nobody_in(
    wechat: Page, site: Site, page_watch: PageWatch
) -> None:
    def foreign(route: Route) -> None:
        _leads_to(route, f"{site.url}/?code=demo:somebody&state=made-elsewhere")

    wechat.route(SIGN_IN_PAGE, foreign)
    wechat.goto("/#/forest")
    wechat.get_by_role("button", name="登录").click()
    with page_watch.expecting("422 POST /api/v1/session"):
        wechat.get_by_role("button", name="用微信登录").click()
        expect(wechat.get_by_role("dialog")).to_have_count(0)
        expect(wechat.get_by_role("button", name="登录")).to_be_visible()


def test_what_is_kept_of_a_person_is_shown_where_no_file_can_be_saved(wechat: Page, site: Site) -> None:
    token = site.buyer()
    site.buy(token)
    _signed_in(wechat, token, "/#/me")
    wechat.get_by_role("button", name="导出我的数据").click()
    expect(wechat.get_by_role("textbox", name="导出我的数据")).to_have_value(re.compile('"certificates"'))


@pytest.fixture
def owner(site: Site) -> str:
    """The name of somebody bound to a household, to whom 12 yuan wait in WeChat."""
    name = site.fresh_name()
    with site.writing() as session:
        now = running().clock()
        (household,) = make_earnings(session, running(), VILLAGE, [("韦阿香", 1_200)], now)
        make_binding(session, household, bound_by=make_user(session, name), confirmed=True)
        drafted = now - RELEASED_AFTER
        wanted = {"region_code": VILLAGE, "up_to": business_day(drafted), "channel": PayoutChannel.WECHAT}
        make_released(session, make_office(session), drafted, **wanted)
    token, ends = site.buyer(name), time.monotonic() + MOST_SECONDS
    while site.call("GET", "/household/payouts", token)["items"][0]["state"] != "to_collect":
        assert time.monotonic() < ends, "WeChat was not asked to pay"
        time.sleep(0.5)
    return name


def _open(page: Page, name: str) -> None:
    page.goto("/#/household")
    page.get_by_role("button", name="登录", exact=True).click()
    page.get_by_label("名字").fill(name)
    page.get_by_role("button", name="演示登录").click()
    expect(page.get_by_role("button", name="收款到微信")).to_be_visible()


def test_what_waits_is_taken_and_later_payments_come_by_themselves(
    page: Page, owner: str, shot: Shot
) -> None:
    _open(page, owner)
    expect(page.get_by_role("button", name="收到了")).to_have_count(0)
    shot(page, "household-collect")
    assert_fit_for_people(page)
    page.get_by_role("button", name="收款到微信").click()
    expect(page.get_by_text("已收到，钱在您的微信零钱里")).to_be_visible()
    expect(page.get_by_role("button", name="收款到微信")).to_have_count(0)
    expect(page.get_by_role("button", name="收到了")).to_be_visible()
    # Earned, paid, on its way, not paid yet.
    expect(page.locator(".sums dd")).to_have_text(["¥12.00", "¥12.00", "¥0.00", "¥0.00"])

    page.get_by_role("button", name="以后自动收款").click()
    expect(page.get_by_text("发到微信的钱会直接到账")).to_be_visible()
    shot(page, "household-permission")
    assert_fit_for_people(page)
    page.get_by_role("button", name="取消，以后每次自己收").click()
    expect(page.get_by_role("button", name="以后自动收款")).to_be_visible()


def test_what_waits_is_taken_by_wechats_own_sheet(wechat: Page, site: Site, owner: str) -> None:
    _signed_in(wechat, site.buyer(owner), "/#/household")
    wechat.get_by_role("button", name="收款到微信").click()
    expect(wechat.get_by_text("已收到，钱在您的微信零钱里")).to_be_visible()
    (checked, _), opened = wechat.evaluate("asked")
    assert checked == "preVerifyJSAPI"
    assert opened == ["requestMerchantTransfer", ["appId", "mchId", "package"]]


def test_elsewhere_than_in_wechat_the_way_there_is_shown(new_page: NewPage, site: Site, owner: str) -> None:
    page = new_page()
    page.route(re.compile(r"/(\?.*)?$"), _in_earnest)
    _signed_in(page, site.buyer(owner), "/#/household")
    page.get_by_role("button", name="收款到微信").click()
    expect(page.get_by_alt_text("在微信中打开本页的二维码")).to_be_visible()
