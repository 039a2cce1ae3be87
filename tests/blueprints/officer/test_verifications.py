"""Verifications over HTTP: who may, where, and the shapes."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from domain.roles import Role
from models import Verification
from models.base import database, transaction
from tests.blueprints.officer.conftest import Client
from tests.support.approvals import measured
from tests.support.keeping import Kept
from tests.support.world import (
    OTHER_VILLAGE,
    TOWNSHIP,
    VILLAGE,
    YEAR,
    make_household,
    make_programme,
    make_regions,
)

URL = "/api/v1/officer/verifications"


def make_village(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        make_regions(session)
        make_programme(session)
        measured(session, make_household(session), 20)
        measured(session, make_household(session, sale_consent_on=None), 2)


@pytest.fixture(autouse=True)
def village(kept: Kept, app: Flask) -> None:
    kept(make_village, app)


def json_of(answer: Any) -> Any:
    return answer.json


def refused(answer: Any) -> tuple[int, str]:
    assert set(answer.json) <= {"code", "message", "fields", "request_id"}
    return answer.status_code, answer.json["code"]


def count(app: Flask) -> int:
    with app.app_context():
        return database().scalar(sa.select(sa.func.count()).select_from(Verification)) or 0


def test_a_verifier_drafts_approves_and_withdraws(signed_in: Client) -> None:
    client = signed_in(Role.VERIFIER)
    drafted: Any = client.post(URL, json={"region": VILLAGE, "year": YEAR})
    assert drafted.status_code == 201
    number = drafted.json["id"]
    assert drafted.json == {
        "id": number,
        "region": {"code": VILLAGE, "name": "打狼村村民委员会", "path": "望谟县石屯镇打狼村"},
        "year": YEAR,
        "state": "draft",
        "verifier": drafted.json["verifier"],
        "method": {"id": "guizhou-single-tree", "version": "1"},
        "price_fen": 300,
        "flat_sink_g": 10_000,
        "units": 20,
        "buffer_units": 0,
        "left_out": {"no_consent": 2},
        "created_at": "2026-09-01T02:00:00Z",
        "approved_at": None,
        "withdrawn_at": None,
    }
    approved: Any = client.post(f"{URL}/{number}/approve")
    assert (approved.status_code, approved.json["state"], approved.json["buffer_units"]) == (
        200,
        "approved",
        1,
    )
    assert approved.json["approved_at"] == "2026-09-01T02:00:00Z"
    assert json_of(client.get(f"{URL}/{number}")) == approved.json
    withdrawn: Any = client.post(f"{URL}/{number}/withdraw")
    assert (withdrawn.status_code, withdrawn.json["state"]) == (200, "withdrawn")
    assert refused(client.post(f"{URL}/{number}/approve")) == (409, "verification_state")
    assert refused(client.post(f"{URL}/{number}/withdraw")) == (409, "verification_state")


def test_the_list_is_newest_first_in_pages_and_narrowed_by_region_and_year(signed_in: Client) -> None:
    client = signed_in(Role.VERIFIER)
    made = [
        json_of(client.post(URL, json={"region": region, "year": year}))["id"]
        for region, year in ((VILLAGE, YEAR), (TOWNSHIP, YEAR), (VILLAGE, YEAR + 1))
    ]
    first = json_of(client.get(URL, query_string={"limit": 2}))
    assert [row["id"] for row in first["items"]] == made[:0:-1]
    second = json_of(client.get(URL, query_string={"limit": 2, "cursor": first["next_cursor"]}))
    assert ([row["id"] for row in second["items"]], second["next_cursor"]) == ([made[0]], None)
    narrowed = json_of(client.get(URL, query_string={"region": VILLAGE, "year": YEAR}))
    assert [row["id"] for row in narrowed["items"]] == [made[0]]


@pytest.mark.parametrize("role", [Role.VERIFIER, Role.REGISTRAR, Role.AUDITOR])
def test_those_who_may_read_do(signed_in: Client, role: Role) -> None:
    assert json_of(signed_in(role).get(URL)) == {"items": [], "next_cursor": None}


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.VERIFIER])
def test_nobody_but_a_verifier_approves(app: Flask, signed_in: Client, role: Role) -> None:
    number = json_of(signed_in(Role.VERIFIER).post(URL, json={"region": VILLAGE, "year": YEAR}))["id"]
    client = signed_in(role)
    for answer in (
        client.post(URL, json={"region": VILLAGE, "year": YEAR}),
        client.post(f"{URL}/{number}/approve"),
        client.post(f"{URL}/{number}/withdraw"),
    ):
        assert refused(answer) == (403, "forbidden")
    assert count(app) == 1


def test_a_foreign_region_does_not_exist(app: Flask, signed_in: Client) -> None:
    number = json_of(signed_in(Role.VERIFIER).post(URL, json={"region": VILLAGE, "year": YEAR}))["id"]
    client = signed_in(Role.VERIFIER, OTHER_VILLAGE)
    assert refused(client.post(URL, json={"region": VILLAGE, "year": YEAR})) == (404, "not_found")
    assert refused(client.get(URL, query_string={"region": TOWNSHIP})) == (404, "not_found")
    assert json_of(client.get(URL))["items"] == []
    for answer in (
        client.get(f"{URL}/{number}"),
        client.post(f"{URL}/{number}/approve"),
        client.post(f"{URL}/{number}/withdraw"),
    ):
        assert refused(answer) == (404, "verification_not_found")
    assert count(app) == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"region": VILLAGE},
        {"region": VILLAGE, "year": "2026"},
        {"region": VILLAGE, "year": 2026.5},
        {"region": VILLAGE, "year": 10**12},
        {"region": "52232610721x", "year": YEAR},
        {"region": "52232", "year": YEAR},
        {"region": 522326107213, "year": YEAR},
        {"region": VILLAGE, "year": YEAR, "price_fen": 1},
        {"region": VILLAGE, "year": YEAR + 5},
    ],
)
def test_a_body_that_cannot_be_meant_is_refused(app: Flask, signed_in: Client, body: dict[str, Any]) -> None:
    assert refused(signed_in(Role.VERIFIER).post(URL, json=body))[0] == 422
    assert count(app) == 0


def test_an_id_that_no_row_can_have_is_not_found(signed_in: Client) -> None:
    client = signed_in(Role.VERIFIER)
    for number in ("999", "99999999999999999999999", "-1", "x"):
        assert client.post(f"{URL}/{number}/approve").status_code == 404


def test_an_unknown_argument_is_refused(signed_in: Client) -> None:
    assert refused(signed_in(Role.VERIFIER).get(URL, query_string={"village": VILLAGE})) == (
        422,
        "invalid_fields",
    )


def test_a_village_without_trees_says_why_nothing_can_be_approved(signed_in: Client) -> None:
    client = signed_in(Role.VERIFIER)
    number = json_of(client.post(URL, json={"region": OTHER_VILLAGE, "year": YEAR}))["id"]
    answer = client.post(f"{URL}/{number}/approve", headers={"Accept-Language": "en"})
    assert refused(answer) == (409, "nothing_to_verify")
