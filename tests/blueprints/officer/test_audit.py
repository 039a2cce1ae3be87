"""Who may read what of the audit."""

import csv
import io
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from domain.roles import Role
from models import transaction
from services import audit
from tests.support.auditing import write_entries
from tests.support.clock import START
from tests.support.world import (
    COUNTY,
    OTHER_VILLAGE,
    VILLAGE,
    make_household,
    make_officer,
    make_verification,
)

API = "/api/v1/officer/audit"
Client = Callable[..., FlaskClient]


def note(app: Flask, actor: str, subject: str, action: str = "household_revealed") -> None:
    with app.app_context(), transaction() as session:
        audit.record(session, actor=actor, action=action, subject=subject, now=START, facts={"field": "name"})


def subjects(client: FlaskClient, query: str = "") -> list[str]:
    answer = client.get(f"{API}{query}")
    assert answer.status_code == 200, answer.get_json()
    return [row["subject"] for row in answer.get_json()["items"]]


def test_an_act_is_shown_with_who_when_and_from_where(app: Flask, signed_in: Client) -> None:
    with app.app_context(), transaction() as session:
        public_id = make_household(session).public_id
    reader = signed_in(Role.REGISTRAR)
    reader.post(
        f"/api/v1/officer/households/{public_id}/reveal",
        json={"field": "phone", "reason": "核对领款人电话"},
        environ_base={"REMOTE_ADDR": "203.0.113.9"},
    )
    (row,) = signed_in(Role.AUDITOR).get(API).get_json()["items"]
    assert (row["action"], row["subject"], row["address"]) == (
        "household_revealed",
        f"household:{public_id}",
        "203.0.113.9",
    )
    assert row["actor"].startswith("officer:")
    assert row["username"].startswith("officer")
    assert row["facts"] == {"field": "phone", "reason": "核对领款人电话"}
    assert row["sealed_at_position"] is None


def test_a_county_sees_its_own_officers_households_and_verifications(app: Flask, signed_in: Client) -> None:
    with app.app_context(), transaction() as session:
        here, there = (
            make_household(session, VILLAGE).public_id,
            make_household(session, OTHER_VILLAGE).public_id,
        )
        mine = make_officer(session, Role.REGISTRAR, VILLAGE).id
        foreign = make_officer(session, Role.REGISTRAR, OTHER_VILLAGE).id
        checked = make_verification(session, VILLAGE).id
    note(app, f"officer:{mine}", "region:1")
    note(app, f"officer:{foreign}", "region:2")
    note(app, f"officer:{foreign}", f"household:{here}")
    note(app, f"officer:{foreign}", f"household:{there}")
    note(app, "command", f"officer:{mine}", "officer_added")
    note(app, "command", f"officer:{foreign}", "officer_added")
    note(app, "command", f"verification:{checked}", "verification_drafted")
    note(app, "command", "bank:1", "sponsor_pay_in")
    village = subjects(signed_in(Role.AUDITOR, VILLAGE))
    assert village == [f"verification:{checked}", f"officer:{mine}", f"household:{here}", "region:1"]
    assert len(subjects(signed_in(Role.AUDITOR, COUNTY))) == 7
    assert len(subjects(signed_in(Role.AUDITOR, "52"))) == 8


def test_what_an_entry_names_is_told_in_words_beside_it(app: Flask, signed_in: Client) -> None:
    with app.app_context(), transaction() as session:
        wei, li = (make_officer(session, Role.APPROVER, username=name).id for name in ("wei", "li"))
        for action, subject, facts in (
            ("incident_assigned", "incident:1", {"owner": f"officer:{li}"}),
            ("incident_resolved", "incident:1", {"kind": "paid_late", "about": "order:1"}),
            ("officer_signed_out", f"officer:{wei}", {"by": "officer:999999999999999999999"}),
        ):
            audit.record(session, actor="command", action=action, subject=subject, now=START, facts=facts)
    client = signed_in(Role.AUDITOR, "52")
    rows = client.get(API, headers={"Accept-Language": "en"}).get_json()["items"]
    assert [row["names"] for row in rows] == [
        {f"officer:{wei}": "wei"},
        {"paid_late": "Money came for a closed order"},
        {f"officer:{li}": "li"},
    ]
    assert rows[1]["facts"]["kind"] == "paid_late"
    assert client.get(API).get_json()["items"][1]["names"] == {"paid_late": "订单关闭后收到款项"}
    written = client.get(f"{API}.csv").get_data(as_text=True)
    assert f"officer:{li}" in written
    assert "paid_late" in written


