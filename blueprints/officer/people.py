"""Officers and their roles: brought in, changed, reset and let go by administrators, two of them where it counts."""

from datetime import datetime, timedelta
from typing import Any

from flask import request
from flask_smorest import Blueprint

from blueprints import limits
from blueprints.officer.guard import in_scope, officer, officer_blueprint
from blueprints.officer.session import shown_sign_in
from blueprints.pages_of import page, read_cursor
from blueprints.schemas.base import QUERY
from blueprints.schemas.officers import SignInList
from blueprints.schemas.people import (
    ChosenPasswordAnswer,
    ChosenPasswordArgs,
    DeputyArgs,
    NewcomerArgs,
    OutcomeAnswer,
    PeopleArgs,
    PeoplePage,
    PersonAnswer,
    ResetArgs,
    RolesArgs,
)
from domain.clock import business_day
from domain.errors import NotFound
from domain.roles import Role
from flows.invitations import choose_password
from flows.running import running
from models import OfficerRole
from models.base import database, transaction
from services import people, people_views
from services.account_changes import Hands
from services.people import Newcomer, Outcome
from services.people_views import PeopleWanted, Person
from services.sessions import live_sessions

#: Who comes by a link has no sign-in yet: the token is the guard.
public = Blueprint("officer_invitation", __name__, description="Choosing a password by a single-use link")
blueprint = officer_blueprint("people", "Officers, their roles and sign-ins")

PERSON = "/officer/people/<string:username>"


@public.post("/officer/invitation")
@limits.sign_in
@public.arguments(ChosenPasswordArgs)
@public.response(201, ChosenPasswordAnswer)
@public.alt_response(404, description="The link is unknown, used or over: `invitation_not_found`")
def post_chosen_password(body: dict[str, Any]) -> dict[str, str]:
    """Choose a first password, or another one after a reset, by the token of a link; it works once."""
    return {"username": choose_password(running(), body["token"], body["password"], request.remote_addr)}


@blueprint.get("/officer/people")
@blueprint.arguments(PeopleArgs, **QUERY)
@blueprint.response(200, PeoplePage)
@blueprint.alt_response(404, response="NOT_FOUND")
def get_people(args: dict[str, Any]) -> dict[str, Any]:
    """The officers of one's region by user name, with roles and deputies."""
    key, now = read_cursor(args["cursor"], str), running().clock()
    wanted = PeopleWanted(
        in_scope(args["region"]), args["role"], args["state"], after=key[0] if key else None
    )
    rows = people_views.listed(database(), wanted, now, args["limit"] + 1)
    found = page(rows, args["limit"], lambda row: [row.officer.username])
    return {**found, "items": [_shown(row, now) for row in found["items"]]}


@blueprint.post("/officer/people")
@blueprint.arguments(NewcomerArgs)
@blueprint.response(201, OutcomeAnswer)
@blueprint.alt_response(404, response="NOT_FOUND")
@blueprint.alt_response(409, description="The name was used before, or the person has a login")
def post_person(body: dict[str, Any]) -> dict[str, Any]:
    """Bring a person in; roles that pay or look after people wait for a second administrator."""
    newcomer = Newcomer(
        body["username"],
        body["display_name"],
        body["identity"],
        frozenset(body["roles"]),
        body["region"],
    )
    with transaction() as session:
        return outcome_shown(people.invite(session, newcomer, hands()))


@blueprint.get(PERSON)
@blueprint.response(200, PersonAnswer)
@blueprint.alt_response(404, response="NOT_FOUND")
def get_person(username: str) -> dict[str, Any]:
    """One officer."""
    found = people.find(database(), username, officer())
    return _shown(people_views.shown(database(), found.id), running().clock())


@blueprint.post(f"{PERSON}/roles")
@blueprint.arguments(RolesArgs)
@blueprint.response(200, OutcomeAnswer)
@blueprint.alt_response(404, response="NOT_FOUND")
@blueprint.alt_response(409, description="The officer has left, or another change waits")
def post_roles(body: dict[str, Any], username: str) -> dict[str, Any]:
    """Give an officer exactly these roles; what adds one that pays or looks after people waits for a second."""
    with transaction() as session:
        return outcome_shown(people.change_roles(session, username, body["roles"], body["region"], hands()))


