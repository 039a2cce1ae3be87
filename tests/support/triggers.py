"""Rows as nobody may write them: with the triggers of their table out of the way."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.orm import Session


@contextmanager
def behind_triggers(session: Session, table: str) -> Iterator[None]:
    """Let a test change rows that the table's triggers keep, as if they had been written at another time."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.text("SET LOCAL session_replication_role = replica"))
        yield
        session.flush()
        session.execute(sa.text("SET LOCAL session_replication_role = origin"))
        return
    known = session.execute(
        sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table"),
        {"table": table},
    ).all()
    for name, _ in known:
        session.execute(sa.text(f"DROP TRIGGER {name}"))
    yield
    session.flush()
    for _, statement in known:
        session.execute(sa.text(statement))
