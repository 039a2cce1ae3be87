"""The chain of the audit: what is hashed of an entry, and how one seal follows from the one before.

A seal is SHA-256 over the seal before it (32 bytes; zeros before the first) and the canonical bytes of the entry: a
JSON array of the words `danzhu.audit.1`, the seal's position, and the entry's id, instant (ISO 8601, UTC, with six
digits of a second), actor, action, subject, facts and address; UTF-8, no blanks, keys in order. Whoever has the two
tables can repeat it in any language.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

FORMAT = "danzhu.audit.1"
#: What stands before the first seal.
GENESIS = bytes(32)


@dataclass(frozen=True, slots=True)
class Entry:
    """One audit entry, as it is hashed."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    facts: Mapping[str, object]
    address: str | None


def seal_after(previous: bytes, position: int, entry: Entry) -> bytes:
    """The seal (32 bytes) of an entry at a position (1, 2, 3 …), given the seal before it."""
    return hashlib.sha256(previous + canonical(position, entry)).digest()


def canonical(position: int, entry: Entry) -> bytes:
    """The bytes of an entry, the same on every engine and in every language."""
    at = entry.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    parts = [
        FORMAT,
        position,
        entry.id,
        at,
        entry.actor,
        entry.action,
        entry.subject,
        entry.facts,
        entry.address,
    ]
    return json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
