"""Whatever a client sends, the answer is a refusal in the one shape, and nothing is written."""

import json
from typing import Any

import pytest
from flask import Flask

from tests.support.buying import API, Buyer, make_shop, row_counts

ORDER: dict[str, Any] = {"count": 1, "purpose": "personal", "holder_name": "林小满"}

BODIES: dict[str, Any] = {
    "no body": {},
    "no way of choosing": {"purpose": "personal", "holder_name": "林小满"},
    "two ways of choosing": {**ORDER, "budget_fen": 900},
    "unknown field": {**ORDER, "price_fen": 1},
    "text for a number": {**ORDER, "count": "1"},
    "true for a number": {**ORDER, "count": True},
    "fraction of a tree": {**ORDER, "count": 1.5},
    "no trees": {**ORDER, "count": 0},
    "fewer than none": {**ORDER, "count": -1},
    "a huge number": {**ORDER, "count": 10**30},
    "more than one order may hold": {**ORDER, "count": 100_001},
    "a budget under one tree": {"budget_fen": 299, "purpose": "personal", "holder_name": "林小满"},
    "a tree code that is none": {
        "trees": ["'; DROP TABLE units; --"],
        "purpose": "personal",
        "holder_name": "林",
    },
    "a tree that is not there": {"trees": ["ZZZZZZZZZZZZ"], "purpose": "personal", "holder_name": "林小满"},
    "the same tree twice": {"trees": ["ZZZZZZZZZZZZ"] * 2, "purpose": "personal", "holder_name": "林小满"},
    "201 trees": {
        "trees": [f"T{n:011d}" for n in range(201)],
        "purpose": "personal",
        "holder_name": "林小满",
    },
    "an empty list of trees": {"trees": [], "purpose": "personal", "holder_name": "林小满"},
    "a purpose we do not know": {**ORDER, "purpose": "resale"},
    "no holder": {"count": 1, "purpose": "personal"},
    "a blank holder": {**ORDER, "holder_name": "   "},
    "a holder of 61 characters": {**ORDER, "holder_name": "林" * 61},
    "a control character": {**ORDER, "holder_name": "林\x00小满"},
    "half a character": {**ORDER, "holder_name": "\ud83d"},
    "a forbidden word": {**ORDER, "holder_name": "碳中和企业"},
    "a year that is over": {**ORDER, "year": 2025},
    "a year nobody verified": {**ORDER, "year": 2031},
    "a region that is not there": {**ORDER, "region": "999999"},
    "a region that is a wildcard": {**ORDER, "region": "52%"},
    "a species that is not there": {**ORDER, "species": "XYZ"},
    "null": None,
    "a list": [ORDER],
    "a number": 7,
}

RAW: dict[str, bytes] = {
    "broken JSON": b'{"count": 1,',
    "NaN": b'{"count": NaN, "purpose": "personal", "holder_name": "x"}',
    "not UTF-8": b"\xff\xfe\x00",
    "deeply nested": b"[" * 200_000,
    "nothing": b"",
}


def assert_refused(answer: Any) -> None:
    assert 400 <= answer.status_code < 500, answer.get_data(as_text=True)
    body = answer.get_json()
    assert set(body) <= {"code", "message", "fields", "request_id"}
    assert body["code"].replace("_", "").isalpha()
    assert body["message"] != body["code"]
    assert body["request_id"] == answer.headers["X-Request-ID"]


#: What is wrong with the selection is as wrong in a quote, which takes nothing else.
QUOTES = {
    name: {field: value for field, value in body.items() if field not in ("purpose", "holder_name")}
    if isinstance(body, dict)
    else body
    for name, body in BODIES.items()
}
QUOTES = {name: body for name, body in QUOTES.items() if body != {"count": 1}}


def sent(app: Flask, path: str, raw: bytes) -> Any:
    buyer = Buyer(app)
    headers = {**buyer.headers, "Idempotency-Key": "k", "Content-Type": "application/json"}
    before = row_counts(app)
    answer = buyer.client.post(API + path, data=raw, headers=headers)
    assert row_counts(app) == before
    return answer


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_a_bad_order_is_refused_and_nothing_is_written(app: Flask, body: Any) -> None:
    make_shop(app, [3])
    assert_refused(sent(app, "/orders", json.dumps(body).encode()))


