"""Counts what a request sends to PostgreSQL, by libpq's own trace of the wire."""

import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

_SENT = re.compile(r"\tF\t\d+\t(Query|Parse|Execute|Sync)\b(.*)")
#: The server says that no transaction is open (any more).
_ENDED = re.compile(r"\tB\t\d+\tReadyForQuery\t I")
_CONTROL = re.compile(r'"(BEGIN|COMMIT|ROLLBACK)\b')


@dataclass(frozen=True, slots=True)
class Traffic:
    """What one request sends: SQL statements (without BEGIN, COMMIT and ROLLBACK), transactions, round trips in all."""

    statements: int
    transactions: int
    round_trips: int


def count(engine: sa.Engine, request: Callable[[], None], times: int) -> list[Traffic]:
    """What each of `times` repetitions of a request sends; the connection is new, so let the first few pass."""
    with tempfile.TemporaryFile("w+") as trace:

        def follow(connection: Any, _record: object) -> None:
            connection.pgconn.trace(trace.fileno())

        engine.dispose()
        sa.event.listen(engine, "connect", follow)
        try:
            found = []
            for _ in range(times):
                trace.seek(0)
                trace.truncate()
                request()
                trace.seek(0)
                found.append(_read(trace.read()))
            return found
        finally:
            sa.event.remove(engine, "connect", follow)
            engine.dispose()


def _read(trace: str) -> Traffic:
    statements = trips = 0
    for kind, rest in _SENT.findall(trace):
        trips += kind in ("Query", "Sync")
        statements += kind in ("Query", "Execute")
        # As a simple query it is one message; in the extended protocol its text stands in the Parse before it.
        statements -= _CONTROL.search(rest) is not None
    return Traffic(statements, len(_ENDED.findall(trace)), trips)
