"""Payouts over HTTP, played by an office of five on both engines."""

import os
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from domain.roles import Role
from flows.running import Running
from models.base import database, transaction
from models.sessions import Audience
from services import ledger
from services.sessions import open_session
from tests.support.accounts import make_account
from tests.support.clock import SteppingClock
from tests.support.keeping import Kept
from tests.support.payouts import fund_bank
from tests.support.sales import make_sale
from tests.support.world import (
    COUNTY,
    OTHER_VILLAGE,
    VILLAGE,
    make_household,
    make_officer,
    make_programme,
    make_units,
)

BATCHES = "/api/v1/officer/payout-batches"
PEOPLE = {
    "registrar": Role.REGISTRAR,
    "registrar2": Role.REGISTRAR,
    "maker": Role.MAKER,
    "maker2": Role.MAKER,
    "approver": Role.APPROVER,
    "releaser": Role.RELEASER,
    "auditor": Role.AUDITOR,
}


class Office:
    """Two households with money to come, and people who call over HTTP."""

    def __init__(self, app: Flask, parts: Running, clock: SteppingClock) -> None:
        self.client, self.app, self._keys = app.test_client(), app, iter(range(1000))
        with app.app_context(), transaction() as session:
            make_programme(session)
            households = [make_household(session, village) for village in (VILLAGE, OTHER_VILLAGE)]
            for household, trees in zip(households, (2, 3), strict=True):
                make_account(session, household)
                make_sale(session, parts, make_units(session, household, trees))
            self.public_ids = [household.public_id for household in households]
            self._ids = {name: make_officer(session, role, COUNTY, name).id for name, role in PEOPLE.items()}
            self._ids["foreign"] = make_officer(session, Role.MAKER, OTHER_VILLAGE, "foreign").id
        self._clock = clock
        clock.advance(days=8)

    def get(self, who: str, path: str = "", **query: Any) -> TestResponse:
        return self.client.get(f"{BATCHES}{path}", query_string=query, headers=self.headers(who))

    def post(self, who: str, path: str = "", body: Any = None, key: str | None = None) -> TestResponse:
        headers = {**self.headers(who), "Idempotency-Key": key or f"key-{next(self._keys)}"}
        return self.client.post(f"{BATCHES}{path}", json=body, headers=headers)

    def headers(self, who: str) -> dict[str, str]:
        """Sign somebody in now: a week passes between two acts."""
        with self.app.app_context(), transaction() as session:
            token, _ = open_session(
                session,
                audience=Audience.OFFICER,
                now=self._clock(),
                random=os.urandom,
                officer_id=self._ids[who],
            )
        return {"Authorization": f"Bearer {token}"}

    def draft(self, who: str = "maker", key: str | None = None, **changes: Any) -> TestResponse:
        body = {"region": COUNTY, "up_to": "2026-09-09", "threshold_fen": 100, "channel": "bank", **changes}
        return self.post(who, "", body, key)

    def faults(self) -> list[str]:
        with self.app.app_context():
            return [finding.rule for finding in ledger.verify(database())]


@pytest.fixture
def office(kept: Kept, app: Flask, parts: Running, clock: SteppingClock) -> Office:
    return kept(Office, app, parts, clock)


