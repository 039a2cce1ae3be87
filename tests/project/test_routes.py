"""Every route has a guard, and every failure has one shape."""

import itertools
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from blueprints.failures import EDGE_CODES
from domain.messages import MESSAGES
from domain.permissions import CALLS
from domain.roles import Role
from models import transaction
from tests.support.access import EXAMPLES
from tests.support.binding import make_bound_token
from tests.support.world import (
    make_buyer_token,
    make_household,
    make_officer,
    make_officer_token,
    make_user,
)

#: What anybody may ask without signing in; a new line here is a decision.
OPEN = {
    "GET /",
    "GET /c",
    "GET /<string:name>.txt",
    "GET /.well-known/danzhu-keys.json",
    "GET /api/v1/certificates/<string:serial>",
    "GET /api/v1/factors",
    "GET /api/v1/openapi.json",
    "GET /api/v1/programme",
    "GET /api/v1/regions",
    "GET /api/v1/species",
    "GET /api/v1/stats",
    "GET /api/v1/trees",
    "GET /api/v1/trees/<string:code>",
    "GET /api/v1/wechat/sign-in-url",
    "GET /c/<string:serial>",
    "GET /c/<string:name>.txt",
    "GET /console",
    "GET /healthz",
    "GET /metrics",
    "GET /privacy",
    "GET /qr.svg",
    "GET /readyz",
    "GET /static/<build:build>/<path:filename>",
    "GET /scan",
    "GET /static/<path:filename>",
    "GET /static/photos/<string:name>",
    "GET /sw.js",
    "GET /terms",
    "POST /api/v1/footprints",
    "POST /api/v1/officer/invitation",
    "POST /api/v1/officer/session",
    "POST /api/v1/quotes",
    "POST /api/v1/session",
}  # fmt: skip
#: Pages that ask for a token of their own, or the owner's sign-in.
BY_CERTIFICATE_TOKEN = {
    "GET /c/<string:serial>.pdf",
    "GET /c/<string:serial>.png",
    "GET /c/<string:serial>/qr.png",
    "GET /c/<string:serial>/qr.svg",
}
#: Guarded by WeChat Pay's own signature.
BY_SIGNATURE = {
    "POST /hooks/wechat-pay/authorizations",
    "POST /hooks/wechat-pay/complaints",
    "POST /hooks/wechat-pay/refunds",
    "POST /hooks/wechat-pay/transactions",
    "POST /hooks/wechat-pay/transfers",
}

_number = itertools.count(1)
_CONVERTER = re.compile(r"<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>")


def _rules(app: Flask) -> dict[str, tuple[str, Rule]]:
    """Every method of every route by `METHOD /rule`."""
    found = {}
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            found[f"{method} {rule.rule}"] = (method, rule)
    return found


def _path(rule: Rule) -> str:
    return _CONVERTER.sub(lambda part: "1" if part[1] == "int" else "nothing", rule.rule)


def _guarded(app: Flask) -> dict[str, tuple[str, Rule]]:
    rules = _rules(app)
    return {name: rules[name] for name in rules if name not in OPEN | BY_CERTIFICATE_TOKEN | BY_SIGNATURE}


def _audience(rule: Rule) -> str:
    """Whose call it is; binding is what a buyer does to become a household."""
    if "/officer/" in rule.rule:
        return "officer"
    return "household" if "/household/" in rule.rule and not rule.rule.endswith("/bind") else "buyer"


def _tokens(app: Flask) -> dict[str, str]:
    with app.app_context(), transaction() as session:
        user, identity = make_user(session, f"buyer{next(_number)}")
        officer = make_officer(session, list(Role))
        return {
            "buyer": make_buyer_token(session, user, identity),
            "household": make_bound_token(session, make_household(session)),
            "officer": make_officer_token(session, officer),
        }


def _shape_of(answer: Any) -> None:
    body = answer.get_json()
    assert (
        {"code", "message", "request_id"}
        <= set(body)
        <= {"code", "message", "fields", "request_id", "verdict"}
    )
    assert body["code"] in MESSAGES
    assert body["message"] not in ("", body["code"])
    assert body["request_id"] == answer.headers["X-Request-ID"]


def test_the_lists_of_open_routes_name_routes_that_exist(app: Flask) -> None:
    assert (OPEN | BY_CERTIFICATE_TOKEN | BY_SIGNATURE) - set(_rules(app)) == set()


def test_a_route_is_open_only_if_it_is_listed(app: Flask, client: FlaskClient) -> None:
    answers = {
        name: client.open(_path(rule), method=method) for name, (method, rule) in _guarded(app).items()
    }
    assert len(answers) > 10
    assert {name: answer.status_code for name, answer in answers.items() if answer.status_code != 401} == {}
    for answer in answers.values():
        _shape_of(answer)


