"""Accounts that wait: brought by a sheet, listed masked, and confirmed together as they were seen."""

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from domain.payouts import AccountState, PayoutChannel
from domain.roles import Role
from domain.sheet_problems import SheetKind
from models import AuditEntry, Household, HouseholdAccount
from models.base import database, transaction
from services import accounts
from tests.support.importing import bring, make_ground
from tests.support.keeping import Kept
from tests.support.sheets import account, account_row, as_csv, household_row, number
from tests.support.world import OTHER_VILLAGE, VILLAGE, make_officer

Client = Callable[..., FlaskClient]
URL = "/api/v1/officer/accounts"
OTHER = number(3, OTHER_VILLAGE)


def make_households(app: Flask) -> None:
    with app.app_context():
        make_ground()
        other = household_row(3, 户编号=OTHER, 村代码=OTHER_VILLAGE)
        bring(SheetKind.HOUSEHOLDS, [household_row(1), household_row(2), other])


@pytest.fixture(autouse=True)
def households(kept: Kept, app: Flask) -> None:
    kept(make_households, app)


@pytest.fixture
def importer(signed_in: Client) -> FlaskClient:
    return signed_in()


@pytest.fixture
def brought(importer: FlaskClient) -> int:
    """The id of a sheet with three accounts, accepted."""
    rows = [account_row(1), account_row(2), account_row(3, 户编号=OTHER)]
    form = {"kind": "accounts", "file": (io.BytesIO(as_csv(rows)), "账户.csv")}
    sent = importer.post("/api/v1/officer/imports", data=form, content_type="multipart/form-data").get_json()
    assert (sent["state"], len(sent["villages"])) == ("checked", 2)
    accepted = importer.post(f"/api/v1/officer/imports/{sent['id']}/accept")
    assert accepted.get_json()["added"] == 3
    return int(sent["id"])


def listed(client: FlaskClient, **query: Any) -> list[dict[str, Any]]:
    answer = client.get(URL, query_string=query)
    assert answer.status_code == 200, answer.json
    items: list[dict[str, Any]] = answer.get_json()["items"]
    return items


def confirm(client: FlaskClient, **body: Any) -> Any:
    return client.post(f"{URL}/confirm", json=body)


def refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["code"]


def seen(items: list[dict[str, Any]]) -> dict[str, int]:
    """What the list says, as a confirmation says it back."""
    return {"last_id": items[-1]["id"], "count": sum(one["confirmable"] for one in items)}


def states(app: Flask) -> Iterator[AccountState]:
    with app.app_context():
        yield from database().scalars(
            sa.select(HouseholdAccount.state)
            .where(HouseholdAccount.import_id.is_not(None))
            .order_by(HouseholdAccount.id)
        )


def test_undecided_accounts_are_listed_masked_with_their_households(signed_in: Client, brought: int) -> None:
    items = listed(signed_in(Role.AUDITOR), state="undecided", region=VILLAGE)
    assert [one["number"] for one in items] == [number(1), number(2)]
    assert (items[0]["head_name"], items[0]["holder_name"], items[0]["is_head"]) == ("陈*光", "陈*光", True)
    assert (items[0]["import_id"], items[0]["state"]) == (brought, "proposed")
    assert account(1_001) not in str(items)


def test_the_list_goes_on_where_the_page_before_ended(signed_in: Client, brought: int) -> None:
    client = signed_in()
    first = client.get(URL, query_string={"limit": 2}).get_json()
    rest = client.get(URL, query_string={"limit": 2, "cursor": first["next_cursor"]}).get_json()
    assert [one["number"] for one in first["items"] + rest["items"]] == [number(1), number(2), OTHER]
    assert rest["next_cursor"] is None


