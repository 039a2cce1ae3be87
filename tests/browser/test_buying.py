"""Buying with the phone client: from the front door to a certificate, with whatever comes in between."""

import io
import re
from pathlib import PurePosixPath

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, Route, expect

from tests.browser.screens import ON_A_DESK, NewPage, Shot
from tests.browser.site import Site
from tests.browser.standards import assert_fit_for_people
from tests.browser.watching import GONE, PageWatch, lost_answer

#: The journeys share the screens out among them.
ON_A_PHONE = pytest.mark.parametrize("screen", ["phone"], indirect=True)

ORDERS = re.compile(r"/api/v1/orders$")
SYNC = re.compile(r"/sync$")
LONG_NAME = "欧阳婷婷与苗岭小学三年级二班全体同学及家长"


def _look(page: Page, shot: Shot, name: str) -> None:
    expect(page.locator(".waiting")).to_have_count(0)
    shot(page, name)
    assert_fit_for_people(page)


def _sign_in(page: Page, name: str) -> None:
    page.get_by_label("名字").fill(name)
    page.get_by_role("button", name="演示登录").click()


def _order(page: Page, site: Site, trees: int, holder: str = "阿朵") -> str:
    """Order so many trees as somebody new, up to the cashier; the order's number."""
    page.goto(f"/#/buy?count={trees}")
    page.get_by_label("证书上的名称").fill(holder)
    page.get_by_role("button", name="提交订单 · ").click()
    _sign_in(page, site.fresh_name())
    return _number_at_cashier(page)


def _number_at_cashier(page: Page) -> str:
    expect(page.get_by_role("heading", name="付款")).to_be_visible()
    return PurePosixPath(page.url).parts[-2]


def _token(page: Page) -> str:
    return str(page.evaluate("JSON.parse(localStorage.getItem('danzhu.buyer')).token"))


def _buy_named(site: Site, code: str) -> None:
    """Somebody else is quicker."""
    token = site.buyer()
    body = {"trees": [code], "purpose": "personal", "holder_name": "石磊"}
    key = {"Idempotency-Key": site.fresh_name()}
    site.pay(site.call("POST", "/orders", token, 201, json=body, headers=key)["number"], token)


@pytest.mark.main_journey
@pytest.mark.both_engines
@ON_A_PHONE
def test_a_buyer_goes_from_the_front_door_to_a_certificate_and_may_take_it_all_back(
    page: Page, site: Site, shot: Shot
) -> None:
    page.goto("/")
    page.get_by_role("button", name="帮 3 株树 · ¥9.00").click()
    page.get_by_role("button", name="多一株").click()
    page.get_by_label("证书上的名称").fill(LONG_NAME)
    expect(page.get_by_role("button", name="提交订单 · ¥12.00")).to_be_visible()
    _look(page, shot, "buy")
    page.get_by_role("button", name="提交订单 · ¥12.00").click()
    _look(page, shot, "sign-in")
    _sign_in(page, site.fresh_name())

    number = _number_at_cashier(page)
    _look(page, shot, "cashier")
    page.get_by_role("button", name="付款 ¥12.00").click()
    page.get_by_role("button", name="演示付款").click()

    expect(page.get_by_text("谢谢您，¥12.00 已收到")).to_be_visible()
    expect(page.get_by_text("应付农户 ¥12.00，尚未发放。")).to_be_visible()
    _look(page, shot, "paid")
    certificate = page.get_by_role("link", name="查看证书")
    expect(certificate).to_have_attribute("href", re.compile(r"^/c/[0-9A-Z-]+\?t="))
    certificate.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("真实有效")

    page.goto(f"/#/orders/{number}")
    page.get_by_role("button", name="申请退款").click()
    page.get_by_label("其他原因").check()
    page.get_by_label("请说明原因").fill("同事已经买过")
    _look(page, shot, "refund")
    page.get_by_role("button", name="确认整单退款").click()
    expect(page.get_by_text("目前没有应付农户的款项。")).to_be_visible()
    page.get_by_role("link", name="全部订单").click()
    expect(page.get_by_role("listitem").filter(has_text="4 株 · 2026 年度 · ¥12.00")).to_contain_text("退款")
    _look(page, shot, "orders")


