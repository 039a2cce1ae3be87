"""From a survey sheet with mistakes to trees that are on sale, through the hands of those who may not do it alone."""

import re
import uuid
from datetime import UTC, datetime
from typing import Any

from playwright.sync_api import FilePayload, Page, Route, expect

from domain.roles import Role
from services.demo_officers import DEMO_REGION
from tests.browser.console_pages import loaded, open_as, open_screen
from tests.browser.console_places import days_ago, household_rows, officer_of, with_trees
from tests.browser.screens import ON_A_PHONE_AND_A_DESK, NewPage, Shot
from tests.browser.site import Site
from tests.browser.standards import assert_fit_for_people
from tests.browser.watching import PageWatch
from tests.support.sheets import as_csv, tree_row

FIRST_VILLAGE, SECOND_VILLAGE = "522326107207", "522326107208"
IMPORT = re.compile(r"/api/v1/officer/imports/\d+$")
SURVEYOR = "调查员零一"


def _bring(page: Page, name: str, rows: list[dict[str, Any]]) -> None:
    """In the sheet that is open: choose a file and have it checked."""
    sheet = page.get_by_role("dialog", name="上传调查表")
    sheet.get_by_label("文件", exact=True).set_input_files(
        FilePayload(name=name, mimeType="text/csv", buffer=as_csv(rows))
    )
    sheet.get_by_role("button", name="上传并检查").click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


def _still_checking(route: Route) -> None:
    """The answer of a sheet whose check is going on."""
    body = route.fetch().json()
    late = {
        "state": "checking",
        "rows_read": 1200,
        "rows_expected": 2500,
        "villages": [],
        "accepted_at": None,
    }
    route.fulfill(json={**body, **late})


@ON_A_PHONE_AND_A_DESK
def test_a_sheet_is_mended_accepted_village_by_village_and_its_trees_verified(
    page: Page, new_page: NewPage, site: Site, page_watch: PageWatch, shot: Shot
) -> None:
    serial = 1 + uuid.uuid4().int % 9000
    agreed = {"知情同意日期": days_ago(200)}
    rows = household_rows(FIRST_VILLAGE, 2, serial, **agreed) + household_rows(
        SECOND_VILLAGE, 2, serial, **agreed
    )
    faulty = [*rows[:3], {**rows[3], "身份证号": rows[3]["身份证号"][:-1], "家庭人口": "四口"}]

    open_as(page, site, "county", "/imports")
    page.get_by_role("button", name="上传调查表").click()
    shot(page, "registry-upload")
    assert_fit_for_people(page)
    _bring(page, "石屯镇农户.csv", faulty)
    expect(page.get_by_text("有 1 个村因问题不能接受")).to_be_visible()
    problems = page.get_by_role("region", name="逐格问题")
    wrong = problems.get_by_role("row", name=re.compile("身份证号"))
    expect(wrong).to_contain_text("5")
    expect(wrong).to_contain_text("须改正")
    expect(wrong).not_to_contain_text(faulty[3]["身份证号"])
    expect(problems.get_by_role("row", name=re.compile("家庭人口"))).to_be_visible()
    page.reload()
    expect(problems.get_by_role("row")).to_have_count(3)
    loaded(page)
    shot(page, "registry-problems")
    assert_fit_for_people(page)

    # The mended sheet; its check takes its time, and goes on over a reload.
    page.route(IMPORT, _still_checking)
    page.get_by_role("button", name="改好后重新上传").click()
    _bring(page, "石屯镇农户-改.csv", rows)
    progress = page.get_by_role("progressbar", name="正在检查，已读行数")
    expect(progress).to_have_attribute("value", "1200")
    page.reload()
    expect(page.get_by_text("1,200 / 2,500")).to_be_visible()
    shot(page, "registry-progress")
    assert_fit_for_people(page)
    page.unroute(IMPORT, _still_checking)
    expect(page.get_by_text("检查通过，还没有登记。")).to_be_visible()

    # One village first, the rest after a reload.
    page.get_by_role("row", name=re.compile("岜油村")).get_by_role("button", name="接受本村").click()
    sheet = page.get_by_role("dialog", name=re.compile("接受.*岜油村"))
    expect(sheet).to_contain_text("将登记 2 行")
    sheet.get_by_role("button", name="接受本村").click()
    expect(page.get_by_role("row", name=re.compile("岜油村"))).to_contain_text("已接受")
    expect(page.get_by_role("row", name=re.compile("乐化村"))).to_contain_text("可接受")
    page.reload()
    page.get_by_role("button", name="接受 1 个村").click()
    page.get_by_role("dialog").get_by_role("button", name="接受 1 个村").click()
    expect(page.get_by_text("已登记。")).to_be_visible()
    shot(page, "registry-accepted")
    assert_fit_for_people(page)

    _survey(new_page(), site, shot, rows[0]["户编号"])
    _verify(new_page(), site, page_watch, shot)

    open_screen(page, f"/households?q={rows[0]['户编号']}")
    page.get_by_role("link", name=rows[0]["户编号"]).click()
    page.get_by_role("navigation", name="这一户的内容").get_by_role("link", name="树木").click()
    expect(page.get_by_role("row").filter(has_text="待售")).to_have_count(4)
    shot(page, "registry-on-sale")


