"""Rows for the console's screens about money beside the payouts."""

import itertools
import uuid
from datetime import date, timedelta

import sqlalchemy as sa

from domain.months import Month
from domain.reconciliations import DayState, Source, Verdict
from flows.running import running
from models import Difference, Incident, MonthClose, Reconciliation
from services import months
from services.incidents import open_incident
from tests.browser.site import Site

#: Days nobody has anything of: each day that is made is another one.
_days = (date(2021, 3, 1) + timedelta(days=n) for n in itertools.count())
SIDES = {"bill_count": 1204, "bill_fen": 361_207, "fund_fen": 361_207, "book_fen": 360_907}
#: Long enough ago for nobody to book anything then any more.
CLOSED_AGO = timedelta(days=150)


def make_day(site: Site, kind: str = "bill_unbooked") -> tuple[date, int]:
    """A day that differs by one payment; the number of its incident."""
    day, number = next(_days), f"4200{uuid.uuid4().int % 10**20:020d}"
    subject = f"transaction:{number}"
    with site.writing() as session:
        now = running().clock()
        session.add(
            Reconciliation(
                day=day,
                state=DayState.DIFFERS,
                look_again_at=None,
                reconciled_at=now,
                runs=3,
                figures={"payments": SIDES, "refunds": {**SIDES, "bill_count": 0}},
            )
        )
        session.add(
            Difference(
                day=day,
                source=Source.TRADE,
                verdict=Verdict.THEIRS_ONLY,
                subject=subject,
                incident=kind,
                facts={"billed_fen": 300, "transaction_id": number},
            )
        )
        facts = {"billed_fen": 300, "transaction_id": number, "day": day.isoformat()}
        open_incident(session, kind=kind, subject=subject, now=now, facts=facts)
        incident = session.scalar(sa.select(Incident.id).where(Incident.subject == subject))
    assert incident
    return day, incident


def make_closed_month(site: Site) -> str:
    """A month of the book that has been closed, as `flask ledger close` does."""
    with site.writing() as session:
        now = running().clock()
        month = Month.of(f"{now - CLOSED_AGO:%Y-%m}")
        if session.get(MonthClose, str(month)) is None:
            months.close(session, month, now)
    return str(month)
