"""People over HTTP: invited, confirmed by a second administrator, changed and reset."""

import pytest
import sqlalchemy as sa
from flask import Flask

from domain.one_time_codes import code_of, step_of
from domain.people import NEEDS_SECOND_PERSON
from domain.roles import Role
from models import AuditEntry, Invitation, Officer, OfficerRole
from models.base import database, transaction
from tests.support.clock import SteppingClock
from tests.support.office import API, Office, identity, proposal, told
from tests.support.world import (
    COUNTY,
    OFFICER_PASSWORD,
    TOWNSHIP,
    VILLAGE,
    make_officer,
    make_officer_token,
)


def test_a_person_is_invited_by_a_link_and_chooses_a_password_once(office: Office) -> None:
    invited = office.invite(Role.SURVEYOR, Role.REGISTRAR)
    assert invited.status_code == 201
    assert (invited.json["person"]["state"], office.roles("person1")) == (
        "invited",
        ["registrar", "surveyor"],
    )
    token = invited.json["invitation"]["token"]
    assert told(office.sign_in("person1")) == (401, "wrong_credentials")
    assert told(office.choose(token, "short")) == (422, "password_too_weak")
    assert office.choose(token).json == {"username": "person1"}
    assert told(office.choose(token)) == (404, "invitation_not_found")
    assert office.sign_in("person1").status_code == 201
    assert (office.first.get(f"{API}/people/person1").json or {})["state"] == "active"


def test_a_link_is_over_after_its_days(office: Office, clock: SteppingClock) -> None:
    token = office.invite(Role.SURVEYOR).json["invitation"]["token"]
    clock.advance(days=7)
    assert told(office.choose(token)) == (404, "invitation_not_found")
    assert told(office.choose("x" * 43)) == (404, "invitation_not_found")


def test_only_hashes_are_kept_of_tokens_and_identity_numbers(app: Flask, office: Office) -> None:
    token = office.invite(Role.SURVEYOR).json["invitation"]["token"]
    with app.app_context():
        link = database().scalars(sa.select(Invitation)).one()
        person = database().scalars(sa.select(Officer).where(Officer.username == "person1")).one()
        facts = repr([entry.facts for entry in database().scalars(sa.select(AuditEntry))])
    assert len(link.token_hash) == 32
    assert token.encode() not in link.token_hash
    assert person.person_hash is not None
    assert identity(1) not in repr(person.person_hash) + facts
    assert token not in facts


def test_a_person_has_one_login_at_a_time(office: Office) -> None:
    assert office.invite(Role.SURVEYOR).status_code == 201
    assert told(office.invite(Role.REGISTRAR, username="again")) == (409, "person_has_login")
    assert office.ask("person1", "end").status_code == 200
    assert office.invite(Role.REGISTRAR, username="again").status_code == 201
    assert told(office.invite(Role.REGISTRAR, n=2, username="person1")) == (409, "username_taken")


@pytest.mark.parametrize("role", sorted(NEEDS_SECOND_PERSON))
def test_an_account_that_pays_or_looks_after_people_is_the_work_of_two(office: Office, role: Role) -> None:
    invited = office.invite(role)
    waiting = proposal(invited)
    assert office.roles("person1") == []
    assert told(office.first.post(f"{waiting}/confirm")) == (403, "second_administrator_needed")
    confirmed = office.second.post(f"{waiting}/confirm")
    assert confirmed.status_code == 200
    assert office.roles("person1") == [role.value]
    assert office.choose((confirmed.json or {})["invitation"]["token"]).status_code == 201
    assert told(office.second.post(f"{waiting}/confirm")) == (409, "proposal_decided")


@pytest.mark.parametrize("role", sorted(set(Role) - NEEDS_SECOND_PERSON))
def test_other_accounts_are_the_work_of_one(office: Office, role: Role) -> None:
    assert office.invite(role).json["invitation"] is not None
    assert office.roles("person1") == [role.value]


def test_an_administrator_that_one_made_alone_confirms_nothing(office: Office) -> None:
    """Two accounts of one person would be two administrators, so the second is not made by the first alone."""
    invited = office.invite(Role.ADMINISTRATOR)
    assert invited.json["invitation"] is None
    assert told(office.ask("person1", "reset")) == (409, "proposal_waits")
    assert told(office.sign_in("person1")) == (401, "wrong_credentials")


def test_a_role_that_pays_is_added_by_two_and_taken_away_by_one(office: Office) -> None:
    username, client = office.officer(Role.REGISTRAR)
    waiting = proposal(office.ask(username, "roles", roles=["registrar", "maker"]))
    assert office.roles(username) == ["registrar"]
    assert client.get(f"{API}/session").status_code == 200
    assert office.second.post(f"{waiting}/confirm").status_code == 200
    assert office.roles(username) == ["maker", "registrar"]
    # What was opened with other roles is over.
    assert told(client.get(f"{API}/session")) == (401, "signed_out")
    assert office.ask(username, "roles", roles=["registrar"]).json["person"]["proposal"] is None
    assert office.roles(username) == ["registrar"]


