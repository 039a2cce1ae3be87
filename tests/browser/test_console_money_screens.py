"""Every screen of the console's side of money, in every state, on every screen size: fit for people."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from domain.clock import business_day
from domain.payouts import BatchState
from domain.period_exports import ExportState
from domain.reconciliations import DayState
from domain.return_lines import SentLine
from domain.roles import Role
from flows.running import running
from models import Officer, PayoutBatch, Reconciliation
from services import payout_decisions
from tests.browser.console_pages import go_to, open_as
from tests.browser.console_rows import make_closed_month, make_day
from tests.browser.screens import NewPage
from tests.browser.site import Site
from tests.browser.sweeps import SWEPT, Sweep
from tests.support import payouts
from tests.support.auditing import make_period_export
from tests.support.people import OFFICER_PASSWORD, make_officer
from tests.support.returning import answer_row, return_csv
from tests.support.village import make_payable, make_unpayable

LONG_NAME = "油迈瑶族乡单株碳汇工作专班负责人欧阳阿依古丽"
REASON = "公示期内有村民反映该户林权证登记面积与实地不符，须由乡镇林业站重新核实后再行发放，本批次先行驳回。"
#: Villages of a township that nobody else of these tests pays.
VILLAGES = [f"52232611120{n}" for n in range(1, 9)]
EARNINGS = [("欧阳阿依古丽", 2_600_033), ("韦大山", 2_500_040), ("岑小妹", 307)]


@dataclass(frozen=True)
class Case:
    """A screen to look at: as whom, where, and a button to press there first, in Chinese and English."""

    who: str
    at: Callable[[dict[str, Any]], str]
    press: tuple[str, str] | None = None


def batch(name: str) -> Callable[[dict[str, Any]], str]:
    """The address of one of the batches."""
    return lambda made: f"/payouts/{made[name]}"


def at(address: str) -> Callable[[dict[str, Any]], str]:
    """An address with the names of what was made in it."""
    return lambda made: address.format(**made)


CASES = {
    "payouts": Case("payer", at("/payouts")),
    "payouts-draft": Case("payer", at("/payouts"), ("制作新批次", "Draft a batch")),
    "payouts-none": Case("auditor", at("/payouts?region=522326112&state=settled")),
    "draft": Case("payer", batch("draft")),
    "on-notice": Case("payer", batch("on_notice")),
    "noticed": Case("payer", batch("noticed"), ("审批通过", "Approve")),
    "rejecting": Case("payer", batch("noticed"), ("驳回", "Reject")),
    "approved": Case("payer", batch("approved"), ("放款", "Release")),
    "released": Case("payer", batch("released"), ("上传回盘文件", "Bring a return file")),
    "answered": Case("auditor", batch("answered")),
    "settled": Case("auditor", batch("settled")),
    "rejected": Case("auditor", batch("rejected")),
    "return": Case("auditor", at("/payouts/{answered}/returns/{file}")),
    "return-none": Case("auditor", at("/payouts/{answered}/returns/{file}?outcome=returned")),
    "ageing": Case("auditor", at("/payouts/ageing?min_days=0")),
    "ageing-none": Case("auditor", at("/payouts/ageing?region=522326112")),
    "reconciliation": Case("auditor", at("/reconciliations?day={day}")),
    "reconciliation-waits": Case("auditor", at("/reconciliations?day={waiting}")),
    "incidents": Case("payer", at("/incidents")),
    "incidents-proposed": Case("payer", at("/incidents?state=proposed")),
    "incident": Case("payer", at("/incidents/{incident}"), ("处理完毕", "Settle")),
    "incident-proposed": Case("payer", at("/incidents/{proposed}")),
    "incident-assign": Case("payer", at("/incidents/{incident}"), ("指派", "Assign")),
    "audit": Case("auditor", at("/audit")),
    "audit-none": Case("auditor", at("/audit?from=2021-01-01&to=2021-01-02")),
    "months": Case("auditor", at("/months")),
    "month": Case("auditor", at("/months/{month}")),
    "month-open": Case("auditor", at("/months/{this_month}")),
    "exports": Case("auditor", at("/exports"), ("申请导出", "Ask for an export")),
    "exports-grant": Case("county", at("/exports"), ("批准", "Grant")),
}


def make_batches(session: Session, now: datetime) -> dict[str, int]:
    """A batch in every state, each of a village of its own; the numbers by name."""
    office, earlier = payouts.make_office(session), now - timedelta(days=9)
    for person in (office.maker, office.approver):
        session.get_one(Officer, person.id).display_name = LONG_NAME
    wanted: dict[str, Any] = {"up_to": business_day(now)}
    villages = iter(VILLAGES)

    def earned() -> dict[str, Any]:
        village = next(villages)
        make_payable(session, running(), village, EARNINGS, now)
        return {**wanted, "region_code": village}

    make_unpayable(session, running(), VILLAGES[0], now)
    payouts.fund_bank(session, 2 * sum(fen for _, fen in EARNINGS), now)
    found = {
        "draft": payouts.make_draft(session, office, now, **earned()),
        "on_notice": payouts.make_submitted(session, office, now, **earned()),
        "noticed": payouts.make_submitted(session, office, earlier, **earned()),
        "approved": payouts.make_approved(session, office, earlier, **earned()),
        "released": payouts.make_released(session, office, earlier, **earned()),
        "answered": payouts.make_released(session, office, earlier, **earned()),
        "rejected": payouts.make_submitted(session, office, earlier, **earned()),
    }
    payout_decisions.reject(session, office.approver, found["rejected"].id, REASON, now=now)
    found["settled"] = session.scalars(
        sa.select(PayoutBatch).where(PayoutBatch.state == BatchState.SETTLED).limit(1)
    ).one()
    return {name: batch.id for name, batch in found.items()}


def make_exports(session: Session, now: datetime) -> None:
    """Requests for a period in full, one waiting, one granted and one refused."""
    people = {one.username: one for one in session.scalars(sa.select(Officer))}
    times = {"requested_at": now, "expires_at": now + timedelta(hours=48), "reason": REASON}
    decided = {"decider_id": people["county"].id, "decided_at": now}
    make_period_export(session, people["auditor"], **times)
    for state in (ExportState.GRANTED, ExportState.REFUSED):
        make_period_export(session, people["auditor"], state=state, **times, **decided)


def answer(site: Site, batch_id: int) -> int:
    """A return file of the bank for a batch: one paid, one bounced, one that is refused; its number."""
    with site.writing() as session:
        lines = payouts.lines_of(session, session.get_one(PayoutBatch, batch_id))
        sent = [SentLine(line.reference, line.payee_name, line.account, line.amount_fen) for line in lines]
    number = sent[0].reference.partition("L")[0]
    rows = [
        answer_row(sent[0], number),
        answer_row(sent[1], number, 处理结果="失败", 失败原因="户名不符"),
        answer_row(sent[2], number, 处理结果="好像成功了，请以柜面回单为准"),
    ]
    path = f"/officer/payout-batches/{batch_id}/returns"
    files = {"file": ("回盘.csv", return_csv(rows), "text/csv")}
    return int(site.call("POST", path, site.officer("releaser"), files=files)["id"])


@pytest.fixture(scope="module")
def made(site: Site) -> dict[str, Any]:
    """Batches in every state, a return file, days, incidents, months and exports, by name."""
    day, incident = make_day(site)
    waiting = day - timedelta(days=400)
    with site.writing() as session:
        now = running().clock()
        batches = make_batches(session, now)
        make_exports(session, now)
        session.add(
            Reconciliation(
                day=waiting,
                state=DayState.WAITING,
                look_again_at=None,
                reconciled_at=None,
                runs=1,
                figures={},
            )
        )
        payer = make_officer(session, [Role.MAKER, Role.APPROVER, Role.RELEASER])
        payer.display_name, username = LONG_NAME, payer.username
    _, proposed = make_day(site, "transfer_differs")
    body = {"resolution": "微信告知的是重复通知，已与流水核对"}
    site.call("POST", f"/officer/incidents/{proposed}/resolve", site.officer("releaser"), json=body)
    return {
        **batches,
        "file": answer(site, batches["answered"]),
        "incident": incident,
        "proposed": proposed,
        "day": day,
        "waiting": waiting,
        "month": make_closed_month(site),
        "this_month": f"{now:%Y-%m}",
        "payer": username,
    }


@SWEPT
def test_every_screen_about_money_is_fit_for_people(
    new_page: NewPage, site: Site, made: dict[str, Any], language: str, sweep: Sweep
) -> None:
    pages: dict[str, Page] = {}
    for who, password in (("auditor", ""), ("county", ""), (made["payer"], OFFICER_PASSWORD)):
        pages[who] = new_page()
        open_as(pages[who], site, who, "/me", password)
    for name, case in CASES.items():
        page = pages[made.get(case.who, case.who)]
        go_to(page, case.at(made))
        if case.press:
            page.get_by_role("button", name=case.press[language == "en"], exact=True).first.click()
            expect(page.get_by_role("dialog")).to_be_visible()
        sweep.look(page, f"money-{name}")
    sweep.assert_fit()