@pytest.mark.one_engine("sqlite")
def test_a_token_opens_its_own_audience_only(app: Flask) -> None:
    tokens, let_in = _tokens(app), {}
    for name, (method, rule) in _guarded(app).items():
        # A household signs in as the buyer it is.
        audience = {_audience(rule), "household" if _audience(rule) == "buyer" else ""}
        for holder, token in tuple(tokens.items()):
            answer = app.test_client().open(
                _path(rule), method=method, headers={"Authorization": f"Bearer {token}"}
            )
            unbound = answer.status_code == 404 and answer.get_json()["code"] == "household_not_bound"
            if (answer.status_code == 401 or unbound) is (holder in audience):
                let_in[name, holder] = answer.status_code
            if method == "DELETE":
                # Signed out, or gone.
                tokens = _tokens(app)
    assert let_in == {}


def test_each_audience_has_one_guard(app: Flask) -> None:
    guards: dict[str, set[Any]] = {}
    for _, rule in _guarded(app).values():
        blueprint = rule.endpoint.rpartition(".")[0]
        found = app.before_request_funcs.get(blueprint, [])
        assert len(found) == 1, f"{rule.rule} has {len(found)} guards"
        guards.setdefault(_audience(rule), set()).add(found[0])
    assert {audience: len(found) for audience, found in guards.items()} == {
        "buyer": 1,
        "household": 1,
        "officer": 1,
    }


def test_certificate_files_are_for_those_who_hold_them(app: Flask, client: FlaskClient) -> None:
    rules = _rules(app)
    answers = [client.get(_path(rules[name][1])) for name in sorted(BY_CERTIFICATE_TOKEN)]
    assert all(400 <= answer.status_code < 500 for answer in answers)


def test_an_unsigned_notice_is_refused(app: Flask, client: FlaskClient) -> None:
    rules = _rules(app)
    statuses = {
        name: client.post(_path(rules[name][1]), json={"id": "1"}).status_code for name in BY_SIGNATURE
    }
    assert statuses == dict.fromkeys(BY_SIGNATURE, 401)


@pytest.mark.parametrize(
    ("method", "path", "options", "status"),
    [
        ("GET", "/nothing", {}, 404),
        ("GET", "/api/v1/nothing", {}, 404),
        ("GET", "/api/v1/trees/nothing", {}, 404),
        ("PUT", "/api/v1/session", {}, 405),
        ("POST", "/healthz", {}, 405),
        ("POST", "/api/v1/session", {"data": b"{", "content_type": "application/json"}, 400),
        ("POST", "/api/v1/session", {"json": {"code": "demo:lin", "more": 1}}, 422),
        ("POST", "/api/v1/session", {"json": {}}, 422),
        ("POST", "/api/v1/session", {"data": b"code=1", "content_type": "text/plain"}, 415),
        ("POST", "/api/v1/session", {"json": {"code": "x" * (2 << 20)}}, 413),
        ("GET", "/api/v1/trees?limit=0", {}, 422),
        ("GET", "/api/v1/trees?limit=101", {}, 422),
        ("GET", "/api/v1/trees?cursor=nonsense", {}, 422),
        ("GET", "/api/v1/trees?colour=green", {}, 422),
        ("GET", "/api/v1/me", {}, 401),
        ("GET", "/api/v1/certificates/7K3M-9QX2-VB8T-CN4R", {}, 422),
    ],
)  # fmt: skip
def test_failures_have_one_shape(
    client: FlaskClient, method: str, path: str, options: dict[str, Any], status: int
) -> None:
    answer = client.open(path, method=method, **options)
    assert answer.status_code == status
    assert answer.mimetype == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    _shape_of(answer)


def test_a_wrong_method_is_told_the_right_ones(app: Flask, client: FlaskClient) -> None:
    silent = {}
    for rule in app.url_map.iter_rules():
        answer = client.open(_path(rule), method="TRACE")
        if answer.status_code != 405 or not {*(rule.methods or ())} <= set(
            answer.headers.get_all("Allow")[0].split(", ")
        ):
            silent[rule.rule] = answer.status_code
    assert silent == {}


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh-CN", "请先登录。"), ("", "请先登录。"), ("en-GB,en;q=0.9", "Please sign in first.")],
)
def test_messages_speak_the_language_asked_for(client: FlaskClient, language: str, said: str) -> None:
    answer = client.get("/api/v1/me", headers={"Accept-Language": language} if language else {})
    assert answer.get_json()["message"] == said


def test_every_status_the_edge_refuses_with_has_its_sentences() -> None:
    assert {code for code in EDGE_CODES.values() if code not in MESSAGES} == set()


def test_every_officers_call_has_an_example_for_the_access_matrix() -> None:
    """The matrix itself takes longer; a call without path parameters is missing in it for sure without a line."""
    assert {call for call in CALLS if "{" not in call[1]} - set(EXAMPLES) == set()
    assert set(EXAMPLES) - set(CALLS) == set()