def test_a_second_officer_confirms_a_village_at_once_each_written_to_the_audit(
    app: Flask, signed_in: Client, brought: int
) -> None:
    second = signed_in(Role.APPROVER)
    answer = confirm(second, region=VILLAGE, **seen(listed(second, region=VILLAGE)))
    assert (answer.status_code, answer.get_json()) == (200, {"confirmed": 2})
    confirmed, proposed = AccountState.CONFIRMED, AccountState.PROPOSED
    assert list(states(app)) == [confirmed, confirmed, proposed]
    with app.app_context():
        entries = (
            database()
            .scalars(
                sa.select(AuditEntry).where(AuditEntry.action == "account_confirmed").order_by(AuditEntry.id)
            )
            .all()
        )
        present = {
            one.number: found.account
            for one in database().scalars(sa.select(Household))
            if (found := accounts.present(database(), one.id)) is not None
        }
    assert [entry.facts["before"]["account"] for entry in entries] == [
        f"6217***********{account(n)[-4:]}" for n in (1, 2)
    ]
    assert present == {number(1): account(1_001), number(2): account(1_002), OTHER: account(3)}


def test_a_sheet_is_confirmed_at_once_too(app: Flask, signed_in: Client, brought: int) -> None:
    second = signed_in()
    answer = confirm(second, import_id=brought, **seen(listed(second, import_id=brought)))
    assert answer.get_json() == {"confirmed": 3}
    assert set(states(app)) == {AccountState.CONFIRMED}
    assert listed(second) == []


def test_whoever_brought_them_confirms_none(app: Flask, importer: FlaskClient, brought: int) -> None:
    items = listed(importer)
    assert [one["confirmable"] for one in items] == [False] * 3
    answer = confirm(importer, import_id=brought, last_id=items[-1]["id"], count=3)
    assert (refused(answer), answer.get_json()["fields"]) == ((409, "accounts_not_as_seen"), {"count": 0})
    assert set(states(app)) == {AccountState.PROPOSED}


def test_only_what_was_seen_is_confirmed(
    app: Flask, importer: FlaskClient, signed_in: Client, brought: int
) -> None:
    second = signed_in()
    before = seen(listed(second))
    first = listed(second)[0]
    account_url = f"/api/v1/officer/households/{first['public_id']}/accounts"
    assert importer.post(f"{account_url}/{first['id']}/refuse").status_code == 200
    body = {"bank": "望谟县农村信用合作联社", "account": account(2_001), "reason": "换了存折"}
    assert importer.post(account_url, json=body).status_code == 201
    # As many wait as before, but not the same ones.
    assert len(listed(second)) == 3
    assert refused(confirm(second, import_id=brought, **before)) == (409, "accounts_not_as_seen")
    assert AccountState.CONFIRMED not in set(states(app))


def test_a_binding_of_wechat_is_confirmed_by_itself(app: Flask, signed_in: Client, brought: int) -> None:
    with app.app_context(), transaction() as session:
        household = session.scalars(sa.select(Household).where(Household.number == number(1))).one()
        editor = make_officer(session, Role.REGISTRAR)
        accounts.propose_wechat(
            session,
            household.id,
            appid="wx1",
            openid="o1",
            editor_id=editor.id,
            now=household.created_at,
        )
    second = signed_in()
    items = listed(second, region=VILLAGE)
    assert [one["confirmable"] for one in items] == [True, True, False]
    assert confirm(second, region=VILLAGE, **seen(items)).get_json() == {"confirmed": 2}
    assert [one["channel"] for one in listed(second, region=VILLAGE)] == [PayoutChannel.WECHAT.value]


def test_a_foreign_officer_sees_and_confirms_nothing(app: Flask, signed_in: Client, brought: int) -> None:
    stranger = signed_in(region="522301")
    last = listed(signed_in())[-1]["id"]
    assert listed(stranger, import_id=brought) == []
    assert refused(confirm(stranger, import_id=brought, last_id=last, count=3)) == (
        409,
        "accounts_not_as_seen",
    )
    assert confirm(stranger, region=VILLAGE, last_id=last, count=2).status_code == 404
    assert set(states(app)) == {AccountState.PROPOSED}


def test_a_county_is_not_confirmed_in_one_call(signed_in: Client, brought: int) -> None:
    second = signed_in()
    last = listed(second)[-1]["id"]
    for which in ({}, {"region": VILLAGE[:6]}):
        assert refused(confirm(second, last_id=last, count=3, **which)) == (422, "invalid_fields")
    assert refused(confirm(second, region=VILLAGE, last_id=last, count=1_001)) == (422, "invalid_fields")
