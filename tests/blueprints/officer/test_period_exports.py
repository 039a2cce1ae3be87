"""An auditor's export of a period in full: two people, one file, a watermark on every row."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError

from domain.period_exports import ExportState
from domain.roles import Role
from models import AuditEntry, Household, database, transaction
from tests.support.auditing import make_period_export
from tests.support.buying import Buyer, make_shop
from tests.support.clock import START, SteppingClock
from tests.support.keeping import Kept
from tests.support.world import COUNTY, VILLAGE, make_officer, make_region

API = "/api/v1/officer/period-exports"
ASKED = {"from": "2026-09-01", "to": "2026-09-30", "reason": "年度专项审计抽查"}
Client = Callable[..., FlaskClient]


def asked(client: FlaskClient, **changes: str) -> int:
    answer = client.post(API, json={**ASKED, **changes})
    assert answer.status_code == 201, answer.get_json()
    return int(answer.get_json()["id"])


def rows(answer: object) -> list[list[str]]:
    told = answer.get_data(as_text=True)  # type: ignore[attr-defined]  # an answer of the test client
    return list(csv.reader(io.StringIO(told.removeprefix("\ufeff"))))


def make_sold(app: Flask) -> Flask:
    """Two households that sold one tree each in September."""
    shop = make_shop(app, (1, 1))
    Buyer(app).buy(count=2)
    with app.app_context(), transaction() as session:
        for number, household_id in enumerate(shop.households):
            household = session.get_one(Household, household_id)
            household.head_name = f"欧阳明{'秋冬'[number]}"
    return app


@pytest.fixture
def sold(kept: Kept, app: Flask) -> Flask:
    return kept(make_sold, app)


def test_a_granted_period_is_taken_once_with_a_watermark_on_every_row(sold: Flask, signed_in: Client) -> None:
    auditor, registrar = signed_in(Role.AUDITOR), signed_in(Role.REGISTRAR)
    number = asked(auditor)
    assert auditor.post(f"{API}/{number}/file.csv").get_json()["code"] == "period_export_state"
    granted = registrar.post(f"{API}/{number}/grant").get_json()
    assert (granted["state"], granted["expires_at"]) == ("granted", "2026-09-03T02:00:00Z")
    answer = auditor.post(f"{API}/{number}/file.csv")
    (mark,), header, *lines = rows(answer)
    assert mark == (
        f"第{number}号导出｜{granted['requested_by']}于2026-09-01 10:00:00取走"
        f"｜理由：年度专项审计抽查｜{granted['decided_by']}批准"
    )
    assert (len(lines), {line[-1] for line in lines}) == (2, {mark})
    names, amounts = header.index("姓名"), header.index("金额（分）")
    assert {(line[names], line[amounts]) for line in lines} == {("欧阳明秋", "300"), ("欧阳明冬", "300")}
    again = auditor.post(f"{API}/{number}/file.csv")
    assert (again.status_code, again.get_json()["code"]) == (409, "period_export_state")
    with sold.app_context():
        acts = database().execute(
            sa.select(AuditEntry.action, AuditEntry.facts)
            .where(AuditEntry.subject == f"period_export:{number}")
            .order_by(AuditEntry.id)
        )
        period = {"region": COUNTY, "from": "2026-09-01", "to": "2026-09-30"}
        assert [tuple(act) for act in acts] == [
            ("period_export_requested", {**period, "reason": "年度专项审计抽查"}),
            ("period_export_granted", period),
            ("period_export_taken", {**period, "rows": 2}),
        ]


def test_only_who_asked_takes_it_and_only_what_was_granted(sold: Flask, signed_in: Client) -> None:
    auditor, other, registrar = signed_in(Role.AUDITOR), signed_in(Role.AUDITOR), signed_in(Role.REGISTRAR)
    number = asked(auditor)
    registrar.post(f"{API}/{number}/grant")
    assert other.post(f"{API}/{number}/file.csv").status_code == 409
    assert registrar.post(f"{API}/{number}/file.csv").status_code == 403
    refused = asked(auditor)
    assert registrar.post(f"{API}/{refused}/refuse").get_json()["state"] == "refused"
    assert registrar.post(f"{API}/{refused}/grant").status_code == 409
    assert auditor.post(f"{API}/{refused}/file.csv").status_code == 409


def test_a_file_holds_only_the_region_and_the_days_that_were_granted(sold: Flask, signed_in: Client) -> None:
    auditor, registrar = signed_in(Role.AUDITOR), signed_in(Role.REGISTRAR)
    for changes in (
        {"region": "522326107214"},
        {"from": "2026-09-02"},
        {"from": "2026-08-01", "to": "2026-08-31"},
    ):
        number = asked(auditor, **changes)
        registrar.post(f"{API}/{number}/grant")
        assert len(rows(auditor.post(f"{API}/{number}/file.csv"))) == 2, changes


def test_a_request_is_granted_within_its_region_only(sold: Flask, signed_in: Client) -> None:
    with sold.app_context(), transaction() as session:
        make_region(session, "522301", name="兴义市", level="county")
    number = asked(signed_in(Role.AUDITOR))
    assert signed_in(Role.REGISTRAR, "522301").post(f"{API}/{number}/grant").status_code == 404
    # A township's registrar does not see the whole county in full.
    assert signed_in(Role.REGISTRAR, VILLAGE[:9]).post(f"{API}/{number}/grant").status_code == 404
    assert signed_in(Role.ADMINISTRATOR).post(f"{API}/{number}/grant").status_code == 403
    assert signed_in(Role.AUDITOR, "522301").get(API).get_json()["items"] == []


def test_a_request_and_a_grant_run_out(sold: Flask, signed_in: Client, clock: SteppingClock) -> None:
    with sold.app_context(), transaction() as session:
        auditor, registrar = make_officer(session, Role.AUDITOR), make_officer(session, Role.REGISTRAR)
        over = {"expires_at": START - timedelta(seconds=1)}
        waiting = make_period_export(session, auditor, **over).id
        granted = make_period_export(
            session, auditor, state=ExportState.GRANTED, decider_id=registrar.id, decided_at=START, **over
        ).id
    items = signed_in(Role.AUDITOR).get(API).get_json()["items"]
    assert [(item["id"], item["state"]) for item in items] == [(granted, "expired"), (waiting, "expired")]
    assert signed_in(Role.REGISTRAR).post(f"{API}/{waiting}/grant").status_code == 409
    assert signed_in(Role.AUDITOR).post(f"{API}/{granted}/file.csv").status_code == 409


def test_the_database_knows_that_two_people_are_needed(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        officer = make_officer(session, Role.AUDITOR)
        decided = {"state": ExportState.GRANTED, "decider_id": officer.id, "decided_at": START}
        with pytest.raises(IntegrityError, match="two_people"), session.begin_nested():
            make_period_export(session, officer, **decided)


@pytest.mark.parametrize(
    "changes",
    [
        {"from": "2026-09-30", "to": "2026-09-01"},
        {"from": "2025-01-01", "to": "2026-01-02"},
        {"reason": "查账"},
        {"reason": "核对 522326 1970 0101 1234"},
        {"region": "52-2326"},
    ],
)
def test_what_cannot_be_asked_for_is_refused(app: Flask, signed_in: Client, changes: dict[str, str]) -> None:
    assert signed_in(Role.AUDITOR).post(API, json={**ASKED, **changes}).status_code == 422
