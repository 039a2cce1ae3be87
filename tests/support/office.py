"""An office with its administrators, and people who are brought in, changed and let go there."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from domain.identity import identity_check_character
from domain.roles import Role
from models.base import transaction
from tests.support.world import COUNTY, TOWNSHIP, make_officer, make_officer_token, make_region

API = "/api/v1/officer"
PASSWORD = "a long new password"
Client = Callable[..., FlaskClient]


def identity(n: int) -> str:
    """The identity number of somebody invented."""
    first = f"52232619900101{n:03d}"
    return first + identity_check_character(first)


class Office:
    """Two administrators of a county, one of its township, one of a neighbour, and whoever else is asked for."""

    def __init__(self, app: Flask, signed_in: Client) -> None:
        self.app, self._signed_in = app, signed_in
        self.first, self.second = signed_in(Role.ADMINISTRATOR), signed_in(Role.ADMINISTRATOR)
        self.township = signed_in(Role.ADMINISTRATOR, TOWNSHIP)
        with app.app_context(), transaction() as session:
            make_region(session, "522327", name="册亨县", level="county")
        self.foreign = signed_in(Role.ADMINISTRATOR, "522327")

    def officer(self, roles: Role | list[Role], region: str = COUNTY) -> tuple[str, FlaskClient]:
        """An officer who is signed in, by user name."""
        with self.app.app_context(), transaction() as session:
            officer = make_officer(session, roles, region)
            token = make_officer_token(session, officer)
        return officer.username, self.signed(token)

    def token(self, role: Role) -> str:
        """The token of one more officer of the county."""
        with self.app.app_context(), transaction() as session:
            return make_officer_token(session, make_officer(session, role))

    def signed(self, token: str) -> FlaskClient:
        client = self.app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        return client

    def invite(self, *roles: Role, by: FlaskClient | None = None, n: int = 1, **more: Any) -> Any:
        body = {
            "username": f"person{n}",
            "display_name": "韦莉",
            "identity": identity(n),
            "roles": [role.value for role in roles],
            "region": COUNTY,
            **more,
        }
        return (by or self.first).post(f"{API}/people", json=body)

    def choose(self, token: str, password: str = PASSWORD) -> Any:
        return self.app.test_client().post(f"{API}/invitation", json={"token": token, "password": password})

    def sign_in(self, username: str, password: str = PASSWORD, **more: Any) -> Any:
        body = {"username": username, "password": password, **more}
        return self.app.test_client().post(f"{API}/session", json=body)

    def roles(self, username: str) -> list[str]:
        shown = self.first.get(f"{API}/people/{username}").json or {}
        return sorted(row["role"] for row in shown["roles"])

    def ask(self, username: str, what: str, by: Any = None, **body: Any) -> Any:
        return (by or self.first).post(f"{API}/people/{username}/{what}", json=body)


def told(answer: Any) -> tuple[int, str]:
    """Status and error code of an answer."""
    return answer.status_code, (answer.json or {}).get("code", "")


def proposal(answer: Any) -> str:
    """Where the proposal is decided that an act came to."""
    assert answer.status_code in (200, 201), answer.json
    assert answer.json["invitation"] is None
    return f"{API}/proposals/{answer.json['person']['proposal']}"
