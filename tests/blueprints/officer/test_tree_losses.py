"""Lost trees through the officers' calls: two people, within their region, and in the right order."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from domain.roles import Role
from models import Tree, TreeLoss, Unit
from models.base import database, transaction
from models.trees import TreeState
from models.units import UnitState
from tests.support.ground import make_region
from tests.support.keeping import Kept
from tests.support.world import OTHER_VILLAGE, VILLAGE, make_household, make_programme, make_units

Client = Callable[..., FlaskClient]
LOST = {"cause": "felled", "happened_on": "2026-08-20", "reason": "巡护时发现被采伐"}


def make_loss(app: Flask) -> str:
    """The address of the loss of a tree that stands."""
    with app.app_context(), transaction() as session:
        make_programme(session)
        [unit] = make_units(session, make_household(session), 1)
        code = session.get_one(Tree, unit.tree_id).code
    return f"/api/v1/officer/trees/{code}/loss"


@pytest.fixture
def loss(kept: Kept, app: Flask) -> str:
    return kept(make_loss, app)


def told(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["code"]


def standing(app: Flask) -> tuple[TreeState, UnitState]:
    with app.app_context():
        session = database()
        return session.query(Tree.state).scalar(), session.query(Unit.state).scalar()


def test_a_loss_is_reported_by_one_and_confirmed_by_another(app: Flask, signed_in: Client, loss: str) -> None:
    surveyor, verifier = signed_in(Role.SURVEYOR, VILLAGE), signed_in(Role.VERIFIER)
    reported = surveyor.post(loss, json=LOST)
    assert reported.status_code == 201, reported.json
    assert (reported.get_json()["cause"], reported.get_json()["state"]) == ("felled", "reported")
    assert standing(app) == (TreeState.FELLED, UnitState.WITHDRAWN)
    confirmed = verifier.post(f"{loss}/confirm")
    assert (confirmed.status_code, confirmed.get_json()["state"]) == (200, "confirmed")
    assert signed_in(Role.AUDITOR).get(loss).get_json()["state"] == "confirmed"


def test_whoever_reported_a_loss_cannot_confirm_it(app: Flask, signed_in: Client, loss: str) -> None:
    registrar = signed_in()
    registrar.post(loss, json=LOST)
    assert told(registrar.post(f"{loss}/confirm")) == (403, "second_person")
    assert registrar.get(loss).get_json()["state"] == "reported"


def test_each_step_wants_the_one_before(signed_in: Client, loss: str) -> None:
    registrar, second = signed_in(), signed_in()
    for act in ("confirm", "undo"):
        assert told(registrar.post(f"{loss}/{act}")) == (404, "loss_not_found")
    assert told(registrar.get(loss)) == (404, "loss_not_found")
    assert registrar.post(loss, json=LOST).status_code == 201
    assert told(registrar.post(loss, json=LOST)) == (409, "tree_gone")
    assert second.post(f"{loss}/confirm").status_code == 200
    for act in ("confirm", "undo"):
        assert told(second.post(f"{loss}/{act}")) == (409, "loss_confirmed")


def test_a_confirmed_loss_says_why_it_stands(signed_in: Client, loss: str) -> None:
    registrar = signed_in()
    registrar.post(loss, json=LOST)
    signed_in().post(f"{loss}/confirm")
    refused = registrar.post(f"{loss}/undo", headers={"Accept-Language": "en"}).get_json()
    assert "made good with the sponsor's money" in refused["message"]


def test_an_undone_report_lets_the_tree_stand_again(app: Flask, signed_in: Client, loss: str) -> None:
    registrar = signed_in()
    registrar.post(loss, json=LOST)
    assert registrar.post(f"{loss}/undo").status_code == 200
    assert standing(app)[0] is TreeState.GROWING
    assert registrar.post(loss, json=LOST).status_code == 201


@pytest.mark.parametrize("region", ["522301", OTHER_VILLAGE])
def test_for_a_foreign_officer_the_tree_is_not_there(
    app: Flask, signed_in: Client, loss: str, region: str
) -> None:
    with app.app_context(), transaction() as session:
        make_region(session, region, name="外地", level="county")
    stranger = signed_in(region=region)
    assert told(stranger.post(loss, json=LOST)) == (404, "tree_not_found")
    signed_in().post(loss, json=LOST)
    for answer in (
        stranger.get(loss),
        stranger.post(f"{loss}/confirm"),
        stranger.post(f"{loss}/undo"),
    ):
        assert told(answer) == (404, "tree_not_found")
    with app.app_context():
        found = database().query(TreeLoss).one()
    assert (found.confirmed_at, found.undone_at) == (None, None)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"happened_on": "2026-09-02"}, "loss_day"),
        ({"happened_on": "2024-12-31"}, "loss_day"),
        ({"cause": "stolen"}, "invalid_fields"),
        ({"reason": ""}, "invalid_fields"),
        ({"confirmed": True}, "invalid_fields"),
    ],
)
def test_a_report_that_cannot_be_meant_changes_nothing(
    app: Flask, signed_in: Client, loss: str, changes: dict[str, object], code: str
) -> None:
    assert told(signed_in().post(loss, json={**LOST, **changes})) == (422, code)
    assert standing(app) == (TreeState.GROWING, UnitState.FREE)
