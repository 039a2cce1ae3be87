"""What the console's forms and filters say of what was typed, and what they forget."""

from playwright.sync_api import Page, expect

from tests.browser.console_pages import open_as
from tests.browser.console_places import fresh_household
from tests.browser.console_rows import make_day
from tests.browser.screens import IN_BOTH_LANGUAGES, ON_A_DESK, ON_A_PHONE_AND_A_DESK, Shot
from tests.browser.site import Site
from tests.browser.standards import assert_fit_for_people
from tests.browser.watching import PageWatch

MISTYPED_CARD = "6217990000000000312"


@IN_BOTH_LANGUAGES
def test_a_mistyped_card_is_told_at_its_field_and_nowhere_else(
    page: Page, site: Site, page_watch: PageWatch, shot: Shot, language: str
) -> None:
    said = {
        "zh": ("录入新账户", "开户行", "账号", "理由", "银行卡号校验位不对"),
        "en": (
            "Enter another account",
            "Bank",
            "Account number",
            "Reason",
            "The card's check digit is wrong",
        ),
    }
    enter, bank, number, reason, wrong = said[language]
    household = fresh_household(site)
    open_as(page, site, "county", f"/households/{household}/accounts")
    page.get_by_role("button", name=enter).click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_label(bank, exact=True).fill("望谟县农村信用合作联社")
    sheet.get_by_label(number, exact=True).fill(MISTYPED_CARD)
    sheet.get_by_label(reason, exact=True).fill("农户换了银行")
    with page_watch.expecting("422 POST /api/v1/officer/households/"):
        sheet.get_by_role("button", name=enter).click()
        alert = sheet.get_by_role("alert")
        expect(alert).to_contain_text(wrong)
    expect(alert).to_have_count(1)
    field = sheet.get_by_label(number, exact=True)
    expect(field).to_be_focused()
    expect(field).to_have_accessible_description(alert.inner_text())
    shot(page, "account-mistyped")
    assert_fit_for_people(page)


@ON_A_PHONE_AND_A_DESK
def test_what_nobody_was_signed_in_for_is_not_told_after_the_sign_in(
    page: Page, site: Site, page_watch: PageWatch, shot: Shot
) -> None:
    household = fresh_household(site)
    open_as(page, site, "county", f"/households/{household}/binding")
    page.get_by_role("button", name="发绑定码").click()
    page.get_by_role("button", name="关闭").click()
    page.get_by_role("button", name="收回绑定码").click()
    sheet = page.get_by_role("dialog")
    page.context.clear_cookies()
    with page_watch.expecting("401 POST /api/v1/officer/households/"):
        sheet.get_by_role("button", name="收回绑定码").click()
        expect(page.get_by_label("用户名")).to_be_visible()
    page.get_by_label("用户名").fill("county")
    page.get_by_label("密码").fill(site.password)
    page.get_by_role("button", name="登录").click()
    expect(sheet).to_be_visible()
    expect(sheet.get_by_role("alert")).to_have_count(0)
    shot(page, "sheet-after-sign-in")
    sheet.get_by_role("button", name="收回绑定码").click()
    expect(sheet).to_have_count(0)


@ON_A_PHONE_AND_A_DESK
def test_a_list_that_its_filters_leave_empty_says_so_and_is_shown_whole_again(
    page: Page, site: Site, shot: Shot
) -> None:
    open_as(page, site, "auditor", "/payouts?region=522326112&state=settled")
    expect(page.get_by_text("没有符合筛选条件的记录。")).to_be_visible()
    shot(page, "payouts-filtered-away")
    assert_fit_for_people(page)
    page.get_by_role("button", name="清除筛选").click()
    expect(page.get_by_role("row").nth(1)).to_be_visible()
    expect(page).to_have_url(f"{site.url}/console#/payouts")


@ON_A_DESK
def test_the_day_that_was_compared_is_never_empty(page: Page, site: Site, shot: Shot) -> None:
    day, _ = make_day(site)
    other, _ = make_day(site)
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if "/reconciliations/" in one.url else None)
    open_as(page, site, "auditor", f"/reconciliations?day={day}")
    asked.clear()
    field = page.get_by_label("日期")
    field.press("Delete")
    expect(field).to_have_value(day.isoformat())
    expect(page.get_by_role("heading", name=f"2021年{day.month}月{day.day}日")).to_be_visible()
    shot(page, "reconciliation-emptied")
    assert asked == []
    field.fill(other.isoformat())
    expect(page.get_by_role("heading", name=f"2021年{other.month}月{other.day}日")).to_be_visible()
    assert [one.rpartition("/")[2] for one in asked] == [other.isoformat()]


@ON_A_DESK
def test_the_present_entry_of_the_navigation_is_in_sight(page: Page, site: Site) -> None:
    open_as(page, site, "auditor", "/audit")
    page.set_viewport_size({"width": 1280, "height": 600})
    entry = page.get_by_role("navigation").get_by_role("link", name="总览")
    entry.scroll_into_view_if_needed()
    page.goto("/console#/exports")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    present = page.locator(".side nav [aria-current]")
    shown = page.locator(".side nav").bounding_box()
    box = present.bounding_box()
    assert shown
    assert box
    assert shown["y"] <= box["y"]
    assert box["y"] + box["height"] <= shown["y"] + shown["height"] + 1
