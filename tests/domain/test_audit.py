"""What is hashed of an audit entry."""

import hashlib
from datetime import UTC, datetime, timedelta, timezone

from domain.audit import GENESIS, Entry, canonical, seal_after

AT = datetime(2026, 9, 1, 1, 2, 3, 40, tzinfo=UTC)
ENTRY = Entry(
    7, AT, "officer:3", "household_revealed", "household:H1", {"reason": "核对", "field": "name"}, "::1"
)


def test_an_entry_is_hashed_as_the_document_says() -> None:
    said = (
        '["danzhu.audit.1",2,7,"2026-09-01T01:02:03.000040Z","officer:3","household_revealed","household:H1",'
        '{"field":"name","reason":"核对"},"::1"]'
    )
    assert canonical(2, ENTRY) == said.encode()
    assert seal_after(GENESIS, 2, ENTRY) == hashlib.sha256(bytes(32) + said.encode()).digest()


def test_the_same_instant_elsewhere_is_the_same_entry() -> None:
    there = Entry(7, AT.astimezone(timezone(timedelta(hours=8))), *(getattr(ENTRY, name) for name in (
        "actor", "action", "subject", "facts", "address"
    )))  # fmt: skip
    assert canonical(2, there) == canonical(2, ENTRY)