def _survey(page: Page, site: Site, shot: Shot, household: str) -> None:
    """A surveyor registers four trees of a household, after the wrong figure in the first sheet."""
    trees = [
        {
            **tree_row(),
            "户编号": household,
            "树牌号": f"{household}-{n:03d}",
            "调查日期": days_ago(60),
            "调查员": SURVEYOR,
        }
        for n in range(1, 5)
    ]
    open_as(page, site, "surveyor", "/imports")
    page.get_by_role("button", name="上传调查表").click()
    girths = [{**{k: v for k, v in row.items() if k != "胸径cm"}, "胸围cm": "20.4"} for row in trees]
    _bring(page, "围径.csv", girths)
    expect(page.get_by_text("整张表未通过，没有登记任何内容。")).to_be_visible()
    shot(page, "registry-refused")
    assert_fit_for_people(page)
    page.get_by_role("button", name="改好后重新上传").click()
    _bring(page, "树木.csv", trees)
    page.get_by_role("button", name="接受 1 个村").click()
    page.get_by_role("dialog").get_by_role("button", name="接受 1 个村").click()
    expect(page.get_by_text("已登记。")).to_be_visible()


def _verify(page: Page, site: Site, page_watch: PageWatch, shot: Shot) -> None:
    """Who measured may not approve; the verifier finds the draft among what waits, and approves."""
    year = str(datetime.now(UTC).year)
    involved = officer_of(site, Role.VERIFIER, DEMO_REGION, SURVEYOR)
    open_as(page, site, involved, "/verifications")
    page.get_by_role("button", name="起草核查").click()
    sheet = page.get_by_role("dialog", name="起草核查")
    sheet.get_by_label("乡镇").select_option(label="石屯镇")
    sheet.get_by_label("村", exact=True).select_option(value=FIRST_VILLAGE)
    expect(sheet.get_by_label("年度")).to_have_value(year)
    shot(page, "registry-draft")
    assert_fit_for_people(page)
    sheet.get_by_role("button", name="起草核查").click()
    expect(page.get_by_text("这是草案，还没有树木因此出售。")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text(re.compile("株年\\s*4"))
    page.get_by_role("button", name="批准").click()
    with page_watch.expecting("403 POST /api/v1/officer/verifications/"):
        page.get_by_role("dialog").get_by_role("button", name="批准").click()
        expect(page.get_by_role("dialog").get_by_role("alert")).to_be_visible()
    shot(page, "registry-involved")
    draft = page.url.rsplit("/", 1)[1]

    open_as(page, site, "verifier", "/")
    page.get_by_text("待批准的核查").click()
    page.get_by_role("link", name=re.compile(f"编号 {draft}\\b")).click()
    page.get_by_role("button", name="批准").click()
    sheet = page.get_by_role("dialog", name="批准")
    expect(sheet).to_contain_text(f"望谟县石屯镇岜油村 {year} 年度 4 株可以出售")
    sheet.get_by_role("button", name="批准").click()
    expect(page.get_by_role("listitem").filter(has_text="演示核查员")).to_contain_text("已批准")
    shot(page, "registry-approved")
    assert_fit_for_people(page)


def test_a_tree_that_is_gone_is_confirmed_by_somebody_else(
    page: Page, site: Site, page_watch: PageWatch, shot: Shot
) -> None:
    token = site.officer("county")
    _, [tree, *_] = with_trees(site, token)
    open_as(page, site, "county", "/trees")
    page.get_by_label("公开编号").fill(tree.lower())
    page.get_by_role("button", name="查找").click()
    page.get_by_role("button", name="报告灭失").click()
    sheet = page.get_by_role("dialog", name="报告灭失")
    sheet.get_by_label("原因").select_option(label="被采伐")
    sheet.get_by_label("发生日期").fill(days_ago(2))
    sheet.get_by_label("怎样得知").fill("现场只剩树桩，村干部在场")
    sheet.get_by_role("button", name="报告灭失").click()
    expect(page.get_by_role("listitem").filter(has_text="报告灭失")).to_contain_text("county")
    shot(page, "registry-loss")
    page.get_by_role("button", name="确认灭失").click()
    with page_watch.expecting(f"403 POST /api/v1/officer/trees/{tree}/loss/confirm"):
        page.get_by_role("dialog").get_by_role("button", name="确认灭失").click()
        expect(page.get_by_role("dialog").get_by_role("alert")).to_be_visible()
    open_as(page, site, "county2", f"/trees/{tree}")
    page.get_by_role("button", name="确认灭失").click()
    page.get_by_role("dialog").get_by_role("button", name="确认灭失").click()
    expect(page.get_by_role("button", name="确认灭失")).to_have_count(0)
    expect(page.get_by_role("listitem").filter(has_text="另一人确认")).to_contain_text("county2")