def test_moving_somebody_who_pays_to_another_region_is_the_work_of_two(office: Office) -> None:
    maker, _ = office.officer(Role.MAKER, VILLAGE)
    surveyor, _ = office.officer(Role.SURVEYOR, VILLAGE)
    assert office.ask(surveyor, "roles", roles=["surveyor"], region=TOWNSHIP).json["person"]["region"][
        "code"
    ] == (TOWNSHIP)
    waiting = proposal(office.ask(maker, "roles", roles=["maker"], region=TOWNSHIP))
    assert (office.first.get(f"{API}/people/{maker}").json or {})["region"]["code"] == VILLAGE
    moved = office.second.post(f"{waiting}/confirm").json or {}
    assert moved["person"]["region"]["code"] == TOWNSHIP


def test_nobody_changes_their_own_account(office: Office) -> None:
    with office.app.app_context(), transaction() as session:
        officer = make_officer(session, Role.ADMINISTRATOR, COUNTY, "self.made")
        mine = office.signed(make_officer_token(session, officer))
    for what, body in (
        ("roles", {"roles": ["surveyor"]}),
        ("deputies", {"role": "surveyor", "from": "2026-09-01", "to": "2026-09-02"}),
        ("reset", {}),
        ("end", {}),
    ):
        assert told(office.ask("self.made", what, by=mine, **body)) == (403, "own_account")
    waiting = proposal(office.ask("self.made", "reset"))
    for decision in ("confirm", "refuse"):
        assert told(mine.post(f"{waiting}/{decision}")) == (403, "second_administrator_needed")


def test_the_database_holds_that_roles_are_given_by_two_others(app: Flask, office: Office) -> None:
    username, _ = office.officer(Role.SURVEYOR)
    admin, _ = office.officer(Role.ADMINISTRATOR)
    other, _ = office.officer(Role.ADMINISTRATOR)
    with app.app_context():
        ids = {
            row.username: row.id
            for row in database().execute(
                sa.select(Officer.username, Officer.id).where(Officer.username.in_([username, admin, other]))
            )
        }
    me, first, second = ids[username], ids[admin], ids[other]
    for by, confirmed in ((me, None), (first, None), (first, first), (first, me), (me, first)):
        with app.app_context(), pytest.raises(sa.exc.IntegrityError), transaction() as session:
            session.add(
                OfficerRole(officer_id=me, role=Role.MAKER, granted_by_id=by, confirmed_by_id=confirmed)
            )
    with app.app_context(), transaction() as session:
        session.add(OfficerRole(officer_id=me, role=Role.MAKER, granted_by_id=first, confirmed_by_id=second))
    assert office.roles(username) == ["maker", "surveyor"]


def test_a_reset_of_who_pays_takes_two_and_holds_payouts_for_three_days(
    office: Office, clock: SteppingClock
) -> None:
    username, client = office.officer([Role.MAKER, Role.REGISTRAR])
    waiting = proposal(office.ask(username, "reset"))
    assert client.get(f"{API}/session").status_code == 200
    assert told(office.first.post(f"{waiting}/confirm")) == (403, "second_administrator_needed")
    confirmed = office.second.post(f"{waiting}/confirm").json or {}
    assert told(client.get(f"{API}/session")) == (401, "signed_out")
    assert told(office.sign_in(username, OFFICER_PASSWORD)) == (401, "wrong_credentials")
    clock.advance(hours=12)
    assert office.choose(confirmed["invitation"]["token"]).status_code == 201

    def resolves() -> tuple[int, str]:
        again = office.signed(office.sign_in(username).json["token"])
        assert again.get(f"{API}/income").status_code == 200
        assert again.get(f"{API}/people").status_code == 403
        answer = again.post(f"{API}/incidents/1/resolve", json={"resolution": "已与银行核对。"})
        assert again.delete(f"{API}/session").status_code == 204
        return told(answer)

    assert resolves() == (403, "payouts_held")
    # Three days from the password that was chosen, not from the reset.
    clock.advance(hours=71, minutes=59)
    assert resolves() == (403, "payouts_held")
    clock.advance(minutes=1)
    assert resolves() == (404, "incident_not_found")


def test_a_reset_of_others_is_the_work_of_one_and_may_take_the_phone_along(
    office: Office, clock: SteppingClock
) -> None:
    username, client = office.officer(Role.REGISTRAR)
    begun = client.post(f"{API}/totp", json={"password": OFFICER_PASSWORD}).json or {}
    code = code_of(begun["secret"], step_of(clock()))
    assert client.post(f"{API}/totp/confirm", json={"totp": code}).status_code == 200
    assert (office.first.get(f"{API}/people/{username}").json or {})["second_factor"] is True
    kept = office.ask(username, "reset").json["invitation"]["token"]
    assert office.choose(kept).status_code == 201
    assert told(office.sign_in(username)) == (401, "one_time_code_needed")
    gone = office.ask(username, "reset", second_factor=True).json["invitation"]["token"]
    assert office.choose(gone).status_code == 201
    assert office.sign_in(username).status_code == 201


def test_a_second_link_ends_the_first(office: Office) -> None:
    username, _ = office.officer(Role.SURVEYOR)
    first, second = (office.ask(username, "reset").json["invitation"]["token"] for _ in range(2))
    assert told(office.choose(first)) == (404, "invitation_not_found")
    assert office.choose(second).status_code == 201
