"""Officers: who they are, how they sign in, and how they leave."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.clock import business_day
from domain.errors import Conflict, Invalid, NotFound
from domain.identity import check_identity_number
from domain.people import PAYOUTS_HELD
from domain.permissions import OfficerContext, check_roles
from domain.roles import Role
from models import Invitation, Officer, OfficerRole, Region, SignInSession, table_of
from models.sessions import Audience
from models.types import vault
from services import audit, one_time_codes
from services.passwords import NO_PASSWORD, check_new_password, hash_password, needs_new_hash
from services.sessions import end_sessions, live, open_session, opened_by
from services.sign_in_locks import Guess, forget_name, name_hash

_SignIns, _Officers, _Roles = table_of(SignInSession), table_of(Officer), table_of(OfficerRole)
_USERNAME = re.compile(r"[a-z][a-z0-9._-]{1,31}")


@dataclass(frozen=True)
class SignedIn:
    """The officer behind a token, and since when."""

    officer: OfficerContext
    created_at: datetime
    used_at: datetime


def signed_in(session: Session, token: str, now: datetime) -> SignedIn | None:
    """The officer a token stands for; None when it is unknown, ended, expired, a buyer's, or its officer has left."""
    rows = session.connection().execute(_SIGNED_IN, opened_by(token, now)).all()
    if not rows:
        return None
    first = rows[0]
    return SignedIn(
        OfficerContext(
            id=first.id,
            username=first.username,
            display_name=first.display_name,
            roles=frozenset(row.role for row in rows if row.role is not None),
            region_code=first.region_code,
            session_id=first.session_id,
            second_factor=first.second_factor_at is not None,
            payouts_held_until=first.payouts_held_until,
        ),
        created_at=first.created_at,
        used_at=first.used_at,
    )


def in_force(now: datetime | sa.BindParameter[datetime]) -> sa.ColumnElement[bool]:
    """The condition on OfficerRole that a role holds now: a deputy's begins and ends by itself."""
    return sa.and_(
        sa.or_(_Roles.c.starts_at.is_(None), _Roles.c.starts_at <= now),
        sa.or_(_Roles.c.ends_at.is_(None), _Roles.c.ends_at > now),
    )


# Every officer's call sends this one first, so it is built once.
_SIGNED_IN = (
    sa.select(
        _SignIns.c.id.label("session_id"),
        _SignIns.c.created_at,
        _SignIns.c.used_at,
        _SignIns.c.second_factor_at,
        _Officers.c.id,
        _Officers.c.username,
        _Officers.c.display_name,
        _Officers.c.region_code,
        _Officers.c.payouts_held_until,
        _Roles.c.role,
    )
    .join(_Officers, _Officers.c.id == _SignIns.c.officer_id)
    .outerjoin(_Roles, sa.and_(_Roles.c.officer_id == _Officers.c.id, in_force(sa.bindparam("now"))))
    .where(live(Audience.OFFICER), _Officers.c.ended_at.is_(None))
)


def add_officer(
    session: Session,
    *,
    username: str,
    display_name: str,
    password: str,
    roles: Iterable[Role],
    region_code: str,
    actor: str,
    now: datetime,
    random: Callable[[int], bytes],
    identity: str | None = None,
) -> Officer:
    """Give a person a login for a region and roles.

    Raises Invalid for a malformed name, a weak password, no such region or roles that one person may not combine;
    Conflict when the name was ever used, since who did what must stay clear, or when the person of this identity
    number has a login.
    """
    check_username(username)
    check_new_password(password, username)
    return put_officer(
        session,
        username=username,
        display_name=display_name,
        password_hash=hash_password(password, random),
        roles=check_roles(roles),
        region_code=region_code,
        actor=actor,
        now=now,
        person=None if identity is None else person_hash(identity, now),
    )


def check_username(username: str) -> None:
    """Raise Invalid for a name that nobody may have."""
    if not _USERNAME.fullmatch(username):
        raise Invalid("username_malformed")


def person_hash(identity: str, now: datetime) -> bytes:
    """What is kept of an officer's identity number, so that nobody has two logins; raises Invalid for no number."""
    return vault().fingerprint(check_identity_number(identity, business_day(now)), "officer")


def put_officer(
    session: Session,
    *,
    username: str,
    display_name: str,
    password_hash: str,
    roles: frozenset[Role],
    region_code: str,
    actor: str,
    now: datetime,
    person: bytes | None = None,
) -> Officer:
    """Add an officer whose password has been hashed; raises Invalid for no such region, Conflict for a name in use."""
    if session.get(Region, region_code) is None:
        raise Invalid("region_unknown", {"code": region_code})
    if session.scalar(sa.select(Officer.id).where(Officer.username == username)) is not None:
        raise Conflict("username_taken", at="username")
    if person is not None and session.scalar(
        sa.select(Officer.id).where(Officer.person_hash == person, Officer.ended_at.is_(None))
    ):
        raise Conflict("person_has_login", at="identity")
    officer = Officer(
        username=username,
        display_name=display_name,
        password_hash=password_hash,
        region_code=region_code,
        created_at=now,
        ended_at=None,
        person_hash=person,
        payouts_held_until=None,
        roles=[OfficerRole(role=role) for role in sorted(roles)],
    )
    session.add(officer)
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="officer_added",
        subject=f"officer:{officer.id}",
        now=now,
        facts={"roles": sorted(roles), "region": region_code},
    )
    return officer


def region_of(session: Session, code: str) -> Region:
    """The division an officer sees."""
    return session.get_one(Region, code)


def list_officers(session: Session) -> Sequence[Officer]:
    """Every officer there ever was, by name."""
    return session.scalars(sa.select(Officer).order_by(Officer.username)).all()