@ON_A_DESK
def test_chosen_trees_that_somebody_else_took_are_left_out_and_the_others_bought(
    page: Page, site: Site, page_watch: PageWatch, shot: Shot
) -> None:
    page.goto("/#/trees")
    choose = page.get_by_role("button", name=re.compile("^选这株"))
    for _ in range(2):
        choose.first.click()
    expect(page.get_by_text("已选 2 株 · ¥6.00")).to_be_visible()
    _look(page, shot, "trees")
    page.get_by_role("link", name="去支付").click()
    page.get_by_label("证书上的名称").fill("阿朵")
    expect(page.get_by_role("button", name="提交订单 · ¥6.00")).to_be_visible()
    _look(page, shot, "buy-chosen")
    taken, free = page.url.split("trees=")[1].replace("%2C", ",").split(",")
    _buy_named(site, taken)

    with page_watch.expecting("409 POST /api/v1/orders"):
        page.get_by_role("button", name="提交订单 · ¥6.00").click()
        _sign_in(page, site.fresh_name())
        expect(page.get_by_text(f"编号：{taken}")).to_be_visible()
        _look(page, shot, "taken")
        page.get_by_role("button", name="去掉这 1 株，买其余 1 株").click()
        page.get_by_role("button", name="提交订单 · ¥3.00").click()
        number = _number_at_cashier(page)
    page.get_by_role("button", name="取消订单").click()
    expect(page.get_by_text("已关闭", exact=True)).to_be_visible()
    _look(page, shot, "closed")
    assert site.call("GET", f"/orders/{number}", _token(page))["count"] == 1

    page.goto(f"/#/trees/{taken}")
    expect(page.get_by_text("这株树 2026 年度的碳汇已经售出")).to_be_visible()
    expect(page.get_by_role("heading", name="同村的其他树")).to_be_visible()
    _look(page, shot, "tree-sold")
    page.goto(f"/#/trees/{free}")
    expect(page.get_by_role("link", name="买这株树")).to_be_visible()
    _look(page, shot, "tree")


def test_price_and_number_of_households_stand_there_before_anybody_signs_in(page: Page, shot: Shot) -> None:
    page.goto("/#/buy?count=5")
    # Two of five drawn trees may be one household's.
    expect(page.get_by_text(re.compile(r"来自 [1-5] 户农户。"))).to_be_visible()
    expect(page.get_by_role("button", name="提交订单 · ¥15.00")).to_be_enabled()
    _look(page, shot, "buy-signed-out")


def test_elsewhere_than_in_wechat_a_code_brings_this_very_screen_there(
    page: Page, shot: Shot, site: Site
) -> None:
    def in_production(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace('data-demo="true"', 'data-demo="false"'))

    page.route(f"{site.url}/", in_production)
    page.goto("/#/buy?count=2")
    page.get_by_label("证书上的名称").fill("阿朵")
    page.get_by_role("button", name="提交订单 · ").click()
    code = page.get_by_role("img", name="在微信中打开本页的二维码")
    expect(code).to_be_visible()
    _look(page, shot, "open-in-wechat")
    with Image.open(io.BytesIO(code.screenshot())) as picture:
        [read] = zxingcpp.read_barcodes(picture)
    assert read.text == f"{site.url}/#/buy?count=2"


