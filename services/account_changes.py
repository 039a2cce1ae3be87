"""What is done to an account once everybody who has to has said yes: roles, deputies, resets, links.

Who may ask for it stands in services/people.py, who must confirm it in services/proposals.py.
"""

import base64
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.errors import Conflict, Invalid, NotFound
from domain.people import INVITATION_GOOD, PAYOUTS_HELD, RESET_GOOD, LinkKind, Span
from domain.permissions import OfficerContext, check_roles
from domain.roles import Role
from models import Invitation, Officer, OfficerRole, Region
from services import audit, one_time_codes
from services.officers import end_links
from services.passwords import NO_PASSWORD
from services.sessions import end_sessions, token_hash
from services.sign_in_locks import forget_name, name_hash


@dataclass(frozen=True, slots=True)
class Link:
    """A single-use link's token, which nobody can read again, and until when it is good."""

    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Hands:
    """Who changes an account: the administrator who asked, the second one who confirmed, and when."""

    asked: OfficerContext
    now: datetime
    random: Callable[[int], bytes]
    #: Id of the administrator who asked first, where `asked` is the second.
    first_id: int | None = None

    @property
    def granted_by_id(self) -> int:
        """Whose wish it was."""
        return self.first_id or self.asked.id

    @property
    def confirmed_by_id(self) -> int | None:
        """Who confirmed it, where that was needed."""
        return None if self.first_id is None else self.asked.id

    def record(self, session: Session, action: str, officer: Officer, **facts: object) -> None:
        """Write the change down, with the one who asked first where there are two."""
        if self.first_id is not None:
            facts["proposed_by"] = f"officer:{self.first_id}"
        audit.record(
            session,
            actor=self.asked.actor,
            action=action,
            subject=f"officer:{officer.id}",
            now=self.now,
            facts=facts,
            address=self.asked.address,
        )


def standing_roles(officer: Officer) -> frozenset[Role]:
    """The roles an officer has for good."""
    return frozenset(row.role for row in officer.roles if row.ends_at is None)


def deputy_roles(officer: Officer, now: datetime) -> frozenset[Role]:
    """The roles an officer has, or will have, as a deputy."""
    return frozenset(row.role for row in officer.roles if row.ends_at is not None and row.ends_at > now)


def check_region(session: Session, code: str) -> None:
    """Raise Invalid for a division that is none."""
    if session.get(Region, code) is None:
        raise Invalid("region_unknown", {"region": code})


def put_roles(
    session: Session, officer: Officer, roles: frozenset[Role], region_code: str, hands: Hands
) -> None:
    """Give an officer exactly these roles for good, in this region; every sign-in of theirs ends.

    Raises Invalid for roles that one person may not have together, their deputy's roles among them.
    """
    deputies = deputy_roles(officer, hands.now)
    check_roles(roles | deputies)
    if roles & deputies:
        raise Conflict("role_held")
    before = standing_roles(officer)
    _drop(session, officer, [row.role for row in officer.roles if row.role not in roles | deputies])
    # The row of a deputy whose days are over makes room for the role itself.
    _drop(session, officer, [row.role for row in officer.roles if row.role in roles - before])
    session.add_all(
        OfficerRole(
            officer_id=officer.id,
            role=role,
            granted_by_id=hands.granted_by_id,
            confirmed_by_id=hands.confirmed_by_id,
        )
        for role in sorted(roles - before)
    )
    moved_from, officer.region_code = officer.region_code, region_code
    _settled(session, officer, hands.now)
    hands.record(
        session,
        "officer_roles_changed",
        officer,
        before=sorted(before),
        after=sorted(roles),
        region_before=moved_from,
        region_after=region_code,
    )


def put_deputy(session: Session, officer: Officer, role: Role, span: Span, hands: Hands) -> None:
    """Give an officer a role for a span of days; raises Conflict where they have it, Invalid where it cannot join."""
    standing, deputies = standing_roles(officer), deputy_roles(officer, hands.now)
    if role in standing | deputies:
        raise Conflict("role_held")
    check_roles(standing | deputies | {role})
    _drop(session, officer, [role])
    session.add(
        OfficerRole(
            officer_id=officer.id,
            role=role,
            starts_at=span.starts_at,
            ends_at=span.ends_at,
            granted_by_id=hands.granted_by_id,
            confirmed_by_id=hands.confirmed_by_id,
        )
    )
    _settled(session, officer, hands.now)
    hands.record(
        session,
        "deputy_appointed",
        officer,
        role=role.value,
        starts_at=span.starts_at.isoformat(),
        ends_at=span.ends_at.isoformat(),
    )


