"""Pages inside WeChat's browser: signed for only if they are ours, signed in only in the browser that asked."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config import ConfigError, Settings
from domain.sign_in_states import GOOD_FOR
from flows.running import EXTENSION, Running
from flows.wiring import wire
from jobs.cleaning_tasks import forget_sign_in_states
from tests.support.buying import API, Buyer
from tests.support.clock import SteppingClock

OFFICIAL = "official_account"
FOREIGN = [
    "https://evil.example/",
    "http://127.0.0.1:8000.evil.example/",
    "http://127.0.0.1:8000@evil.example/",
    "http://127.0.0.1:8001/",
    "https://127.0.0.1:8000/",
    "//127.0.0.1:8000/",
    "/c/1",
    "http://[::1",
    "http://127.0.0.1:8000\\@evil.example/",
    "javascript:alert(1)",
]


@pytest.fixture
def ours(parts: Running) -> str:
    return parts.settings.public_url


@pytest.fixture
def without_account(app: Flask, parts: Running) -> Iterator[None]:
    """An installation without an official account."""
    apps = {"miniprogram": parts.wechat.settings.apps["miniprogram"]}
    wechat = replace(parts.wechat, settings=replace(parts.wechat.settings, apps=apps))
    app.extensions[EXTENSION] = replace(parts, wechat=wechat)
    yield
    app.extensions[EXTENSION] = parts


def _ask(client: FlaskClient, return_to: str) -> TestResponse:
    return client.get(f"{API}/wechat/sign-in-url", query_string={"return_to": return_to})


def _sign_in(client: FlaskClient, **body: Any) -> TestResponse:
    return client.post(f"{API}/session", json={"channel": OFFICIAL, "code": "demo:lin", **body})


def test_a_page_of_ours_is_signed_for(app: Flask, parts: Running, ours: str) -> None:
    lin = Buyer(app, channel=OFFICIAL)
    page = f"{ours}/trees?region=5223"
    answer = lin.get("/wechat/jssdk-config", query_string={"url": page + "#list"})
    config = answer.get_json()
    assert answer.status_code == 200
    assert config["appId"] == parts.wechat.settings.apps[OFFICIAL].appid
    with app.app_context():
        name = f"{config['appId']}:jsapi_ticket"
        ticket = parts.wechat.tokens.read(name)
    assert ticket is not None
    signed = f"jsapi_ticket={ticket.value}&noncestr={config['nonceStr']}&timestamp={config['timestamp']}&url={page}"
    assert config["signature"] == hashlib.sha1(signed.encode(), usedforsecurity=False).hexdigest()


@pytest.mark.parametrize("url", FOREIGN)
def test_no_other_page_is_signed_for_or_returned_to(app: Flask, client: FlaskClient, url: str) -> None:
    signed = Buyer(app).get("/wechat/jssdk-config", query_string={"url": url})
    sent = _ask(client, url)
    for answer in (signed, sent):
        assert (answer.status_code, answer.get_json()["code"]) == (422, "url_not_ours")


def test_a_browser_signs_in_with_the_state_it_asked_for(client: FlaskClient, ours: str) -> None:
    asked = _ask(client, f"{ours}/mine")
    state, url = asked.get_json()["state"], asked.get_json()["url"]
    sent = parse_qs(urlsplit(url).query)
    assert sent["redirect_uri"] == [f"{ours}/mine"]
    assert sent["state"] == [state]
    assert state.isalnum()
    assert len(state) <= 128
    cookie = asked.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert asked.headers["Cache-Control"] == "no-store"
    # The simulator agrees at once, and sends the browser back.
    agreed = client.get(urlsplit(url).path, query_string=urlsplit(url).query)
    back = parse_qs(urlsplit(agreed.headers["Location"]).query)
    assert back["state"] == [state]
    assert _sign_in(client, code=back["code"][0], state=state).status_code == 201


def test_a_state_is_good_once(client: FlaskClient, ours: str) -> None:
    state = _ask(client, ours).get_json()["state"]
    assert _sign_in(client, state=state).status_code == 201
    again = _sign_in(client, state=state)
    assert (again.status_code, again.get_json()["code"]) == (422, "login_state_invalid")


def test_a_state_is_good_in_one_browser(app: Flask, client: FlaskClient, ours: str) -> None:
    state = _ask(client, ours).get_json()["state"]
    other = app.test_client()
    assert _sign_in(other, state=state).get_json()["code"] == "login_state_invalid"
    _ask(other, ours)
    assert _sign_in(other, state=state).get_json()["code"] == "login_state_invalid"
    assert _sign_in(client, state=state).status_code == 201


def test_two_tabs_of_a_browser_do_not_spoil_each_other(client: FlaskClient, ours: str) -> None:
    states = [_ask(client, ours).get_json()["state"] for _ in range(2)]
    assert [_sign_in(client, state=state).status_code for state in states] == [201, 201]


def test_a_state_ends_after_some_minutes(client: FlaskClient, ours: str, clock: SteppingClock) -> None:
    state = _ask(client, ours).get_json()["state"]
    clock.advance(seconds=GOOD_FOR / timedelta(seconds=1))
    assert _sign_in(client, state=state).get_json()["code"] == "login_state_invalid"


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda s: "0" + s, id="longer"),
        pytest.param(lambda s: s[:-1] + "g", id="another mark"),
        pytest.param(lambda s: "f" * 8 + s[8:], id="a later end"),
        pytest.param(str.upper, id="other letters"),
    ],
)
def test_a_state_that_was_touched_is_refused(client: FlaskClient, ours: str, spoil: Any) -> None:
    state = _ask(client, ours).get_json()["state"]
    assert _sign_in(client, state=spoil(state)).get_json()["code"] == "login_state_invalid"


def test_used_states_are_forgotten_when_they_would_have_ended(
    app: Flask, client: FlaskClient, ours: str, clock: SteppingClock
) -> None:
    _sign_in(client, state=_ask(client, ours).get_json()["state"])
    with app.app_context():
        assert forget_sign_in_states() == 0
        clock.advance(minutes=10)
        assert forget_sign_in_states() == 1


def test_without_an_official_account_there_is_nothing_to_go_to(
    app: Flask, client: FlaskClient, ours: str, without_account: None
) -> None:
    for answer in (_ask(client, ours), Buyer(app).get("/wechat/jssdk-config", query_string={"url": ours})):
        assert (answer.status_code, answer.get_json()["code"]) == (503, "channel_not_configured")


def test_wechat_being_down_is_told_as_such(
    app: Flask, parts: Running, ours: str, client: FlaskClient
) -> None:
    lin = Buyer(app)
    wrong = replace(parts.wechat.settings.apps[OFFICIAL], secret="0" * 32)
    apps = {**parts.wechat.settings.apps, OFFICIAL: wrong}
    assert parts.sandbox is not None
    parts.sandbox.forget_tokens()
    wechat = replace(parts.wechat, settings=replace(parts.wechat.settings, apps=apps))
    app.extensions[EXTENSION] = replace(parts, wechat=wechat)
    try:
        answer = lin.get("/wechat/jssdk-config", query_string={"url": ours})
    finally:
        app.extensions[EXTENSION] = parts
    assert (answer.status_code, answer.get_json()["code"]) == (503, "wechat_unavailable")


def test_the_files_wechat_gave_us_are_served_from_both_directories(app: Flask, parts: Running) -> None:
    files = {"MP_verify_Abc123.txt": "Abc123", "9f8e7d.txt": "0011223344"}
    wechat = replace(parts.wechat, settings=replace(parts.wechat.settings, verification_files=files))
    app.extensions[EXTENSION] = replace(parts, wechat=wechat)
    try:
        for name, content in files.items():
            for folder in ("/", "/c/"):
                answer = app.test_client().get(folder + name)
                assert (answer.status_code, answer.get_data(as_text=True)) == (200, content)
                assert answer.mimetype == "text/plain"
        assert app.test_client().get("/another.txt").status_code == 404
    finally:
        app.extensions[EXTENSION] = parts
    assert app.test_client().get("/c/9f8e7d.txt").status_code == 404


def test_the_files_come_from_their_setting(parts: Running) -> None:
    given = {**parts.settings.environ, "WECHAT_VERIFICATION_FILES": '{"a1.txt": "b2"}'}
    wired = wire(replace(parts.settings, environ=given), parts.clock)
    assert wired.wechat.settings.verification_files == {"a1.txt": "b2"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("WECHAT_VERIFICATION_FILES", "a1.txt"),
        ("WECHAT_VERIFICATION_FILES", '{"a1.txt": 1}'),
        ("WECHAT_MESSAGE_VALUES", '["title"]'),
        ("WECHAT_MESSAGE_VALUES", '{"thing1": "price"}'),
    ],
)
def test_a_setting_that_is_no_json_of_texts_is_named(parts: Running, name: str, text: str) -> None:
    with pytest.raises(ConfigError, match=name):
        Settings.load({name: text}, parts.settings.instance)
