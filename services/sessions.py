"""Sign-ins: an opaque token of 256 random bits, of which only the SHA-256 is kept."""

import base64
import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.errors import NotFound
from domain.permissions import OfficerContext
from models import SignInSession, table_of
from models.sessions import Audience
from services import audit

_SignIns = table_of(SignInSession)

#: A buyer stays signed in for seven days after the last use, thirty in all; an officer half a day, once.
IDLE = {Audience.BUYER: timedelta(days=7), Audience.OFFICER: timedelta(hours=2)}
LONGEST = {Audience.BUYER: timedelta(days=30), Audience.OFFICER: timedelta(hours=12)}
#: The last use is written down no oftener than this, so that reading does not mean writing.
USE_NOTED_EVERY = timedelta(minutes=10)


def open_session(
    session: Session,
    *,
    audience: Audience,
    now: datetime,
    random: Callable[[int], bytes],
    user_id: int | None = None,
    identity_id: int | None = None,
    officer_id: int | None = None,
    second_factor: bool = False,
) -> tuple[str, SignInSession]:
    """A new sign-in and its token, which nobody can read again."""
    token = base64.urlsafe_b64encode(random(32)).decode().rstrip("=")
    row = SignInSession(
        token_hash=token_hash(token),
        audience=audience,
        user_id=user_id,
        identity_id=identity_id,
        officer_id=officer_id,
        created_at=now,
        used_at=now,
        expires_at=now + IDLE[audience],
        ended_at=None,
        second_factor_at=now if second_factor else None,
    )
    session.add(row)
    session.flush()
    return token, row


def token_hash(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).digest()


def live(audience: Audience) -> sa.ColumnElement[bool]:
    """The condition on the sign-ins that a token opens: made for this audience, neither ended nor expired.

    Its parameters are those of `opened_by`, so that a statement of every request is built once.
    """
    return sa.and_(
        _SignIns.c.token_hash == sa.bindparam("hash"),
        _SignIns.c.audience == audience,
        _SignIns.c.ended_at.is_(None),
        _SignIns.c.expires_at > sa.bindparam("now"),
    )


def opened_by(token: str, now: datetime) -> dict[str, object]:
    """The parameters of `live`."""
    return {"hash": token_hash(token), "now": now}


def note_use(
    session: Session, session_id: int, audience: Audience, created_at: datetime, now: datetime
) -> None:
    """Push the idle limit on, up to the longest a sign-in may last."""
    expires_at = min(now + IDLE[audience], created_at + LONGEST[audience])
    session.execute(
        sa.update(SignInSession)
        .where(SignInSession.id == session_id, SignInSession.ended_at.is_(None))
        .values(used_at=now, expires_at=expires_at)
    )


def end_session(session: Session, session_id: int, now: datetime) -> None:
    """Sign out; doing it twice changes nothing."""
    session.execute(
        sa.update(SignInSession)
        .where(SignInSession.id == session_id, SignInSession.ended_at.is_(None))
        .values(ended_at=now)
    )


def sign_out(session: Session, officer: OfficerContext, now: datetime) -> None:
    """End the sign-in an officer asks by; where another request was faster nothing is left to write down."""
    ended = session.execute(
        sa.update(SignInSession)
        .where(SignInSession.id == officer.session_id, _live_of(officer.id, now))
        .values(ended_at=now)
        .returning(SignInSession.id)
        .execution_options(synchronize_session=False)
    ).first()
    if ended is not None:
        audit.record(
            session,
            actor=officer.actor,
            action="signed_out",
            subject=f"session:{officer.session_id}",
            now=now,
            address=officer.address,
        )


def note_second_factor(session: Session, session_id: int, now: datetime) -> None:
    """Note that the officer of a sign-in has shown a one-time code in it."""
    session.execute(
        sa.update(SignInSession).where(SignInSession.id == session_id).values(second_factor_at=now)
    )


def live_sessions(session: Session, officer_id: int, now: datetime) -> Sequence[SignInSession]:
    """An officer's sign-ins that are neither ended nor expired, newest first."""
    return session.scalars(
        sa.select(SignInSession).where(_live_of(officer_id, now)).order_by(SignInSession.id.desc())
    ).all()


def end_one_of(session: Session, officer: OfficerContext, session_id: int, now: datetime) -> None:
    """End one of an officer's own sign-ins; raises NotFound for anybody else's and for one that is over."""
    ended = session.execute(
        sa.update(SignInSession)
        .where(SignInSession.id == session_id, _live_of(officer.id, now))
        .values(ended_at=now)
        .returning(SignInSession.id)
        .execution_options(synchronize_session=False)
    ).first()
    if ended is None:
        raise NotFound("session_not_found")
    audit.record(
        session,
        actor=officer.actor,
        action="sign_in_ended",
        subject=f"session:{session_id}",
        now=now,
        address=officer.address,
    )


def end_sessions(session: Session, officer_id: int, now: datetime, *, but: int | None = None) -> int:
    """End every sign-in of an officer, except the one with id `but`; returns how many."""
    ended = session.execute(
        sa.update(SignInSession)
        .where(_live_of(officer_id, now), SignInSession.id != (but or 0))
        .values(ended_at=now)
        .returning(SignInSession.id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(ended)


def _live_of(officer_id: int, now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(
        _SignIns.c.officer_id == officer_id, _SignIns.c.ended_at.is_(None), _SignIns.c.expires_at > now
    )
