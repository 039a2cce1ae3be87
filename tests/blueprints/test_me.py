"""A buyer's own profile, totals, data and sign-in."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from models import SignInSession, database
from tests.support.buying import API, Buyer, make_shop, nothing_written
from tests.support.clock import SteppingClock
from tests.support.keeping import Kept


def make_lin(app: Flask) -> Buyer:
    """A buyer who has just signed in."""
    return Buyer(app)


@pytest.fixture
def lin(kept: Kept, app: Flask) -> Buyer:
    return kept(make_lin, app)


def patch(buyer: Buyer, body: Any) -> Any:
    return buyer.client.patch(f"{API}/me", headers=buyer.headers, json=body)


def test_a_profile_is_the_buyers_own(app: Flask, lin: Buyer) -> None:
    wang = Buyer(app, "wang")
    assert lin.get("/me").get_json()["id"] == lin.id != wang.id == wang.get("/me").get_json()["id"]


def test_a_profile_begins_with_a_made_up_name_that_is_not_public(lin: Buyer) -> None:
    profile = lin.get("/me").get_json()
    assert profile["nickname"].startswith("林友")
    assert (profile["language"], profile["name_public"]) == ("zh", False)
    assert profile["created_at"] == "2026-09-01T02:00:00Z"


@pytest.mark.parametrize(
    "change",
    [
        {"nickname": "小满"},
        {"language": "en"},
        {"name_public": True},
        {"nickname": "满", "language": "en"},
        {},
    ],
)
def test_what_is_sent_is_changed_and_the_rest_stays(lin: Buyer, change: dict[str, Any]) -> None:
    before = lin.get("/me").get_json()
    answer = patch(lin, change)
    assert answer.status_code == 200
    assert answer.get_json() == lin.get("/me").get_json() == {**before, **change}


@pytest.mark.parametrize(
    "change",
    [{"id": 1}, {"nickname": ""}, {"nickname": "满" * 33}, {"nickname": "国家级碳汇"}, {"nickname": None},
     {"language": "fr"}, {"name_public": 1}, {"name_public": 0}, {"name_public": "true"}, {"name_public": None},
     {"nickname": "小\u200b满"}, {"deleted_at": None}, []],
)  # fmt: skip
def test_a_change_that_cannot_be_is_refused(app: Flask, lin: Buyer, change: Any) -> None:
    before = lin.get("/me").get_json()
    with nothing_written(app):
        assert patch(lin, change).status_code in (400, 422)
    assert lin.get("/me").get_json() == before


def test_totals_count_what_is_held_given_and_spent(app: Flask, lin: Buyer) -> None:
    make_shop(app, (9, 9))
    chen = Buyer(app, "chen")
    lin.buy(count=3)
    code = lin.shown(lin.buy(count=2, purpose="gift"))["gift_code"]
    lin.order(count=1)
    chen.post(f"/gifts/{code}/claim", {"holder_name": "陈知秋"})
    totals = lin.get("/me/summary").get_json()
    assert totals["villages"] == ["望谟县石屯镇打狼村"]
    assert 1 <= totals["households"] <= 2
    told = {name: totals[name] for name in totals if name not in ("villages", "households")}
    assert told == {
        "trees": 3, "sink_g": 30_000, "spent_fen": 1_500, "paid_out_fen": 0, "orders": 2, "certificates": 1,
        "gifts_given": 1, "gifts_received": 0,
    }  # fmt: skip
    theirs = chen.get("/me/summary").get_json()
    assert (theirs["trees"], theirs["gifts_received"], theirs["spent_fen"]) == (2, 1, 0)


def test_somebody_who_has_done_nothing_has_totals_of_nothing(lin: Buyer) -> None:
    totals = lin.get("/me/summary").get_json()
    assert totals.pop("villages") == []
    assert set(totals.values()) == {0}


def test_an_export_holds_everything_of_ones_own_and_nothing_of_others(app: Flask, lin: Buyer) -> None:
    make_shop(app, (9,))
    wang = Buyer(app, "wang")
    number, theirs = lin.buy(count=1), wang.buy(count=1)
    answer = lin.get("/me/export")
    assert "attachment" in answer.headers["Content-Disposition"]
    export = answer.get_json()
    assert [order["number"] for order in export["orders"]] == [number]
    assert len(export["certificates"]) == len(export["wechat"]) == 1
    assert export["profile"]["id"] == lin.id
    assert theirs not in answer.get_data(as_text=True)


def test_signing_out_ends_this_sign_in_and_no_other(app: Flask, lin: Buyer) -> None:
    other = Buyer(app)
    assert lin.client.delete(f"{API}/session", headers=lin.headers).status_code == 204
    assert lin.get("/me").status_code == 401
    assert other.get("/me").status_code == 200


def test_leaving_ends_every_sign_in(app: Flask, lin: Buyer) -> None:
    other = Buyer(app)
    assert lin.client.delete(f"{API}/me", headers=lin.headers).status_code == 204
    assert {lin.get("/me").status_code, other.get("/me").status_code} == {401}


def test_nobody_leaves_with_an_order_open(app: Flask, lin: Buyer) -> None:
    make_shop(app)
    number = lin.order(count=1)
    with nothing_written(app):
        answer = lin.client.delete(f"{API}/me", headers=lin.headers)
    assert (answer.status_code, answer.get_json()["fields"]) == (409, {"order": number})
    lin.post(f"/orders/{number}/cancel")
    assert lin.client.delete(f"{API}/me", headers=lin.headers).status_code == 204


def test_a_sign_in_ends_after_seven_days_unused(lin: Buyer, clock: SteppingClock) -> None:
    clock.advance(days=7, seconds=-1)
    assert lin.get("/me").status_code == 200
    clock.advance(days=7)
    assert lin.get("/me").status_code == 401


def test_a_sign_in_in_use_lasts_thirty_days_in_all(lin: Buyer, clock: SteppingClock) -> None:
    for _ in range(5):
        clock.advance(days=5, hours=23)
        assert lin.get("/me").status_code == 200
    clock.advance(hours=6)
    assert lin.get("/me").status_code == 401


def test_only_the_hash_of_a_token_is_kept(app: Flask, lin: Buyer) -> None:
    token = lin.headers["Authorization"].removeprefix("Bearer ")
    with app.app_context():
        kept = database().scalars(sa.select(SignInSession.token_hash)).one()
    assert len(token) == 43
    assert len(kept) == 32
    assert token.encode() not in kept


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic eDp5",
        "Bearer x",
        "bearer " + "x" * 300,
        "Bearer schlüssel",
        "Token {token}",
    ],
)
def test_any_other_header_opens_nothing(lin: Buyer, header: str) -> None:
    token = lin.headers["Authorization"].removeprefix("Bearer ")
    headers = {"Authorization": header.format(token=token)} if header else {}
    answer = lin.client.get(f"{API}/me", headers=headers)
    assert (answer.status_code, answer.get_json()["code"]) == (401, "signed_out")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"code": "demo:"}, 422),
        ({"code": "demo:" + "x" * 65}, 422),
        ({"code": "nothing WeChat knows"}, 422),
        ({"code": ""}, 422),
        ({"code": 1}, 422),
        ({"code": "demo:lin", "channel": "telegram"}, 422),
        ({"code": "demo:lin", "admin": True}, 422),
        ({}, 422),
    ],
)
def test_a_code_wechat_does_not_know_signs_nobody_in(app: Flask, body: dict[str, Any], status: int) -> None:
    with nothing_written(app):
        answer = app.test_client().post(f"{API}/session", json=body)
    assert answer.status_code == status


def test_a_real_code_signs_in_once(app: Flask, lin: Buyer) -> None:
    assert lin.parts.sandbox is not None
    code = lin.parts.sandbox.new_code("lin")
    client = app.test_client()
    assert client.post(f"{API}/session", json={"code": code}).get_json()["user"]["id"] == lin.id
    again = client.post(f"{API}/session", json={"code": code})
    assert (again.status_code, again.get_json()["code"]) == (422, "login_code_invalid")
