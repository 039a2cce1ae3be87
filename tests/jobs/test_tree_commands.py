"""`flask tree`, as a county without a console types it."""

import pytest
from click.testing import Result
from flask import Flask

from domain.roles import Role
from models import AuditEntry, Tree, Unit
from models.base import database, transaction
from models.trees import TreeState
from models.units import UnitState
from tests.support.world import OTHER_VILLAGE, make_household, make_officer, make_programme, make_units

LOST = ("--cause", "dead", "--on", "2026-08-20", "--reason", "巡护时发现枯死")


@pytest.fixture(autouse=True)
def county(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        make_programme(session)
        for username, role in (("sun", Role.SURVEYOR), ("reg", Role.REGISTRAR), ("aud", Role.AUDITOR)):
            make_officer(session, role, username=username)
        make_officer(session, Role.REGISTRAR, OTHER_VILLAGE, username="far")
        make_units(session, make_household(session), 1)


def flask(app: Flask, act: str, *words: str, by: str = "sun") -> Result:
    with app.app_context():
        code = database().query(Tree.code).scalar()
    return app.test_cli_runner().invoke(args=["tree", act, str(code), *words, "--officer", by])


def standing(app: Flask) -> tuple[TreeState, UnitState]:
    with app.app_context():
        session = database()
        return session.query(Tree.state).scalar(), session.query(Unit.state).scalar()


def test_a_tree_is_reported_lost_and_confirmed_by_a_second_person(app: Flask) -> None:
    reported = flask(app, "lost", *LOST)
    assert (reported.exit_code, "dead on 2026-08-20, reported" in reported.output) == (0, True)
    assert standing(app) == (TreeState.DEAD, UnitState.WITHDRAWN)
    confirmed = flask(app, "confirm-loss", by="reg")
    assert "dead on 2026-08-20, confirmed" in confirmed.output
    with app.app_context():
        actions = [entry.action for entry in database().query(AuditEntry).order_by(AuditEntry.id)]
    assert actions == ["tree_loss_reported", "tree_loss_confirmed"]


def test_a_report_is_taken_back_until_somebody_has_confirmed_it(app: Flask) -> None:
    flask(app, "lost", *LOST)
    undone = flask(app, "undo-loss")
    assert (undone.exit_code, "report undone" in undone.output) == (0, True)
    assert standing(app)[0] is TreeState.GROWING
    flask(app, "lost", *LOST)
    flask(app, "confirm-loss", by="reg")
    refused = flask(app, "undo-loss")
    assert refused.exit_code == 1
    assert "不能撤销" in refused.output
    assert "made good with the sponsor's money" in refused.output
    assert standing(app)[0] is TreeState.DEAD


def test_whoever_reported_a_loss_does_not_confirm_it(app: Flask) -> None:
    flask(app, "lost", *LOST, by="reg")
    refused = flask(app, "confirm-loss", by="reg")
    assert (refused.exit_code, "Somebody else must confirm this" in refused.output) == (1, True)


@pytest.mark.parametrize(
    ("by", "says"),
    [("aud", "may not"), ("far", "no such tree"), ("nobody", "no such officer")],
)
def test_nobody_reports_what_they_may_not_by_call_either(app: Flask, by: str, says: str) -> None:
    refused = flask(app, "lost", *LOST, by=by)
    assert refused.exit_code == 1
    assert says in refused.output.lower().replace("there is ", "")
    assert standing(app) == (TreeState.GROWING, UnitState.FREE)


@pytest.mark.parametrize("words", [("--cause", "stolen"), ("--on", "yesterday")])
def test_what_cannot_be_read_is_refused_before_anything_is_done(app: Flask, words: tuple[str, str]) -> None:
    assert flask(app, "lost", *LOST, *words).exit_code == 2
    assert standing(app) == (TreeState.GROWING, UnitState.FREE)
