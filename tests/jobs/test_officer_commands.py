"""`flask officers`, as whoever runs the installation types it."""

import os
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from domain.people import PAYOUTS_HELD
from domain.roles import Role
from flows.running import EXTENSION
from models import Officer, OfficerRole, OneTimeSecret
from models.base import database, transaction
from services import one_time_codes
from services.demo_officers import DEMO_OFFICERS
from tests.support.clock import START
from tests.support.world import COUNTY, make_officer, make_regions

PASSWORD = "long enough to keep"


@pytest.fixture(autouse=True)
def regions(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        make_regions(session)


def flask(app: Flask, *words: str, typed: str = "") -> Result:
    return app.test_cli_runner().invoke(args=["officers", *words], input=typed)


def add(app: Flask, username: str = "wei.li", *more: str) -> Result:
    words = ("--role", "registrar", "--region", COUNTY, "--name", "韦莉", "--password-stdin", *more)
    return flask(app, "add", username, *words, typed=PASSWORD + "\n")


def test_an_officer_is_added_listed_given_another_password_and_ended(app: Flask) -> None:
    added = add(app, "wei.li", "--role", "surveyor")
    assert (added.exit_code, added.output) == (0, "officers: wei.li added (registrar, surveyor; 522326)\n")
    assert PASSWORD not in added.output
    assert flask(app, "list").output == "wei.li\t韦莉\t522326\tregistrar,surveyor\tactive\n"
    changed = flask(app, "password", "wei.li", typed="another long one\nanother long one\n")
    assert changed.exit_code == 0
    assert "another long one" not in changed.output
    assert flask(app, "end", "wei.li").exit_code == 0
    assert flask(app, "list").output.endswith("ended 2026-09-01\n")


def test_a_refusal_is_told_in_both_languages(app: Flask) -> None:
    add(app)
    again = add(app)
    assert again.exit_code == 1
    assert "该用户名已被使用过" in again.output
    assert "has been used before" in again.output


@pytest.mark.parametrize("command", ["end", "password"])
def test_there_must_be_such_an_officer(app: Flask, command: str) -> None:
    words = ("--password-stdin",) if command == "password" else ()
    answer = flask(app, command, "nobody", *words, typed=PASSWORD + "\n")
    assert answer.exit_code == 1
    assert "no such officer" in answer.output


@pytest.fixture
def administrators(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        for name in ("first", "second"):
            make_officer(session, Role.ADMINISTRATOR, username=name)


def roles(app: Flask, *wanted: str, by: str = "first") -> Result:
    words = [word for role in wanted for word in ("--role", role)]
    return flask(app, "roles", "wei.li", "--officer", by, *words)


@pytest.mark.usefixtures("administrators")
def test_roles_that_pay_are_the_work_of_two_administrators(app: Flask) -> None:
    add(app)
    assert roles(app).output == "registrar\tfor good\n"
    asked = roles(app, "registrar", "maker")
    assert asked.output == "officers: maker, registrar for wei.li; proposal 1 waits for a second\n"
    assert roles(app).output == "registrar\tfor good\nproposal 1 waits for a second administrator\n"
    listed = flask(app, "proposals", "--officer", "second").output
    assert listed == f"1\troles\twei.li\tby first\topen\tregion={COUNTY} roles=maker,registrar\n"
    alone = flask(app, "confirm", "1", "--officer", "first")
    assert (alone.exit_code, roles(app).output.count("\n")) == (1, 2)
    assert "另一位管理员" in alone.output
    assert flask(app, "confirm", "1", "--officer", "second").exit_code == 0
    assert roles(app).output == "maker\tfor good\nregistrar\tfor good\n"
    with app.app_context():
        given = database().scalars(sa.select(OfficerRole).where(OfficerRole.role == Role.MAKER)).one()
        names = {row.id: row.username for row in database().scalars(sa.select(Officer))}
    assert given.granted_by_id is not None
    assert given.confirmed_by_id is not None
    assert (names[given.granted_by_id], names[given.confirmed_by_id]) == ("first", "second")


@pytest.mark.usefixtures("administrators")
def test_what_is_only_taken_away_is_done_at_once_and_a_proposal_can_be_refused(app: Flask) -> None:
    add(app, "wei.li", "--role", "surveyor")
    assert roles(app, "surveyor").output == "officers: surveyor for wei.li from now on\n"
    assert roles(app).output == "surveyor\tfor good\n"
    assert roles(app, "approver").exit_code == 0
    assert flask(app, "refuse", "1", "--officer", "second").exit_code == 0
    assert flask(app, "proposals", "--officer", "second").output == ""
    assert "\trefused\t" in flask(app, "proposals", "--officer", "second", "--all").output
    assert roles(app).output == "surveyor\tfor good\n"


@pytest.mark.usefixtures("administrators")
def test_roles_are_given_by_administrators_to_others_and_as_they_may_be_combined(app: Flask) -> None:
    add(app)
    for asked, said in (
        (roles(app, "maker", by="wei.li"), "may not do this"),
        (flask(app, "roles", "first", "--officer", "first", "--role", "surveyor"), "their own account"),
        (roles(app, "verifier", "registrar"), "may not have these roles together"),
        (flask(app, "roles", "wei.li", "--officer", "first", "--region", COUNTY), "--role for each"),
    ):
        assert asked.exit_code != 0
        assert said in asked.output, asked.output
    assert roles(app).output == "registrar\tfor good\n"


def test_demo_officers_are_for_demo_mode_only(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    assert flask(app, "demo").exit_code == 0
    assert len(flask(app, "list").output.splitlines()) == len(DEMO_OFFICERS)
    parts = app.extensions[EXTENSION]
    monkeypatch.setitem(
        app.extensions, EXTENSION, replace(parts, settings=replace(parts.settings, demo=False))
    )
    refused = flask(app, "demo")
    assert refused.exit_code == 1
    assert "demo mode only" in refused.output


def test_a_person_has_one_login_and_the_number_is_asked_for(app: Flask) -> None:
    for username, shown in (("wei.li", "added"), ("wei.ll", "has a login already")):
        words = (
            "--role",
            "registrar",
            "--region",
            COUNTY,
            "--name",
            "韦莉",
            "--password-stdin",
            "--ask-identity",
        )
        answer = flask(app, "add", username, *words, typed=f"{PASSWORD}\n522326199001010011\n")
        assert shown in answer.output
        assert "522326199001010011" not in answer.output


def test_another_password_holds_payouts(app: Flask) -> None:
    add(app)
    assert flask(app, "password", "wei.li", "--password-stdin", typed=PASSWORD + "\n").exit_code == 0
    with app.app_context():
        officer = database().scalars(sa.select(Officer)).one()
    assert officer.payouts_held_until == START + PAYOUTS_HELD


def test_the_list_shows_until_when_a_deputy_has_a_role(app: Flask) -> None:
    add(app)
    with app.app_context(), transaction() as session:
        officer = session.scalars(sa.select(Officer)).one()
        days = {"starts_at": START, "ends_at": START + timedelta(days=2)}
        session.add(OfficerRole(officer_id=officer.id, role=Role.SURVEYOR, **days))
    assert "\tregistrar,surveyor until 2026-09-03T02:00:00Z\t" in flask(app, "list").output


def test_a_lost_phone_is_forgotten_along_with_the_password(app: Flask) -> None:
    add(app)
    with app.app_context(), transaction() as session:
        officer = session.scalars(sa.select(Officer)).one()
        one_time_codes.begin(session, officer.id, now=START, random=os.urandom)
    for flag, kept in (((), 1), (("--second-factor",), 0)):
        words = ("password", "wei.li", "--password-stdin", *flag)
        assert flask(app, *words, typed="another long one\n").exit_code == 0
        with app.app_context():
            assert database().scalar(sa.select(sa.func.count()).select_from(OneTimeSecret)) == kept
