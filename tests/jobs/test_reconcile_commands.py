"""`flask reconcile` and `flask incidents`, as whoever runs the installation types them."""

from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from domain.roles import Role
from flows.running import Running
from models import transaction
from services import incidents
from tests.support.buying import Buyer, make_shop
from tests.support.clock import START, SteppingClock
from tests.support.reconciling import forget_orders, fund_sponsor, morning_after
from tests.support.world import make_officer


@pytest.fixture(autouse=True)
def office(app: Flask, parts: Running) -> None:
    forget_orders(parts)
    make_shop(app)
    fund_sponsor(app)
    with app.app_context(), transaction() as session:
        make_officer(session, Role.RELEASER, username="caizheng")
        make_officer(session, Role.APPROVER, username="shenpi")
        make_officer(session, Role.AUDITOR, username="shenji")


def flask(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=list(words))


def opened(app: Flask, kind: str = "bill_unknown_order") -> int:
    with app.app_context(), transaction() as session:
        incidents.open_incident(session, kind=kind, subject="order:X", now=START, facts={"billed_fen": 300})
        return incidents.listed(session, state=None, kind=kind, before=None, limit=1)[0].id


def test_a_day_that_agrees_is_shown_and_ends_well(app: Flask, clock: SteppingClock) -> None:
    Buyer(app).buy(count=1)
    morning_after(clock)
    done = flask(app, "reconcile", "day", "2026-09-01")
    assert done.exit_code == 0, done.output
    assert done.output.startswith("2026-09-01: balanced\n")
    assert "payments      交易账单 bill 300, 资金账单 fund 300, 账本 book 300" in done.output


def test_a_day_with_a_difference_ends_with_a_failure(
    app: Flask, parts: Running, clock: SteppingClock
) -> None:
    number = Buyer(app).buy(count=1)
    forget_orders(parts)
    morning_after(clock)
    done = flask(app, "reconcile", "day", "2026-09-01")
    assert done.exit_code == 1
    assert f"ours_only order:{number}" in done.output
    assert "-> payment_not_billed" in done.output
    listed = flask(app, "incidents", "list").output
    assert f"payment_not_billed  order:{number}" in listed


def test_a_day_that_is_not_over_is_refused(app: Flask) -> None:
    done = flask(app, "reconcile", "day", "2026-09-01")
    assert done.exit_code == 1
    assert "次日 10 点" in done.output
    assert flask(app, "reconcile", "day", "1.9.2026").exit_code == 2


def test_bills_that_are_not_there_are_named(app: Flask, parts: Running, clock: SteppingClock) -> None:
    assert parts.sandbox is not None
    morning_after(clock)
    parts.sandbox.fail("500", "trade_bill", times=20)
    done = flask(app, "reconcile", "day", "2026-09-01")
    assert (done.exit_code, "2026-09-01: waiting" in done.output) == (1, True)
    assert "Bills not to be had yet: trade" in done.output


def test_a_bank_statement_is_compared(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "九月.csv"
    text = "日期,流水号,收入,支出,附言\n2026-09-01,B1,1000.00,,PAY-IN-100000\n"
    file.write_bytes(text.encode("gb18030"))
    done = flask(app, "reconcile", "bank", str(file))
    assert (done.exit_code, "The statement and the book agree" in done.output) == (0, True), done.output
    done = flask(app, "reconcile", "bank", str(file), "--from", "2026-08-30", "--to", "2026-09-01")
    assert (done.exit_code, "2026-08-30 – 2026-09-01" in done.output) == (0, True), done.output
    file.write_text(text + "2026-09-01,B2,1.00,,\n", "utf-8")
    done = flask(app, "reconcile", "bank", str(file))
    assert (done.exit_code, "theirs_only bank:B2 bank_fen=100" in done.output) == (1, True), done.output
    file.write_text("日期,流水号,收入,支出\n2026-13-01,B1,1,\n", "utf-8")
    done = flask(app, "reconcile", "bank", str(file))
    assert (done.exit_code, "第 2 行" in done.output) == (1, True), done.output


def test_an_incident_is_shown_assigned_and_resolved(app: Flask) -> None:
    number = str(opened(app))
    shown = flask(app, "incidents", "show", number).output
    assert f"{number}  open  bill_unknown_order  order:X" in shown
    assert "billed_fen=300" in shown
    assigned = flask(app, "incidents", "assign", number, "--by", "shenpi", "--to", "caizheng")
    assert "owner caizheng" in assigned.output
    done = flask(app, "incidents", "resolve", number, "--by", "caizheng", "--reason", "微信侧测试单")
    assert (done.exit_code, "resolution: 微信侧测试单" in done.output) == (0, True)
    assert number not in flask(app, "incidents", "list").output.split()
    assert number in flask(app, "incidents", "list", "--all").output.split()


def test_who_may_not_resolve_is_told_so(app: Flask) -> None:
    number = str(opened(app))
    for username in ("shenji", "nobody"):
        done = flask(app, "incidents", "resolve", number, "--by", username, "--reason", "已核对")
        assert done.exit_code == 1
    assert flask(app, "incidents", "show", "999999").exit_code == 1
    assert "open" in flask(app, "incidents", "show", number).output


def test_a_second_person_agrees_where_two_are_needed(app: Flask) -> None:
    number = str(opened(app, "payout_amount_differs"))
    first = flask(app, "incidents", "resolve", number, "--by", "caizheng", "--reason", "按回单")
    assert f"{number}  proposed" in first.output
    again = flask(app, "incidents", "resolve", number, "--by", "caizheng", "--reason", "按回单")
    assert again.exit_code == 1
    second = flask(app, "incidents", "resolve", number, "--by", "shenpi", "--reason", "已核对")
    assert f"{number}  resolved" in second.output
