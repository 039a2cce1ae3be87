"""Keyset pages: an opaque cursor holds the last key of the page before."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from domain.errors import Invalid

Row = TypeVar("Row")


def page(rows: Sequence[Row], limit: int, key: Callable[[Row], Sequence[Any]]) -> dict[str, Any]:
    """`rows` are up to limit + 1; the answer has `items` and the cursor of the next page, if there is one."""
    items = list(rows[:limit])
    more = len(rows) > limit
    return {"items": items, "next_cursor": write_cursor(key(items[-1])) if more else None}


def write_cursor(key: Sequence[Any]) -> str:
    """A key as an opaque cursor."""
    return (
        base64.urlsafe_b64encode(json.dumps(list(key), separators=(",", ":")).encode()).decode().rstrip("=")
    )


def read_cursor(cursor: str | None, *kinds: type) -> tuple[Any, ...] | None:
    """The key a cursor holds, checked against the kinds expected; raises Invalid for anything else."""
    if cursor is None:
        return None
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        raise Invalid("invalid_cursor") from None
    if not isinstance(key, list) or len(key) != len(kinds):
        raise Invalid("invalid_cursor")
    for part, kind in zip(key, kinds, strict=True):
        if type(part) is not kind or (isinstance(part, int) and abs(part) >= 2**63):
            raise Invalid("invalid_cursor")
    return tuple(key)
