"""Every officers' call, made by every role from its own county, a township of it and a foreign county, and signed out.

The cases are generated from the table of permissions and the routes; what each call is about stands in
tests/support/access.py, which also says how to add one. A route without a case fails the first test. All calls are
made once, on one database, and the rules below look at the answers.
"""

import itertools
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from blueprints.officer.guard import table_path
from domain.permissions import CALLS
from domain.roles import Role
from models.base import transaction
from models.officers import Officer
from models.sessions import Audience
from services.sessions import open_session
from tests.support.access import EXAMPLES, FOREIGN, OWN_SIGN_IN, Example, make_things
from tests.support.clock import START
from tests.support.world import COUNTY, TOWNSHIP, make_officer, make_officer_token

# Thousands of calls; who may make them is decided before an engine is asked.
pytestmark = pytest.mark.one_engine("sqlite")

API = "/api/v1"
#: What anybody may call, because it is the door, or the token of a link is the guard.
OPEN = {("POST", "/officer/session"), ("POST", "/officer/invitation")}
PLACES = {"its own county": COUNTY, "a township of it": TOWNSHIP, "a foreign county": FOREIGN}
#: What leaves all as it is comes first, what takes something away comes last.
ORDER = ("GET", "PUT", "PATCH", "POST", "DELETE")
_PARAMETER = re.compile(r"{(\w+)}")

