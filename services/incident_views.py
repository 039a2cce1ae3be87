"""Incidents as people see them: in words, with their age and the names of the officers who look after them."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.clock import rfc3339
from domain.incidents import age_days, people_needed, shown_facts, title
from models import Incident, Officer
from services.incidents import state_of


def shown(
    session: Session, found: Iterable[Incident], now: datetime, language: str
) -> list[dict[str, object]]:
    """Incidents as they may be shown: numbers, amounts and days, and no person but the officers."""
    incidents = list(found)
    names = _usernames(session, incidents)
    return [
        {
            "id": incident.id,
            "kind": incident.kind,
            "title": title(incident.kind, language),
            "subject": incident.subject,
            "facts": shown_facts(incident.facts),
            "state": state_of(incident).value,
            "first_seen_at": incident.opened_at,
            "last_seen_at": incident.last_seen_at,
            "seen": incident.seen,
            "age_days": age_days(incident.opened_at, incident.resolved_at or now),
            "people_needed": people_needed(incident.kind),
            "owner": names.get(incident.owner_id),
            "resolution": incident.resolution,
            "resolved_by": [
                names[officer]
                for officer in (incident.resolved_by_id, incident.seconded_by_id)
                if officer is not None
            ],
            "resolved_at": incident.resolved_at,
        }
        for incident in incidents
    ]


def told(row: dict[str, object]) -> list[str]:
    """One shown incident in lines for a terminal."""
    lines = [
        f"{row['id']}  {row['state']}  {row['kind']}  {row['subject']}  {row['age_days']} d"
        f"  owner {row['owner'] or '—'}",
        f"    {row['title']}",
    ]
    facts = row["facts"]
    if isinstance(facts, dict) and facts:
        lines.append("    " + ", ".join(f"{name}={value}" for name, value in sorted(facts.items())))
    for name in ("first_seen_at", "last_seen_at", "resolved_at"):
        if isinstance(moment := row[name], datetime):
            lines.append(f"    {name} {rfc3339(moment)}")
    if row["resolution"]:
        lines.append(f"    resolution: {row['resolution']}")
    return lines


def _usernames(session: Session, incidents: Iterable[Incident]) -> dict[int | None, str]:
    numbers = {
        number
        for incident in incidents
        for number in (incident.owner_id, incident.resolved_by_id, incident.seconded_by_id)
        if number is not None
    }
    rows = session.execute(sa.select(Officer.id, Officer.username).where(Officer.id.in_(numbers)))
    return {row.id: row.username for row in rows}
