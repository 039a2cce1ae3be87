"""`flask household`, as a county without a console types it."""

from datetime import date

import pytest
from click.testing import Result
from flask import Flask

from domain.roles import Role
from models import AuditEntry, Household, HouseholdChange, Tree
from models.base import database, transaction
from models.household_changes import ChangeState
from tests.support.sheets import identity
from tests.support.world import (
    OTHER_VILLAGE,
    make_household,
    make_officer,
    make_programme,
    make_units,
)

WHY = ("--on", "2026-08-20", "--reason", "村委会证明在案")
CONTRACT = (*WHY, "--from", "2026-01-01", "--until", "2031-12-31")


@pytest.fixture
def numbers(app: Flask) -> list[str]:
    """The register's numbers of two households of a village; the first has two trees."""
    with app.app_context(), transaction() as session:
        make_programme(session)
        for username, role in (("one", Role.REGISTRAR), ("two", Role.REGISTRAR), ("aud", Role.AUDITOR)):
            make_officer(session, role, username=username)
        make_officer(session, Role.REGISTRAR, OTHER_VILLAGE, username="far")
        found = [make_household(session), make_household(session)]
        make_units(session, found[0], 2)
        return [one.number for one in found]


def flask(app: Flask, act: str, *words: str, by: str = "one", typed: str | None = None) -> Result:
    runner = app.test_cli_runner()
    return runner.invoke(args=["household", act, *words, "--officer", by], input=typed)


def household(app: Flask, number: str) -> Household:
    with app.app_context():
        return database().query(Household).filter_by(number=number).one()


def change_of(app: Flask) -> tuple[str, ChangeState]:
    with app.app_context():
        found = database().query(HouseholdChange).order_by(HouseholdChange.id.desc()).first()
        assert found is not None
        return str(found.id), found.state


def test_other_contract_dates_are_proposed_by_one_and_confirmed_by_another(
    app: Flask, numbers: list[str]
) -> None:
    proposed = flask(app, "contract", numbers[0], *CONTRACT)
    assert (proposed.exit_code, "proposed by one" in proposed.output) == (0, True)
    change, state = change_of(app)
    assert state is ChangeState.PROPOSED
    alone = flask(app, "confirm", numbers[0], change)
    assert (alone.exit_code, "Somebody else must confirm this" in alone.output) == (1, True)
    confirmed = flask(app, "confirm", numbers[0], change, by="two")
    assert "contract 2026-01-01 to 2031-12-31" in confirmed.output
    assert household(app, numbers[0]).contract_to == date(2031, 12, 31)
    with app.app_context():
        actions = [entry.action for entry in database().query(AuditEntry).order_by(AuditEntry.id)]
    assert actions == ["household_change_proposed", "household_change_confirmed"]


def test_a_new_head_is_asked_for_and_shown_masked(app: Flask, numbers: list[str]) -> None:
    typed = f"韦新户\n{identity(7)}\n13800138000\n"
    proposed = flask(app, "succession", numbers[0], *WHY, typed=typed)
    assert proposed.exit_code == 0, proposed.output
    assert "head 韦*户" in proposed.output
    assert identity(7) not in proposed.output
    flask(app, "confirm", numbers[0], change_of(app)[0], by="two")
    head = household(app, numbers[0])
    assert (head.head_name, head.identity, head.phone) == ("韦新户", identity(7), "13800138000")


def test_trees_go_to_another_household_of_the_village(app: Flask, numbers: list[str]) -> None:
    with app.app_context():
        code = database().query(Tree.code).order_by(Tree.id).limit(1).scalar()
    flask(app, "split", numbers[0], *WHY, "--to", numbers[1], "--tree", str(code))
    confirmed = flask(app, "confirm", numbers[0], change_of(app)[0], by="two")
    assert "trees 1, tree_years 1" in confirmed.output
    flask(app, "merge", numbers[0], *WHY, "--to", numbers[1])
    merged = flask(app, "confirm", numbers[0], change_of(app)[0], by="two")
    assert "trees 1, tree_years 1, moved_fen 0, stayed_fen 0" in merged.output
    told = flask(app, "changes", numbers[0], by="aud")
    assert [line.split(" of ")[0].split(": ")[1] for line in told.output.splitlines()] == ["merge", "split"]


def test_a_rejected_change_changes_nothing(app: Flask, numbers: list[str]) -> None:
    before = household(app, numbers[0]).contract_to
    flask(app, "contract", numbers[0], *CONTRACT)
    rejected = flask(app, "reject", numbers[0], change_of(app)[0], by="two")
    assert (rejected.exit_code, change_of(app)[1]) == (0, ChangeState.REJECTED)
    assert household(app, numbers[0]).contract_to == before


@pytest.mark.parametrize(("by", "says"), [("aud", "may not"), ("far", "no such household")])
def test_nobody_proposes_what_they_may_not_by_call_either(
    app: Flask, numbers: list[str], by: str, says: str
) -> None:
    refused = flask(app, "contract", numbers[0], *CONTRACT, by=by)
    assert refused.exit_code == 1
    assert says in refused.output.lower()
    with app.app_context():
        assert database().query(HouseholdChange).count() == 0


def test_a_reason_names_nobody(app: Flask, numbers: list[str]) -> None:
    words = ["--on", "2026-08-20", "--reason", f"户主{identity(7)}去世", *CONTRACT[4:]]
    refused = flask(app, "contract", numbers[0], *words)
    assert (refused.exit_code, "must not hold" in refused.output) == (2, True)
