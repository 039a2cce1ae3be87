"""Write down who did what; facts never contain personal data."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from models import AuditEntry


def record(
    session: Session,
    *,
    actor: str,
    action: str,
    subject: str,
    now: datetime,
    facts: Mapping[str, object] | None = None,
    address: str | None = None,
) -> None:
    """Add one entry, in the same transaction as the act itself."""
    session.add(
        AuditEntry(
            at=now, actor=actor, action=action, subject=subject, facts=dict(facts or {}), address=address
        )
    )