@blueprint.post(f"{PERSON}/deputies")
@blueprint.arguments(DeputyArgs)
@blueprint.response(200, OutcomeAnswer)
@blueprint.alt_response(404, response="NOT_FOUND")
@blueprint.alt_response(409, description="The officer has left, has the role, or another change waits")
def post_deputy(body: dict[str, Any], username: str) -> dict[str, Any]:
    """Give an officer a role for some days; it begins and ends by itself."""
    days = (body["first"], body["last"])
    with transaction() as session:
        return outcome_shown(people.appoint_deputy(session, username, body["role"], days, hands()))


@blueprint.delete(f"{PERSON}/deputies/<string:role>")
@blueprint.response(200, OutcomeAnswer)
@blueprint.alt_response(404, response="NOT_FOUND")
@blueprint.alt_response(409, description="The officer is nobody's deputy in this role")
def delete_deputy(username: str, role: str) -> dict[str, Any]:
    """End a deputy's role before its day."""
    if role not in set(Role):
        raise NotFound("not_found")
    with transaction() as session:
        return outcome_shown(people.end_deputy(session, username, Role(role), hands()))


@blueprint.post(f"{PERSON}/reset")
@blueprint.arguments(ResetArgs)
@blueprint.response(200, OutcomeAnswer)
@blueprint.alt_response(404, response="NOT_FOUND")
@blueprint.alt_response(409, description="The officer has left, or another change waits")
def post_reset(body: dict[str, Any], username: str) -> dict[str, Any]:
    """Have an officer choose another password by a link; payouts are held from them for 72 hours."""
    with transaction() as session:
        return outcome_shown(people.reset(session, username, hands(), second_factor=body["second_factor"]))


@blueprint.post(f"{PERSON}/end")
@blueprint.response(200, OutcomeAnswer)
@blueprint.alt_response(404, response="NOT_FOUND")
@blueprint.alt_response(409, description="The officer has left")
def post_end(username: str) -> dict[str, Any]:
    """Let an officer go; the login and every sign-in end at once."""
    with transaction() as session:
        return outcome_shown(people.end(session, username, hands()))


@blueprint.get(f"{PERSON}/sessions")
@blueprint.response(200, SignInList)
@blueprint.alt_response(404, response="NOT_FOUND")
def get_person_sessions(username: str) -> dict[str, Any]:
    """An officer's sign-ins that are not over."""
    found = people.find(database(), username, officer())
    rows = live_sessions(database(), found.id, running().clock())
    return {"items": [shown_sign_in(row, officer().session_id) for row in rows]}


@blueprint.delete(f"{PERSON}/sessions")
@blueprint.response(204)
@blueprint.alt_response(404, response="NOT_FOUND")
def delete_person_sessions(username: str) -> None:
    """End every sign-in of an officer."""
    with transaction() as session:
        people.sign_out(session, username, hands())


def hands() -> Hands:
    """The administrator who asks, now."""
    return Hands(officer(), running().clock(), running().random)


def outcome_shown(outcome: Outcome) -> dict[str, Any]:
    """What an act came to, as the answer shows it."""
    return {
        "person": _shown(people_views.shown(database(), outcome.officer.id), running().clock()),
        "invitation": outcome.link,
    }


def _shown(person: Person, now: datetime) -> dict[str, Any]:
    row = person.officer
    return {
        "username": row.username,
        "display_name": row.display_name,
        "region": person.region,
        "roles": [_role(one, now) for one in person.roles(now)],
        "state": person.state,
        "second_factor": person.second_factor,
        "payouts_held_until": row.payouts_held_until
        if row.payouts_held_until is not None and row.payouts_held_until > now
        else None,
        "proposal": person.proposal_id,
        "created_at": row.created_at,
        "ended_at": row.ended_at,
    }


def _role(row: OfficerRole, now: datetime) -> dict[str, Any]:
    # The last day is the one before the first instant that is no longer in it.
    last = None if row.ends_at is None else business_day(row.ends_at - timedelta(seconds=1))
    return {
        "role": row.role,
        "deputy": row.ends_at is not None,
        "in_force": row.starts_at is None or row.starts_at <= now,
        "first": None if row.starts_at is None else business_day(row.starts_at),
        "last": last,
    }
