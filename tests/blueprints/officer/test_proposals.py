"""Deputies and proposals over HTTP, the region they hold in, and what of people is listed and written down."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from domain.roles import Role
from models import AuditEntry
from models.base import database, transaction
from models.sessions import Audience
from services.sessions import open_session
from tests.support.clock import SteppingClock
from tests.support.office import API, Client, Office, proposal, told
from tests.support.world import (
    COUNTY,
    OFFICER_PASSWORD,
    VILLAGE,
    make_officer,
)


def test_a_deputy_has_the_role_for_its_days_and_no_longer(office: Office, clock: SteppingClock) -> None:
    username, client = office.officer(Role.SURVEYOR)
    days = {"role": "registrar", "from": "2026-09-03", "to": "2026-09-04"}
    appointed = office.ask(username, "deputies", **days)
    assert appointed.json["person"]["roles"][0] == {
        "role": "registrar",
        "deputy": True,
        "in_force": False,
        "from": "2026-09-03",
        "to": "2026-09-04",
    }
    assert told(client.get(f"{API}/session")) == (401, "signed_out")

    def reads_income() -> int:
        token = office.sign_in(username, OFFICER_PASSWORD).json["token"]
        return int(office.signed(token).get(f"{API}/income").status_code)

    assert reads_income() == 403
    # 3 September begins in Shanghai at 16:00 UTC of the 2nd, and the 4th ends at 16:00 of the 4th.
    clock.advance(hours=37, minutes=59)
    assert reads_income() == 403
    clock.advance(minutes=1)
    assert reads_income() == 200
    clock.advance(hours=47, minutes=59)
    assert reads_income() == 200
    clock.advance(minutes=1)
    assert reads_income() == 403


def test_a_deputy_who_pays_is_appointed_by_two_and_ended_by_one(office: Office) -> None:
    username, _ = office.officer(Role.REGISTRAR)
    days = {"role": "releaser", "from": "2026-09-01", "to": "2026-09-30"}
    waiting = proposal(office.ask(username, "deputies", **days))
    assert office.roles(username) == ["registrar"]
    assert office.second.post(f"{waiting}/confirm").status_code == 200
    assert office.roles(username) == ["registrar", "releaser"]
    assert told(office.ask(username, "deputies", **days)) == (409, "role_held")
    assert office.first.delete(f"{API}/people/{username}/deputies/releaser").status_code == 200
    assert office.roles(username) == ["registrar"]
    again = office.first.delete(f"{API}/people/{username}/deputies/releaser")
    assert told(again) == (409, "not_a_deputy")


@pytest.mark.parametrize(
    ("roles", "deputy"),
    [
        (Role.AUDITOR, "maker"),
        (Role.MAKER, "auditor"),
        (Role.ADMINISTRATOR, "releaser"),
        (Role.SURVEYOR, "verifier"),
    ],
)
def test_what_one_person_may_not_be_they_may_not_be_as_a_deputy(
    office: Office, roles: Role, deputy: str
) -> None:
    username, _ = office.officer(roles)
    days = {"role": deputy, "from": "2026-09-01", "to": "2026-09-30"}
    assert told(office.ask(username, "deputies", **days)) == (422, "roles_cannot_combine")


def test_a_role_for_good_may_not_meet_one_of_a_deputy(office: Office) -> None:
    username, _ = office.officer(Role.SURVEYOR)
    days = {"role": "registrar", "from": "2026-12-01", "to": "2026-12-30"}
    assert office.ask(username, "deputies", **days).status_code == 200
    assert told(office.ask(username, "roles", roles=["verifier"])) == (422, "roles_cannot_combine")
    assert told(office.ask(username, "roles", roles=["surveyor", "registrar"])) == (409, "role_held")


@pytest.mark.parametrize(
    ("first", "last"),
    [("2026-08-01", "2026-08-31"), ("2026-09-05", "2026-09-04"), ("2026-09-01", "2027-09-02")],
)
def test_the_days_of_a_deputy_are_to_come_and_within_a_year(office: Office, first: str, last: str) -> None:
    username, _ = office.officer(Role.SURVEYOR)
    asked = office.ask(username, "deputies", **{"role": "registrar", "from": first, "to": last})
    assert told(asked) == (422, "deputy_days")


def test_one_change_of_a_person_waits_at_a_time_and_not_for_ever(
    office: Office, clock: SteppingClock
) -> None:
    username, _ = office.officer(Role.SURVEYOR)
    waiting = proposal(office.ask(username, "roles", roles=["maker"]))
    assert told(office.ask(username, "roles", roles=["approver"])) == (409, "proposal_waits")
    clock.advance(days=7)
    with office.app.app_context(), transaction() as session:
        third = make_officer(session, Role.ADMINISTRATOR)
        token, _ = open_session(
            session, audience=Audience.OFFICER, now=clock(), random=os.urandom, officer_id=third.id
        )
    late = office.signed(token)
    assert told(late.post(f"{waiting}/confirm")) == (409, "proposal_decided")
    assert office.ask(username, "roles", by=late, roles=["approver"]).status_code == 200


def test_what_is_refused_changes_nothing_and_an_invitation_ends(office: Office) -> None:
    username, _ = office.officer(Role.SURVEYOR)
    waiting = proposal(office.ask(username, "roles", roles=["maker"]))
    assert office.first.post(f"{waiting}/refuse").status_code == 200
    assert office.roles(username) == ["surveyor"]
    invited = proposal(office.invite(Role.MAKER))
    refused = office.second.post(f"{invited}/refuse").json or {}
    assert refused["person"]["state"] == "ended"
    assert told(office.second.post(f"{invited}/confirm")) == (409, "proposal_decided")


def test_an_administrator_acts_within_their_region_only(office: Office) -> None:
    username, _ = office.officer(Role.SURVEYOR)
    for stranger in (office.foreign, office.township):
        assert told(stranger.get(f"{API}/people/{username}")) == (404, "officer_not_found")
        assert told(office.ask(username, "end", by=stranger)) == (404, "officer_not_found")
        assert told(office.invite(Role.SURVEYOR, by=stranger)) == (404, "not_found")
    here, _ = office.officer(Role.SURVEYOR, VILLAGE)
    assert told(office.ask(here, "roles", by=office.township, roles=["surveyor"], region=COUNTY)) == (
        404,
        "not_found",
    )
    waiting = proposal(office.ask(username, "roles", roles=["maker"]))
    for stranger in (office.foreign, office.township):
        assert told(stranger.post(f"{waiting}/confirm")) == (404, "proposal_not_found")
        assert (stranger.get(f"{API}/proposals").json or {})["items"] == []


def test_a_move_out_of_the_second_administrators_region_is_not_theirs_to_confirm(office: Office) -> None:
    maker, _ = office.officer(Role.MAKER, VILLAGE)
    waiting = proposal(office.ask(maker, "roles", roles=["maker"], region=COUNTY))
    assert told(office.township.post(f"{waiting}/confirm")) == (404, "proposal_not_found")
    assert office.second.post(f"{waiting}/confirm").status_code == 200


def test_the_list_shows_people_of_the_region_by_role_and_state(office: Office) -> None:
    surveyor, _ = office.officer(Role.SURVEYOR, VILLAGE)
    gone, _ = office.officer(Role.SURVEYOR, VILLAGE)
    office.ask(gone, "end")
    office.invite(Role.REGISTRAR)

    def names(query: str, by: FlaskClient | None = None) -> list[str]:
        answer = (by or office.first).get(f"{API}/people?{query}")
        assert answer.status_code == 200, answer.json
        return [row["username"] for row in (answer.json or {})["items"]]

    assert names(f"region={VILLAGE}") == [surveyor]
    assert names("role=registrar") == ["person1"]
    assert names("state=invited") == ["person1"]
    assert names("state=ended") == [gone]
    assert names("role=surveyor", office.township) == [surveyor]
    everybody = names("limit=100")
    assert everybody == sorted(everybody)
    page = office.first.get(f"{API}/people?limit=2").json or {}
    assert [row["username"] for row in page["items"]] == everybody[:2]
    assert names(f"limit=2&cursor={page['next_cursor']}") == everybody[2:4]


def test_an_auditor_sees_people_and_changes_nothing(office: Office, signed_in: Client) -> None:
    username, _ = office.officer(Role.SURVEYOR)
    auditor = signed_in(Role.AUDITOR)
    assert auditor.get(f"{API}/people/{username}").status_code == 200
    assert auditor.get(f"{API}/proposals").status_code == 200
    assert told(office.ask(username, "end", by=auditor)) == (403, "forbidden")


def test_an_administrator_ends_the_sign_ins_of_others(office: Office) -> None:
    username, client = office.officer(Role.SURVEYOR)
    listed = office.first.get(f"{API}/people/{username}/sessions").json or {}
    assert [row["current"] for row in listed["items"]] == [False]
    assert office.first.delete(f"{API}/people/{username}/sessions").status_code == 204
    assert told(client.get(f"{API}/session")) == (401, "signed_out")


def test_who_has_left_is_changed_no_more(office: Office) -> None:
    username, client = office.officer(Role.SURVEYOR)
    token = office.ask(username, "reset").json["invitation"]["token"]
    assert office.ask(username, "end").json["person"]["state"] == "ended"
    assert told(client.get(f"{API}/session")) == (401, "signed_out")
    assert told(office.choose(token)) == (404, "invitation_not_found")
    for what in ("end", "reset"):
        assert told(office.ask(username, what)) == (409, "officer_has_left")


def test_every_change_is_written_down_with_both_administrators(app: Flask, office: Office) -> None:
    username, _ = office.officer(Role.SURVEYOR)
    waiting = proposal(office.ask(username, "roles", roles=["maker"]))
    office.second.post(f"{waiting}/confirm")
    with app.app_context():
        found = {
            entry.action: entry
            for entry in database().scalars(sa.select(AuditEntry))
            if entry.action
            in ("account_change_proposed", "account_change_confirmed", "officer_roles_changed")
        }
    changed = found["officer_roles_changed"]
    assert changed.actor == found["account_change_confirmed"].actor
    assert changed.facts["proposed_by"] == found["account_change_proposed"].actor != changed.actor
    assert (changed.facts["before"], changed.facts["after"]) == (["surveyor"], ["maker"])
    assert changed.address == "127.0.0.1"


def test_of_administrators_who_confirm_at_once_one_is_heard(office: Office) -> None:
    waiting = proposal(office.invite(Role.MAKER))
    third = office.signed(office.token(Role.ADMINISTRATOR))
    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(lambda by: by.post(f"{waiting}/confirm"), [office.second, third, office.second, third])
        )
    assert sorted(told(answer) for answer in answers) == [(200, ""), *[(409, "proposal_decided")] * 3]
    assert office.roles("person1") == ["maker"]


def test_a_link_used_twice_at_once_chooses_one_password(office: Office) -> None:
    token = office.invite(Role.SURVEYOR).json["invitation"]["token"]
    wanted = [f"a long new password {n}" for n in range(3)]
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda word: office.choose(token, word), wanted))
    assert sorted(answer.status_code for answer in answers) == [201, 404, 404]
    [chosen] = [word for word, answer in zip(wanted, answers, strict=True) if answer.status_code == 201]
    assert office.sign_in("person1", chosen).status_code == 201