def end_deputy(session: Session, officer: Officer, role: Role, hands: Hands) -> None:
    """End a deputy's role before its day; raises Conflict where there is none."""
    if role not in deputy_roles(officer, hands.now):
        raise Conflict("not_a_deputy")
    _drop(session, officer, [role])
    _settled(session, officer, hands.now)
    hands.record(session, "deputy_ended", officer, role=role.value)


def invite(session: Session, officer: Officer, hands: Hands) -> Link:
    """The link by which an officer chooses a first password."""
    return _link(session, officer, LinkKind.INVITE, hands)


def reset(session: Session, officer: Officer, hands: Hands, *, second_factor: bool) -> Link:
    """Take password, sign-ins and, if asked for, phone away, and give the link for a new password.

    Payouts are held from the account for a while: whoever took it over gains nothing quickly, and is noticed.
    """
    officer.password_hash = NO_PASSWORD
    officer.payouts_held_until = hands.now + PAYOUTS_HELD
    end_sessions(session, officer.id, hands.now)
    if second_factor:
        one_time_codes.take_away(session, officer.id, actor=hands.asked.actor, now=hands.now)
    forget_name(session, name_hash(officer.username))
    hands.record(session, "officer_reset", officer, second_factor=second_factor)
    return _link(session, officer, LinkKind.RESET, hands)


def _link(session: Session, officer: Officer, kind: LinkKind, hands: Hands) -> Link:
    end_links(session, officer.id, hands.now)
    token = base64.urlsafe_b64encode(hands.random(32)).decode().rstrip("=")
    good = INVITATION_GOOD if kind is LinkKind.INVITE else RESET_GOOD
    session.add(
        Invitation(
            officer_id=officer.id,
            kind=kind,
            token_hash=token_hash(token),
            created_by_id=hands.asked.id,
            created_at=hands.now,
            expires_at=hands.now + good,
            used_at=None,
        )
    )
    session.flush()
    return Link(token, hands.now + good)


def holder_of(session: Session, token: str, now: datetime) -> Officer:
    """The officer a link is for; raises NotFound for one that is unknown, used, over, or of somebody who has left."""
    found = session.scalar(
        sa.select(Officer)
        .join(Invitation, Invitation.officer_id == Officer.id)
        .where(_good(token, now), Officer.ended_at.is_(None))
    )
    if found is None:
        raise NotFound("invitation_not_found")
    return found


def use_link(session: Session, token: str, password_hash: str, now: datetime, address: str | None) -> None:
    """Put the password that was chosen by a link in force, once; raises NotFound."""
    officer = holder_of(session, token, now)
    used = session.execute(
        sa.update(Invitation)
        .where(_good(token, now))
        .values(used_at=now)
        .returning(Invitation.kind)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if used is None:
        raise NotFound("invitation_not_found")
    officer.password_hash = password_hash
    if used is LinkKind.RESET:
        # Counted from here too: the link may have lain unused while the first days went by.
        officer.payouts_held_until = now + PAYOUTS_HELD
    end_sessions(session, officer.id, now)
    audit.record(
        session,
        actor=f"officer:{officer.id}",
        action="password_chosen",
        subject=f"officer:{officer.id}",
        now=now,
        facts={"by": used.value},
        address=address,
    )
    session.flush()


def _good(token: str, now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(
        Invitation.token_hash == token_hash(token),
        Invitation.used_at.is_(None),
        Invitation.expires_at > now,
    )


def _drop(session: Session, officer: Officer, roles: Iterable[Role]) -> None:
    session.execute(
        sa.delete(OfficerRole).where(OfficerRole.officer_id == officer.id, OfficerRole.role.in_(list(roles))),
        execution_options={"synchronize_session": False},
    )
    session.expire(officer, ["roles"])


def _settled(session: Session, officer: Officer, now: datetime) -> None:
    """Write the change out and end the sign-ins that were made before it."""
    session.flush()
    session.expire(officer, ["roles"])
    end_sessions(session, officer.id, now)
