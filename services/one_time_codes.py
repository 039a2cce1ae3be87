"""One-time codes at sign-in: enrolled by a first code, each taken once, and recovery codes for a lost phone."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.errors import Conflict, Invalid
from domain.one_time_codes import matching_step, new_recovery_codes, new_secret, read_recovery_code
from domain.permissions import OfficerContext
from models import OneTimeSecret, RecoveryCode
from models.types import vault
from services import audit


class Verdict(StrEnum):
    """What a sign-in showed beside its password."""

    #: No phone has been enrolled, so nothing was asked.
    NOT_SET_UP = "not_set_up"
    RIGHT = "right"
    MISSING = "missing"
    WRONG = "wrong"


def check(
    session: Session, officer_id: int, totp: str | None, recovery_code: str | None, now: datetime
) -> Verdict:
    """Take a one-time code or a recovery code, each once; two at the same moment with the same code are one."""
    kept = session.get(OneTimeSecret, officer_id, populate_existing=True)
    if kept is None or kept.secret is None:
        return Verdict.NOT_SET_UP
    if recovery_code is not None:
        return (
            Verdict.RIGHT if _take_recovery_code(session, officer_id, recovery_code, now) else Verdict.WRONG
        )
    if totp is None:
        return Verdict.MISSING
    step = matching_step(kept.secret, totp, now, kept.last_step)
    if step is None:
        return Verdict.WRONG
    taken = session.execute(
        sa.update(OneTimeSecret)
        .where(OneTimeSecret.officer_id == officer_id, OneTimeSecret.last_step < step)
        .values(last_step=step)
        .returning(OneTimeSecret.officer_id)
        .execution_options(synchronize_session=False)
    ).first()
    return Verdict.WRONG if taken is None else Verdict.RIGHT


def _take_recovery_code(session: Session, officer_id: int, typed: str, now: datetime) -> bool:
    taken = session.execute(
        sa.update(RecoveryCode)
        .where(
            RecoveryCode.officer_id == officer_id,
            RecoveryCode.code_hash == _recovery_hash(officer_id, typed),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(RecoveryCode.officer_id)
        .execution_options(synchronize_session=False)
    ).first()
    if taken is None:
        return False
    audit.record(
        session,
        actor=f"officer:{officer_id}",
        action="recovery_code_used",
        subject=f"officer:{officer_id}",
        now=now,
        facts={"left": recovery_codes_left(session, officer_id)},
    )
    return True


def recovery_codes_left(session: Session, officer_id: int) -> int:
    """How many recovery codes an officer has not used yet."""
    left = sa.select(sa.func.count()).where(
        RecoveryCode.officer_id == officer_id, RecoveryCode.used_at.is_(None)
    )
    return session.scalar(left) or 0


def is_set_up(session: Session, officer_id: int) -> bool:
    """Whether an officer has a phone whose first code was shown."""
    confirmed = sa.exists().where(
        OneTimeSecret.officer_id == officer_id, OneTimeSecret.confirmed_at.is_not(None)
    )
    return bool(session.scalar(sa.select(confirmed)))


def begin(session: Session, officer_id: int, *, now: datetime, random: Callable[[int], bytes]) -> str:
    """A secret for a new phone; the phone in use stays good until the new one has shown its first code."""
    kept = session.get(OneTimeSecret, officer_id, populate_existing=True)
    if kept is None:
        kept = OneTimeSecret(officer_id=officer_id, secret=None, confirmed_at=None, last_step=None)
        session.add(kept)
    kept.pending, kept.pending_at = new_secret(random), now
    audit.record(
        session,
        actor=f"officer:{officer_id}",
        action="one_time_code_begun",
        subject=f"officer:{officer_id}",
        now=now,
    )
    session.flush()
    return kept.pending


def confirm(
    session: Session,
    officer: OfficerContext,
    totp: str,
    *,
    now: datetime,
    random: Callable[[int], bytes],
) -> list[str]:
    """Put a new phone in force by its first code and give the recovery codes, which replace all earlier ones.

    Raises Conflict when nothing was begun, Invalid for a code that is not the new phone's.
    """
    kept = session.get(OneTimeSecret, officer.id, populate_existing=True, with_for_update=True)
    if kept is None or kept.pending is None:
        raise Conflict("one_time_code_not_begun")
    step = matching_step(kept.pending, totp, now)
    if step is None:
        raise Invalid("one_time_code_not_the_phones")
    kept.secret, kept.confirmed_at, kept.last_step = kept.pending, now, step
    kept.pending = kept.pending_at = None
    codes = new_recovery_codes(random)
    session.execute(sa.delete(RecoveryCode).where(RecoveryCode.officer_id == officer.id))
    session.add_all(
        RecoveryCode(officer_id=officer.id, code_hash=_recovery_hash(officer.id, code), used_at=None)
        for code in codes
    )
    audit.record(
        session,
        actor=officer.actor,
        action="one_time_code_set_up",
        subject=f"officer:{officer.id}",
        now=now,
    )
    session.flush()
    return codes


def take_away(session: Session, officer_id: int, *, actor: str, now: datetime) -> None:
    """Forget phone and recovery codes of an officer; they enrol anew."""
    audit.record(
        session,
        actor=actor,
        action="one_time_code_taken_away",
        subject=f"officer:{officer_id}",
        now=now,
    )
    session.execute(sa.delete(RecoveryCode).where(RecoveryCode.officer_id == officer_id))
    session.execute(sa.delete(OneTimeSecret).where(OneTimeSecret.officer_id == officer_id))


def _recovery_hash(officer_id: int, code: str) -> bytes:
    return vault().fingerprint(f"{officer_id}\0{read_recovery_code(code)}", "recovery_code")
