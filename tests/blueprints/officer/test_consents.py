"""Consents over HTTP: what the officer reads out, writes down, and what the public then sees."""

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from domain.consents import CURRENT
from domain.roles import Role
from models import transaction
from tests.support.buying import Buyer
from tests.support.world import make_household, make_programme, make_units

API = "/api/v1"
Client = Callable[..., FlaskClient]


def household(app: Flask) -> str:
    """A household with two free trees that agreed to nothing yet."""
    with app.app_context(), transaction() as session:
        make_programme(session)
        row = make_household(session, sale_consent_on=None)
        make_units(session, row, 2)
        return row.public_id


def asked(kind: str, **changes: str) -> dict[str, str]:
    return {"kind": kind, "text_version": CURRENT, "given_on": "2026-08-20", "witness": "张小三", **changes}


def test_a_consent_is_read_out_given_and_taken_back(app: Flask, signed_in: Client) -> None:
    public_id, client = household(app), signed_in(Role.REGISTRAR)
    path = f"{API}/officer/households/{public_id}/consents"
    states = client.get(path, headers={"Accept-Language": "en"}).get_json()["states"]
    assert [(one["kind"], one["stands"]) for one in states] == [
        ("sale", False), ("public_name", False), ("payee_data", False), ("credit_platform", False),
    ]  # fmt: skip
    assert states[0]["text"].startswith("Our household agrees")
    for kind in ("sale", "public_name"):
        given = client.post(path, json=asked(kind))
        assert given.status_code == 201, given.get_json()
    assert given.get_json()["witness"] == "张*三"
    assert client.post(path, json=asked("sale")).get_json()["code"] == "consent_stands"
    trees = app.test_client().get(f"{API}/trees").get_json()["items"]
    assert [tree["household"]["display_name"] for tree in trees] == ["韦*", "韦*"]
    lin = Buyer(app)
    bought = lin.buy(count=1)
    ended = client.post(f"{path}/sale/withdraw", json={"withdrawn_on": "2026-09-01"})
    assert (ended.status_code, ended.get_json()["withdrawn_on"]) == (200, "2026-09-01")
    assert app.test_client().get(f"{API}/trees").get_json()["items"] == []
    assert lin.ask(count=1).status_code == 409
    # What was sold stands.
    assert lin.shown(bought)["status"] == "paid"
    again = client.post(f"{path}/sale/withdraw", json={"withdrawn_on": "2026-09-01"})
    assert (again.status_code, again.get_json()["code"]) == (409, "consent_not_standing")
    history = client.get(path).get_json()["items"]
    assert [(one["kind"], one["withdrawn_on"]) for one in history] == [
        ("public_name", "2026-09-01"), ("sale", "2026-09-01"),
    ]  # fmt: skip


def test_what_is_missing_or_unknown_is_refused(app: Flask, signed_in: Client) -> None:
    public_id, client = household(app), signed_in(Role.REGISTRAR)
    path = f"{API}/officer/households/{public_id}/consents"
    for wrong in (
        asked("resale"),
        asked("sale", text_version="1999-1"),
        asked("sale", given_on="2026-09-02"),
        asked("sale", witness=""),
        {"kind": "sale"},
    ):
        assert client.post(path, json=wrong).status_code == 422, wrong
    assert client.post(f"{path}/resale/withdraw", json={"withdrawn_on": "2026-09-01"}).status_code == 404


def test_an_auditor_reads_and_writes_nothing(app: Flask, signed_in: Client) -> None:
    path = f"{API}/officer/households/{household(app)}/consents"
    assert signed_in(Role.AUDITOR).get(path).status_code == 200
    assert signed_in(Role.AUDITOR).post(path, json=asked("sale")).status_code == 403
    assert signed_in(Role.SURVEYOR).get(path).status_code == 403
