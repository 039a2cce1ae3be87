"""Guesses at passwords, counted by name and address before a password is looked at, so that many at once all count."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.addresses import counted_address
from domain.errors import TooMany
from domain.lockouts import ADDRESS, NAME, LockRule
from models import SignInLock, insert_for
from models.types import vault


@dataclass(frozen=True)
class Counted:
    """One try under one name, or from one address: the how-manieth failure it will be, and the lock it brings."""

    subject_hash: bytes
    failures: int
    locked_until: datetime | None


@dataclass(frozen=True)
class Guess:
    """One try: under which name, and from which address where one is known."""

    name: Counted
    address: Counted | None

    @property
    def failures(self) -> int:
        """Failures of this name in a row, this one among them."""
        return self.name.failures


def count_guess(session: Session, username: str, address: str | None, now: datetime) -> Guess:
    """Count one try before its password is checked; raises TooMany while the name or the address is locked.

    Names come first and addresses second in every transaction, so that nobody waits in a circle.
    """
    name = _count(session, name_hash(username), NAME, now)
    if isinstance(name, TooMany):
        raise name
    if address is None:
        return Guess(name, None)
    place = _count(session, vault().fingerprint(counted_address(address), "address"), ADDRESS, now)
    if isinstance(place, TooMany):
        raise TooMany("address_locked_out", place.fields)
    return Guess(name, place)


def name_hash(username: str) -> bytes:
    """What is kept of a name that was typed: people type passwords into the wrong field."""
    return vault().fingerprint(username, "username")


def _count(session: Session, subject_hash: bytes, rule: LockRule, now: datetime) -> Counted | TooMany:
    counted = (
        insert_for(session.get_bind().dialect.name, SignInLock)
        .values(subject_hash=subject_hash, failures=1, last_at=now, locked_until=None)
        .on_conflict_do_update(
            index_elements=["subject_hash"],
            set_={
                "failures": sa.case(
                    (SignInLock.last_at < now - rule.forgotten_after, 1), else_=SignInLock.failures + 1
                ),
                "last_at": now,
                "locked_until": None,
            },
            where=sa.or_(SignInLock.locked_until.is_(None), SignInLock.locked_until <= now),
        )
        .returning(SignInLock.failures)
    )
    failures = session.execute(counted).scalar_one_or_none()
    if failures is None:
        return _locked(_locked_until(session, subject_hash), now)
    lock = rule.lock_after(failures)
    if lock is None:
        return Counted(subject_hash, failures, None)
    session.execute(
        sa.update(SignInLock).where(SignInLock.subject_hash == subject_hash).values(locked_until=now + lock)
    )
    return Counted(subject_hash, failures, now + lock)


def forget_guesses(session: Session, guess: Guess) -> None:
    """Forget the failures of a name whose owner has signed in, and take this one try back from its address."""
    forget_name(session, guess.name.subject_hash)
    if guess.address is None:
        return
    here = SignInLock.subject_hash == guess.address.subject_hash
    session.execute(
        sa.update(SignInLock)
        .where(here)
        .values(
            failures=SignInLock.failures - 1,
            locked_until=sa.case(
                (SignInLock.locked_until == guess.address.locked_until, sa.null()),
                else_=SignInLock.locked_until,
            ),
        )
    )
    session.execute(sa.delete(SignInLock).where(here, SignInLock.failures <= 0))


def forget_name(session: Session, hashed: bytes) -> None:
    """Forget the failures of one name, and its lock."""
    session.execute(sa.delete(SignInLock).where(SignInLock.subject_hash == hashed))


def forget_old_guesses(session: Session, now: datetime) -> int:
    """Drop the counts that no longer matter; returns how many."""
    result = session.execute(
        sa.delete(SignInLock).where(
            SignInLock.last_at < now - NAME.forgotten_after,
            sa.or_(SignInLock.locked_until.is_(None), SignInLock.locked_until <= now),
        )
    )
    return int(result.rowcount)  # type: ignore[attr-defined]  # a DELETE gives a CursorResult


def _locked_until(session: Session, subject_hash: bytes) -> datetime | None:
    return session.scalar(sa.select(SignInLock.locked_until).where(SignInLock.subject_hash == subject_hash))


def _locked(until: datetime | None, now: datetime) -> TooMany:
    wait = max((until or now) - now, timedelta(seconds=1))
    return TooMany("locked_out", {"retry_after_seconds": int(wait.total_seconds())})
