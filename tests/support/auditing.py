"""Write audit entries, and change them behind the application's back as somebody with the database's password could."""

from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.period_exports import WAITS, ExportState
from models import Officer, PeriodExport
from services import audit
from tests.support.clock import START
from tests.support.ground import VILLAGE
from tests.support.triggers import behind_triggers


def write_entries(session: Session, n: int, *, actor: str = "command", at: datetime = START) -> None:
    """`n` entries, a second apart."""
    for number in range(n):
        audit.record(
            session,
            actor=actor,
            action="sponsor_pay_in",
            subject=f"bank:{number}",
            now=at + timedelta(seconds=number),
            facts={"amount_fen": number, "note": "手续费"},
            address="203.0.113.7",
        )
    session.flush()


def make_period_export(session: Session, requester: Officer, **facts: Any) -> PeriodExport:
    """A request for a period in full, of VILLAGE in August, that nobody has decided yet."""
    row: dict[str, Any] = {
        "region_code": VILLAGE,
        "first_day": date(2026, 8, 1),
        "last_day": date(2026, 8, 31),
        "reason": "年度专项审计抽查",
        "state": ExportState.REQUESTED,
        "requester_id": requester.id,
        "requested_at": START,
        "decider_id": None,
        "decided_at": None,
        "expires_at": START + WAITS,
        "taken_at": None,
        **facts,
    }
    export = PeriodExport(**row)
    session.add(export)
    session.flush()
    return export


def meddle(session: Session, table: str, statement: str) -> None:
    """Send a statement that the table's triggers would refuse, with the triggers out of the way."""
    with behind_triggers(session, table):
        session.execute(sa.text(statement))
