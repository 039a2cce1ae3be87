"""A payout through the console, from what a village has earned to what the bank made of it, by different people."""

import csv
import io
import re
from datetime import timedelta

import pytest
from playwright.sync_api import FilePayload, Page, expect

from domain.roles import Role
from flows.running import running
from models import PayoutBatch
from tests.browser.console_pages import act, loaded, open_as, taken
from tests.browser.screens import ON_A_DESK, NewPage, Shot
from tests.browser.site import Site
from tests.browser.watching import PageWatch
from tests.support.accounts import make_account
from tests.support.payouts import fund_bank
from tests.support.people import OFFICER_PASSWORD, make_officer
from tests.support.returning import return_csv
from tests.support.triggers import behind_triggers
from tests.support.village import REGISTERED_AGO, make_earnings, make_payable, make_unpayable

TOWNSHIP, VILLAGE = "新屯街道", "巴巴坪村村民委员会"
VILLAGE_CODE = "522326003211"
#: Together above the amount that takes two approvals, and with cents.
EARNINGS = [("欧阳阿依古丽", 2_600_033), ("韦大山", 2_500_040), ("岑小妹", 307)]
NOTICE = timedelta(days=8)


def row_of(page: Page, table: str, words: str) -> str:
    """The cells of the one row of a table that has these words."""
    row = page.get_by_role("region", name=table).get_by_role("row").filter(has_text=words)
    return re.sub(r"\s+", " ", row.inner_text())


def let_notice_end(site: Site, batch_id: int) -> None:
    """As if a batch had been submitted so long ago that nobody can object any more."""
    with site.writing() as session, behind_triggers(session, "payout_batches"):
        batch = session.get_one(PayoutBatch, batch_id)
        assert batch.submitted_at
        assert batch.objections_until
        batch.drafted_at -= NOTICE
        batch.submitted_at -= NOTICE
        batch.objections_until -= NOTICE


def fill_draft(page: Page, township: str, village: str, threshold: str) -> None:
    """Open the sheet that drafts a batch, and fill it in for a village."""
    page.get_by_role("button", name="制作新批次").click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_label("乡镇").select_option(township)
    sheet.get_by_label("村").select_option(village)
    sheet.get_by_label("起付金额（元）").fill(threshold)


def draft(page: Page, township: str, village: str, threshold: str) -> int:
    """Draft a batch for a village; its number in the address."""
    page.goto("/console#/payouts")
    fill_draft(page, township, village, threshold)
    page.get_by_role("dialog").get_by_role("button", name="制作新批次").click()
    expect(page).to_have_url(re.compile(r"#/payouts/\d+$"))
    loaded(page)
    return int(page.url.rpartition("/")[2])


def bank_answer(file: bytes, bounced: str) -> bytes:
    """The bank file with what became of each payment beside it, one of them failed."""
    _, header, *payments = csv.reader(io.StringIO(file.decode("gb18030")))
    place = header.index("户名")
    rows = [
        {
            **dict(zip(header, payment, strict=True)),
            "处理结果": "失败" if payment[place] == bounced else "成功",
            "失败原因": "户名不符" if payment[place] == bounced else "",
        }
        for payment in payments
    ]
    return return_csv(rows)


