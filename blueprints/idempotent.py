"""POSTs that must be done once: the key, the rows and the first answer commit together."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import Response, jsonify, request
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from domain.clock import Clock
from domain.errors import Raced
from models import database, transaction
from services import idempotency
from services.idempotency import FirstAnswer

Outcome = TypeVar("Outcome")

#: How often a transaction that lost a race is tried before the client is asked to.
ATTEMPTS = 5

#: SQLSTATEs by which PostgreSQL ends a transaction for the sake of another: deadlock, serialisation.
LOST_TO_ANOTHER = frozenset({"40P01", "40001"})

#: The header that tells a first answer given again from a fresh one.
REPLAYED = "Idempotent-Replayed"

KEY_PARAMETER = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": True,
    "description": "1 to 128 printable characters; the same key with another body is refused.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[ -~]+$"},
}
#: For a call that was made without a key before it took one.
OPTIONAL_KEY_PARAMETER = {**KEY_PARAMETER, "required": False}


def once(
    actor: str,
    clock: Clock,
    act: Callable[[Session, bool], Mapping[str, Any]],
    status: int = 201,
    *,
    key_needed: bool = True,
) -> Response:
    """Do `act` in one transaction and answer what it gives, or give the first answer again.

    `act` is told whether this is its last try (see `until_not_raced`). Only an answer that succeeded is kept: a
    refusal takes its key back with everything else. Unless `key_needed`, a request without a key is simply done.
    """
    key = _key(key_needed)
    hashed = _hashed()

    def attempt(last: bool) -> FirstAnswer | dict[str, Any]:
        with transaction() as session:
            if key is None:
                return dict(act(session, last))
            first = idempotency.claim(session, actor=actor, key=key, hashed=hashed, now=clock())
            if first is not None:
                return first
            answer = dict(act(session, last))
            idempotency.keep(session, actor=actor, key=key, status=status, answer=answer)
            return answer

    outcome = until_not_raced(attempt)
    if isinstance(outcome, FirstAnswer):
        return _again(outcome)
    response = jsonify(outcome)
    response.status_code = status
    return response


def answered_before(actor: str) -> Response | None:
    """The first answer to this very request again, for a call that looks at something before its transaction."""
    key = _key(False)
    if key is None:
        return None
    first = idempotency.first_answer(database(), actor=actor, key=key, hashed=_hashed())
    return None if first is None else _again(first)


def _key(needed: bool) -> str | None:
    given = request.headers.get("Idempotency-Key")
    return idempotency.check_key(given) if needed or given is not None else None


def _hashed() -> bytes:
    return idempotency.request_hash(request.method, request.path, request.get_json(silent=True))


def _again(first: FirstAnswer) -> Response:
    response = jsonify(first.answer)
    response.status_code = first.status
    response.headers[REPLAYED] = "true"
    return response


def until_not_raced(attempt: Callable[[bool], Outcome]) -> Outcome:
    """What `attempt` gives, tried anew in a new transaction while somebody else is faster.

    The last try is told that it is the last: it had better hold what it needs before it looks.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            return attempt(False)
        except (Raced, IntegrityError):
            # Ids are drawn: the next try draws others.
            continue
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) not in LOST_TO_ANOTHER:
                raise
    return attempt(True)
