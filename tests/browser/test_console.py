"""The officers' console: the way in, the overview, from the list of households to one household's statement."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from domain.roles import Role
from tests.browser.console_pages import go_to, loaded, open_as
from tests.browser.console_places import FOREIGN_COUNTY, fresh_household, officer_of
from tests.browser.screens import IN_BOTH_LANGUAGES, IN_EVERY_WAY, ON_A_DESK, ON_EVERY_SCREEN, Shot
from tests.browser.site import Site
from tests.browser.standards import assert_fit_for_people, assert_no_sideways_scroll
from tests.browser.watching import PageWatch

SESSION = "/api/v1/officer/session"
VILLAGE = "522326107213"
ON_THE_SMALLEST = pytest.mark.parametrize("screen", ["small"], indirect=True)


def _menu(page: Page) -> Locator:
    """Where the navigation stands: at the side on a desk, in a sheet elsewhere."""
    if page.viewport_size and page.viewport_size["width"] >= 960:
        return page.locator(".side")
    page.get_by_role("button", name=re.compile("^(菜单|Menu)$")).click()
    return page.get_by_role("dialog")


def _enter(page: Page, username: str, password: str) -> None:
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录", exact=True).click()


@ON_EVERY_SCREEN
def test_an_officer_signs_in_stays_signed_in_over_a_reload_and_signs_out(
    page: Page, site: Site, page_watch: PageWatch, shot: Shot
) -> None:
    page.goto("/console#/households")
    expect(page.get_by_role("heading", name="登录")).to_be_visible()
    with page_watch.expecting(f"401 POST {SESSION}"):
        _enter(page, "county", "not the password at all")
        expect(page.get_by_role("alert")).to_contain_text("用户名或密码")
    shot(page, "console-wrong-password")
    assert_fit_for_people(page)
    expect(page.get_by_label("用户名")).to_be_focused()
    _enter(page, "county", site.password)
    expect(page.get_by_role("heading", name="农户", level=1)).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="农户", level=1)).to_be_visible()
    loaded(page)
    menu = _menu(page)
    expect(menu.get_by_role("link", name=re.compile("^演示县登记员甲"))).to_be_visible()
    shot(page, "console-menu")
    assert_fit_for_people(page)
    menu.get_by_role("button", name="退出登录").click()
    expect(page.get_by_role("heading", name="登录")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="登录")).to_be_visible()
    assert page.evaluate("Object.keys(localStorage).length + document.cookie.length") == 0


@ON_A_DESK
def test_a_sign_in_that_ends_in_the_midst_of_work_gives_the_screen_back_as_it_was(
    page: Page, site: Site, page_watch: PageWatch
) -> None:
    open_as(page, site, "county", "/households")
    page.get_by_label("姓名、身份证号或户编号").fill("52232610721")
    page.context.clear_cookies()
    with page_watch.expecting("401 GET /api/v1/officer/households"):
        page.get_by_role("button", name="查找").click()
        expect(page.get_by_role("status").filter(has_text="登录已结束")).to_be_visible()
    _enter(page, "county", site.password)
    expect(page.get_by_role("heading", name="农户", level=1)).to_be_visible()
    expect(page.get_by_label("姓名、身份证号或户编号")).to_have_value("52232610721")
    expect(page.get_by_role("row").nth(1)).to_be_visible()


@pytest.mark.main_journey
@IN_EVERY_WAY
def test_the_overview_goes_from_the_county_down_to_a_household(
    page: Page, site: Site, shot: Shot, language: str
) -> None:
    def said(zh: str, en: str) -> str:
        return en if language == "en" else zh

    open_as(page, site, "county", "/")
    chart = page.get_by_role("img", name=said("各年收入（元）", "Income by year (CNY)"))
    expect(chart).to_be_visible()
    shot(page, "console-overview-county")
    page.get_by_role("table").get_by_role("link", name="石屯镇").click()
    page.get_by_role("table").get_by_role("link", name="打狼村").click()
    table = page.get_by_role("region", name=said("各农户", "By household"))
    expect(table.get_by_role("link").first).to_contain_text(VILLAGE)
    # A village has more households than the overview shows.
    expect(
        page.get_by_role("main").get_by_role("link", name=said("收入报表 ›", "Income report ›"))
    ).to_be_visible()
    year = str(site.call("GET", "/officer/income?group_by=year", site.officer("county"))["items"][-1]["code"])
    page.goto(f"/console#/?region={VILLAGE}&year={year}")
    page.get_by_text(said("以表格查看", "As a table"), exact=True).click()
    name = said(f"{year}年", "")
    expect(page.get_by_role("region", name=re.compile(year)).get_by_role("row").last).to_contain_text(
        name or re.compile(rf"[A-Z][a-z]+ {year}")
    )
    shot(page, "console-overview-village")
    assert_fit_for_people(page)
    table.get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(VILLAGE)


@ON_THE_SMALLEST
def test_what_waits_leads_to_where_it_is_decided(page: Page, site: Site, shot: Shot) -> None:
    household = fresh_household(site)
    account = {"bank": "望谟县农村信用合作联社", "account": "6217990000000000311", "reason": "农户换了银行"}
    site.call("POST", f"/officer/households/{household}/accounts", site.officer("county2"), 201, json=account)
    open_as(page, site, "county", "/")
    page.get_by_text("待确认的收款账户").click()
    shot(page, "console-waiting")
    assert_fit_for_people(page)
    page.get_by_role("link", name=re.compile(household)).click()
    expect(page.get_by_role("heading", name=re.compile("望谟县农村信用合作联社"))).to_be_visible()


@ON_EVERY_SCREEN
def test_a_household_is_found_revealed_for_a_reason_and_its_statement_printed(
    page: Page, site: Site, shot: Shot
) -> None:
    token = site.officer("county")
    known = site.call("GET", "/officer/households?sort=-paid&limit=1", token)["items"][0]
    open_as(page, site, "county", "/households")
    if not page.get_by_label("姓名、身份证号或户编号").is_visible():
        page.get_by_text("筛选", exact=True).click()
    page.get_by_label("姓名、身份证号或户编号").fill(known["number"])
    page.get_by_role("button", name="查找").click()
    page.get_by_role("link", name=known["number"]).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{known['name']} {known['number']}")
    expect(page.get_by_text("不显示", exact=True)).to_be_visible()
    reveal = page.get_by_role("button", name="查看原文 户主")
    reveal.click()
    sheet = page.get_by_role("dialog", name="查看户主原文")
    shot(page, "console-reveal")
    assert_fit_for_people(page)
    sheet.get_by_label("理由").fill("电话核对收款人")
    sheet.get_by_role("button", name="查看原文").click()
    expect(sheet).to_be_hidden()
    expect(page.get_by_text("原文", exact=True)).to_be_visible()
    seen = page.locator(".masked strong").first
    expect(seen).not_to_contain_text("*")
    shot(page, "console-revealed")
    page.get_by_role("link", name="收入明细").click()
    expect(page.get_by_text("明细与总账一致。")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="打印")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{known['name']} {known['number']}")
    page.set_viewport_size({"width": 1000, "height": 720})
    shot(page, "console-statement-in-print")
    assert_no_sideways_scroll(page)
    # What was seen is gone once the screen is left.
    page.emulate_media(media="screen")
    page.get_by_role("link", name="资料").click()
    expect(page.locator(".masked strong").first).to_contain_text("*")


@ON_A_DESK
@IN_BOTH_LANGUAGES
def test_an_officer_of_another_county_finds_nothing_here(
    page: Page, site: Site, page_watch: PageWatch, shot: Shot, language: str
) -> None:
    household = site.call("GET", "/officer/households?limit=1", site.officer("county"))["items"][0]
    open_as(page, site, officer_of(site, Role.REGISTRAR, FOREIGN_COUNTY), "/me")
    for address in (
        "/",
        "/households",
        "/income",
        "/imports",
        "/accounts",
        "/verifications",
        "/year-reviews",
    ):
        go_to(page, address)
        expect(page.locator("main .empty, main .card.soft").first).to_be_visible()
        expect(page.get_by_role("main").get_by_role("row")).to_have_count(0)
        shot(page, f"console-empty{address.replace('/', '-')}")
        assert_fit_for_people(page)
    with page_watch.expecting("404 GET /api/v1/officer/households/"):
        page.goto(f"/console#/households/{household['public_id']}")
        expect(page.get_by_role("alert")).to_contain_text("no such household" if language == "en" else "没有")
    expect(page.get_by_role("main")).not_to_contain_text(household["number"])


@ON_A_DESK
def test_who_comes_back_to_a_list_finds_it_as_it_was_left(page: Page, site: Site) -> None:
    asked: list[str] = []
    page.on(
        "request",
        lambda request: asked.append(request.url) if "/officer/households?" in request.url else None,
    )
    open_as(page, site, "county", "/households?sort=-number")
    page.get_by_role("button", name="显示更多").click()
    rows = page.get_by_role("row")
    expect(rows).to_have_count(101)
    frame = page.get_by_role("region", name="农户")
    link = rows.nth(80).get_by_role("link")
    link.scroll_into_view_if_needed()
    scrolled = frame.evaluate("e => e.scrollTop")
    assert scrolled > 1000
    link.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(VILLAGE[:9])
    asked.clear()
    page.go_back()
    expect(rows).to_have_count(101)
    assert frame.evaluate("e => e.scrollTop") == pytest.approx(scrolled, abs=2)
    expect(link).to_be_focused()
    # By the way back on the screen too, from any part of the household.
    link.click()
    page.get_by_role("link", name="收款账户", exact=True).click()
    page.get_by_role("link", name="‹ 农户").click()
    expect(rows).to_have_count(101)
    assert frame.evaluate("e => e.scrollTop") == pytest.approx(scrolled, abs=2)
    assert not asked
    # By the navigation it is asked for anew.
    page.locator(".side").get_by_role("link", name="总览").click()
    page.locator(".side").get_by_role("link", name="农户").click()
    expect(rows).to_have_count(51)


@ON_A_DESK
def test_the_keyboard_reaches_the_content_and_a_sheet_gives_the_focus_back(page: Page, site: Site) -> None:
    open_as(page, site, "county", "/imports")
    page.keyboard.press("Tab")
    skip = page.get_by_role("button", name="跳到正文")
    expect(skip).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#screen")).to_be_focused()
    page.keyboard.press("Tab")
    upload = page.get_by_role("button", name="上传调查表")
    expect(upload).to_be_focused()
    page.keyboard.press("Enter")
    sheet = page.get_by_role("dialog", name="上传调查表")
    expect(sheet).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(upload).to_be_focused()


@ON_THE_SMALLEST
def test_the_menu_is_opened_closed_and_used_by_keyboard(page: Page, site: Site) -> None:
    open_as(page, site, "county", "/")
    menu = page.get_by_role("button", name="菜单")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(menu).to_be_focused()
    page.keyboard.press("Enter")
    sheet = page.get_by_role("dialog", name="菜单")
    expect(sheet).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(menu).to_be_focused()
    page.keyboard.press("Enter")
    sheet.get_by_role("link", name="农户").press("Enter")
    expect(sheet).to_be_hidden()
    expect(page.get_by_role("heading", name="农户", level=1)).to_be_focused()
