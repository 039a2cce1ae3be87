"""Guessing is bounded; three hundred people behind one address are not guessing."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from blueprints.limits import LARGE_QUOTES, LOOK_UP_FAILURES, LOOK_UPS, SIGN_IN_FAILURES, limiter
from config import ConfigError, Settings
from domain.serials import make_serial
from tests.support.buying import make_shop
from tests.support.production import production_environ

CROWD = 300


def _per_minute(limit: str) -> int:
    return int(limit.partition("/")[0])


def _until_refused(ask: Callable[[], TestResponse], most: int) -> list[int]:
    """The statuses of up to `most` answers, ending with the first 429."""
    statuses: list[int] = []
    while len(statuses) < most and (not statuses or statuses[-1] != 429):
        statuses.append(ask().status_code)
    return statuses


def _sign_in(client: FlaskClient, name: str) -> TestResponse:
    return client.post("/api/v1/session", json={"code": f"demo:{name}"})


def _fail_to_sign_in(client: FlaskClient) -> TestResponse:
    return client.post("/api/v1/session", json={"code": "a code of nobody"})


@pytest.mark.one_engine("sqlite")
def test_three_hundred_buyers_behind_one_wi_fi_sign_in_and_look_around(client: FlaskClient) -> None:
    refused = []
    for number in range(CROWD):
        signed_in = _sign_in(client, f"buyer{number}")
        token = {"Authorization": f"Bearer {signed_in.get_json()['token']}"}
        seen = (client.get("/api/v1/me", headers=token), client.get("/api/v1/certificates", headers=token))
        refused += [answer.status_code for answer in (signed_in, *seen) if answer.status_code >= 400]
    assert refused == []


def test_failed_sign_ins_from_one_address_are_bounded(client: FlaskClient) -> None:
    most = _per_minute(SIGN_IN_FAILURES)
    statuses = _until_refused(lambda: _fail_to_sign_in(client), most + 5)
    assert len(statuses) == most + 1
    refused = _fail_to_sign_in(client)
    assert refused.get_json()["code"] == "too_many_requests"
    assert 1 <= int(refused.headers["Retry-After"]) <= 60


def test_large_quotes_from_one_address_are_bounded_and_small_ones_are_not(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_shop(app, [3])
    monkeypatch.setattr("blueprints.limits.LARGE", 2)
    client = app.test_client()

    def ask(count: int) -> TestResponse:
        return client.post("/api/v1/quotes", json={"count": count})

    most = _per_minute(LARGE_QUOTES)
    assert _until_refused(lambda: ask(1), most + 5) == [200] * (most + 5)
    assert len(_until_refused(lambda: ask(2), most + 5)) == most + 1
    assert ask(2).get_json()["code"] == "too_many_requests"


def test_large_quotes_that_are_refused_are_bounded_as_well(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_shop(app, [3])
    monkeypatch.setattr("blueprints.limits.LARGE", 3)
    client = app.test_client()
    most = _per_minute(LARGE_QUOTES)
    answers = _until_refused(lambda: client.post("/api/v1/quotes", json={"count": 4}), most + 5)
    assert answers == [409] * most + [429]


def test_sign_ins_that_succeed_use_nothing_up(client: FlaskClient) -> None:
    most = _per_minute(SIGN_IN_FAILURES)
    for _ in range(most - 1):
        _fail_to_sign_in(client)
    assert [_sign_in(client, "lin").status_code for _ in range(most)] == [201] * most
    assert _fail_to_sign_in(client).status_code < 429
    assert _fail_to_sign_in(client).status_code == 429


def test_another_address_is_not_refused_for_it(client: FlaskClient) -> None:
    _until_refused(lambda: _fail_to_sign_in(client), _per_minute(SIGN_IN_FAILURES) + 5)
    elsewhere = client.post(
        "/api/v1/session", json={"code": "demo:lin"}, environ_overrides={"REMOTE_ADDR": "203.0.113.9"}
    )
    assert elsewhere.status_code == 201


@pytest.mark.parametrize(
    "path", ["/api/v1/certificates/{serial}", "/c/{serial}", "/c/{serial}.pdf", "/c/{serial}/qr.png"]
)
def test_guessing_at_serials_is_bounded_wherever_one_guesses(client: FlaskClient, path: str) -> None:
    random = Random(7)

    def guess() -> TestResponse:
        return client.get(path.format(serial=make_serial(random.randbytes)))

    most = _per_minute(LOOK_UP_FAILURES)
    assert len(_until_refused(guess, most + 5)) == most + 1


def test_a_token_nobody_checked_does_not_lift_the_ceiling(client: FlaskClient) -> None:
    random = Random(7)

    def guess() -> TestResponse:
        path = f"/api/v1/certificates/{make_serial(random.randbytes)}"
        return client.get(path, headers={"Authorization": f"Bearer {random.randbytes(16).hex()}"})

    assert 429 in _until_refused(guess, _per_minute(LOOK_UP_FAILURES) + 5)


def test_whoever_is_signed_in_is_counted_by_the_sign_in(client: FlaskClient) -> None:
    one, other = (
        {"Authorization": f"Bearer {_sign_in(client, name).get_json()['token']}"} for name in ("lin", "wang")
    )

    def claim(token: dict[str, str]) -> TestResponse:
        return client.post("/api/v1/gifts/NOSUCHGIFT/claim", headers=token, json={"holder_name": "林小满"})

    most = _per_minute(LOOK_UPS)
    assert len(_until_refused(lambda: claim(one), most + 5)) == most + 1
    assert claim(other).status_code != 429


def test_counts_live_in_the_store_of_the_settings(app: Flask) -> None:
    assert app.config["RATELIMIT_STORAGE_URI"] == "memory://"
    assert type(limiter.storage).__name__ == "MemoryStorage"


def test_several_processes_in_production_need_a_shared_store(tmp_path: Path) -> None:
    alone = production_environ(RATE_LIMIT_STORE=None, WEB_CONCURRENCY="1")
    assert Settings.load(alone, tmp_path).rate_limit_store == "memory://"
    for unshared in (None, "memory://"):
        with pytest.raises(ConfigError, match="RATE_LIMIT_STORE"):
            Settings.load(production_environ(RATE_LIMIT_STORE=unshared, WEB_CONCURRENCY="2"), tmp_path)
