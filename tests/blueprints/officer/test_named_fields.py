"""A refusal of what somebody typed names the field it is about, and says its sentence there."""

from collections.abc import Callable, Mapping

import pytest
from flask import Flask
from flask.testing import FlaskClient

from domain.consents import CURRENT
from domain.roles import Role
from models import transaction
from tests.support.world import VILLAGE, make_household, make_officer, make_programme

API = "/api/v1/officer"
Client = Callable[..., FlaskClient]
Body = Mapping[str, object]

ACCOUNT = {"bank": "望谟县农村信用合作联社", "account": "2000000009999", "reason": "换了存折"}
CHANGE = {"effective_on": "2026-08-20", "reason": "合同续签五年"}
NEW_HEAD = {**CHANGE, "kind": "succession", "head_name": "韦小山", "identity": "522326199001010011"}
CONTRACT = {**CHANGE, "kind": "contract", "contract_from": "2026-01-01", "contract_to": "2031-12-31"}
CONSENT = {
    "kind": "credit_platform",
    "text_version": CURRENT,
    "given_on": "2026-08-20",
    "witness": "村干部乙",
}
NEWCOMER = {
    "username": "wei.li",
    "display_name": "韦莉",
    "identity": "522326199001010011",
    "roles": ["surveyor"],
    "region": VILLAGE,
}
DEPUTY = {"role": "registrar", "from": "2026-09-01", "to": "2026-09-08"}


@pytest.fixture
def public_id(app: Flask) -> str:
    with app.app_context(), transaction() as session:
        make_programme(session)
        make_officer(session, Role.SURVEYOR, VILLAGE, username="li")
        return make_household(session).public_id


def refused(client: FlaskClient, path: str, body: Body) -> tuple[str, object, str]:
    """The code, the fields and the sentence."""
    answer = client.post(f"{API}{path}", json=body, headers={"Accept-Language": "en"}).get_json()
    return answer["code"], answer.get("fields"), answer["message"]


@pytest.mark.parametrize(
    ("path", "body", "about"),
    [
        (
            "accounts",
            {**ACCOUNT, "account": "6217990000000000312"},
            ("account", "account_number_check_digit"),
        ),
        ("accounts", {**ACCOUNT, "account": "一二三"}, ("account", "account_number_characters")),
        ("changes", {**NEW_HEAD, "head_name": "韦9"}, ("head_name", "person_malformed")),
        ("changes", {**NEW_HEAD, "identity": "522326199001010012"}, ("identity", "person_malformed")),
        ("changes", {**NEW_HEAD, "phone": "12"}, ("phone", "person_malformed")),
        ("changes", {**NEW_HEAD, "effective_on": "2036-01-01"}, ("effective_on", "change_day")),
        ("changes", {**CONTRACT, "contract_to": "2025-01-01"}, ("contract_to", "change_day")),
        ("changes", {**CHANGE, "kind": "merge", "to": "NOWHERE00000"}, ("to", "household_not_found")),
        ("consents", {**CONSENT, "given_on": "2036-01-01"}, ("given_on", "consent_in_future")),
        (
            "consents/sale/withdraw",
            {"withdrawn_on": "2026-08-01"},
            ("withdrawn_on", "withdrawal_before_consent"),
        ),
    ],
)
def test_what_is_typed_of_a_household(
    signed_in: Client, public_id: str, path: str, body: Body, about: tuple[str, str]
) -> None:
    client = signed_in(Role.REGISTRAR)
    if path.startswith("consents/"):
        given = {**CONSENT, "kind": "sale"}
        assert client.post(f"{API}/households/{public_id}/consents", json=given).status_code == 201
    found, fields, message = refused(client, f"/households/{public_id}/{path}", body)
    assert isinstance(fields, dict)
    assert (found, fields[about[0]]) == (about[1], [message])
    assert message.isascii()


def test_a_holder_who_cannot_be_is_told_why_at_the_field(signed_in: Client, public_id: str) -> None:
    body = {**ACCOUNT, "holder_name": "韦9"}
    path, client = f"/households/{public_id}/accounts", signed_in(Role.REGISTRAR)
    code, fields, _ = refused(client, path, body)
    assert (code, fields) == (
        "invalid_fields",
        {"holder_name": ["Not a name (no digits, stars and the like)."]},
    )


@pytest.mark.parametrize(
    ("path", "body", "about"),
    [
        ("", {**NEWCOMER, "username": "韦莉"}, ("username", "username_malformed")),
        ("", {**NEWCOMER, "username": "li"}, ("username", "username_taken")),
        ("", {**NEWCOMER, "identity": "522326199001010012"}, ("identity", "identity_number_check_digit")),
        ("", {**NEWCOMER, "roles": ["auditor", "maker"]}, ("roles", "roles_cannot_combine")),
        ("/li/roles", {"roles": ["verifier", "maker"]}, ("roles", "roles_cannot_combine")),
        ("/li/deputies", {**DEPUTY, "role": "surveyor"}, ("role", "role_held")),
        ("/li/deputies", {**DEPUTY, "to": "2026-08-01"}, ("to", "deputy_days")),
    ],
)
@pytest.mark.usefixtures("public_id")
def test_what_is_typed_of_an_officer(
    signed_in: Client, path: str, body: Body, about: tuple[str, str]
) -> None:
    found, fields, message = refused(signed_in(Role.ADMINISTRATOR), f"/people{path}", body)
    assert (found, fields) == (about[1], {about[0]: [message]})
