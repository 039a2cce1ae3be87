"""Complaints at WeChat Pay, each an incident while it lasts; whoever complains is named nowhere here."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Incident
from services import incidents

INCIDENT = "complaint"
#: Steps of our own, which WeChat announces too, begin like this.
OURS = ("MERCHANT_", "SELLER_")
FINISHED = "投诉已在微信处理完成。 The complaint was finished at WeChat."
OPENED, NOTED = "incident", "noted"


def heard(session: Session, complaint_id: str, action: str, now: datetime) -> str:
    """What came of an announcement: somebody else's step needs a person, a step of ours does not."""
    if action.startswith(OURS):
        return NOTED
    incidents.open_incident(session, kind=INCIDENT, subject=_subject(complaint_id), now=now)
    return OPENED


def keep_up(
    session: Session, complaint_id: str, *, numbers: Sequence[str], state: str, finished: bool, now: datetime
) -> bool:
    """Bring the incident of a complaint up to what WeChat says of it; whether that changed anything."""
    subject = _subject(complaint_id)
    if finished:
        return incidents.resolve_gone(session, kind=INCIDENT, subject=subject, now=now, resolution=FINISHED)
    facts = {"number": ", ".join(numbers), "state": state}
    known = session.scalar(
        sa.select(Incident).where(
            Incident.kind == INCIDENT, Incident.subject == subject, Incident.resolved_at.is_(None)
        )
    )
    if known is None:
        incidents.open_incident(session, kind=INCIDENT, subject=subject, now=now, facts=facts)
        return True
    changed = known.facts != facts
    known.facts, known.last_seen_at = facts, now
    session.flush()
    return changed


def waiting(session: Session) -> list[str]:
    """The complaints whose incidents are open, oldest first."""
    subjects = session.scalars(
        sa.select(Incident.subject)
        .where(Incident.kind == INCIDENT, Incident.resolved_at.is_(None))
        .order_by(Incident.id)
    )
    return [subject.partition(":")[2] for subject in subjects]


def _subject(complaint_id: str) -> str:
    return f"complaint:{complaint_id}"
