"""What households are owed is paid out, from the survey sheet to the closed month, by real calls only."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask

from flows.running import EXTENSION, Running
from tests.support.buying import Buyer
from tests.support.clock import SteppingClock
from tests.support.sheets import account
from tests.support.town import Town

#: From 20 yuan on two people approve.
TIER_FEN = 2000
BANK = "中国邮政储蓄银行望谟县支行"


@pytest.fixture
def town(app: Flask, parts: Running, clock: SteppingClock) -> Iterator[Town]:
    settings = replace(parts.settings, payout_second_approval_fen=TIER_FEN)
    app.extensions[EXTENSION] = replace(parts, settings=settings)
    yield Town(app, clock)
    app.extensions[EXTENSION] = parts


def _day(month: int, day: int) -> datetime:
    """Eleven in the morning of a day, in Shanghai."""
    return datetime(2026, month, day, 3, tzinfo=UTC)


def _sold_and_settled(town: Town) -> None:
    """Two buyers have bought two trees of each of four households, and WeChat has settled it all to the bank."""
    town.register(households=4, trees=3)
    town.flask("sponsor", "pay-in", "100", "--reference", "BANK-0001")
    town.sell(each=2)
    assert town.book() == {"bank": "-100.00", "sponsor": "100.00", "wechat": "-24.00", "households": "24.00"}
    # The fee of 0.14 yuan is the sponsor's.
    town.sandbox.withdraw(2386)
    town.clock.instant = _day(9, 2)
    town.flask("reconcile", "day", "2026-09-01")
    assert town.book() == {"bank": "-123.86", "sponsor": "99.86", "households": "24.00"}


def test_money_reaches_every_household_also_those_whose_account_was_wrong(town: Town) -> None:
    _sold_and_settled(town)

    # Seven days later nobody can take an order back any more.
    assert town.draft("too-early").get_json()["code"] == "nothing_to_pay"
    town.clock.instant = _day(9, 9)
    batch = town.draft("september").get_json()
    assert (batch["households"], batch["amount_fen"], batch["approvals_needed"]) == (4, 2400, 1)
    assert town.draft("september").get_json()["id"] == batch["id"]
    number = batch["id"]
    assert town.decide("maker", number, "submit") == (200, "submitted")
    assert town.decide("approver", number, "approve") == (409, "payout_notice_running")
    assert (
        town.officer("auditor").get(f"/api/v1/officer/payout-batches/{number}/notice.pdf").status_code == 200
    )

    # The notice has stood for a week; above the tier two people approve.
    town.clock.instant = _day(9, 16)
    assert town.decide("approver", number, "approve") == (200, "submitted")
    assert town.decide("approver", number, "approve") == (409, "duties_not_separate")
    assert town.decide("releaser", number, "release") == (409, "payout_state")
    assert town.decide("approver2", number, "approve") == (200, "approved")
    assert town.decide("maker", number, "release") == (403, "forbidden")
    assert town.book() == {"bank": "-123.86", "sponsor": "99.86", "households": "24.00"}
    assert town.decide("releaser", number, "release") == (200, "released")
    assert town.book() == {"bank": "-123.86", "sponsor": "99.86", "payouts": "24.00"}

    # The bank pays two, and gives two back.
    rows = town.bank_file(number)
    assert [row["金额（元）"] for row in rows] == ["6.00"] * 4
    assert {line["state"] for line in town.lines(number)} == {"sent"}
    told = town.bank_answers(number, rows, ["户名不符", "", "已销户", ""])
    assert (told["paid"], told["bounced"], told["refused"]) == (2, 2, 0)
    assert town.book() == {"bank": "-111.86", "sponsor": "99.86", "households": "12.00"}
    assert town.get("auditor", f"/officer/payout-batches/{number}")["state"] == "settled"
    bounced = [line["public_id"] for line in town.lines(number) if line["state"] == "bounced"]

    # September is over.
    town.clock.instant = _day(10, 2)
    assert "2026-09 closed" in town.flask("ledger", "close", "2026-09").output
    [county] = town.get("auditor", "/officer/months/2026-09")["counties"]
    assert [county[f"{name}_fen"] for name in ("earned", "released", "bounced", "paid", "end")] == [
        2400,
        2400,
        1200,
        1200,
        1200,
    ]

    # One registrar enters the right accounts, another one confirms them; then thirty days pass.
    for place, public_id in enumerate(bounced):
        wanted = {"bank": BANK, "account": account(900 + place), "reason": "原存折已换"}
        path = f"/officer/households/{public_id}/accounts"
        entered = town.does("registrar", path, wanted)["id"]
        alone = town.post("registrar", f"{path}/{entered}/confirm")
        assert (alone.status_code, alone.get_json()["code"]) == (409, "account_needs_second")
        town.does("registrar2", f"{path}/{entered}/confirm")
    left_out = town.draft("locked").get_json()["fields"]["left_out"]
    assert left_out == {"account_changed": {"households": 2, "amount_fen": 1200}}

    # The follow-up pays them, and nobody else; below the tier one approval is enough.
    town.clock.instant = _day(11, 2)
    number = town.draft("follow-up").get_json()["id"]
    assert town.decide("maker", number, "submit") == (200, "submitted")
    town.clock.instant = _day(11, 9)
    assert town.decide("approver", number, "approve") == (200, "approved")
    assert town.decide("releaser", number, "release") == (200, "released")
    assert {line["public_id"] for line in town.lines(number)} == set(bounced)
    told = town.bank_answers(number, town.bank_file(number), ["", ""])
    assert (told["paid"], told["bounced"]) == (2, 0)
    assert town.book() == {"bank": "-99.86", "sponsor": "99.86"}

    # Everything adds up: the months, the chain of who did what, and what each household is told.
    town.clock.instant = _day(12, 2)
    for month in ("2026-10", "2026-11"):
        town.flask("ledger", "close", month)
    [county] = town.get("auditor", "/officer/months/2026-11")["counties"]
    assert [county[f"{name}_fen"] for name in ("start", "released", "paid", "end")] == [1200, 1200, 1200, 0]
    town.flask("audit", "seal")
    assert "the chain holds" in town.flask("audit", "verify").output
    for public_id in town.households():
        shown = town.get("registrar", f"/officer/households/{public_id}/income")
        assert [shown[f"{name}_fen"] for name in ("earned", "paid", "in_transit", "balance")] == [
            600,
            600,
            0,
            0,
        ]
        assert shown["agrees_with_ledger"]
        assert sum(line["amount_fen"] for line in shown["credits"]) == 600
        told = [line["state"] for line in shown["payouts"]]
        assert told == [*(["released", "bounced"] if public_id in bounced else []), "released", "arrived"]


def test_money_that_came_back_from_a_wrong_account_is_paid_to_the_right_one(town: Town) -> None:
    _sold_and_settled(town)
    town.clock.instant = _day(9, 9)
    number = town.draft("september").get_json()["id"]
    town.decide("maker", number, "submit")
    town.clock.instant = _day(9, 16)
    for approver in ("approver", "approver2"):
        town.decide(approver, number, "approve")
    assert town.decide("releaser", number, "release") == (200, "released")
    rows = town.bank_file(number)
    town.bank_answers(number, rows, ["", "", "", ""])
    assert town.book() == {"bank": "-99.86", "sponsor": "99.86"}

    # A week later the bank finds that one account was not the household's, and brings the money back.
    town.clock.instant = _day(9, 23)
    told = town.brings(number, [{**rows[0], "处理结果": "退汇", "失败原因": "账号户名不符"}])
    assert told["returned"] == 1
    assert town.book() == {"bank": "-105.86", "sponsor": "99.86", "households": "6.00"}
    [wrong] = [line["public_id"] for line in town.lines(number) if line["state"] == "returned"]
    path = f"/officer/households/{wrong}/accounts"
    entered = town.does(
        "registrar", path, {"bank": BANK, "account": account(900), "reason": "开户行核对更正"}
    )
    town.does("registrar2", f"{path}/{entered['id']}/confirm")

    town.clock.instant = _day(10, 24)
    number = town.draft("follow-up").get_json()["id"]
    town.decide("maker", number, "submit")
    town.clock.instant = _day(10, 31)
    town.decide("approver", number, "approve")
    assert town.decide("releaser", number, "release") == (200, "released")
    [again] = town.bank_file(number)
    assert again["账号"].strip() == account(900)
    town.bank_answers(number, [again], [""])
    assert town.book() == {"bank": "-99.86", "sponsor": "99.86"}
    shown = town.get("registrar", f"/officer/households/{wrong}/income")
    assert (shown["earned_fen"], shown["paid_fen"], shown["agrees_with_ledger"]) == (600, 600, True)
    assert [line["state"] for line in shown["payouts"]] == [
        "released",
        "arrived",
        "returned",
        "released",
        "arrived",
    ]


def test_households_take_their_money_by_phone_and_one_contests_it(town: Town) -> None:
    town.register(households=2, trees=3)
    town.sell(each=2)
    assert town.book() == {"wechat": "-12.00", "households": "12.00"}

    # Each household binds its WeChat by a code; a second registrar confirms it, and thirty days pass.
    phones: dict[str, Buyer] = {}
    for name, public_id in zip(("wei", "chen"), town.households(), strict=True):
        code = town.does("registrar", f"/officer/households/{public_id}/binding-codes")["code"]
        phones[public_id] = phone = Buyer(town.app, name)
        assert phone.post("/household/bind", {"code": code}).status_code == 201
        town.does("registrar2", f"/officer/households/{public_id}/binding/confirm")
    town.clock.instant = _day(9, 9)
    left_out = town.draft("locked", "wechat").get_json()["fields"]["left_out"]
    assert left_out == {"account_changed": {"households": 2, "amount_fen": 1200}}
    town.clock.instant = _day(10, 5)
    number = town.draft("october", "wechat").get_json()["id"]
    assert town.decide("maker", number, "submit") == (200, "submitted")
    town.clock.instant = _day(10, 12)
    assert town.decide("approver", number, "approve") == (200, "approved")
    assert town.decide("releaser", number, "release") == (200, "released")
    assert town.book() == {"wechat": "-12.00", "payouts": "12.00"}

    # The worker asks WeChat for one transfer a household; each takes its own on its phone.
    for _ in range(2):
        town.flask("worker", "--once")
    for line in town.lines(number):
        phone = Buyer(town.app, "wei" if line["public_id"] == town.households()[0] else "chen")
        [payout] = phone.get("/household/payouts").get_json()["items"]
        assert (payout["state"], payout["amount_fen"], payout["may_confirm"]) == ("to_collect", 600, True)
        assert phone.post(f"/household/payouts/{payout['id']}/collect").get_json()["package"]
        town.sandbox.confirm_transfer(line["reference"])
    town.sandbox.deliver_due()
    assert town.get("auditor", f"/officer/payout-batches/{number}")["state"] == "settled"
    assert town.book() == {}

    # One says that it came, and takes the receipt along; the other one says that something is wrong.
    wei, chen = Buyer(town.app, "wei"), Buyer(town.app, "chen")
    [mine] = wei.get("/household/payouts").get_json()["items"]
    assert mine["sentence"] == "6.00 元已发到您的微信零钱。"
    assert wei.post(f"/household/payouts/{mine['id']}/confirm").get_json()["may_confirm"] is False
    assert wei.get(f"/household/payouts/{mine['id']}/receipt.pdf").mimetype == "application/pdf"
    [theirs] = chen.get("/household/payouts").get_json()["items"]
    reason = {"reason": "手机不在我手里，钱没有见到"}
    assert chen.post(f"/household/payouts/{theirs['id']}/contest", reason).status_code == 200
    [incident] = town.get("releaser", "/officer/incidents?kind=payout_contested")["items"]
    settled = {"resolution": "上门核实，款由家人代收"}
    path = f"/officer/incidents/{incident['id']}/resolve"
    for involved in ("maker", "approver", "releaser"):
        answer = town.post(involved, path, settled)
        assert (answer.status_code, answer.get_json()["code"]) == (403, "incident_own_payout")
    assert town.does("approver2", path, settled)["state"] == "resolved"
    [said] = town.get("registrar", f"/officer/households/{town.households()[1]}/payout-answers")["items"]
    assert (said["kind"], said["reason"]) == ("contested", reason["reason"])
    town.flask("audit", "seal")
    town.flask("audit", "verify")
