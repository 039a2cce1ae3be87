"""What officers do about money beside the payouts: days compared, incidents, audit, months, exports in full."""

import csv
import io
import re

from playwright.sync_api import Page, expect

from tests.browser.console_pages import act, loaded, open_as, taken
from tests.browser.console_rows import make_closed_month, make_day
from tests.browser.screens import IN_BOTH_LANGUAGES, ON_A_DESK, NewPage, Shot
from tests.browser.site import Site
from tests.browser.standards import assert_fit_for_people
from tests.browser.watching import PageWatch


def rows_of(file: bytes) -> list[dict[str, str]]:
    """The rows of a CSV file that the server or the console made, by the names of their columns."""
    return list(csv.DictReader(io.StringIO(file.decode("utf-8-sig"), newline="")))


def test_a_day_that_differs_leads_to_its_incident_which_is_assigned_and_settled(
    page: Page, site: Site, page_watch: PageWatch, shot: Shot
) -> None:
    day, incident = make_day(site)
    open_as(page, site, "approver", f"/reconciliations?day={day}")
    expect(page.get_by_text("有差异")).to_be_visible()
    expect(page.get_by_role("region", name="当日合计")).to_contain_text("3,609.07")
    shot(page, "reconciliation")
    page.get_by_role("link", name="微信账单有支付，本系统未能入账").click()
    loaded(page)
    expect(page).to_have_url(re.compile(f"#/incidents/{incident}$"))
    page.get_by_role("button", name="指派").click()
    sheet = page.get_by_role("dialog")
    owner = sheet.get_by_label("负责人")
    expect(owner.locator("option").first).to_have_text(re.compile(r"（approver，本人）$"))
    expect(owner).to_have_value("approver")
    expect(owner).not_to_contain_text("auditor")
    shot(page, "incident-assign")
    owner.select_option("approver2")
    sheet.get_by_role("button", name="指派").click()
    expect(page.get_by_text("已指派")).to_be_visible()
    expect(page.get_by_text("approver2")).to_be_visible()
    page.get_by_role("button", name="处理完毕").click()
    sheet.get_by_label("处理结果").fill("已向微信支付核实，当日补记入账。")
    shot(page, "incident-resolve")
    sheet.get_by_role("button", name="处理完毕").click()
    expect(page.get_by_text("已向微信支付核实，当日补记入账。")).to_be_visible()
    expect(page.get_by_role("button", name="处理完毕")).to_have_count(0)
    shot(page, "incident-resolved")
    page.get_by_role("link", name="待处理事项").first.click()
    loaded(page)
    page.goto("/console#/incidents?state=resolved")
    loaded(page)
    expect(page.get_by_role("region", name="待处理事项")).to_contain_text("微信账单有支付")

    page.goto(f"/console#/reconciliations?day={day}")
    page.get_by_text("筛选").click()
    with page_watch.expecting("404 GET /api/v1/officer/reconciliations/2020-02-02"):
        page.get_by_label("日期").fill("2020-02-02")
        expect(page.get_by_text("这一天还没有对账")).to_be_visible()
    shot(page, "reconciliation-none")


def test_an_incident_that_nobody_may_look_after_says_so(page: Page, site: Site, shot: Shot) -> None:
    _, incident = make_day(site)
    open_as(page, site, "approver", f"/incidents/{incident}")
    page.route("**/assignees", lambda route: route.fulfill(json={"items": []}))
    page.get_by_role("button", name="指派").click()
    sheet = page.get_by_role("dialog")
    expect(sheet).to_contain_text("没有可以负责的人")
    expect(sheet.get_by_role("button", name="指派")).to_have_count(0)
    shot(page, "incident-assign-nobody")
    assert_fit_for_people(page)


def test_what_takes_two_is_not_settled_by_whoever_proposed_it(
    page: Page, new_page: NewPage, site: Site, shot: Shot
) -> None:
    _, incident = make_day(site, "transfer_differs")
    open_as(page, site, "releaser", f"/incidents/{incident}")
    page.get_by_role("button", name="提出处理意见").click()
    page.get_by_role("dialog").get_by_label("处理结果").fill("微信告知的是重复通知")
    page.get_by_role("dialog").get_by_role("button", name="提出处理意见").click()
    expect(page.get_by_text("您已提出处理意见，须由另一人同意后办结。")).to_be_visible()
    expect(page.get_by_role("button", name="同意并办结")).to_have_count(0)
    shot(page, "incident-proposed")
    other = new_page()
    open_as(other, site, "approver", f"/incidents/{incident}")
    expect(other.get_by_text("微信告知的是重复通知")).to_be_visible()
    other.get_by_role("button", name="同意并办结").click()
    other.get_by_role("dialog").get_by_label("处理结果").fill("与流水核对一致")
    other.get_by_role("dialog").get_by_role("button", name="同意并办结").click()
    expect(other.get_by_text("releaser、approver")).to_be_visible()
    shot(other, "incident-settled")


