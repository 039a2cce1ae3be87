"""After buying: the forest, certificates, gifts, the footprint, oneself, and a household's own view."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.screens import IN_BOTH_LANGUAGES, NewPage, Shot
from tests.browser.site import Site
from tests.browser.standards import assert_fit_for_people
from tests.browser.watching import GONE, PageWatch, lost_answer

WORDS = {"zh": ("登录", "名字", "演示登录"), "en": ("Sign in", "A name", "Sign in (demonstration)")}


def _look(page: Page, shot: Shot, name: str) -> None:
    expect(page.locator(".waiting")).to_have_count(0)
    shot(page, name)
    assert_fit_for_people(page)


def _sign_in(page: Page, name: str, language: str = "zh") -> None:
    """By the button of the screen that needs it."""
    button, label, demo = WORDS[language]
    page.get_by_role("main").get_by_role("button", name=button, exact=True).click()
    _sign_in_below(page, name, label, demo)


def _sign_in_below(page: Page, name: str, label: str = "名字", demo: str = "演示登录") -> None:
    page.get_by_label(label, exact=True).fill(name)
    page.get_by_role("button", name=demo).click()


@pytest.mark.parametrize("screen", ["small", "desk"], indirect=True)
def test_a_buyer_sees_the_trees_held_and_where_their_money_is(page: Page, site: Site, shot: Shot) -> None:
    name = site.fresh_name()
    token = site.buyer(name)
    page.goto("/#/forest")
    _look(page, shot, "forest-signed-out")
    _sign_in(page, name)
    expect(page.get_by_role("heading", name="树林还是空的")).to_be_visible()
    _look(page, shot, "forest-empty")

    site.buy(token, count=62, holder_name="阿朵")
    page.reload()
    expect(page.get_by_role("img", name="画着 62 株树的山坡")).to_be_visible()
    expect(page.locator(".grove use")).to_have_count(60)
    expect(page.get_by_text("还有 2 株")).to_be_visible()
    expect(page.get_by_text("620 千克")).to_be_visible()
    bar = page.get_by_role("progressbar", name="我的钱到农户手里了吗")
    assert (bar.get_attribute("max"), bar.get_attribute("value")) == ("18600", "0")
    expect(page.get_by_text("¥186.00 记在农户名下，尚未发放。")).to_be_visible()
    page.get_by_text("个村", exact=False).first.click()
    _look(page, shot, "forest")


def test_a_certificate_is_opened_and_kept_as_a_picture(page: Page, site: Site, shot: Shot) -> None:
    name = site.fresh_name()
    site.buy(site.buyer(name), count=3, holder_name="阿朵")
    page.goto("/#/certificates")
    _sign_in(page, name)
    expect(page.get_by_role("heading", name="阿朵")).to_be_visible()
    _look(page, shot, "certificates")
    page.get_by_role("button", name="存图片").click()
    picture = page.get_by_role("img", name=re.compile("^证书 .+ 的图片$"))
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth") > 500
    _look(page, shot, "certificate-picture")
    with page.expect_download() as kept:
        page.get_by_role("link", name="保存图片").click()
    assert Path(kept.value.path()).read_bytes().startswith(b"\x89PNG")
    page.get_by_role("button", name="关闭").click()
    page.get_by_role("link", name="打开").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("真实有效")


@pytest.mark.main_journey
def test_a_gift_is_claimed_by_somebody_else_who_never_sees_its_price(
    page: Page, new_page: NewPage, site: Site, page_watch: PageWatch, shot: Shot
) -> None:
    giver = site.fresh_name()
    site.buy(site.buyer(giver), count=2, purpose="gift", holder_name="龙阿公", message="祝一路平安")
    page.goto("/#/gifts")
    _sign_in(page, giver)
    code = page.locator(".code").inner_text()
    _look(page, shot, "gifts")

    other = new_page()
    other.goto(f"/#/claim?code={code}")
    other.get_by_label("证书上的名称").fill("石小花")
    _look(other, shot, "claim")
    # The claim arrives, and then the line goes; whoever asks again has claimed it.
    found_again = lost_answer(other, re.compile(r"/claim$"))
    with page_watch.expecting(f"failed POST /api/v1/gifts/{code}/claim {GONE}"):
        other.get_by_role("button", name="领取证书").click()
        _sign_in_below(other, site.fresh_name())
        expect(other.get_by_text("连接不上，请检查网络后再试")).to_be_visible()
    found_again()
    other.get_by_role("button", name="领取证书").click()
    expect(other.get_by_text("领取成功，证书是您的了")).to_be_visible()
    expect(other.get_by_text("祝一路平安")).to_be_visible()
    expect(other.get_by_text("¥")).to_have_count(0)
    _look(other, shot, "claimed")
    other.get_by_role("link", name="查看证书").click()
    expect(other.get_by_role("heading", level=1)).to_contain_text("真实有效")
    expect(other.get_by_text("¥")).to_have_count(0)

    other.goto(f"/#/claim/{code}")
    other.get_by_label("证书上的名称").fill("石小花")
    with page_watch.expecting(f"404 POST /api/v1/gifts/{code}/claim"):
        other.get_by_role("button", name="领取证书").click()
        expect(other.get_by_text("礼物不存在、已领取或已收回。")).to_be_visible()

    page.goto("/#/certificates")
    expect(page.get_by_role("listitem").filter(has_text="石*")).to_contain_text("已被领取")


def test_a_code_or_an_address_that_cannot_be_decoded_is_found_nowhere(
    page: Page, site: Site, page_watch: PageWatch
) -> None:
    page.goto("/#/claim")
    page.get_by_label("领取码").fill("100%")
    page.get_by_label("证书上的名称").fill("石小花")
    with page_watch.expecting("404 POST /api/v1/gifts/100%25/claim"):
        page.get_by_role("button", name="领取证书").click()
        _sign_in_below(page, site.fresh_name())
        expect(page.get_by_text("礼物不存在、已领取或已收回。")).to_be_visible()
    with page_watch.expecting("404 GET /api/v1/trees/%25"):
        page.goto("/#/trees/%")
        expect(page.get_by_text("没有找到这株树。")).to_be_visible()


def test_an_unclaimed_gift_is_taken_back_and_becomes_the_givers_own(
    page: Page, site: Site, shot: Shot
) -> None:
    giver = site.fresh_name()
    site.buy(site.buyer(giver), count=2, purpose="gift", holder_name="龙阿公")
    page.goto("/#/gifts")
    _sign_in(page, giver)
    page.get_by_role("button", name="收回礼物").click()
    page.get_by_role("dialog").get_by_role("button", name="收回礼物").click()
    expect(page.get_by_text("礼物已收回。")).to_be_visible()
    page.goto("/#/certificates")
    expect(page.get_by_role("heading", name="龙阿公")).to_be_visible()


def test_a_footprint_says_how_it_was_worked_out_and_leads_to_so_many_trees(
    page: Page, page_watch: PageWatch, shot: Shot
) -> None:
    page.goto("/#/footprint")
    page.get_by_role("button", name="添加一项活动").click()
    _look(page, shot, "footprint-activities")
    page.get_by_role("button", name="电力(贵州)").click()
    page.get_by_label("电力(贵州)", exact=True).fill("一百")
    page.get_by_role("button", name="添加一项活动").click()
    page.get_by_role("button", name="高铁").click()
    page.get_by_label("高铁", exact=True).fill("400")
    with page_watch.expecting("422 POST /api/v1/footprints"):
        page.get_by_role("button", name="估算").click()
        expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("电力(贵州)", exact=True)).to_have_attribute("aria-invalid", "true")
    page.get_by_label("电力(贵州)", exact=True).fill("100")
    page.get_by_role("button", name="估算").click()
    # 100 x 0.5683 kg and 400 x 0.03 kg; a tree takes up 10 kg.
    expect(page.locator(".cashier-amount")).to_have_text("68.83 千克")
    expect(page.get_by_text("补充性支持")).to_be_visible()
    expect(page.get_by_text("100 度 × 0.5683 千克/度")).to_be_visible()
    expect(page.get_by_text("因子来源：生态环境部、国家统计局公告")).to_be_visible()
    _look(page, shot, "footprint")
    page.get_by_role("link", name="帮 7 株树").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("textbox", name="株数")).to_have_value("7")


def test_a_buyer_changes_language_type_and_name_and_takes_everything_along(
    page: Page, site: Site, shot: Shot
) -> None:
    name = site.fresh_name()
    site.buy(site.buyer(name))
    page.goto("/#/me")
    _look(page, shot, "me-signed-out")
    _sign_in(page, name)
    page.get_by_label("昵称").fill("阿朵")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("heading", name="阿朵")).to_be_visible()
    _look(page, shot, "me")
    page.get_by_role("switch", name="关怀模式").check()
    expect(page.locator("html")).to_have_class("care")
    _look(page, shot, "me-care")
    page.goto("/#/forest")
    expect(page.get_by_role("heading", name="我的树林")).to_be_visible()
    _look(page, shot, "forest-care")
    page.goto("/#/me")
    page.get_by_role("switch", name="关怀模式").uncheck()
    with page.expect_download() as taken:
        page.get_by_role("button", name="导出我的数据").click()
    assert json.loads(Path(taken.value.path()).read_text("utf-8"))["orders"]
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Account and data")).to_be_visible()
    assert site.call("GET", "/me", site.buyer(name))["language"] == "en"
    _look(page, shot, "me-en")


def test_an_account_is_deleted_only_once_its_owner_has_typed_the_word(
    page: Page, site: Site, page_watch: PageWatch, shot: Shot
) -> None:
    name = site.fresh_name()
    token = site.buyer(name)
    site.buy(token)
    page.goto("/#/me")
    _sign_in(page, name)
    page.get_by_role("button", name="注销账号").click()
    for_good = page.get_by_role("button", name="永久注销")
    expect(for_good).to_be_disabled()
    _look(page, shot, "delete-account")
    page.get_by_label("请输入“注销”确认").fill("注销")
    # The sign-in that is ended afterwards has ended with the account.
    with page_watch.expecting("401 DELETE /api/v1/session"):
        for_good.click()
        expect(page.get_by_role("main").get_by_role("button", name="登录", exact=True)).to_be_visible()
    site.call("GET", "/me", token, 401)


@IN_BOTH_LANGUAGES
def test_a_household_reads_its_income_and_its_payments(
    page: Page, shot: Shot, language: str, page_watch: PageWatch
) -> None:
    page.goto("/#/household")
    _sign_in(page, "nonghu", language)
    expect(page.locator(".sums dd")).to_have_count(4)
    expect(page.locator(".sums .strong dd")).to_contain_text("¥")
    page.locator(".household details summary").first.click()
    _look(page, shot, "household")


def test_a_household_is_bound_by_a_code_and_a_slip_is_said(
    page: Page, site: Site, page_watch: PageWatch, shot: Shot
) -> None:
    page.goto("/#/household")
    with page_watch.expecting("404 GET /api/v1/household/income"):
        _sign_in(page, site.fresh_name())
        expect(page.get_by_role("heading", name="绑定农户")).to_be_visible()
    page.get_by_label("绑定码").fill("1234567812345678")
    with page_watch.expecting("422 POST /api/v1/household/bind"):
        page.get_by_role("button", name="绑定", exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text("绑定码有误")
    _look(page, shot, "household-bind")
