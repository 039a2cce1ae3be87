"""What waits for an officer: what others have begun, within the region, for roles that may decide it."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from domain.permissions import CALLS
from domain.roles import Role
from models import Household
from models.base import transaction
from services import accounts
from services.waiting import KINDS, NAMED
from tests.support.access import FOREIGN, make_things
from tests.support.binding import make_binding
from tests.support.clock import START
from tests.support.keeping import Kept
from tests.support.world import make_context, make_household, make_officer, make_officer_token

Client = Callable[..., FlaskClient]
URL = "/api/v1/officer/waiting"


def counted(client: FlaskClient) -> dict[str, int]:
    answer: Any = client.get(URL)
    assert answer.status_code == 200
    return {one["kind"]: one["count"] for one in answer.json["items"]}


def propose_account(session: Session, household: Household, number: str) -> None:
    editor = make_context(session, Role.REGISTRAR)
    wanted = accounts.Wanted("望谟县农村信用合作联社", number, "换了存折")
    accounts.propose(session, editor, household.public_id, wanted, now=START)


def make_everything(app: Flask) -> dict[str, str]:
    with app.app_context(), transaction() as session:
        return make_things(session)


@pytest.fixture
def things(kept: Kept, app: Flask) -> dict[str, str]:
    return kept(make_everything, app)


def test_each_role_is_told_what_it_may_decide(signed_in: Client, things: dict[str, str]) -> None:
    told = {role: counted(signed_in(role)) for role in Role}
    assert told[Role.REGISTRAR] == {"tree_losses": 1, "household_changes": 1, "period_exports": 1}
    assert told[Role.VERIFIER] == {"verifications": 1, "year_reviews": 1, "tree_losses": 1}
    assert told[Role.ADMINISTRATOR] == {"incidents": 1, "proposals": 1}
    assert told[Role.APPROVER] == {"household_changes": 1, "incidents": 1}
    assert told[Role.SURVEYOR] == told[Role.AUDITOR] == {}


def test_what_belongs_to_another_region_waits_for_nobody_here(
    signed_in: Client, things: dict[str, str]
) -> None:
    assert counted(signed_in(Role.REGISTRAR, FOREIGN)) == {}
    assert counted(signed_in(Role.VERIFIER, FOREIGN)) == {}
    # Incidents are about the programme's own accounts and have no region.
    assert counted(signed_in(Role.ADMINISTRATOR, FOREIGN)) == {"incidents": 1}


def test_what_one_has_begun_oneself_waits_for_others(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        household = make_household(session, head_name="韦小三")
        issuer, other = (make_officer(session, Role.REGISTRAR) for _ in range(2))
        propose_account(session, household, "2000000009999")
        make_binding(session, household, issuer=issuer)
        tokens = [make_officer_token(session, one) for one in (issuer, other)]
        public_id = household.public_id
    issuing, second = (app.test_client() for _ in tokens)
    for client, token in zip((issuing, second), tokens, strict=True):
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    assert counted(issuing) == {"accounts": 1}
    assert counted(second) == {"accounts": 1, "bindings": 1}
    answer: Any = second.get(URL)
    [about] = answer.json["items"][0]["first"]
    assert (about["subject"], about["name"]) == (public_id, "韦*三")


def test_the_oldest_are_named_and_all_are_counted(app: Flask, signed_in: Client) -> None:
    with app.app_context(), transaction() as session:
        for n in range(NAMED + 2):
            propose_account(session, make_household(session), f"20000000099{n:02d}")
    answer: Any = signed_in().get(URL)
    [one] = answer.json["items"]
    assert (one["kind"], one["count"], len(one["first"])) == ("accounts", NAMED + 2, NAMED)


def test_every_kind_is_decided_by_a_call_of_the_table() -> None:
    assert all(("POST", path) in CALLS for path, _ in KINDS.values())
