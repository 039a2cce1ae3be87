"""Officers on the console: brought in, with a phone of their own, and changed by two; an account by two registrars."""

import re
import uuid
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from domain.one_time_codes import code_of, step_of
from domain.roles import Role
from services.demo_officers import DEMO_REGION
from tests.browser.console_pages import loaded, open_as, open_screen
from tests.browser.console_places import LONG_NAME, fresh_household, fresh_identity, officer_of
from tests.browser.screens import ON_A_PHONE_AND_A_DESK, NewPage, Shot
from tests.browser.site import Site
from tests.browser.standards import assert_fit_for_people
from tests.browser.watching import PageWatch

SESSION = "401 POST /api/v1/officer/session"
PASSWORD = "moss on the north side of firs"
ON_A_PHONE = pytest.mark.parametrize("screen", ["phone"], indirect=True)


def _look(page: Page, shot: Shot, name: str) -> None:
    expect(page.locator(".waiting")).to_have_count(0)
    shot(page, f"people-{name}")
    assert_fit_for_people(page)


def _invite(page: Page, site: Site, shot: Shot, role: str) -> str:
    """An administrator brings somebody in; the user name."""
    username = f"n{uuid.uuid4().hex[:8]}"
    open_as(page, site, "admin", "/people")
    page.get_by_role("button", name="邀请工作人员").click()
    sheet = page.get_by_role("dialog", name="邀请工作人员")
    sheet.get_by_label("姓名").fill(LONG_NAME)
    sheet.get_by_label("用户名").fill(username)
    sheet.get_by_label("身份证号").fill(fresh_identity())
    sheet.get_by_label(role).check()
    _look(page, shot, "invite")
    sheet.get_by_role("button", name="邀请工作人员").click()
    return username


def _link(page: Page) -> str:
    """The link that is shown once."""
    sheet = page.get_by_role("dialog", name=re.compile("设定密码的链接"))
    link = sheet.locator("code").inner_text()
    assert "#/invitation?token=" in link
    return link


def _enter(page: Page, username: str, password: str) -> None:
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录", exact=True).click()


@ON_A_PHONE_AND_A_DESK
def test_a_newcomer_follows_the_link_and_signs_in_with_a_phone(
    page: Page, new_page: NewPage, site: Site, page_watch: PageWatch, shot: Shot
) -> None:
    username = _invite(page, site, shot, "登记员")
    link = _link(page)
    _look(page, shot, "link")
    page.get_by_role("button", name="已交给本人").click()
    expect(page.get_by_role("row", name=re.compile(username))).to_contain_text("已邀请")

    newcomer = new_page()
    newcomer.goto(link)
    newcomer.get_by_label("新密码", exact=True).fill("too short")
    newcomer.get_by_label("再输入一次新密码").fill("another")
    newcomer.get_by_role("button", name="设定密码").click()
    expect(newcomer.get_by_role("alert")).to_have_text("两次输入的新密码不一致")
    newcomer.get_by_label("再输入一次新密码").fill("too short")
    with page_watch.expecting("422 POST /api/v1/officer/invitation"):
        newcomer.get_by_role("button", name="设定密码").click()
        expect(newcomer.get_by_role("alert").first).to_contain_text("12")
    _look(newcomer, shot, "password-refused")
    newcomer.get_by_label("新密码", exact=True).fill(PASSWORD)
    newcomer.get_by_label("再输入一次新密码").fill(PASSWORD)
    newcomer.get_by_role("button", name="设定密码").click()
    expect(newcomer.get_by_text(username)).to_be_visible()
    _look(newcomer, shot, "password-chosen")
    newcomer.get_by_role("button", name="登录").click()
    expect(newcomer.get_by_label("用户名")).to_be_visible()
    assert "token" not in newcomer.url
    _enter(newcomer, username, PASSWORD)
    expect(newcomer.get_by_role("heading", name="总览")).to_be_visible()

    secret = _set_a_code_up(newcomer, shot)
    newcomer.context.clear_cookies()
    newcomer.goto("about:blank")
    newcomer.goto("/console")
    with page_watch.expecting(SESSION):
        _enter(newcomer, username, PASSWORD)
        expect(newcomer.get_by_label("动态口令")).to_be_focused()
    shot(newcomer, "people-code-asked")
    assert_fit_for_people(newcomer)
    # That of the last half minute has been used up.
    newcomer.get_by_label("动态口令").fill(code_of(secret, step_of(datetime.now(UTC)) + 1))
    newcomer.get_by_role("button", name="登录", exact=True).click()
    expect(newcomer.get_by_role("heading", name="总览")).to_be_visible()

    # The link is worn out.
    late = new_page()
    late.goto(link)
    late.get_by_label("新密码", exact=True).fill(PASSWORD)
    late.get_by_label("再输入一次新密码").fill(PASSWORD)
    with page_watch.expecting("404 POST /api/v1/officer/invitation"):
        late.get_by_role("button", name="设定密码").click()
        expect(late.get_by_role("alert")).to_be_visible()
    shot(late, "people-link-worn-out")


