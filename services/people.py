"""Looking after people: each act is done by one administrator where it may be, and proposed to a second where not.

Nobody does anything to their own account here, and nobody to one outside their region, which for them does not exist.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.clock import business_day
from domain.errors import Conflict, Forbidden, NotFound, about
from domain.people import NEEDS_SECOND_PERSON, ProposalKind, deputy_span, takes_second_person
from domain.permissions import OfficerContext, check_roles
from domain.regions import contains
from domain.roles import Role
from models import Officer, Proposal
from services import account_changes, officers
from services.account_changes import Hands, Link, deputy_roles, standing_roles
from services.passwords import NO_PASSWORD
from services.proposals import propose
from services.sessions import end_sessions


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an act: done, with a link where one was made, or a proposal that waits for the second."""

    officer: Officer
    link: Link | None = None
    proposal: Proposal | None = None


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Who is to be brought in, and as what."""

    username: str
    display_name: str
    #: The identity number, of which only a keyed hash is kept.
    identity: str
    roles: frozenset[Role]
    region_code: str


def invite(session: Session, newcomer: Newcomer, hands: Hands) -> Outcome:
    """Bring a person in: a login without password, and the link to choose one, at once or after confirmation.

    Raises NotFound for a foreign region; Invalid for a malformed name, number or combination of roles; Conflict when
    the name was ever used or the person has a login.
    """
    with about("region"):
        hands.asked.in_scope(newcomer.region_code)
        account_changes.check_region(session, newcomer.region_code)
    with about("username"):
        officers.check_username(newcomer.username)
    with about("roles"):
        roles = check_roles(newcomer.roles)
    with about("identity"):
        person = officers.person_hash(newcomer.identity, hands.now)
    officer = officers.put_officer(
        session,
        username=newcomer.username,
        display_name=newcomer.display_name,
        password_hash=NO_PASSWORD,
        roles=frozenset(),
        region_code=newcomer.region_code,
        actor=hands.asked.actor,
        now=hands.now,
        person=person,
    )
    facts = {"roles": sorted(roles), "region": newcomer.region_code}
    if roles & NEEDS_SECOND_PERSON:
        return Outcome(officer, proposal=propose(session, ProposalKind.INVITE, officer, facts, hands))
    account_changes.put_roles(session, officer, roles, newcomer.region_code, hands)
    return Outcome(officer, account_changes.invite(session, officer, hands))


def change_roles(
    session: Session, username: str, roles: Iterable[Role], region_code: str | None, hands: Hands
) -> Outcome:
    """Give an officer exactly these roles, and another region if one is named; what only takes away is done at once.

    Raises NotFound, Forbidden for oneself, Conflict for who has left or for whom something waits, Invalid.
    """
    officer = _to_change(session, username, hands.asked)
    region = officer.region_code if region_code is None else hands.asked.in_scope(region_code)
    account_changes.check_region(session, region)
    deputies, after = deputy_roles(officer, hands.now), frozenset(roles)
    with about("roles"):
        check_roles(after)
        check_roles(after | deputies)
        if after & deputies:
            raise Conflict("role_held")
    if takes_second_person(
        standing_roles(officer) | deputies, after | deputies, moved=region != officer.region_code
    ):
        facts = {"roles": sorted(after), "region": region}
        return Outcome(officer, proposal=propose(session, ProposalKind.ROLES, officer, facts, hands))
    account_changes.put_roles(session, officer, after, region, hands)
    return Outcome(officer)


def appoint_deputy(
    session: Session, username: str, role: Role, days: tuple[date, date], hands: Hands
) -> Outcome:
    """Give an officer a role from one business day to another; raises as `change_roles`."""
    officer = _to_change(session, username, hands.asked)
    with about("to"):
        span = deputy_span(*days, business_day(hands.now))
    standing, deputies = standing_roles(officer), deputy_roles(officer, hands.now)
    with about("role"):
        if role in standing | deputies:
            raise Conflict("role_held")
        check_roles(standing | deputies | {role})
    if role in NEEDS_SECOND_PERSON:
        facts = {
            "role": role.value,
            "starts_at": span.starts_at.isoformat(),
            "ends_at": span.ends_at.isoformat(),
        }
        return Outcome(officer, proposal=propose(session, ProposalKind.DEPUTY, officer, facts, hands))
    account_changes.put_deputy(session, officer, role, span, hands)
    return Outcome(officer)


def end_deputy(session: Session, username: str, role: Role, hands: Hands) -> Outcome:
    """End a deputy's role before its day; raises as `change_roles`, Conflict where there is none."""
    officer = _to_change(session, username, hands.asked)
    account_changes.end_deputy(session, officer, role, hands)
    return Outcome(officer)


def reset(session: Session, username: str, hands: Hands, *, second_factor: bool) -> Outcome:
    """Have an officer choose another password, and enrol another phone if asked for.

    Of somebody who pays or looks after people, or is to do so as a deputy, only with a second administrator. Raises
    as `change_roles`.
    """
    officer = _to_change(session, username, hands.asked)
    if (standing_roles(officer) | deputy_roles(officer, hands.now)) & NEEDS_SECOND_PERSON:
        facts = {"second_factor": second_factor}
        return Outcome(officer, proposal=propose(session, ProposalKind.RESET, officer, facts, hands))
    if not officer.roles:
        raise Conflict("proposal_waits")
    return Outcome(officer, account_changes.reset(session, officer, hands, second_factor=second_factor))


def end(session: Session, username: str, hands: Hands) -> Outcome:
    """Let an officer go: login, sign-ins and links end at once, what they did stays; raises as `change_roles`."""
    officer = _to_change(session, username, hands.asked)
    return Outcome(officers.end_officer(session, officer.username, actor=hands.asked.actor, now=hands.now))


def sign_out(session: Session, username: str, hands: Hands) -> int:
    """End every sign-in of an officer, one's own account too; returns how many. Raises NotFound."""
    officer = find(session, username, hands.asked)
    ended = end_sessions(session, officer.id, hands.now)
    hands.record(session, "officer_signed_out", officer, sessions=ended)
    return ended


def find(session: Session, username: str, asked: OfficerContext, *, hold: bool = False) -> Officer:
    """An officer of the region, who may have left; raises NotFound alike for a foreign one and for none."""
    wanted = sa.select(Officer).where(Officer.username == username)
    if hold:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(wanted)
    if found is None or not contains(asked.region_code, found.region_code):
        raise NotFound("officer_not_found")
    return found


def _to_change(session: Session, username: str, asked: OfficerContext) -> Officer:
    """The officer, held, to whose account something is to be done."""
    officer = find(session, username, asked, hold=True)
    if officer.id == asked.id:
        raise Forbidden("own_account")
    if officer.ended_at is not None:
        raise Conflict("officer_has_left")
    return officer
