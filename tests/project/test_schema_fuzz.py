"""The API is asked everything its document allows, and much that it does not.

No answer may be a server error; every success must be one the document names, every failure have the one shape, and
every body be what the document says of it.
"""

import json
import random
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from blueprints.limits import limiter
from domain.roles import Role
from models import Certificate, Household, Verification, database, transaction
from tests.support.buying import Buyer, make_shop
from tests.support.world import make_officer, make_officer_token

DOCUMENT = Path(__file__).parents[2] / "docs" / "openapi.json"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
#: So many calls are made in one world: making it takes longer than several of them.
SHARE = 20
#: A call as it was made up, what chooses its path's values, and whether it is made signed in.
Call = tuple["schemathesis.Case[Any]", int, bool]
METHODS = ("get", "post", "put", "patch", "delete")
#: Calls that end the sign-in they are made with; afterwards everything would be 401.
ENDS_SIGN_IN = {"DELETE /api/v1/me", "DELETE /api/v1/session", "DELETE /api/v1/officer/session"}


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(DOCUMENT.read_text("utf-8"))
    return document


@cache
def _shares() -> dict[str, list[str]]:
    """Every call of the document in shares, neighbours together, each under the first one's name."""
    paths = _document()["paths"]
    calls = [
        f"{method.upper()} {path}" for path in sorted(paths) for method in paths[path] if method in METHODS
    ]
    return {calls[start]: calls[start : start + SHARE] for start in range(0, len(calls), SHARE)}


def _takes_input(operation: str) -> bool:
    method, path = operation.split(" ", 1)
    calls = _document()["paths"][path]
    call = calls[method.lower()]
    return bool(call.get("parameters") or calls.get("parameters") or "requestBody" in call)


class World:
    """Something of everything, so that calls do not all end in 404; the values a path may hold by their name."""

    def __init__(self, app: Flask) -> None:
        shop = make_shop(app, (4, 3))
        self.app, self.buyer = app, Buyer(app, "lin")
        paid, gift = self.buyer.buy(count=1), self.buyer.buy(count=1, purpose="gift")
        pending = self.buyer.order(count=1)
        self.officer: Mapping[str, str] = {}
        with app.app_context():
            rows = database()
            self.known: Mapping[str, list[Any]] = {
                "number": [paid, gift, pending],
                "serial": list(rows.scalars(sa.select(Certificate.serial))),
                "public_id": list(rows.scalars(sa.select(Household.public_id))),
                "verification_id": list(rows.scalars(sa.select(Verification.id))),
                "code": [shop.code(0, 0), shop.code(1, 1), self.buyer.shown(gift)["gift_code"]],
            }

    def send_another_officer(self) -> None:
        """Let somebody else make the calls from here on: the last one may have ended a sign-in."""
        with self.app.app_context(), transaction() as session:
            officer = make_officer(session, list(Role))
            self.officer = {"Authorization": f"Bearer {make_officer_token(session, officer)}"}

    def headers(self, path: str, signed_in: bool) -> Mapping[str, str]:
        """Signed in as the audience of the call, or not at all."""
        if not signed_in:
            return {}
        return self.officer if "/officer/" in path else self.buyer.headers


@pytest.fixture
def world(app: Flask, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world without rate limits, which would soon answer everything."""
    monkeypatch.setattr(limiter, "enabled", False)
    return World(app)


@cache
def _schema() -> Any:
    """The document as it is kept, which is the one that is served; read once: reading takes longer than asking."""
    return schemathesis.openapi.from_dict(_document())


@cache
def _cases(operation: str, examples: int, mode: GenerationMode) -> list[Call]:
    """Calls of one operation, made up once for both engines: that takes four times as long as making them."""
    method, path = operation.split(" ", 1)
    made: list[Call] = []

    @settings(
        max_examples=examples,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=_schema()[path][method].as_strategy(generation_mode=mode),
        seed=st.integers(0, 2**16),
        signed_in=st.sampled_from([True, True, True, False]),
    )
    def make(case: "schemathesis.Case[Any]", seed: int, signed_in: bool) -> None:
        made.append((case, seed, signed_in))

    make()
    return made


def _check_call(world: World, operation: str, examples: int, mode: GenerationMode) -> None:
    """Make `examples` calls of one operation; each is answered as the document says."""
    method, path = operation.split(" ", 1)
    documented = set(_document()["paths"][path][method.lower()]["responses"])
    cases = _cases(operation, examples, mode)
    assert cases, operation
    for case, seed, signed_in in cases:
        # Every world has something under the same names, so what one was asked for never stays for the next.
        choice = random.Random(seed)
        for name in case.path_parameters or {}:
            if world.known.get(name) and choice.random() < 0.7:
                case.path_parameters[name] = choice.choice(world.known[name])
        headers = world.headers(path, signed_in and operation not in ENDS_SIGN_IN)
        # In process nobody unpacks what is sent compressed.
        answer = case.call(app=world.app, headers={**headers, "Accept-Encoding": "identity"})
        case.validate_response(answer, checks=CHECKS)
        if answer.status_code < 400:
            assert str(answer.status_code) in documented, (
                f"{operation} answers {answer.status_code}, undocumented"
            )
        else:
            assert {"code", "message", "request_id"} <= set(answer.json())


def _check_share(world: World, share: str, examples: int, mode: GenerationMode) -> None:
    """Make every call of a share, one after the other in the same world."""
    for operation in _shares()[share]:
        if mode is GenerationMode.POSITIVE or _takes_input(operation):
            world.send_another_officer()
            _check_call(world, operation, examples, mode)


@pytest.fixture
def examples(request: pytest.FixtureRequest) -> int:
    """How often each call is made; more where time is no matter."""
    return 25 if request.config.getoption("--all") else 2


@pytest.mark.parametrize("share", _shares())
def test_what_the_document_allows_is_answered_as_it_says(world: World, share: str, examples: int) -> None:
    _check_share(world, share, examples, GenerationMode.POSITIVE)


@pytest.mark.parametrize("share", _shares())
def test_what_the_document_forbids_is_refused_as_it_says(world: World, share: str, examples: int) -> None:
    _check_share(world, share, examples, GenerationMode.NEGATIVE)