@pytest.mark.parametrize("body", QUOTES.values(), ids=QUOTES.keys())
def test_a_bad_quote_is_refused(app: Flask, body: Any) -> None:
    make_shop(app, [3])
    assert_refused(sent(app, "/quotes", json.dumps(body).encode()))


@pytest.mark.parametrize("raw", RAW.values(), ids=RAW.keys())
def test_what_is_no_json_is_refused(app: Flask, raw: bytes) -> None:
    make_shop(app, [3])
    assert_refused(sent(app, "/orders", raw))


def test_fifty_megabytes_are_refused(app: Flask) -> None:
    make_shop(app, [3])
    answer = sent(app, "/orders", b'{"holder_name": "' + b"x" * 50_000_000 + b'"}')
    assert answer.status_code == 413
    assert_refused(answer)


def test_what_is_not_sent_as_json_is_refused(app: Flask) -> None:
    buyer = Buyer(app)
    answer = buyer.client.post(
        f"{API}/orders", data="count=1", headers={**buyer.headers, "Idempotency-Key": "k"}
    )
    assert_refused(answer)
    assert answer.status_code == 415


@pytest.mark.parametrize("key", [None, "", "x" * 129, "schlüssel", "tab\there"])
def test_an_order_needs_a_printable_key(app: Flask, key: str | None) -> None:
    make_shop(app, [3])
    buyer = Buyer(app)
    headers = {**buyer.headers, **({"Idempotency-Key": key} if key is not None else {})}
    answer = buyer.client.post(f"{API}/orders", json=ORDER, headers=headers)
    assert answer.status_code == 422
    assert answer.get_json()["code"] == "idempotency_key_required"


OTHERS = [
    ("GET", "/orders/{}"),
    ("POST", "/orders/{}/payment"),
    ("POST", "/orders/{}/sync"),
    ("POST", "/orders/{}/cancel"),
    ("POST", "/orders/{}/gift/withdraw"),
    ("POST", "/orders/{}/refunds"),
]


@pytest.mark.parametrize(("method", "path"), OTHERS)
def test_somebody_elses_order_is_not_found(app: Flask, method: str, path: str) -> None:
    make_shop(app, [3])
    owner, stranger = Buyer(app, "lin"), Buyer(app, "chen")
    number = owner.order(count=1)
    before = row_counts(app)
    answer = stranger.client.open(
        API + path.format(number),
        method=method,
        json={"reason": "改主意了"} if path.endswith("refunds") else None,
        headers={**stranger.headers, "Idempotency-Key": "k"},
    )
    assert answer.status_code == 404
    assert answer.get_json()["code"] == "order_not_found"
    assert row_counts(app) == before
    assert owner.shown(number)["status"] == "pending"


def test_lists_hold_only_ones_own(app: Flask) -> None:
    make_shop(app, [3])
    owner, stranger = Buyer(app, "lin"), Buyer(app, "chen")
    owner.buy(count=1)
    for path in ("/orders", "/certificates"):
        assert len(owner.get(path).get_json()["items"]) == 1
        assert stranger.get(path).get_json()["items"] == []
    assert stranger.get("/me/export").get_json()["orders"] == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *OTHERS,
        ("GET", "/orders"),
        ("POST", "/orders"),
        ("GET", "/me"),
        ("GET", "/certificates"),
    ],
)
def test_nobody_gets_in_signed_out(app: Flask, method: str, path: str) -> None:
    answer = app.test_client().open(API + path.format("D1"), method=method, json={})
    assert answer.status_code == 401
    assert answer.get_json()["code"] == "signed_out"


@pytest.mark.parametrize("cursor", ["x", "WzFd" * 60, "W251bGxd", "WyJhIl0", "WzFlOTld"])
def test_a_cursor_of_ones_own_making_is_refused(app: Flask, cursor: str) -> None:
    answer = Buyer(app).get(f"/orders?cursor={cursor}")
    assert_refused(answer)
