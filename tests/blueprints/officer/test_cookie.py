"""The console's cookie: what it opens, what it must be shown with, and whom it does not concern."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from domain.roles import Role
from flows.running import EXTENSION
from models import AuditEntry, SignInSession
from models.base import database, transaction
from tests.support.clock import SteppingClock
from tests.support.world import OFFICER_PASSWORD, make_buyer_token, make_officer, make_user

API = "/api/v1"
URL = f"{API}/officer/session"
#: A call that changes something, and answers 422 to whoever is let through with nothing.
CHANGE = f"{API}/officer/totp/confirm"


class Console:
    """A browser in which an officer has signed in by cookie."""

    def __init__(self, app: Flask, roles: Role = Role.REGISTRAR) -> None:
        with app.app_context(), transaction() as session:
            self.username = make_officer(session, roles).username
        self.client = app.test_client()
        # The test browser would not send a Secure cookie to http://localhost.
        self.base = "https://localhost"
        wanted = {"username": self.username, "password": OFFICER_PASSWORD, "cookie": True}
        self.answer: Any = self.client.post(URL, base_url=self.base, json=wanted)
        self.csrf = str((self.answer.json or {})["csrf_token"])

    def ask(self, method: str, path: str = URL, csrf: str | None = None, **headers: str) -> Any:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if csrf is not None:
            sent["X-CSRF-Token"] = csrf
        body: dict[str, str] | None = None if method in ("GET", "HEAD") else {}
        return self.client.open(path, method=method, base_url=self.base, headers=sent, json=body)

    def token(self) -> str:
        cookie = self.client.get_cookie("danzhu_officer") or self.client.get_cookie("__Host-danzhu_officer")
        return cookie.value if cookie else ""


@pytest.fixture
def console(app: Flask) -> Console:
    return Console(app)


@pytest.fixture
def production(app: Flask) -> Iterator[None]:
    parts = app.extensions[EXTENSION]
    app.extensions[EXTENSION] = replace(parts, settings=replace(parts.settings, app_env="production"))
    yield
    app.extensions[EXTENSION] = parts


def told(answer: Any) -> tuple[int, str]:
    return answer.status_code, (answer.get_json(silent=True) or {}).get("code", "")


def attributes(answer: Any) -> set[str]:
    [given] = answer.headers.getlist("Set-Cookie")
    return {part.strip() for part in given.split(";")[1:]}


def test_an_officer_signs_in_by_cookie_calls_and_signs_out(console: Console) -> None:
    assert console.answer.status_code == 201
    assert console.answer.json["token"] is None
    assert console.token()
    assert console.token() not in console.answer.text
    shown = console.ask("GET")
    assert shown.json["username"] == console.username
    assert shown.json["csrf_token"] == console.csrf
    assert told(console.ask("POST", CHANGE, console.csrf)) == (422, "invalid_fields")
    out = console.ask("DELETE", csrf=console.csrf)
    assert out.status_code == 204
    assert "Max-Age=0" in attributes(out)
    assert console.token() == ""
    assert told(console.ask("GET")) == (401, "signed_out")


def test_demonstrations_set_a_strict_cookie_that_no_script_reads(console: Console) -> None:
    [given] = console.answer.headers.getlist("Set-Cookie")
    assert given.startswith("danzhu_officer=")
    flags = {part for part in attributes(console.answer) if not part.startswith("Expires")}
    assert flags == {"HttpOnly", "Path=/", "SameSite=Strict", "Max-Age=43200"}


@pytest.mark.usefixtures("production")
def test_in_production_the_cookie_is_the_hosts_own_and_secure(console: Console) -> None:
    [given] = console.answer.headers.getlist("Set-Cookie")
    assert given.startswith("__Host-danzhu_officer=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Strict"} <= attributes(console.answer)
    assert "Domain" not in given
    assert console.ask("GET").status_code == 200
    assert {"Secure", "Max-Age=0"} <= attributes(console.ask("DELETE", csrf=console.csrf))


@pytest.mark.usefixtures("production")
def test_in_production_a_cookie_that_anybody_can_plant_opens_nothing(console: Console) -> None:
    planted = {"Cookie": f"danzhu_officer={console.token()}"}
    client = FlaskClient(console.client.application, use_cookies=False)
    assert told(client.get(URL, headers=planted)) == (401, "signed_out")


@pytest.mark.parametrize("shown", [None, "", "wrong", "é", "0" * 64])
def test_a_change_without_the_right_csrf_token_is_refused(console: Console, shown: str | None) -> None:
    assert told(console.ask("POST", CHANGE, shown)) == (403, "csrf_token_wrong")
    assert told(console.ask("DELETE", csrf=shown)) == (403, "csrf_token_wrong")
    assert console.ask("GET").status_code == 200


def test_one_officers_csrf_token_is_worth_nothing_beside_anothers_cookie(app: Flask) -> None:
    one, other = Console(app), Console(app)
    assert one.csrf != other.csrf
    assert told(one.ask("POST", CHANGE, other.csrf)) == (403, "csrf_token_wrong")


def test_reading_needs_no_csrf_token(console: Console) -> None:
    assert console.ask("GET", f"{API}/officer/sessions").status_code == 200
    assert console.ask("HEAD").status_code == 200
    assert console.ask("OPTIONS").status_code == 200


def test_a_bearer_token_needs_no_csrf_token_and_wins_over_the_cookie(app: Flask, console: Console) -> None:
    other = Console(app)
    bearer = {"Authorization": f"Bearer {other.token()}"}
    shown = console.ask("GET", **bearer)
    assert shown.json["username"] == other.username
    assert shown.json["csrf_token"] is None
    assert told(console.ask("POST", CHANGE, **bearer)) == (422, "invalid_fields")
    assert told(console.ask("GET", Authorization="Bearer unknown")) == (401, "signed_out")
    out = console.ask("DELETE", **bearer)
    assert out.status_code == 204
    assert "Set-Cookie" not in out.headers
    assert console.ask("GET").status_code == 200


def test_a_sign_in_that_is_over_is_over_by_cookie_too(console: Console, clock: SteppingClock) -> None:
    clock.advance(minutes=121)
    assert told(console.ask("GET")) == (401, "signed_out")
    assert told(console.ask("POST", CHANGE, console.csrf)) == (401, "signed_out")


@pytest.mark.parametrize("cookie", ["", "unknown", "x" * 5000, "%C3%A9", '"\\303\\251"'])
def test_a_cookie_that_is_no_token_opens_nothing(client: FlaskClient, cookie: str) -> None:
    headers = {"Cookie": f"danzhu_officer={cookie}"}
    assert told(client.get(URL, headers=headers)) == (401, "signed_out")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_another_sites_page_is_refused_where_the_browser_tells(console: Console, method: str) -> None:
    path = URL if method == "GET" else CHANGE
    foreign = console.ask(method, path, console.csrf, Sec_Fetch_Site="cross-site")
    assert told(foreign) == (403, "cross_site_request")
    for own in ("same-origin", "none"):
        assert told(console.ask(method, path, console.csrf, Sec_Fetch_Site=own)) in {
            (200, ""),
            (422, "invalid_fields"),
        }


def test_another_sites_page_signs_nobody_in_by_cookie(app: Flask, console: Console) -> None:
    body = {"username": console.username, "password": OFFICER_PASSWORD}
    foreign, client = {"Sec-Fetch-Site": "cross-site"}, app.test_client()
    refused = client.post(URL, json={**body, "cookie": True}, headers=foreign)
    assert told(refused) == (403, "cross_site_request")
    assert "Set-Cookie" not in refused.headers
    assert client.post(URL, json=body, headers=foreign).status_code == 201


def test_the_cookie_opens_nothing_of_a_buyers(app: Flask, console: Console) -> None:
    for path in ("me", "orders", "household/income"):
        assert told(console.ask("GET", f"{API}/{path}")) == (401, "signed_out")
    with app.app_context(), transaction() as session:
        buyer = make_buyer_token(session, *make_user(session))
    client = app.test_client()
    client.set_cookie("danzhu_officer", buyer)
    assert told(client.get(URL)) == (401, "signed_out")
    assert told(client.get(f"{API}/me")) == (401, "signed_out")


def test_only_signing_in_by_cookie_sets_one(app: Flask, console: Console) -> None:
    client = app.test_client()
    by_token = client.post(URL, json={"username": console.username, "password": OFFICER_PASSWORD})
    assert by_token.json is not None
    assert by_token.json["token"]
    assert by_token.json["csrf_token"] is None
    wrong = client.post(URL, json={"username": console.username, "password": "wrong", "cookie": True})
    buyer = client.post(f"{API}/session", json={"channel": "miniprogram", "code": "demo:lin"})
    assert buyer.status_code == 201
    answers = [by_token, wrong, buyer, console.ask("GET"), client.get("/"), client.get("/c?serial=x")]
    assert [answer.headers.getlist("Set-Cookie") for answer in answers] == [[]] * len(answers)


def test_signing_in_and_out_are_written_down(app: Flask, console: Console) -> None:
    console.ask("DELETE", csrf=console.csrf)
    with app.app_context():
        number = database().scalars(sa.select(SignInSession.id)).one()
        rows = database().execute(
            sa.select(AuditEntry.actor, AuditEntry.action, AuditEntry.subject, AuditEntry.address).order_by(
                AuditEntry.id.desc()
            )
        )
        out, inside = rows.fetchmany(2)
    assert (out.action, inside.action) == ("signed_out", "officer_signed_in")
    assert out.subject == inside.subject == f"session:{number}"
    assert out.actor == inside.actor
    assert out.address == "127.0.0.1"


def test_the_csrf_token_is_made_from_the_token_and_the_secret_key(app: Flask, console: Console) -> None:
    parts = app.extensions[EXTENSION]
    try:
        app.extensions[EXTENSION] = replace(parts, settings=replace(parts.settings, secret_key="another"))
        assert told(console.ask("POST", CHANGE, console.csrf)) == (403, "csrf_token_wrong")
        anew = console.ask("GET").json["csrf_token"]
        assert told(console.ask("POST", CHANGE, anew)) == (422, "invalid_fields")
    finally:
        app.extensions[EXTENSION] = parts
    assert console.csrf != anew != console.token()


def test_the_document_tells_both_ways_in(client: FlaskClient) -> None:
    document: Any = client.get(f"{API}/openapi.json").json
    schemes = document["components"]["securitySchemes"]
    assert schemes["officer_cookie"]["in"] == "cookie"
    assert schemes["officer_cookie"]["name"] == "danzhu_officer"
    ways = document["paths"][URL]
    assert ways["get"]["security"] == [{"officer": []}, {"officer_cookie": []}]
    assert ways["delete"]["security"] == [{"officer": []}, {"officer_cookie": [], "officer_csrf": []}]
    assert document["paths"][f"{API}/me"]["get"]["security"] == [{"buyer": []}]