Call = tuple[str, str]
#: The call, as whom (None: signed out) and from where.
Case = tuple[Call, Role | None, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call was answered."""

    status: int
    code: str


def routes(app: Flask) -> set[Call]:
    """Every officers' call that is served, but the door."""
    return {
        (method, table_path(rule.rule))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(f"{API}/officer/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    } - OPEN


def without_case(call: Call, things: Mapping[str, str]) -> bool:
    """Whether we would not know how to make a call, or whether it is about a region."""
    example = EXAMPLES.get(call)
    parameters = _PARAMETER.findall(call[1])
    named = example.things if example else {}
    unknown = [name for name in parameters if named.get(name, name) not in things]
    return bool(unknown) or (example is None and not parameters)


class Matrix:
    """Makes the calls; officers sign in once, but for calls that end a sign-in."""

    def __init__(self, app: Flask) -> None:
        self.app, self.client, self._key = app, app.test_client(), itertools.count(1)
        with app.app_context(), transaction() as session:
            self.things = {OWN_SIGN_IN: "1", **make_things(session)}
            self._officers = {
                (role, place): make_officer(session, role, region).id
                for role in Role
                for place, region in PLACES.items()
            }
            self._tokens = {
                who: make_officer_token(session, session.get_one(Officer, officer_id))
                for who, officer_id in self._officers.items()
            }

    def cases(self) -> Iterator[Case]:
        """Every call as everybody from everywhere, then signed out."""
        for call in sorted(CALLS, key=lambda call: (ORDER.index(call[0]), call[1])):
            yield call, None, "nowhere"
            for role, place in itertools.product(Role, PLACES):
                yield call, role, place

    def answer(self, case: Case) -> Answer:
        """Make one call."""
        (method, path), role, place = case
        example, headers = EXAMPLES.get((method, path), Example()), {}
        if role is not None:
            token = self._token(role, place, anew=example.ends_sign_in)
            headers["Authorization"] = f"Bearer {token}"
        filled = _PARAMETER.sub(lambda part: self.things[example.things.get(part[1], part[1])], path)
        sent: dict[str, Any] = {"query_string": dict(example.query)}
        if example.body is not None:
            sent["json"] = example.body(self.things)
        if example.form is not None:
            sent["data"] = example.form(self.things)
        headers["Idempotency-Key"] = f"matrix-{next(self._key)}"
        got = self.client.open(f"{API}{filled}", method=method, headers=headers, **sent)
        answered = got.get_json(silent=True) if got.status_code >= 400 else None
        return Answer(got.status_code, str((answered or {}).get("code", "")))

    def _token(self, role: Role, place: str, *, anew: bool) -> str:
        if not anew:
            return self._tokens[role, place]
        with self.app.app_context(), transaction() as session:
            officer = session.get_one(Officer, self._officers[role, place])
            token, row = open_session(
                session, audience=Audience.OFFICER, now=START, random=os.urandom, officer_id=officer.id
            )
            self.things[OWN_SIGN_IN] = str(row.id)
            return token


@pytest.fixture(scope="module")
def matrix(afresh: Callable[[], Flask]) -> Matrix:
    return Matrix(afresh())


@pytest.fixture(scope="module")
def answers(matrix: Matrix) -> dict[Case, Answer]:
    return {case: matrix.answer(case) for case in matrix.cases() if not without_case(case[0], matrix.things)}


def wrong(answers: Mapping[Case, Answer], rule: Callable[[Case, Answer], bool]) -> dict[Case, Answer]:
    """The cases among `answers` that break a rule."""
    return {case: answer for case, answer in answers.items() if not rule(case, answer)}


def open_to(case: Case) -> bool:
    call, role, _ = case
    return role in CALLS[call]


def scoped(case: Case) -> bool:
    return EXAMPLES.get(case[0], Example()).scoped


def for_the_programme(call: Call) -> bool:
    return not EXAMPLES.get(call, Example()).everywhere


def test_what_holds_for_the_whole_programme_is_no_countys_to_do(answers: dict[Case, Answer]) -> None:
    parts = {case: answer for case, answer in answers.items() if for_the_programme(case[0]) and open_to(case)}
    assert parts
    assert wrong(parts, lambda _, answer: answer == Answer(403, "whole_programme_only")) == {}


def test_every_route_has_a_case_and_every_case_its_route(matrix: Matrix) -> None:
    assert routes(matrix.app) == set(CALLS)
    assert {call for call in CALLS if without_case(call, matrix.things)} == set()
    assert set(EXAMPLES) - set(CALLS) == set()


def test_signed_out_nobody_is_answered(answers: dict[Case, Answer]) -> None:
    out = {case: answer for case, answer in answers.items() if case[1] is None}
    assert {case[0] for case in out} == set(CALLS)
    assert wrong(out, lambda _, answer: answer == Answer(401, "signed_out")) == {}


def test_a_wrong_role_is_forbidden_wherever_it_asks(answers: dict[Case, Answer]) -> None:
    closed = {case: answer for case, answer in answers.items() if case[1] is not None and not open_to(case)}
    assert len(closed) > len(CALLS)
    assert wrong(closed, lambda _, answer: answer == Answer(403, "forbidden")) == {}


def test_the_right_role_is_let_through_in_its_county_and_its_township(answers: dict[Case, Answer]) -> None:
    here = {
        case: answer
        for case, answer in answers.items()
        if case[1] is not None
        and open_to(case)
        and (PLACES[case[2]] != FOREIGN or not scoped(case))
        and not for_the_programme(case[0])
    }
    assert {case[0] for case in here} == {call for call in CALLS if not for_the_programme(call)}
    assert (
        wrong(here, lambda _, answer: answer.status not in (401, 403, 404, 429) and answer.status < 500) == {}
    )


def test_for_a_foreign_county_nothing_is_there(answers: dict[Case, Answer]) -> None:
    foreign = {
        case: answer
        for case, answer in answers.items()
        if case[1] is not None and open_to(case) and PLACES[case[2]] == FOREIGN and scoped(case)
    }
    assert len(foreign) > 20
    assert wrong(foreign, lambda _, answer: answer.status == 404) == {}


def test_every_call_is_made_as_every_role_from_everywhere(answers: dict[Case, Answer]) -> None:
    made = Counter(case[0] for case in answers)
    assert made == dict.fromkeys(CALLS, len(Role) * len(PLACES) + 1)