@ON_A_DESK
def test_the_audit_is_narrowed_and_taken_along_as_it_is_narrowed(page: Page, site: Site, shot: Shot) -> None:
    _, incident = make_day(site)
    token = site.officer("approver")
    site.call("POST", f"/officer/incidents/{incident}/assign", token, json={"username": "approver2"})
    open_as(page, site, "auditor", "/audit")
    entries = page.get_by_role("region", name="记录")
    expect(entries.get_by_role("row").nth(1)).to_be_visible()
    shot(page, "audit")
    page.get_by_label("事项", exact=True).select_option("指派待处理事项")
    expect(entries).not_to_contain_text("登录")
    about = page.get_by_role("link", name=f"待处理事项 {incident}", exact=True)
    row = entries.get_by_role("row").filter(has=about)
    expect(row).to_contain_text("approver")
    expect(row).to_contain_text("负责人 工作人员 approver2")
    about.click()
    expect(entries.get_by_role("row")).to_have_count(2)
    shot(page, "audit-narrowed")
    page.reload()
    loaded(page)
    expect(entries.get_by_role("row")).to_have_count(2)
    assert [row["对象"] for row in rows_of(taken(page, "导出 CSV"))] == [f"incident:{incident}"]
    page.get_by_label("起", exact=True).fill("2021-01-01")
    page.get_by_label("止", exact=True).fill("2021-01-02")
    expect(page.get_by_text("没有符合的记录")).to_be_visible()
    shot(page, "audit-none")


@ON_A_DESK
@IN_BOTH_LANGUAGES
def test_the_audit_says_in_words_who_settled_what(page: Page, site: Site, shot: Shot, language: str) -> None:
    said = {
        "zh": ("种类 微信告知的转账与本系统不符", "事由对象 微信支付单 4200"),
        "en": ("Kind What WeChat says of a transfer is not what we asked for", "About WeChat payment 4200"),
    }
    _, incident = make_day(site, "transfer_differs")
    path, token = f"/officer/incidents/{incident}/resolve", site.officer("releaser")
    site.call("POST", path, token, json={"resolution": "与流水核对一致"})
    open_as(page, site, "auditor", f"/audit?subject=incident:{incident}")
    row = page.get_by_role("row").nth(1)
    for words in said[language]:
        expect(row).to_contain_text(words)
    shot(page, "audit-words")
    page.goto("/console#/audit?actor=command")
    command = "Server command" if language == "en" else "服务器命令"
    expect(page.get_by_role("row").nth(1)).to_contain_text(command)
    assert_fit_for_people(page)


@ON_A_DESK
def test_a_closed_month_is_read_and_taken_along(page: Page, site: Site, shot: Shot) -> None:
    month = make_closed_month(site)
    open_as(page, site, "auditor", "/months")
    shot(page, "months")
    page.get_by_role("link", name=month).click()
    loaded(page)
    expect(page.get_by_text("0.00 元")).to_be_visible()
    expect(page.get_by_text("未结账")).to_have_count(0)
    shot(page, "month")
    page.get_by_role("link", name="月度账目").first.click()
    loaded(page)
    page.get_by_role("button", name="查看").click()
    loaded(page)
    expect(page.get_by_text("未结账")).to_be_visible()
    assert rows_of(taken(page, "导出 CSV"))
    shot(page, "month-open")


def test_a_period_in_full_is_asked_for_granted_by_another_and_taken_once(
    page: Page, new_page: NewPage, site: Site, shot: Shot
) -> None:
    open_as(page, site, "auditor", "/exports")
    act(page, "申请导出", 起="2026-01-01", 止="2026-12-31", 理由="年度专项审计抽查第三批")
    row = page.get_by_role("row").filter(has_text="年度专项审计抽查第三批").first
    expect(row).to_contain_text("待批准")
    expect(row.get_by_role("button")).to_have_count(0)
    shot(page, "export-asked")
    registrar = new_page()
    open_as(registrar, site, "county", "/exports")
    registrar.get_by_role("button", name="批准", exact=True).first.click()
    sheet = registrar.get_by_role("dialog")
    expect(sheet).to_contain_text("年度专项审计抽查第三批")
    shot(registrar, "export-grant")
    sheet.get_by_role("button", name="批准", exact=True).click()
    expect(registrar.get_by_text("可取")).to_be_visible()
    shot(registrar, "export-granted")
    page.reload()
    loaded(page)
    file = taken(page, "取走（仅一次）")
    assert rows_of(file)
    expect(row).to_contain_text("已取走")
    expect(page.get_by_role("button", name="取走（仅一次）")).to_have_count(0)
    shot(page, "export-taken")
