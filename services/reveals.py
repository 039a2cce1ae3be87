"""Looks at what is otherwise masked: each written down, and so many a day for one officer.

The day's number is counted in the audit itself, so it holds across processes, sign-ins and restarts. Somebody who
answers calls needs a handful; somebody who copies a county's register needs thousands.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.errors import TooMany
from domain.permissions import OfficerContext
from models import AuditEntry
from services import audit

ACTIONS = ("household_revealed", "position_revealed")
#: Looks of one officer in any 24 hours.
MOST_A_DAY = 100
_DAY = timedelta(hours=24)


def note(
    session: Session,
    officer: OfficerContext,
    *,
    action: str,
    subject: str,
    field: str,
    reason: str,
    now: datetime,
) -> None:
    """Write one look down, before the value is given; raises TooMany when the day's number is used up."""
    looks = session.scalar(
        sa.select(sa.func.count())
        .select_from(AuditEntry)
        .where(
            AuditEntry.actor == officer.actor,
            AuditEntry.action.in_(ACTIONS),
            AuditEntry.at > now - _DAY,
        )
    )
    if (looks or 0) >= MOST_A_DAY:
        raise TooMany("too_many_reveals", {"most": MOST_A_DAY}, most=MOST_A_DAY)
    audit.record(
        session,
        actor=officer.actor,
        action=action,
        subject=subject,
        now=now,
        facts={"field": field, "reason": reason},
        address=officer.address,
    )