def find_officer(session: Session, username: str) -> Officer:
    """The officer of this name who has not left; raises NotFound."""
    found = session.scalar(sa.select(Officer).where(Officer.username == username, Officer.ended_at.is_(None)))
    if found is None:
        raise NotFound("officer_not_found")
    return found


def context_of(session: Session, username: str, now: datetime | None = None) -> OfficerContext:
    """An officer as the rules see one, for what is done in their name without a sign-in.

    A deputy's roles count where `now` lies in their days, and do not count without it.
    """
    officer = find_officer(session, username)
    return OfficerContext(
        id=officer.id,
        username=officer.username,
        display_name=officer.display_name,
        roles=frozenset(
            row.role
            for row in officer.roles
            if row.ends_at is None
            or (now is not None and (row.starts_at is None or row.starts_at <= now) and now < row.ends_at)
        ),
        region_code=officer.region_code,
        session_id=0,
    )


def end_officer(session: Session, username: str, *, actor: str, now: datetime) -> Officer:
    """Let an officer go: the login and every sign-in end, what they did stays; raises NotFound."""
    officer = find_officer(session, username)
    officer.ended_at = now
    end_sessions(session, officer.id, now)
    end_links(session, officer.id, now)
    audit.record(session, actor=actor, action="officer_ended", subject=f"officer:{officer.id}", now=now)
    session.flush()
    return officer


def end_links(session: Session, officer_id: int, now: datetime) -> None:
    """Let no link that was given out before choose a password any more."""
    session.execute(
        sa.update(Invitation)
        .where(Invitation.officer_id == officer_id, Invitation.used_at.is_(None), Invitation.expires_at > now)
        .values(expires_at=now)
    )


def change_password(
    session: Session,
    username: str,
    password: str,
    *,
    actor: str,
    now: datetime,
    random: Callable[[int], bytes],
    second_factor: bool = False,
) -> Officer:
    """Give an officer another password and end every sign-in made with the old one; raises NotFound, Invalid.

    Payouts are held from this officer for a while, as after every reset. With `second_factor` their phone and recovery
    codes are forgotten too.
    """
    hashed = hash_password(check_new_password(password, username), random)
    officer = set_password(session, username, hashed, actor=actor, now=now)
    officer.payouts_held_until = now + PAYOUTS_HELD
    forget_name(session, name_hash(username))
    if second_factor:
        one_time_codes.take_away(session, officer.id, actor=actor, now=now)
    session.flush()
    return officer


def set_password(
    session: Session,
    username: str,
    password_hash: str,
    *,
    actor: str,
    now: datetime,
    but_session: int | None = None,
) -> Officer:
    """Put a hashed password in force and end every sign-in, except the one of id `but_session`; raises NotFound."""
    officer = find_officer(session, username)
    officer.password_hash = password_hash
    end_sessions(session, officer.id, now, but=but_session)
    audit.record(session, actor=actor, action="password_changed", subject=f"officer:{officer.id}", now=now)
    session.flush()
    return officer


def kept_password(session: Session, username: str) -> tuple[int | None, str | None]:
    """Id and password hash of the officer of this name; (None, None) for one who is unknown or has left."""
    row = session.execute(
        sa.select(Officer.id, Officer.password_hash).where(
            Officer.username == username, Officer.ended_at.is_(None)
        )
    ).one_or_none()
    if row is None:
        return None, None
    # Where none has been chosen the work is the same as for a name that nobody has.
    return row.id, None if row.password_hash == NO_PASSWORD else row.password_hash


def still_has(session: Session, officer_id: int, password_hash: str | None) -> bool:
    """Whether an officer is still here and has this password; holds the row, so that a reset comes before or after."""
    found = session.execute(
        sa.select(Officer.password_hash)
        .where(Officer.id == officer_id, Officer.ended_at.is_(None))
        .with_for_update()
    ).scalar_one_or_none()
    return found is not None and found == password_hash


def complete_sign_in(
    session: Session,
    officer_id: int,
    password: str,
    *,
    second_factor: bool,
    now: datetime,
    random: Callable[[int], bytes],
    address: str | None,
) -> tuple[str, SignInSession]:
    """Sign an officer in whose password and code were right: a token is made."""
    officer = session.get_one(Officer, officer_id)
    if needs_new_hash(officer.password_hash):
        officer.password_hash = hash_password(password, random)
    token, row = open_session(
        session,
        audience=Audience.OFFICER,
        now=now,
        random=random,
        officer_id=officer_id,
        second_factor=second_factor,
    )
    audit.record(
        session,
        actor=f"officer:{officer_id}",
        action="officer_signed_in",
        subject=f"session:{row.id}",
        now=now,
        facts={"second_factor": second_factor},
        address=address,
    )
    return token, row


def record_failure(
    session: Session,
    officer_id: int | None,
    guess: Guess,
    *,
    why: str,
    now: datetime,
    address: str | None,
) -> None:
    """Write down a failed sign-in: whose name was tried and the code of the refusal, but never what was typed."""
    subject = "officer:unknown" if officer_id is None else f"officer:{officer_id}"
    facts: dict[str, object] = {"failures": guess.failures, "why": why}
    if guess.name.locked_until is not None:
        facts["locked_until"] = guess.name.locked_until.isoformat()
    if guess.address is not None and guess.address.locked_until is not None:
        facts["address_locked_until"] = guess.address.locked_until.isoformat()
    audit.record(
        session,
        actor="stranger",
        action="officer_sign_in_failed",
        subject=subject,
        now=now,
        facts=facts,
        address=address,
    )
