"""Tables that are taken along as files hold every row, those that are not shown yet too."""

import csv
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from domain.clock import business_day
from flows.running import running
from services.incidents import open_incident
from tests.browser.console_pages import open_as
from tests.browser.screens import ON_A_DESK
from tests.browser.site import Site
from tests.browser.watching import PageWatch
from tests.support.village import make_payable

#: More than the screen shows at first, and than the API gives at once.
MANY = 103
VILLAGE = "522326102204"


def table_taken(page: Page, table: str) -> list[dict[str, str]]:
    """The rows of the file that a table's button saves, by the names of their columns."""
    above = page.locator(".above-table").filter(has=page.get_by_role("heading", name=table, exact=True))
    with page.expect_download() as kept:
        above.get_by_role("button", name="导出 CSV").click()
    expect(above.get_by_role("button", name="导出 CSV")).to_be_enabled()
    with Path(kept.value.path()).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def shown(page: Page, table: str) -> int:
    return page.get_by_role("region", name=table).locator("tbody tr").count()


@pytest.fixture(scope="module")
def batch(site: Site) -> dict[str, Any]:
    """A draft that pays MANY households, each another amount."""
    with site.writing() as session:
        now = running().clock()
        earnings = [(f"韦{n}妹", 301 + n) for n in range(MANY)]
        make_payable(session, running(), VILLAGE, earnings, now)
        for n in range(MANY):
            open_incident(session, kind="bank_unknown", subject=f"bank:{n}", now=now, facts={"bank_fen": n})
    wanted = {
        "region": VILLAGE,
        "up_to": business_day(now).isoformat(),
        "threshold_fen": 1,
        "channel": "bank",
    }
    key = {"Idempotency-Key": f"many-{MANY}"}
    drafted: dict[str, Any] = site.call(
        "POST", "/officer/payout-batches", site.officer("maker"), 201, json=wanted, headers=key
    )
    assert drafted["households"] == MANY
    return drafted


@ON_A_DESK
def test_the_payments_of_a_batch_are_taken_along_to_the_last_fen(
    page: Page, site: Site, batch: dict[str, Any]
) -> None:
    open_as(page, site, "auditor", f"/payouts/{batch['id']}")
    assert shown(page, "发放明细") == 50
    rows = table_taken(page, "发放明细")
    assert [row["业务参考号"] for row in rows] == [f"{batch['number']}L{n}" for n in range(1, MANY + 1)]
    assert sum(round(float(row["金额 (元)"]) * 100) for row in rows) == batch["amount_fen"]
    assert shown(page, "发放明细") == 50


@ON_A_DESK
def test_a_list_is_taken_along_as_it_is_filtered(page: Page, site: Site, batch: dict[str, Any]) -> None:
    open_as(page, site, "auditor", "/incidents?state=open")
    expect(page.get_by_role("button", name="显示更多")).to_be_visible()
    rows = table_taken(page, "待处理事项")
    assert len({row["编号"] for row in rows}) == len(rows) >= MANY
    assert {row["状态"] for row in rows} == {"待处理"}
    page.get_by_role("button", name="显示更多").click()
    expect(page.get_by_role("region", name="待处理事项").locator("tbody tr")).to_have_count(100)


@ON_A_DESK
def test_a_page_that_cannot_be_read_leaves_no_half_a_file(
    page: Page, site: Site, page_watch: PageWatch, batch: dict[str, Any]
) -> None:
    open_as(page, site, "auditor", "/incidents")
    taken: list[str] = []
    page.on("download", lambda file: taken.append(file.url))
    page.route(re.compile(r"/incidents\?.*cursor="), lambda route: route.abort("connectionfailed"))
    with page_watch.expecting("failed GET /api/v1/officer/incidents"):
        page.get_by_role("button", name="导出 CSV").click()
        expect(page.get_by_role("alert")).to_be_visible()
    assert taken == []
    page.unroute_all()
    assert len(table_taken(page, "待处理事项")) >= MANY