def code(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["code"]


def test_a_batch_goes_its_way_through_five_hands(office: Office, clock: SteppingClock) -> None:
    drafted = office.draft()
    assert drafted.status_code == 201
    shown = drafted.get_json()
    batch = f"/{shown['id']}"
    assert (shown["state"], shown["households"], shown["amount_fen"]) == ("draft", 2, 1500)
    assert shown["maker"]["username"] == "maker"
    assert shown["lines"] == {"prepared": {"households": 2, "amount_fen": 1500}}
    assert code(office.post("approver", f"{batch}/approve")) == (409, "payout_state")
    assert code(office.post("maker2", f"{batch}/submit")) == (409, "payout_of_another")
    assert office.post("maker", f"{batch}/submit").get_json()["state"] == "submitted"
    running = office.post("approver", f"{batch}/approve")
    assert code(running) == (409, "payout_notice_running")
    until = running.get_json()["fields"]["objections_until"]
    assert until.startswith("2026-09-16T")
    assert f"2026-09-16 {(int(until[11:13]) + 8) % 24:02d}" in running.get_json()["message"]
    clock.advance(days=7)
    approved = office.post("approver", f"{batch}/approve").get_json()
    assert (approved["state"], [one["username"] for one in approved["approvers"]]) == (
        "approved",
        ["approver"],
    )
    assert code(office.post("releaser", f"{batch}/release")) == (409, "payout_not_covered")
    with office.app.app_context(), transaction() as session:
        fund_bank(session, 1500)
    released = office.post("releaser", f"{batch}/release").get_json()
    assert (released["state"], released["releaser"]["username"]) == ("released", "releaser")
    assert released["lines"] == {"requested": {"households": 2, "amount_fen": 1500}}
    assert code(office.post("releaser", f"{batch}/release")) == (409, "payout_state")
    assert office.faults() == []


def test_lines_and_those_left_out_are_masked_and_paged(office: Office) -> None:
    with office.app.app_context(), transaction() as session:
        bare = make_household(session)
        units = make_units(session, bare, 1)
        make_sale(session, office.app.extensions["danzhu"], units)
        clockwise = bare.public_id
    batch = office.draft().get_json()
    first = office.get("auditor", f"/{batch['id']}/lines", limit=1).get_json()
    second = office.get("auditor", f"/{batch['id']}/lines", limit=1, cursor=first["next_cursor"]).get_json()
    assert [first["items"][0]["public_id"], second["items"][0]["public_id"]] == office.public_ids
    assert second["next_cursor"] is None
    line = first["items"][0]
    assert (line["name"], line["amount_fen"], line["state"]) == ("韦*试", 600, "prepared")
    assert "*" in line["account"]
    assert batch["left_out"] == {"no_account": {"households": 1, "amount_fen": 300}}
    left = office.get("auditor", f"/{batch['id']}/left-out").get_json()["items"]
    assert [(row["public_id"], row["reason"], row["amount_fen"]) for row in left] == [
        (clockwise, "no_account", 300)
    ]


def test_the_same_key_drafts_once(office: Office) -> None:
    first, again = office.draft(key="k"), office.draft(key="k")
    assert again.headers["Idempotent-Replayed"] == "true"
    assert first.get_json() == again.get_json()
    assert code(office.draft(key="k", threshold_fen=200)) == (409, "idempotency_key_reused")
    assert len(office.get("maker").get_json()["items"]) == 1


def test_a_batch_without_a_key_is_refused(office: Office) -> None:
    body = {"region": COUNTY, "up_to": "2026-09-09", "threshold_fen": 100, "channel": "bank"}
    headers = office.headers("maker")
    answer = office.client.post(BATCHES, json=body, headers=headers)
    assert code(answer) == (422, "idempotency_key_required")


@pytest.mark.parametrize(
    "changes",
    [
        {"threshold_fen": 0},
        {"threshold_fen": True},
        {"threshold_fen": "100"},
        {"channel": "cash"},
        {"up_to": "9/9/2026"},
        {"region": "5223260"},
        {"year_end": 1},
        {"note": "x"},
    ],
)
def test_a_malformed_batch_is_refused(office: Office, changes: dict[str, Any]) -> None:
    assert code(office.draft(**changes)) == (422, "invalid_fields")
    assert office.get("maker").get_json()["items"] == []


def test_batches_are_listed_newest_first_and_by_state(office: Office) -> None:
    ids = [office.draft(threshold_fen=fen).get_json()["id"] for fen in (100, 200, 300)]
    office.post("maker", f"/{ids[1]}/cancel", {"reason": "重复制单"})
    page = office.get("auditor", limit=2).get_json()
    assert [row["id"] for row in page["items"]] == ids[:0:-1]
    rest = office.get("auditor", limit=2, cursor=page["next_cursor"]).get_json()
    assert ([row["id"] for row in rest["items"]], rest["next_cursor"]) == (ids[:1], None)
    rejected = office.get("auditor", state="rejected").get_json()["items"]
    assert [(row["id"], row["reason"]) for row in rejected] == [(ids[1], "重复制单")]
    ended = [office.get("auditor", f"/{number}").get_json()["ended_by"] for number in ids]
    assert [person and person["username"] for person in ended] == [None, "maker", None]


def test_a_foreign_batch_is_not_there(office: Office) -> None:
    batch = office.draft(region=VILLAGE).get_json()["id"]
    for path in (f"/{batch}", f"/{batch}/lines", f"/{batch}/left-out"):
        assert code(office.get("foreign", path)) == (404, "payout_not_found")
    assert code(office.post("foreign", f"/{batch}/submit")) == (404, "payout_not_found")
    assert office.get("foreign").get_json()["items"] == []
    assert code(office.draft("foreign", region=VILLAGE))[0] == 404


def test_an_account_changes_by_two_hands_and_then_rests(office: Office) -> None:
    url = f"/api/v1/officer/households/{office.public_ids[0]}/accounts"
    body = {"bank": "中国邮政储蓄银行望谟县支行", "account": "6217990000000000311", "reason": "换了存折"}

    def call(who: str, path: str = "", sent: Any = None) -> TestResponse:
        headers = office.headers(who)
        return office.client.post(f"{url}{path}", json=sent, headers=headers)

    proposed = call("registrar", "", body)
    assert (proposed.status_code, proposed.get_json()["state"]) == (201, "proposed")
    assert proposed.get_json()["account"] == "6217***********0311"
    account = proposed.get_json()["id"]
    assert office.draft().get_json()["left_out"]["unconfirmed_account"]["households"] == 1
    assert code(call("registrar", f"/{account}/confirm")) == (409, "account_needs_second")
    confirmed = call("registrar2", f"/{account}/confirm").get_json()
    assert (confirmed["state"], confirmed["editor"], confirmed["confirmer"]) == (
        "confirmed",
        "registrar",
        "registrar2",
    )
    assert confirmed["payable_from"].startswith("2026-10-09")
    assert office.draft().get_json()["left_out"]["account_changed"]["households"] == 1


def test_an_account_that_cannot_be_is_refused_and_says_why(office: Office) -> None:
    url = f"/api/v1/officer/households/{office.public_ids[0]}/accounts"
    headers = office.headers("registrar")
    body = {"bank": "信用社", "account": "6217990000000000312", "reason": "换了存折"}
    answer = office.client.post(url, json=body, headers=headers)
    assert code(answer) == (422, "account_number_check_digit")
    named = {**body, "account": "6217990000000000311", "reason": "卡号6217990000000000311"}
    assert code(office.client.post(url, json=named, headers=headers)) == (422, "invalid_fields")
    assert office.client.get(url, headers=headers).get_json()["items"][0]["origin"] == "registration"