def _set_a_code_up(page: Page, shot: Shot) -> str:
    """Enrol a phone on one's own account; its secret."""
    open_screen(page, "/me")
    page.get_by_role("button", name="设置动态口令").click()
    sheet = page.get_by_role("dialog", name="设置动态口令")
    sheet.get_by_label("现在的密码").fill(PASSWORD)
    sheet.get_by_role("button", name="开始设置").click()
    expect(sheet.get_by_role("img", name="设置动态口令的二维码")).to_be_visible()
    _look(page, shot, "code-scan")
    secret = sheet.locator("code.secret").inner_text().replace(" ", "")
    sheet.get_by_label("手机上显示的六位数字").fill(code_of(secret, step_of(datetime.now(UTC))))
    sheet.get_by_role("button", name="启用").click()
    expect(sheet.locator(".codes li")).to_have_count(10)
    _look(page, shot, "recovery-codes")
    sheet.get_by_role("button", name="我已保存好").click()
    expect(sheet).to_be_hidden()
    expect(page.get_by_text("已启用，剩余恢复码 10 个")).to_be_visible()
    return secret


@ON_A_PHONE_AND_A_DESK
def test_what_touches_money_takes_a_second_administrator(
    page: Page, new_page: NewPage, site: Site, page_watch: PageWatch, shot: Shot
) -> None:
    username = _invite(page, site, shot, "制单员")
    expect(page.get_by_text("有一项变更等待第二名管理员确认。")).to_be_visible()
    _look(page, shot, "proposed")
    page.get_by_role("main").get_by_role("link", name="待确认的账号变更").click()
    row = page.get_by_role("row", name=re.compile(username))
    row.get_by_role("button", name="确认", exact=True).click()
    with page_watch.expecting("403 POST /api/v1/officer/proposals/"):
        page.get_by_role("dialog").get_by_role("button", name="确认").click()
        expect(page.get_by_role("dialog").get_by_role("alert")).to_be_visible()
    shot(page, "people-own-proposal")

    second = new_page()
    open_as(second, site, "admin2", "/")
    second.get_by_role("main").get_by_text("待确认的账号变更").click()
    second.get_by_role("main").get_by_role("link").first.click()
    row = second.get_by_role("row", name=re.compile(username))
    expect(row).to_contain_text("望谟县")
    expect(row).to_contain_text("制单员")
    _look(second, shot, "to-confirm")
    row.get_by_role("button", name="确认", exact=True).click()
    second.get_by_role("dialog").get_by_role("button", name="确认").click()
    assert _link(second)
    open_screen(second, f"/people/{username}")
    expect(second.get_by_role("listitem").filter(has_text="制单员")).to_be_visible()


@ON_A_PHONE
def test_a_change_of_roles_is_proposed_and_confirmed(
    page: Page, new_page: NewPage, site: Site, shot: Shot
) -> None:
    username = officer_of(site, Role.REGISTRAR, DEMO_REGION, "登记员丙")
    open_as(page, site, "admin", f"/people/{username}")
    page.get_by_role("button", name="变更角色").click()
    sheet = page.get_by_role("dialog", name="变更角色")
    expect(sheet.get_by_label("登记员")).to_be_checked()
    sheet.get_by_label("登记员").uncheck()
    sheet.get_by_label("审批人").check()
    _look(page, shot, "roles")
    sheet.get_by_role("button", name="变更角色").click()
    expect(page.get_by_text("有一项变更等待第二名管理员确认。")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="登记员")).to_be_visible()
    second = new_page()
    open_as(second, site, "admin2", "/proposals")
    row = second.get_by_role("row", name=re.compile(username))
    row.get_by_role("button", name="确认", exact=True).click()
    second.get_by_role("dialog").get_by_role("button", name="确认").click()
    expect(second.get_by_role("row", name=re.compile(username))).to_have_count(0)
    page.reload()
    expect(page.get_by_role("listitem").filter(has_text="审批人")).to_be_visible()
    expect(page.get_by_text("有一项变更等待第二名管理员确认。")).to_have_count(0)


@ON_A_PHONE
def test_an_account_is_entered_by_one_registrar_and_confirmed_by_another(
    page: Page, new_page: NewPage, site: Site, page_watch: PageWatch, shot: Shot
) -> None:
    household = fresh_household(site)
    open_as(page, site, "county", f"/households/{household}/accounts")
    expect(page.get_by_text("没有收款账户")).to_be_visible()
    page.get_by_role("button", name="录入新账户").click()
    sheet = page.get_by_role("dialog", name="录入新账户")
    sheet.get_by_label("开户行").fill("望谟县农村信用合作联社")
    sheet.get_by_label("账号").fill("6217990000000000312")
    sheet.get_by_label("理由").fill("首次登记收款账户")
    with page_watch.expecting("422 POST /api/v1/officer/households/"):
        sheet.get_by_role("button", name="录入新账户").click()
        expect(sheet.get_by_role("alert")).to_contain_text("校验位")
    _look(page, shot, "account-wrong")
    sheet.get_by_label("账号").fill("6217990000000000311")
    sheet.get_by_role("button", name="录入新账户").click()
    expect(page.get_by_text("待确认", exact=True)).to_be_visible()
    page.get_by_role("button", name="确认账户").click()
    with page_watch.expecting("409 POST /api/v1/officer/households/"):
        page.get_by_role("dialog").get_by_role("button", name="确认账户").click()
        expect(page.get_by_role("dialog").get_by_role("alert")).to_be_visible()
    second = new_page()
    open_as(second, site, "county2", "/accounts")
    second.get_by_role("link", name=re.compile("^522326107206")).last.click()
    loaded(second)
    open_screen(second, f"/households/{household}/accounts")
    second.get_by_role("button", name="确认账户").click()
    second.get_by_role("dialog").get_by_role("button", name="确认账户").click()
    expect(second.get_by_text("使用中")).to_be_visible()
    _look(second, shot, "account-confirmed")
