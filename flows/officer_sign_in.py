"""What an officer proves by password and one-time code: signing in, another phone, another password.

The guess is counted and committed first: forty guesses sent at once are forty failures. Hashing takes its time, so the
password is looked at outside any transaction; what it opens is done in a second one, where the account is looked at
again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from domain.errors import Unauthorised, about
from domain.one_time_codes import enrolment_uri
from domain.permissions import OfficerContext
from flows.running import Running
from models.base import transaction
from services import officers, one_time_codes, sessions
from services.one_time_codes import Verdict
from services.passwords import LONGEST, check_new_password, hash_password, password_matches
from services.sign_in_locks import count_guess, forget_guesses

Outcome = TypeVar("Outcome")


@dataclass(frozen=True, slots=True)
class Proof:
    """What somebody typed, and from where."""

    username: str
    password: str
    totp: str | None = None
    recovery_code: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class OfficerSignIn:
    """A fresh sign-in: its token is shown once."""

    token: str
    expires_at: datetime
    officer: OfficerContext


@dataclass(frozen=True, slots=True)
class Enrolment:
    """The secret of a new phone, for typing and for scanning; shown once."""

    secret: str
    uri: str


def sign_in(parts: Running, proof: Proof) -> OfficerSignIn:
    """Sign an officer in; raises Unauthorised for a wrong name or password alike, TooMany while locked.

    Only after a right password is it told that the code is missing or wrong.
    """
    now = parts.clock()

    def opened(session: Session, officer_id: int, verdict: Verdict) -> OfficerSignIn:
        token, row = officers.complete_sign_in(
            session,
            officer_id,
            proof.password,
            second_factor=verdict is Verdict.RIGHT,
            now=now,
            random=parts.random,
            address=proof.address,
        )
        found = officers.signed_in(session, token, now)
        assert found is not None
        return OfficerSignIn(token, row.expires_at, found.officer)

    return proven(parts, proof, opened)


def begin_enrolment(parts: Running, officer: OfficerContext, proof: Proof) -> Enrolment:
    """A secret for a new phone, to whoever has the password and, where one is in use, a code of the old phone."""

    def begun(session: Session, officer_id: int, _verdict: Verdict) -> Enrolment:
        secret = one_time_codes.begin(session, officer_id, now=parts.clock(), random=parts.random)
        return Enrolment(secret, enrolment_uri(secret, officer.username))

    return proven(parts, proof, begun)


def confirm_enrolment(parts: Running, officer: OfficerContext, totp: str) -> list[str]:
    """Put the new phone in force; this sign-in counts as one with a code, and every other one ends."""
    now = parts.clock()
    with transaction() as session:
        codes = one_time_codes.confirm(session, officer, totp, now=now, random=parts.random)
        sessions.note_second_factor(session, officer.session_id, now)
        sessions.end_sessions(session, officer.id, now, but=officer.session_id)
    return codes


def change_own_password(parts: Running, officer: OfficerContext, proof: Proof, new: str) -> None:
    """Another password for oneself; every other sign-in ends. Raises Invalid for a weak one, Unauthorised, TooMany."""
    now = parts.clock()
    with about("new_password"):
        hashed = hash_password(check_new_password(new, officer.username), parts.random)

    def changed(session: Session, _officer_id: int, _verdict: Verdict) -> None:
        officers.set_password(
            session, officer.username, hashed, actor=officer.actor, now=now, but_session=officer.session_id
        )

    proven(parts, proof, changed)


def proven(parts: Running, proof: Proof, act: Callable[[Session, int, Verdict], Outcome]) -> Outcome:
    """Do `act` for the officer whose password and code were shown; a failure is counted, written down and raised."""
    now, name = parts.clock(), proof.username.strip().lower()
    with transaction() as session:
        guess = count_guess(session, name, proof.address, now)
        officer_id, kept = officers.kept_password(session, name)
    right = password_matches(kept, proof.password[: LONGEST + 1])
    refused = Unauthorised("wrong_credentials")
    with transaction() as session:
        if officer_id is not None and right and officers.still_has(session, officer_id, kept):
            verdict = one_time_codes.check(session, officer_id, proof.totp, proof.recovery_code, now)
            if verdict in (Verdict.RIGHT, Verdict.NOT_SET_UP):
                outcome = act(session, officer_id, verdict)
                forget_guesses(session, guess)
                return outcome
            missing = verdict is Verdict.MISSING
            refused = Unauthorised("one_time_code_needed" if missing else "one_time_code_wrong")
        officers.record_failure(session, officer_id, guess, why=refused.code, now=now, address=proof.address)
    raise refused