def test_an_order_whose_answer_was_lost_is_got_again_and_not_placed_twice(
    page: Page, site: Site, page_watch: PageWatch, shot: Shot
) -> None:
    page.goto("/#/buy?count=2")
    page.get_by_label("证书上的名称").fill("阿朵")
    page.get_by_role("button", name="提交订单 · ¥6.00").click()
    with page_watch.expecting(f"failed POST /api/v1/orders {GONE}"):
        lost_answer(page, ORDERS)
        _sign_in(page, site.fresh_name())
        expect(page.get_by_text("连接不上，请检查网络后再试")).to_be_visible()
    context = page.context
    page.close()

    page = context.new_page()
    page.goto("/")
    # The order has arrived: the front door knows it already, and the form gets that same one.
    expect(page.get_by_text("有一笔订单待付款：2 株，¥6.00")).to_be_visible()
    shot(page, "home-unfinished")
    page.goto("/#/buy?count=2")
    expect(page.get_by_role("heading", name="上一笔订单还没有得到答复")).to_be_visible()
    _look(page, shot, "unanswered")
    page.get_by_role("button", name="找回这笔订单").click()
    number = _number_at_cashier(page)
    orders = site.call("GET", "/orders", _token(page))["items"]
    assert [order["number"] for order in orders] == [number]


def test_a_payment_outlives_a_lost_network_and_a_closed_page(
    page: Page, site: Site, page_watch: PageWatch, shot: Shot
) -> None:
    number = _order(page, site, 1)
    with page_watch.expecting(f"failed POST /api/v1/orders/{number}/payment {GONE}"):
        page.context.set_offline(True)
        page.get_by_role("button", name="付款 ¥3.00").click()
        expect(page.get_by_text("连接不上，请检查网络后再试")).to_be_visible()
    page.context.set_offline(False)

    # The money leaves, and then the line goes: nobody says what became of it.
    page.get_by_role("button", name="付款 ¥3.00").click()
    with page_watch.expecting(f"failed POST /api/v1/orders/{number}/sync {GONE}"):
        found_again = lost_answer(page, SYNC)
        page.get_by_role("button", name="演示付款").click()
        expect(page.get_by_text("付款结果还不知道")).to_be_visible()
    _look(page, shot, "not-told")
    found_again()
    page.get_by_role("button", name="再问一次").click()
    expect(page.get_by_text("谢谢您，¥3.00 已收到")).to_be_visible()

    # Another order: the page is closed while WeChat's sheet is open, and the payment goes through.
    page.goto("/#/buy?count=1")
    page.get_by_role("button", name="提交订单 · ¥3.00").click()
    number = _number_at_cashier(page)
    page.get_by_role("button", name="付款 ¥3.00").click()
    expect(page.get_by_role("button", name="演示付款")).to_be_visible()
    token, context = _token(page), page.context
    page.close()
    site.pay(number, token)
    page = context.new_page()
    page.goto(f"/#/orders/{number}/pay")
    expect(page.get_by_text("谢谢您，¥3.00 已收到")).to_be_visible()


def test_a_gift_is_bought_in_english_and_large_type_and_taken_back(
    new_page: NewPage, site: Site, shot: Shot
) -> None:
    page = new_page(locale="en-US")
    page.add_init_script("localStorage.setItem('danzhu.care', 'true')")
    page.goto("/#/trees")
    _look(page, shot, "care-trees")
    page.goto("/#/buy?count=2")
    page.get_by_role("button", name="A gift").click()
    page.get_by_label("Your name").fill("Katharina Elisabeth von Hohenlohe-Waldenburg")
    page.get_by_label("Message to the receiver").fill("Happy birthday")
    _look(page, shot, "care-gift")
    page.get_by_role("button", name="Order · ¥6.00").click()
    page.get_by_label("A name").fill(site.fresh_name())
    page.get_by_role("button", name="Sign in (demonstration)").click()
    page.get_by_role("button", name="Pay ¥6.00").click()
    page.get_by_role("button", name="Pay in the demonstration").click()
    expect(page.get_by_text("The gift waits to be claimed")).to_be_visible()
    _look(page, shot, "care-gift-paid")
    page.get_by_role("button", name="Take the gift back").click()
    page.get_by_role("dialog").get_by_role("button", name="Take the gift back").click()
    expect(page.get_by_text("The gift was taken back.")).to_be_visible()
    expect(page.get_by_role("link", name="See the certificate")).to_be_visible()
    _look(page, shot, "care-gift-back")
