"""What is asked of the database, for tests of how often that is."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

_AROUND = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")


@contextmanager
def asked_of(engine: sa.Engine | sa.Connection) -> Iterator[list[str]]:
    """Statements sent while the block lasts, a transaction's begin and end left out."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(_AROUND):
            sent.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
