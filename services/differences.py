"""Differences found between us and the other side: kept as last found, each with the incident it opened."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.reconciliations import Source, Verdict
from models import Difference
from services import incidents


@dataclass(frozen=True, slots=True)
class Found:
    """One thing of a day that a person may want to see, and the kind of incident it opens, if any."""

    day: date
    source: Source
    verdict: Verdict
    subject: str
    incident: str | None
    facts: Mapping[str, object]


def replace(session: Session, found: Iterable[Found], now: datetime, *which: sa.ColumnElement[bool]) -> None:
    """Replace the differences of one kind (`which`): open incidents for what is found, and close what is gone."""
    before = {
        (str(kind), subject)
        for kind, subject in session.execute(
            sa.select(Difference.incident, Difference.subject).where(*which, Difference.incident.is_not(None))
        )
    }
    session.execute(sa.delete(Difference).where(*which).execution_options(synchronize_session=False))
    kept = list({(one.day, one.source, one.verdict, one.subject): one for one in found}.values())
    if kept:
        session.execute(
            sa.insert(Difference),
            [
                {
                    "day": one.day,
                    "source": one.source,
                    "verdict": one.verdict,
                    "subject": one.subject,
                    "incident": one.incident,
                    "facts": dict(one.facts),
                }
                for one in kept
            ],
        )
    for kind, subject in sorted(before - {(one.incident, one.subject) for one in kept}):
        incidents.resolve_gone(session, kind=kind, subject=subject, now=now)
    for one in kept:
        if one.incident is not None:
            incidents.open_unless_settled(
                session,
                kind=one.incident,
                subject=one.subject,
                now=now,
                facts={"day": one.day.isoformat(), **one.facts},
            )