@pytest.mark.main_journey
@ON_A_DESK
def test_a_village_is_paid_by_five_people_and_what_bounced_is_paid_again(
    page: Page, new_page: NewPage, site: Site, shot: Shot
) -> None:
    with site.writing() as session:
        now = running().clock()
        make_payable(session, running(), VILLAGE_CODE, EARNINGS, now)
        without, shared, _ = make_unpayable(session, running(), VILLAGE_CODE, now)
        fund_bank(session, sum(fen for _, fen in EARNINGS), now)

    maker = page
    open_as(maker, site, "maker", "/payouts")
    batch = draft(maker, TOWNSHIP, VILLAGE, "0.50")
    figures = maker.locator(".figures")
    expect(figures).to_contain_text("51,003.80")
    assert "3.07" in row_of(maker, "发放明细", "岑*妹")
    assert "没有收款账户" in row_of(maker, "未纳入的农户", without)
    assert "12.03" in row_of(maker, "未纳入的农户", without)
    assert "账户与他户相同" in row_of(maker, "未纳入的农户", shared)
    shot(maker, "payout-draft")
    maker.reload()
    loaded(maker)
    expect(figures).to_contain_text("51,003.80")
    act(maker, "提交公示")
    expect(maker.get_by_text("公示审批中").first).to_be_visible()
    assert taken(maker, "公示单").startswith(b"%PDF")
    shot(maker, "payout-submitted")

    first, second, releaser = new_page(), new_page(), new_page()
    at = f"/payouts/{batch}"
    open_as(first, site, "approver", at)
    expect(first.get_by_text("期满后才能审批")).to_be_visible()
    expect(first.get_by_role("button", name="审批通过")).to_have_count(0)
    shot(first, "payout-on-notice")
    let_notice_end(site, batch)
    first.reload()
    loaded(first)
    act(first, "审批通过")
    expect(first.get_by_text("您已审批，还须另一人审批。")).to_be_visible()
    expect(first.get_by_text("审批 1/2")).to_be_visible()
    shot(first, "payout-half-approved")
    open_as(second, site, "approver2", at)
    act(second, "审批通过")
    expect(second.get_by_text("审批 2/2")).to_be_visible()
    shot(second, "payout-approved")

    open_as(releaser, site, "releaser", at)
    act(releaser, "放款")
    expect(releaser.get_by_text("待送出").first).to_be_visible()
    shot(releaser, "payout-released")
    file = taken(releaser, "银行代发文件")
    expect(releaser.get_by_role("region", name="按结果合计")).to_contain_text("已送出")
    releaser.reload()
    loaded(releaser)
    releaser.get_by_role("button", name="银行代发文件").click()
    expect(releaser.get_by_text("这个文件已经下载过")).to_be_visible()
    shot(releaser, "payout-file-again")
    releaser.get_by_role("button", name="关闭").click()

    releaser.get_by_role("button", name="上传回盘文件").click()
    answer = FilePayload(name="回盘.csv", mimeType="text/csv", buffer=bank_answer(file, "韦大山"))
    releaser.get_by_label("银行回盘文件").set_input_files(answer)
    releaser.get_by_role("dialog").get_by_role("button", name="上传回盘文件").click()
    expect(releaser).to_have_url(re.compile(r"/returns/\d+$"))
    loaded(releaser)
    expect(releaser.get_by_text("户名不符")).to_be_visible()
    expect(releaser.get_by_text("演示发放人 上传于")).to_be_visible()
    shot(releaser, "payout-return")

    maker.reload()
    loaded(maker)
    expect(maker.get_by_text("已办结").first).to_be_visible()
    assert "26,003.40" in row_of(maker, "按结果合计", "已到账")
    assert "25,000.40" in row_of(maker, "按结果合计", "退票")
    expect(maker.get_by_text("1 户共 25,000.40 元被退回")).to_be_visible()
    bounced = row_of(maker, "发放明细", "韦*山")
    assert "退票 户名不符" in bounced
    assert "25,000.40" in bounced
    assert "已到账" in row_of(maker, "发放明细", "岑*妹")
    shot(maker, "payout-settled")

    maker.get_by_role("link", name="发放批次").first.click()
    loaded(maker)
    follow_up = draft(maker, TOWNSHIP, VILLAGE, "0.50")
    assert follow_up != batch
    expect(figures).to_contain_text("25,000.40")
    assert "25,000.40" in row_of(maker, "发放明细", "韦*山")
    expect(maker.get_by_role("region", name="发放明细")).not_to_contain_text("岑*妹")
    shot(maker, "payout-follow-up")


