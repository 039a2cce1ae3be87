"""Notices of WeChat, each written down once with what it told and what came of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.errors import NotFound
from models import Notice, insert_for, table_of

#: What a notice came to that told of something we did not know (yet): a repetition may do better.
UNKNOWN = ("unknown_order", "unknown_refund", "unknown_transfer")

_Notices = table_of(Notice)


def note(
    session: Session,
    *,
    notice_id: str,
    event_type: str,
    subject: str,
    outcome: str,
    facts: Mapping[str, object],
    now: datetime,
) -> None:
    """Write a notice down once; a repetition changes nothing, save the outcome of one that nothing had come of."""
    session.connection().execute(
        _note(session.get_bind().dialect.name),
        {
            "notice": notice_id,
            "event": event_type,
            "about": subject,
            "came_of_it": outcome,
            "told": dict(facts),
            "at": now,
        },
    )


@cache
def _note(dialect: str) -> sa.Executable:
    return (
        insert_for(dialect, Notice)
        .values(
            notice_id=sa.bindparam("notice"),
            event_type=sa.bindparam("event"),
            subject=sa.bindparam("about"),
            outcome=sa.bindparam("came_of_it"),
            facts=sa.bindparam("told"),
            received_at=sa.bindparam("at"),
        )
        .on_conflict_do_update(
            index_elements=["notice_id"],
            set_={"outcome": sa.bindparam("came_of_it")},
            where=_Notices.c.outcome.in_(UNKNOWN),
        )
    )


def find(session: Session, notice_id: str) -> Notice:
    """A notice by WeChat's id; raises NotFound("notice_not_found")."""
    notice = session.scalar(sa.select(Notice).where(Notice.notice_id == notice_id))
    if notice is None:
        raise NotFound("notice_not_found")
    return notice


def conclude(session: Session, notice_id: str, outcome: str) -> None:
    """Write down what a replay of a notice came to."""
    session.execute(sa.update(Notice).where(Notice.notice_id == notice_id).values(outcome=outcome))


def about(session: Session, subjects: Sequence[str]) -> Sequence[Any]:
    """The notices about these numbers, oldest first."""
    return session.execute(
        sa.select(_Notices).where(_Notices.c.subject.in_(subjects)).order_by(_Notices.c.id)
    ).all()
