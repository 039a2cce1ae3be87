"""The same request twice is done once: the key commits together with what it guards."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.errors import Conflict, Invalid
from models import IdempotencyKey, insert_for, table_of

LONGEST_KEY = 128

_Keys = table_of(IdempotencyKey)
_KEEP = (
    sa.update(_Keys)
    .where(_Keys.c.actor == sa.bindparam("by_actor"), _Keys.c.key == sa.bindparam("with_key"))
    .values(status=sa.bindparam("answered"), answer=sa.bindparam("kept"))
)


@cache
def _claim(dialect: str) -> sa.Executable:
    return (
        insert_for(dialect, IdempotencyKey)
        .values(
            actor=sa.bindparam("by_actor"),
            key=sa.bindparam("with_key"),
            request_hash=sa.bindparam("hashed"),
            status=0,
            answer=sa.JSON.NULL,
            created_at=sa.bindparam("at"),
        )
        .on_conflict_do_nothing(index_elements=["actor", "key"])
        .returning(_Keys.c.id)
    )


@dataclass(frozen=True)
class FirstAnswer:
    """What the first request with this key was answered."""

    status: int
    answer: Any


def check_key(key: str | None) -> str:
    """The key itself; raises Invalid unless it has 1 to 128 printable ASCII characters."""
    if key is None or not 1 <= len(key) <= LONGEST_KEY or not (key.isascii() and key.isprintable()):
        raise Invalid("idempotency_key_required")
    return key


def request_hash(method: str, path: str, body: Any) -> bytes:
    """SHA-256 over method, path and the body in its canonical form: keys sorted, no spaces."""
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{method}\n{path}\n{canonical}".encode()).digest()


def claim(session: Session, *, actor: str, key: str, hashed: bytes, now: datetime) -> FirstAnswer | None:
    """Claim a key for this request, or give the first answer if it has been answered.

    A second request with the same key waits here until the first has ended. Raises Conflict when the key was used
    for anything else.
    """
    values = {
        "by_actor": actor,
        "with_key": key,
        "hashed": hashed,
        "at": now,
    }
    if session.connection().execute(_claim(session.get_bind().dialect.name), values).first() is not None:
        return None
    return first_answer(session, actor=actor, key=key, hashed=hashed)


def first_answer(session: Session, *, actor: str, key: str, hashed: bytes) -> FirstAnswer | None:
    """What a request with this key was answered, None for a key that is new; raises Conflict as `claim`."""
    known = session.execute(
        sa.select(_Keys.c.request_hash, _Keys.c.status, _Keys.c.answer).where(
            _Keys.c.actor == actor, _Keys.c.key == key
        )
    ).one_or_none()
    if known is None:
        return None
    if known.request_hash != hashed:
        raise Conflict("idempotency_key_reused")
    return FirstAnswer(known.status, known.answer)


def keep(session: Session, *, actor: str, key: str, status: int, answer: Any) -> None:
    """Keep the first answer beside its key."""
    session.connection().execute(
        _KEEP, {"by_actor": actor, "with_key": key, "answered": status, "kept": answer}
    )


def forget_old(session: Session, now: datetime, days: int) -> int:
    """Drop the keys older than `days`; returns how many."""
    result = session.execute(
        sa.delete(IdempotencyKey).where(IdempotencyKey.created_at < now - timedelta(days=days))
    )
    return int(result.rowcount)  # type: ignore[attr-defined]  # a DELETE gives a CursorResult
