"""The officers' door and guard over HTTP."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from domain.roles import Role
from models import SignInSession
from models.base import database, db, transaction
from models.sessions import Audience
from services import officers
from services.sessions import LONGEST
from tests.blueprints.officer.conftest import Client
from tests.support.clock import START, SteppingClock
from tests.support.world import (
    COUNTY,
    OFFICER_PASSWORD,
    make_buyer_token,
    make_officer,
    make_user,
)

URL = "/api/v1/officer/session"


@pytest.fixture
def username(app: Flask) -> str:
    with app.app_context(), transaction() as session:
        return make_officer(session, [Role.REGISTRAR, Role.SURVEYOR]).username


def post(client: FlaskClient, username: str, password: str = OFFICER_PASSWORD, **more: Any) -> Any:
    return client.post(URL, json={"username": username, "password": password, **more})


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def refused(answer: Any) -> tuple[int, str]:
    assert set(answer.json) <= {"code", "message", "fields", "request_id"}
    return answer.status_code, answer.json["code"]


def test_an_officer_signs_in_asks_who_they_are_and_signs_out(client: FlaskClient, username: str) -> None:
    opened = post(client, username)
    assert opened.status_code == 201
    assert opened.json["expires_at"] == "2026-09-01T04:00:00Z"
    headers = bearer(opened.json["token"])
    shown = client.get(URL, headers=headers)
    told: Any = shown.json
    assert {"GET /officer/session", "GET /officer/households"} <= set(told.pop("may"))
    assert told == {
        "username": username,
        "display_name": username,
        "roles": ["registrar", "surveyor"],
        "region": {"code": COUNTY, "name": "望谟县", "path": "望谟县"},
        "second_factor": False,
        "must_set_up_code": False,
        "sheets": ["households", "trees", "measurements", "accounts", "consents"],
        "recovery_codes_left": 0,
        "csrf_token": None,
    }
    assert shown.headers["Cache-Control"] == "no-store"
    assert client.delete(URL, headers=headers).status_code == 204
    assert refused(client.get(URL, headers=headers)) == (401, "signed_out")


@pytest.mark.parametrize(
    ("role", "kinds"),
    [(Role.SURVEYOR, ["trees", "measurements"]), (Role.AUDITOR, []), (Role.VERIFIER, [])],
)
def test_an_officer_is_told_which_sheets_are_theirs_to_bring(
    client: FlaskClient, signed_in: Client, role: Role, kinds: list[str]
) -> None:
    assert (signed_in(role).get(URL).json or {})["sheets"] == kinds


def test_a_wrong_password_and_an_unknown_name_are_answered_alike(client: FlaskClient, username: str) -> None:
    wrong, unknown = post(client, username, "wrong password"), post(client, "nobody", "wrong password")
    assert refused(wrong) == refused(unknown) == (401, "wrong_credentials")
    assert wrong.json["message"] == unknown.json["message"]


def test_five_failures_lock_known_and_unknown_names_alike(client: FlaskClient, username: str) -> None:
    answers = []
    for name in (username, "nobody"):
        statuses = [post(client, name, "wrong password").status_code for _ in range(5)]
        assert statuses == [401] * 5
        locked = post(client, name)
        answers.append((refused(locked), locked.json["fields"], locked.json["message"]))
    assert answers[0] == answers[1]
    assert answers[0][0] == (429, "locked_out")


def test_guesses_sent_at_once_are_all_counted(app: Flask, username: str) -> None:
    """Counted before the password is looked at: in parallel there are no more guesses than one after another."""

    def guess(number: int) -> int:
        return int(post(app.test_client(), username, f"guess number {number}").status_code)

    with ThreadPoolExecutor(12) as pool:
        statuses = sorted(pool.map(guess, range(24)))
    assert statuses == [401] * 5 + [429] * 19


def test_a_one_time_code_is_taken_where_none_is_set_up(client: FlaskClient, username: str) -> None:
    assert post(client, username, totp="123456").status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"username": "a"},
        {"username": "", "password": "x"},
        {"username": "a" * 33, "password": "x"},
        {"username": 1, "password": "x"},
        {"username": "a", "password": "x" * 129},
        {"username": "a", "password": ["x"]},
        {"username": "a", "password": "x", "totp": "12345"},
        {"username": "a", "password": "x", "totp": "12345６"},
        {"username": "a", "password": "x", "totp": "123456\n"},
        {"username": "a", "password": "x", "totp": 123456},
        {"username": "a", "password": "x", "totp": "123456", "recovery_code": "AAAA-BBBB-CCCC"},
        {"username": "a", "password": "x", "role": "administrator"},
    ],
)
def test_a_malformed_sign_in_is_refused(client: FlaskClient, body: dict[str, Any]) -> None:
    assert refused(client.post(URL, json=body)) == (422, "invalid_fields")


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer unknown",
        "Basic YTpi",
        "Bearer " + "x" * 5000,
        "Bearer \u00e9",
    ],
)
def test_without_a_token_of_ours_nobody_is_signed_in(client: FlaskClient, header: str) -> None:
    assert refused(client.get(URL, headers={"Authorization": header})) == (401, "signed_out")
    assert refused(client.get(URL)) == (401, "signed_out")


def test_a_buyers_token_opens_nothing_of_an_officers(app: Flask, client: FlaskClient) -> None:
    with app.app_context(), transaction() as session:
        token = make_buyer_token(session, *make_user(session))
    assert refused(client.get(URL, headers=bearer(token))) == (401, "signed_out")


def test_a_sign_in_ends_when_idle_and_is_kept_by_use_up_to_its_longest(
    client: FlaskClient, username: str, clock: SteppingClock
) -> None:
    headers = bearer(post(client, username).json["token"])
    while clock() < START + LONGEST[Audience.OFFICER] - timedelta(minutes=90):
        clock.advance(minutes=90)
        assert client.get(URL, headers=headers).status_code == 200
    clock.advance(minutes=91)
    assert refused(client.get(URL, headers=headers)) == (401, "signed_out")
    idle = bearer(post(client, username).json["token"])
    clock.advance(minutes=121)
    assert refused(client.get(URL, headers=idle)) == (401, "signed_out")


def test_an_officer_who_leaves_is_signed_out_at_once(app: Flask, client: FlaskClient, username: str) -> None:
    headers = bearer(post(client, username).json["token"])
    with app.app_context(), transaction() as session:
        officers.end_officer(session, username, actor="command", now=START)
    assert refused(client.get(URL, headers=headers)) == (401, "signed_out")


def test_the_guard_asks_the_database_once_and_writes_rarely(
    app: Flask, client: FlaskClient, username: str, clock: SteppingClock
) -> None:
    headers = bearer(post(client, username).json["token"])
    with app.app_context():
        engine = db.engine
    asked: list[str] = []
    sa.event.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    client.options(URL, headers=headers)
    assert len([statement for statement in asked if "sign_in_sessions" in statement]) == 1
    assert [statement for statement in asked if statement.startswith("UPDATE")] == []
    clock.advance(minutes=10)
    client.get(URL, headers=headers)
    with app.app_context():
        row = database().scalars(sa.select(SignInSession)).one()
    assert row.used_at == clock()


def test_only_the_hash_of_a_token_is_kept(app: Flask, client: FlaskClient, username: str) -> None:
    token = post(client, username).json["token"]
    with app.app_context():
        row = database().scalars(sa.select(SignInSession)).one()
    assert token.encode() not in row.token_hash
    assert len(row.token_hash) == 32


def test_the_document_says_who_may_call(client: FlaskClient) -> None:
    paths: Any = (client.get("/api/v1/openapi.json").json or {})["paths"]
    assert paths[URL]["get"]["security"] == [{"officer": []}, {"officer_cookie": []}]
    assert "security" not in paths[URL]["post"]
    assert {"200", "401"} <= set(paths[URL]["get"]["responses"])
    assert "#/components/responses/UNAUTHORIZED" in repr(paths[URL]["get"]["responses"])


def test_a_call_without_a_line_in_the_table_is_open_to_nobody(
    app: Flask, signed_in: Callable[..., FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(list(Role)[:1])
    assert client.get(URL).status_code == 200
    monkeypatch.setattr("domain.permissions.CALLS", {})
    assert refused(client.get(URL)) == (403, "forbidden")
