"""Binding codes: issued by an officer, used once by a signed-in WeChat user, every wrong try counted."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.binding_codes import RESTS_FOR, TRIES, VALID_FOR, beginning, binding_code, read_binding_code
from domain.errors import Conflict, TooMany
from domain.permissions import OfficerContext
from models import BindingCode, BindingTry, HouseholdBinding, insert_for
from models.bindings import BindingCodeState
from models.types import vault
from services import audit
from services.income import household_in_scope


@dataclass(frozen=True, slots=True)
class Issued:
    """A fresh code; nobody can read it again."""

    code: str
    expires_at: datetime


def issue(
    session: Session,
    officer: OfficerContext,
    public_id: str,
    *,
    now: datetime,
    random: Callable[[int], bytes],
    address: str | None,
) -> Issued:
    """Issue a household's code in place of the one still open.

    Raises NotFound outside the officer's region, Conflict("household_bound") while the household is bound.
    """
    household, _ = household_in_scope(session, officer, public_id)
    bound = sa.exists().where(
        HouseholdBinding.household_id == household.id, HouseholdBinding.ended_at.is_(None)
    )
    if session.scalar(sa.select(bound)):
        raise Conflict("household_bound")
    end_open(session, household.id, now)
    code = binding_code(random)
    digits = read_binding_code(code)
    session.add(
        BindingCode(
            household_id=household.id,
            code_hash=_hash(digits),
            beginning_hash=_beginning_hash(digits),
            state=BindingCodeState.OPEN,
            tries=0,
            issuer_id=officer.id,
            issued_at=now,
            expires_at=now + VALID_FOR,
            ended_at=None,
        )
    )
    audit.record(
        session,
        actor=officer.actor,
        action="binding_code_issued",
        subject=f"household:{public_id}",
        now=now,
        address=address,
    )
    session.flush()
    return Issued(code, now + VALID_FOR)


def withdraw(
    session: Session, officer: OfficerContext, public_id: str, *, now: datetime, address: str | None
) -> None:
    """Take a household's open code back; raises NotFound outside the region, Conflict where none is open."""
    household, _ = household_in_scope(session, officer, public_id)
    if not end_open(session, household.id, now):
        raise Conflict("binding_code_none")
    audit.record(
        session,
        actor=officer.actor,
        action="binding_code_withdrawn",
        subject=f"household:{public_id}",
        now=now,
        address=address,
    )


def open_code(session: Session, household_id: int, now: datetime) -> BindingCode | None:
    """The code a household could still use."""
    return session.scalar(
        sa.select(BindingCode).where(BindingCode.household_id == household_id, *_usable(now))
    )


def use(session: Session, digits: str, user_id: int, now: datetime) -> BindingCode | None:
    """Take the code away for its one use; None where it does not open, whatever the reason.

    The try is counted first, against the user and against the codes that begin alike, and is to be committed in any
    case. Raises TooMany while the user rests.
    """
    _count_try(session, user_id, now)
    code = session.scalars(
        sa.update(BindingCode)
        .where(BindingCode.code_hash == _hash(digits), *_usable(now))
        .values(state=BindingCodeState.USED, ended_at=now)
        .returning(BindingCode)
        .execution_options(synchronize_session=False, populate_existing=True)
    ).one_or_none()
    if code is None:
        session.execute(
            sa.update(BindingCode)
            .where(BindingCode.beginning_hash == _beginning_hash(digits), *_usable(now))
            .values(tries=BindingCode.tries + 1)
            .execution_options(synchronize_session=False)
        )
        return None
    session.execute(sa.delete(BindingTry).where(BindingTry.user_id == user_id))
    return code


def is_code(code: BindingCode, digits: str) -> bool:
    """Whether these are the digits of a code."""
    return code.code_hash == _hash(digits)


def _count_try(session: Session, user_id: int, now: datetime) -> None:
    begins_anew = sa.or_(BindingTry.locked_until.is_not(None), BindingTry.last_at < now - RESTS_FOR)
    failures = sa.case((begins_anew, 1), else_=BindingTry.failures + 1)
    counted = session.scalar(
        insert_for(session.get_bind().dialect.name, BindingTry)
        .values(user_id=user_id, failures=1, last_at=now, locked_until=None)
        .on_conflict_do_update(
            index_elements=["user_id"],
            set_={
                "failures": failures,
                "last_at": now,
                "locked_until": sa.case((failures >= TRIES, now + RESTS_FOR), else_=None),
            },
            where=sa.or_(BindingTry.locked_until.is_(None), BindingTry.locked_until <= now),
        )
        .returning(BindingTry.failures)
    )
    if counted is None:
        until = session.scalar(sa.select(BindingTry.locked_until).where(BindingTry.user_id == user_id))
        wait = max((until or now) - now, timedelta(seconds=1))
        raise TooMany("binding_locked", {"retry_after_seconds": int(wait.total_seconds())})


def _usable(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        BindingCode.state == BindingCodeState.OPEN,
        BindingCode.expires_at > now,
        BindingCode.tries < TRIES,
    )


def end_open(session: Session, household_id: int, now: datetime) -> bool:
    """Take a household's open code back, if it has one; whether it had."""
    ended = session.execute(
        sa.update(BindingCode)
        .where(BindingCode.household_id == household_id, BindingCode.state == BindingCodeState.OPEN)
        .values(state=BindingCodeState.WITHDRAWN, ended_at=now)
        .returning(BindingCode.id)
        .execution_options(synchronize_session=False)
    ).all()
    return bool(ended)


def _hash(digits: str) -> bytes:
    return vault().fingerprint(digits, "binding-code")


def _beginning_hash(digits: str) -> bytes:
    return vault().fingerprint(beginning(digits), "binding-code-beginning")