def test_nobody_is_asked_to_approve_what_they_drafted(
    page: Page, new_page: NewPage, site: Site, page_watch: PageWatch, shot: Shot
) -> None:
    with site.writing() as session:
        now = running().clock()
        editor = make_officer(session, Role.APPROVER)
        for household in make_earnings(session, running(), "522326206201", [("盘大妹", 1_234)], now):
            make_account(session, household, at=now - REGISTERED_AGO, editor_id=editor.id)
        one = make_officer(session, [Role.MAKER, Role.APPROVER, Role.RELEASER])
        name, other = one.username, editor.username
        one.display_name = "油迈瑶族乡单株碳汇工作专班负责人欧阳阿依古丽"
    open_as(page, site, name, "/payouts", OFFICER_PASSWORD)
    batch = draft(page, "油迈瑶族乡", "平卜村村民委员会", "1.00")
    another = new_page()
    open_as(another, site, "maker", f"/payouts/{batch}")
    expect(
        another.get_by_text("由制单人油迈瑶族乡单株碳汇工作专班负责人欧阳阿依古丽提交或撤销。")
    ).to_be_visible()
    expect(another.get_by_role("button", name="提交公示")).to_have_count(0)

    act(page, "提交公示")
    let_notice_end(site, batch)
    page.reload()
    loaded(page)
    expect(page.get_by_text("这个批次由您制单，须由其他人审批。")).to_be_visible()
    expect(page.get_by_role("button", name="审批通过")).to_have_count(0)
    shot(page, "payout-own")

    # Somebody who entered an account it pays finds out when they try.
    open_as(another, site, other, f"/payouts/{batch}", OFFICER_PASSWORD)
    another.get_by_role("button", name="审批通过").click()
    with page_watch.expecting(f"409 POST /api/v1/officer/payout-batches/{batch}/approve"):
        another.get_by_role("dialog").get_by_role("button", name="审批通过").click()
        expect(another.get_by_text("这些须由不同的人办理")).to_be_visible()
    shot(another, "payout-account-duty")
    another.get_by_role("button", name="关闭").click()
    act(another, "驳回", 理由="公示有异议，须重新核实")
    way = another.get_by_role("listitem").filter(has_text="公示有异议，须重新核实")
    expect(way).to_contain_text(other)
    expect(way).to_contain_text("驳回")
    shot(another, "payout-rejected")

    batch = draft(page, "油迈瑶族乡", "平卜村村民委员会", "1.00")
    act(page, "撤销批次", 理由="重复制单")
    expect(page.get_by_role("listitem").filter(has_text="重复制单")).to_contain_text("撤销")


@ON_A_DESK
def test_a_sign_in_that_ends_while_a_batch_is_drafted_loses_nothing(
    page: Page, site: Site, page_watch: PageWatch, shot: Shot
) -> None:
    with site.writing() as session:
        make_payable(session, running(), "522326206202", [("盘阿公", 505)], running().clock())
    open_as(page, site, "maker", "/payouts")
    fill_draft(page, "油迈瑶族乡", "打寒村村民委员会", "5.05")
    page.context.clear_cookies()
    with page_watch.expecting("401 POST /api/v1/officer/payout-batches"):
        page.get_by_role("dialog").get_by_role("button", name="制作新批次").click()
        expect(page.get_by_label("用户名")).to_be_visible()
    page.get_by_label("用户名").fill("maker")
    page.get_by_label("密码").fill(site.password)
    page.get_by_role("button", name="登录").click()
    sheet = page.get_by_role("dialog")
    expect(sheet.get_by_label("起付金额（元）")).to_have_value("5.05")
    shot(page, "payout-draft-again")
    sheet.get_by_role("button", name="制作新批次").click()
    expect(page).to_have_url(re.compile(r"#/payouts/\d+$"))
    loaded(page)
    assert "5.05" in row_of(page, "发放明细", "盘*公")
