"""Incidents and reconciled days over HTTP."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from domain.roles import Role
from flows.running import Running
from models import AuditEntry, Incident, OfficerRole, database, transaction
from services import incidents, officers
from tests.support.buying import Buyer, make_shop
from tests.support.clock import START, SteppingClock
from tests.support.reconciling import forget_orders, fund_sponsor, go_through, morning_after
from tests.support.world import make_officer

API = "/api/v1/officer"
Client = Callable[..., FlaskClient]
SUBJECT = "order:ELSEWHERE0001"


def opened(
    app: Flask, kind: str = "bill_unknown_order", subject: str = SUBJECT, at: datetime = START, **facts: Any
) -> int:
    with app.app_context(), transaction() as session:
        incidents.open_incident(session, kind=kind, subject=subject, now=at, facts=facts)
        return session.scalars(
            sa.select(Incident.id).where(Incident.kind == kind, Incident.subject == subject)
        ).one()


def actions(app: Flask) -> list[str]:
    with app.app_context():
        return list(
            database().scalars(
                sa.select(AuditEntry.action)
                .where(AuditEntry.action.startswith("incident"))
                .order_by(AuditEntry.id)
            )
        )


def test_an_incident_tells_numbers_and_amounts_and_nothing_of_people(app: Flask, signed_in: Client) -> None:
    people = {"openid": "o-somebody", "name": "韦大山", "phone": "13900000000"}
    number = opened(app, at=START - timedelta(days=3, hours=5), billed_fen=300, **people)
    answer = signed_in(Role.AUDITOR).get(f"{API}/incidents", headers={"Accept-Language": "en"})
    (row,) = answer.get_json()["items"]
    assert row == {
        "id": number,
        "kind": "bill_unknown_order",
        "title": "WeChat's bill has an order we do not know",
        "subject": SUBJECT,
        "facts": {"billed_fen": 300},
        "state": "open",
        "first_seen_at": "2026-08-28T21:00:00Z",
        "last_seen_at": "2026-08-28T21:00:00Z",
        "seen": 1,
        "age_days": 3,
        "people_needed": 1,
        "owner": None,
        "resolution": None,
        "resolved_by": [],
        "resolved_at": None,
    }


@pytest.mark.parametrize(
    ("role", "answers"),
    [
        (Role.AUDITOR, [200, 403, 403]),
        (Role.MAKER, [200, 403, 200]),
        (Role.RELEASER, [200, 403, 200]),
        (Role.APPROVER, [200, 200, 200]),
        (Role.ADMINISTRATOR, [200, 200, 200]),
        (Role.REGISTRAR, [403, 403, 403]),
        (Role.SURVEYOR, [403, 403, 403]),
        (Role.VERIFIER, [403, 403, 403]),
    ],
)
def test_who_may_read_assign_and_resolve(
    app: Flask, signed_in: Client, role: Role, answers: list[int]
) -> None:
    number = opened(app)
    with app.app_context(), transaction() as session:
        make_officer(session, Role.RELEASER, username="caizheng")
    client, path = signed_in(role), f"{API}/incidents/{number}"
    assert client.get(f"{API}/incidents").status_code == client.get(path).status_code
    assert [
        client.get(path).status_code,
        client.post(f"{path}/assign", json={"username": "caizheng"}).status_code,
        client.post(f"{path}/resolve", json={"resolution": "银行已更正"}).status_code,
    ] == answers


def test_an_incident_is_assigned_and_resolved_with_a_reason_and_both_are_audited(
    app: Flask, signed_in: Client
) -> None:
    number = opened(app)
    with app.app_context(), transaction() as session:
        make_officer(session, Role.RELEASER, username="caizheng")
    client = signed_in(Role.ADMINISTRATOR)
    assigned = client.post(f"{API}/incidents/{number}/assign", json={"username": "caizheng"}).get_json()
    assert (assigned["owner"], assigned["state"]) == ("caizheng", "open")
    done = client.post(f"{API}/incidents/{number}/resolve", json={"resolution": "系微信侧测试单"}).get_json()
    assert (done["state"], done["resolution"], len(done["resolved_by"])) == ("resolved", "系微信侧测试单", 1)
    assert client.get(f"{API}/incidents").get_json()["items"] == []
    listed = client.get(f"{API}/incidents?state=resolved&kind=bill_unknown_order").get_json()["items"]
    assert [row["id"] for row in listed] == [number]
    again = client.post(f"{API}/incidents/{number}/resolve", json={"resolution": "再来一次"})
    assert (again.status_code, again.get_json()["code"]) == (409, "incident_resolved")
    assert actions(app) == ["incident_assigned", "incident_resolved"]


def test_a_payout_of_another_amount_is_settled_by_two_people(app: Flask, signed_in: Client) -> None:
    number = opened(app, kind="payout_amount_differs", subject="payout:1")
    first, second = signed_in(Role.RELEASER), signed_in(Role.APPROVER)
    path = f"{API}/incidents/{number}/resolve"
    assert first.post(path, json={"resolution": "按银行回单更正"}).get_json()["state"] == "proposed"
    alone = first.post(path, json={"resolution": "我自己同意"})
    assert (alone.status_code, alone.get_json()["code"]) == (409, "second_person_needed")
    assert first.get(f"{API}/incidents?state=proposed").get_json()["items"][0]["people_needed"] == 2
    done = second.post(path, json={"resolution": "已核对回单"}).get_json()
    assert (done["state"], len(set(done["resolved_by"]))) == ("resolved", 2)
    assert actions(app) == ["incident_resolution_proposed", "incident_resolved"]


def test_an_incident_goes_only_to_somebody_who_may_resolve_it(app: Flask, signed_in: Client) -> None:
    number = opened(app)
    with app.app_context(), transaction() as session:
        make_officer(session, Role.SURVEYOR, username="li")
    client = signed_in(Role.APPROVER)
    answers = [
        client.post(f"{API}/incidents/{number}/assign", json={"username": name}).get_json()["code"]
        for name in ("li", "nobody")
    ]
    assert answers == ["incident_owner_cannot", "officer_not_found"]


def test_the_choice_is_of_those_who_may_resolve_it_now(
    app: Flask, signed_in: Client, clock: SteppingClock
) -> None:
    number = opened(app)
    with app.app_context(), transaction() as session:
        for name, role in (("cai", Role.RELEASER), ("gone", Role.MAKER), ("li", Role.SURVEYOR)):
            make_officer(session, role, username=name)
        officers.end_officer(session, "gone", actor="command", now=START)
        deputy = make_officer(session, Role.SURVEYOR, username="deputy")
        days = {"starts_at": START, "ends_at": START + timedelta(minutes=3)}
        session.add(OfficerRole(officer_id=deputy.id, role=Role.APPROVER, **days))
    client, path = signed_in(Role.ADMINISTRATOR), f"{API}/incidents/{number}/assignees"
    myself = client.get(f"{API}/session").get_json()["username"]
    choice = client.get(path).get_json()["items"]
    assert [one["username"] for one in choice] == sorted(["cai", "deputy", myself])
    clock.instant = START + timedelta(minutes=3)
    assert [one["username"] for one in client.get(path).get_json()["items"]] == sorted(["cai", myself])
    client.post(f"{API}/incidents/{number}/resolve", json={"resolution": "银行已更正"})
    assert client.get(path).get_json()["items"] == []
    assert client.get(f"{API}/incidents/9007199254740991/assignees").status_code == 404


def test_an_incident_goes_to_a_deputy_while_their_days_last(
    app: Flask, signed_in: Client, clock: SteppingClock
) -> None:
    number = opened(app)
    with app.app_context(), transaction() as session:
        deputy = make_officer(session, Role.SURVEYOR, username="li")
        days = {"starts_at": START + timedelta(minutes=1), "ends_at": START + timedelta(minutes=3)}
        session.add(OfficerRole(officer_id=deputy.id, role=Role.RELEASER, **days))
    client, path = signed_in(Role.APPROVER), f"{API}/incidents/{number}/assign"
    codes = []
    for minutes in (0, 1, 3):
        clock.instant = START + timedelta(minutes=minutes)
        codes.append(client.post(path, json={"username": "li"}).status_code)
    assert codes == [422, 200, 422]


@pytest.mark.parametrize(
    "resolution", ["", "好", "13912345678 已退款", "退给 6222021234567890123", "52232619700101001X 已核对"]
)
def test_a_resolution_has_words_and_names_nobody(app: Flask, signed_in: Client, resolution: str) -> None:
    number = opened(app)
    answer = signed_in(Role.MAKER).post(f"{API}/incidents/{number}/resolve", json={"resolution": resolution})
    assert answer.status_code == 422


def test_the_list_goes_on_where_a_page_ended(app: Flask, signed_in: Client) -> None:
    numbers = [opened(app, subject=f"order:{n}") for n in range(5)]
    client, seen, cursor = signed_in(Role.AUDITOR), [], ""
    for _ in range(3):
        page = client.get(f"{API}/incidents?limit=2{cursor}").get_json()
        seen += [row["id"] for row in page["items"]]
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == numbers[::-1]
    assert page["next_cursor"] is None


def test_the_same_thing_found_again_is_one_incident(app: Flask, signed_in: Client) -> None:
    number = opened(app)
    assert opened(app) == number
    assert signed_in(Role.AUDITOR).get(f"{API}/incidents/{number}").get_json()["seen"] == 2


def test_a_day_shows_its_figures_and_what_differs(
    app: Flask, signed_in: Client, parts: Running, clock: SteppingClock
) -> None:
    forget_orders(parts)
    make_shop(app)
    fund_sponsor(app)
    number = Buyer(app).buy(count=2)
    forget_orders(parts)
    morning_after(clock)
    go_through(app)
    # The officer signs in at the usual start, so the clock goes back to it.
    clock.instant = START + timedelta(hours=1)
    client = signed_in(Role.RELEASER)
    shown = client.get(f"{API}/reconciliations/2026-09-01").get_json()
    assert (shown["state"], shown["bills_missing"]) == ("differs", [])
    assert shown["figures"]["payments"] == {"bill_count": 0, "bill_fen": 0, "fund_fen": 0, "book_fen": 0}
    (difference,) = shown["differences"]
    assert (difference["source"], difference["verdict"]) == ("trade", "ours_only")
    assert difference["subject"] == f"order:{number}"
    assert difference["facts"]["booked_fen"] == 600
    incident = difference["incident"]
    assert (incident["kind"], incident["state"]) == ("payment_not_billed", "open")
    client.post(f"{API}/incidents/{incident['id']}/resolve", json={"resolution": "模拟支付数据被清空"})
    assert client.get(f"{API}/reconciliations/2026-09-01").get_json()["state"] == "balanced"


@pytest.mark.parametrize("day", ["2026-08-01", "yesterday", "2026-02-30"])
def test_a_day_nobody_has_begun_is_not_found(signed_in: Client, day: str) -> None:
    assert signed_in(Role.AUDITOR).get(f"{API}/reconciliations/{day}").status_code == 404
