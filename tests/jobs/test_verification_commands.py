"""`flask verification`, as whoever runs the installation types it."""

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from domain.roles import Role
from models import Unit
from models.base import database, transaction
from tests.support.approvals import measured
from tests.support.world import (
    OTHER_VILLAGE,
    VILLAGE,
    make_household,
    make_officer,
    make_programme,
    make_verifier,
)


@pytest.fixture(autouse=True)
def village(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        make_programme(session)
        make_verifier(session, VILLAGE, username="wen")
        make_officer(session, Role.REGISTRAR, VILLAGE, username="reg")
        measured(session, make_household(session), 20)
        measured(session, make_household(session, sale_consent_on=None), 3)


def flask(app: Flask, act: str, region: str = VILLAGE, username: str = "wen") -> Result:
    words = ["verification", act, region, "2026", "--verifier", username]
    return app.test_cli_runner().invoke(args=words)


def states(app: Flask) -> dict[str, int]:
    with app.app_context():
        rows = database().execute(sa.select(Unit.state, sa.func.count()).group_by(Unit.state))
        return {state.value: number for state, number in rows}


def test_a_draft_is_shown_then_approved_then_withdrawn(app: Flask) -> None:
    place = "望谟县石屯镇打狼村 (522326107213) 2026"
    drafted = flask(app, "draft")
    name, _, rest = drafted.output.partition(": ")
    assert rest == f"{place} draft, 20 tree-years, 0 of them kept as buffer\n  left out, no_consent: 3\n"
    assert states(app) == {}
    approved = flask(app, "approve")
    assert approved.output.startswith(f"{name}: {place} approved, 20 tree-years, 1 of them kept")
    assert states(app) == {"free": 19, "buffer": 1}
    withdrawn = flask(app, "withdraw")
    assert withdrawn.output.startswith(f"{name}: {place} withdrawn")
    assert states(app) == {"withdrawn": 20}


def test_approving_without_a_draft_makes_one(app: Flask) -> None:
    assert flask(app, "approve").exit_code == 0
    assert states(app) == {"free": 19, "buffer": 1}


def test_approving_twice_says_why_nothing_is_left(app: Flask) -> None:
    flask(app, "approve")
    again = flask(app, "approve")
    assert again.exit_code == 1
    assert "already_verified: 20" in again.output
    assert "no_consent: 3" in again.output


@pytest.mark.parametrize("username", ["reg", "nobody"])
def test_only_a_verifier_s_name_will_do(app: Flask, username: str) -> None:
    refused = flask(app, "approve", username=username)
    assert refused.exit_code == 1
    assert states(app) == {}


def test_a_foreign_region_and_nothing_to_withdraw_are_refused(app: Flask) -> None:
    assert flask(app, "draft", OTHER_VILLAGE).exit_code == 1
    assert flask(app, "withdraw").output == "Error: no approval of 522326107213 for 2026\n"