def test_an_administrator_sees_what_was_done_about_officers_only(app: Flask, signed_in: Client) -> None:
    with app.app_context(), transaction() as session:
        mine = make_officer(session, Role.REGISTRAR, VILLAGE).id
        public_id = make_household(session).public_id
    note(app, f"officer:{mine}", f"household:{public_id}")
    note(app, "command", f"officer:{mine}", "officer_added")
    assert subjects(signed_in(Role.ADMINISTRATOR)) == [f"officer:{mine}"]


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.AUDITOR, Role.ADMINISTRATOR}))
def test_nobody_else_reads_the_audit(signed_in: Client, role: Role) -> None:
    assert signed_in(role).get(API).status_code == 403
    assert signed_in(role).get(f"{API}.csv").status_code == 403


def test_the_list_is_narrowed_by_actor_action_subject_and_days(app: Flask, signed_in: Client) -> None:
    with app.app_context(), transaction() as session:
        write_entries(session, 3)
    note(app, "worker", "bank:1", "reopened")
    client = signed_in(Role.AUDITOR, "52")
    assert subjects(client, "?actor=worker") == ["bank:1"]
    assert subjects(client, "?action=sponsor_pay_in") == ["bank:2", "bank:1", "bank:0"]
    assert subjects(client, "?subject=bank:1") == ["bank:1", "bank:1"]
    assert len(subjects(client, "?from=2026-09-01&to=2026-09-01")) == 4
    assert subjects(client, "?from=2026-09-02") == []
    assert subjects(client, "?to=2026-08-31") == []
    with app.app_context(), transaction() as session:
        wei = make_officer(session, Role.MAKER, username="wei.li-2").id
    note(app, f"officer:{wei}", "payout:7", "payout_drafted")
    assert subjects(client, f"?actor=officer:{wei}") == ["payout:7"]
    assert subjects(client, "?actor=wei.li-2") == ["payout:7"]
    assert subjects(client, "?actor=nobody-9") == []
    for wrong in ("?action=nothing", "?actor=a b", "?from=2026-09-02&to=2026-09-01", "?colour=red"):
        assert client.get(f"{API}{wrong}").status_code == 422, wrong


def test_pages_follow_each_other_without_gap(app: Flask, signed_in: Client) -> None:
    with app.app_context(), transaction() as session:
        write_entries(session, 5)
    client, seen, cursor = signed_in(Role.AUDITOR, "52"), [], ""
    while True:
        body = client.get(f"{API}?limit=2{cursor}").get_json()
        seen += [row["subject"] for row in body["items"]]
        if body["next_cursor"] is None:
            break
        cursor = f"&cursor={body['next_cursor']}"
    assert seen == [f"bank:{number}" for number in (4, 3, 2, 1, 0)]


def test_a_file_has_the_same_rows_in_words_and_is_an_act_itself(app: Flask, signed_in: Client) -> None:
    with app.app_context(), transaction() as session:
        write_entries(session, 2)
    client = signed_in(Role.AUDITOR, "52")
    answer = client.get(f"{API}.csv?action=sponsor_pay_in")
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    assert [row[6] for row in rows] == ["对象", "bank:1", "bank:0"]
    assert rows[1][5] == "资助单位拨入手续费资金"
    (act,) = client.get(f"{API}?action=audit_exported").get_json()["items"]
    assert act["facts"] == {"rows": 2, "action": "sponsor_pay_in"}
