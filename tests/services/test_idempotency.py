"""The same request twice is done once, and the key commits together with what it guards."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from domain.errors import Conflict, Invalid
from jobs import tasks
from models import IdempotencyKey, Order, database, transaction
from services import idempotency
from services.idempotency import FirstAnswer, check_key, request_hash
from tests.support.buying import API, HOLDER, Buyer, faults_found, make_shop, nothing_written, row_counts
from tests.support.clock import START, SteppingClock

AT_ONCE = 8
HASH = request_hash("POST", "/api/v1/orders", {"count": 1})


def orders_in(app: Flask) -> int:
    return row_counts(app)["orders"]


def at_once(app: Flask, lin: Buyer, bodies: list[dict[str, Any]]) -> list[tuple[int, bool, dict[str, Any]]]:
    """The same key with these bodies at the same moment: status, whether replayed, and the answer, of each."""
    start = Barrier(len(bodies))

    def send(body: dict[str, Any]) -> tuple[int, bool, dict[str, Any]]:
        client = app.test_client()
        start.wait()
        answer = client.post(
            f"{API}/orders",
            headers={**lin.headers, "Idempotency-Key": "one"},
            json={"purpose": "personal", "holder_name": HOLDER, **body},
        )
        return answer.status_code, "Idempotent-Replayed" in answer.headers, answer.get_json()

    with ThreadPoolExecutor(len(bodies)) as pool:
        return list(pool.map(send, bodies))


def test_one_key_eight_times_at_once_makes_one_order(app: Flask) -> None:
    make_shop(app, (20,))
    lin = Buyer(app)
    answers = at_once(app, lin, [{"count": 2}] * AT_ONCE)
    assert {status for status, _, _ in answers} == {201}
    assert sorted(replayed for _, replayed, _ in answers) == [False] + [True] * (AT_ONCE - 1)
    assert len({answer["number"] for _, _, answer in answers}) == 1
    assert all(answer == answers[0][2] for _, _, answer in answers)
    assert orders_in(app) == 1
    assert faults_found(app) == []


def test_one_key_for_two_wishes_at_once_serves_one_of_them(app: Flask) -> None:
    make_shop(app, (20,))
    lin = Buyer(app)
    answers = at_once(app, lin, [{"count": 2}, {"count": 3}])
    assert sorted(status for status, _, _ in answers) == [201, 409]
    assert [answer["code"] for status, _, answer in answers if status == 409] == ["idempotency_key_reused"]
    assert orders_in(app) == 1


def test_a_repetition_gets_the_first_answer_and_is_marked(app: Flask) -> None:
    make_shop(app)
    lin = Buyer(app)
    first = lin.ask("one", count=1)
    with nothing_written(app):
        again = lin.ask("one", count=1)
    assert (again.status_code, again.get_json()) == (201, first.get_json())
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers


def test_a_repetition_after_payment_still_gets_the_first_answer(app: Flask) -> None:
    make_shop(app)
    lin = Buyer(app)
    first = lin.ask("one", count=1)
    lin.pay(first.get_json()["number"])
    again = lin.ask("one", count=1)
    assert again.get_json() == first.get_json()
    assert again.get_json()["status"] == "pending"
    assert lin.shown(first.get_json()["number"])["status"] == "paid"


@pytest.mark.parametrize("other", [{"count": 2}, {"count": 1, "holder_name": "王小明"}, {"sink_g": 1}])
def test_a_key_used_for_something_else_is_refused_and_changes_nothing(
    app: Flask, other: dict[str, Any]
) -> None:
    make_shop(app)
    lin = Buyer(app)
    lin.ask("one", count=1)
    with nothing_written(app):
        answer = lin.ask("one", **other)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "idempotency_key_reused")


def test_a_key_used_on_another_path_is_refused(app: Flask) -> None:
    make_shop(app)
    lin = Buyer(app)
    number = lin.ask("one", count=1).get_json()["number"]
    lin.pay(number)
    answer = lin.post(f"/orders/{number}/refunds", {"reason": "改主意了"}, "one")
    assert (answer.status_code, answer.get_json()["code"]) == (409, "idempotency_key_reused")
    assert lin.shown(number)["status"] == "paid"


def test_the_same_wish_written_otherwise_is_the_same(app: Flask) -> None:
    make_shop(app)
    lin = Buyer(app)
    first = lin.ask("one", count=1)
    body = f'{{ "holder_name": "{HOLDER}",\n "count":1, "purpose" : "personal"}}'.encode()
    again = lin.client.post(
        f"{API}/orders",
        headers={**lin.headers, "Idempotency-Key": "one"},
        data=body,
        content_type="application/json; charset=utf-8",
    )
    assert (again.status_code, again.get_json()) == (201, first.get_json())


def test_a_refusal_is_not_kept(app: Flask) -> None:
    make_shop(app, (1,))
    lin = Buyer(app)
    with nothing_written(app):
        refused = lin.ask("one", count=2)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "not_enough_trees")
    make_shop(app, (1,))
    again = lin.ask("one", count=2)
    assert again.status_code == 201
    assert "Idempotent-Replayed" not in again.headers


def test_a_key_belongs_to_whoever_used_it(app: Flask) -> None:
    make_shop(app)
    lin, wang = Buyer(app), Buyer(app, "wang")
    mine, theirs = lin.ask("one", count=1), wang.ask("one", count=2)
    assert (mine.status_code, theirs.status_code) == (201, 201)
    assert mine.get_json()["number"] != theirs.get_json()["number"]
    with app.app_context():
        actors = set(database().scalars(sa.select(IdempotencyKey.actor)))
    assert actors == {f"user:{lin.id}", f"user:{wang.id}"}


def test_a_key_is_forgotten_after_thirty_days_and_not_before(app: Flask, clock: SteppingClock) -> None:
    make_shop(app)
    lin = Buyer(app)
    lin.ask("one", count=1)
    clock.advance(days=30)
    with app.app_context():
        assert tasks.forget_keys() == 0
    clock.advance(seconds=1)
    with app.app_context():
        assert tasks.forget_keys() == 1
    again = Buyer(app).ask("one", count=1)
    assert "Idempotent-Replayed" not in again.headers
    assert orders_in(app) == 2


def _claim(session: Session, hashed: bytes = HASH) -> FirstAnswer | None:
    return idempotency.claim(session, actor="user:1", key="one", hashed=hashed, now=START)


def test_a_claim_goes_with_the_transaction_that_made_it(session: Session) -> None:
    with suppress(ZeroDivisionError), transaction():
        assert _claim(session) is None
        raise ZeroDivisionError
    with transaction():
        assert _claim(session) is None
        idempotency.keep(session, actor="user:1", key="one", status=201, answer={"number": "D1"})
    with transaction():
        assert _claim(session) == FirstAnswer(201, {"number": "D1"})


def test_a_claim_for_something_else_is_a_conflict(session: Session) -> None:
    with transaction():
        assert _claim(session) is None
    with pytest.raises(Conflict, match="idempotency_key_reused"), transaction():
        _claim(session, request_hash("POST", "/api/v1/orders", {"count": 2}))


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/a", {"n": 1}),
        ("POST", "/b", {"n": 1}),
        ("POST", "/a", {"n": 2}),
        ("POST", "/a", {"n": "1"}),
        ("POST", "/a", {"n": True}),
        ("POST", "/a", [{"n": 1}]),
        ("POST", "/a", None),
    ],
)
def test_whatever_differs_makes_another_request(method: str, path: str, body: object) -> None:
    assert request_hash(method, path, body) != request_hash("POST", "/a", {"n": 1})


@pytest.mark.parametrize("key", ["k", "k" * 128, "a key, with spaces!"])
def test_a_key_has_up_to_128_printable_characters(key: str) -> None:
    assert check_key(key) == key


@pytest.mark.parametrize("key", [None, "", "k" * 129, "schlüssel", "tab\there", "line\n", "\x7f", "键"])
def test_anything_else_is_no_key(key: str | None) -> None:
    with pytest.raises(Invalid, match="idempotency_key_required"):
        check_key(key)


def test_the_key_of_an_order_that_was_made_points_to_it(app: Flask) -> None:
    make_shop(app)
    lin = Buyer(app)
    number = lin.ask("one", count=1).get_json()["number"]
    with app.app_context():
        kept = database().scalars(sa.select(IdempotencyKey)).one()
        assert (kept.status, kept.answer["number"]) == (201, number)
        assert database().scalars(sa.select(Order.number)).one() == number
