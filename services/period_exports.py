"""Ask for, grant, refuse and take an export of a period in full; each step is written down."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from domain.clock import day_span
from domain.errors import Conflict, Invalid, NotFound
from domain.period_exports import (
    EXPIRED,
    LONGEST_FILE,
    LONGEST_PERIOD,
    MAY_BE_TAKEN,
    WAITS,
    ExportLine,
    ExportState,
    Watermark,
)
from domain.permissions import OfficerContext
from domain.regions import contains
from models import (
    Certificate,
    Credit,
    Household,
    HouseholdAccount,
    Officer,
    PayoutLine,
    PeriodExport,
    Region,
)
from services import audit
from services.accounts import in_force
from services.income import in_region

_WAITING = (ExportState.REQUESTED, ExportState.GRANTED)


@dataclass(frozen=True, slots=True)
class ExportWanted:
    """Which region, which business days (both included), and why."""

    region_code: str
    first_day: date
    last_day: date
    reason: str


def request(session: Session, officer: OfficerContext, wanted: ExportWanted, now: datetime) -> PeriodExport:
    """Ask for an export; raises NotFound for a foreign region, Invalid period_too_long."""
    region = officer.in_scope(wanted.region_code)
    if session.get(Region, region) is None:
        raise NotFound("region_unknown", region=region)
    if wanted.last_day - wanted.first_day >= LONGEST_PERIOD:
        raise Invalid("period_too_long")
    row = PeriodExport(
        region_code=region,
        first_day=wanted.first_day,
        last_day=wanted.last_day,
        reason=wanted.reason,
        state=ExportState.REQUESTED,
        requester_id=officer.id,
        requested_at=now,
        decider_id=None,
        decided_at=None,
        expires_at=now + WAITS,
        taken_at=None,
    )
    session.add(row)
    session.flush()
    _note(session, officer, row, "period_export_requested", now, reason=wanted.reason)
    return row


def decide(
    session: Session, officer: OfficerContext, export_id: int, *, grant: bool, now: datetime
) -> PeriodExport:
    """Grant or refuse a request, as a second person of its region; raises NotFound, Conflict period_export_state."""
    find(session, officer, export_id)
    state = ExportState.GRANTED if grant else ExportState.REFUSED
    row = _move(
        session,
        sa.and_(
            PeriodExport.id == export_id,
            PeriodExport.state == ExportState.REQUESTED,
            PeriodExport.expires_at > now,
            PeriodExport.requester_id != officer.id,
        ),
        state=state,
        decider_id=officer.id,
        decided_at=now,
        expires_at=now + MAY_BE_TAKEN,
    )
    _note(session, officer, row, "period_export_granted" if grant else "period_export_refused", now)
    return row


def take(
    session: Session, officer: OfficerContext, export_id: int, now: datetime
) -> tuple[list[ExportLine], Watermark]:
    """What the file holds, and its watermark: once, by whoever asked for it.

    Raises NotFound outside the officer's region; Conflict period_export_state, for somebody else's request too; Invalid
    file_too_long, which leaves it to be taken.
    """
    find(session, officer, export_id)
    row = _move(
        session,
        sa.and_(
            PeriodExport.id == export_id,
            PeriodExport.state == ExportState.GRANTED,
            PeriodExport.expires_at > now,
            PeriodExport.requester_id == officer.id,
        ),
        state=ExportState.TAKEN,
        taken_at=now,
    )
    lines = _lines(session, row)
    if len(lines) > LONGEST_FILE:
        raise Invalid("file_too_long", {"rows": LONGEST_FILE}, rows=LONGEST_FILE)
    granter = session.get_one(Officer, row.decider_id)
    _note(session, officer, row, "period_export_taken", now, rows=len(lines))
    return lines, Watermark(row.id, officer.username, now, row.reason, granter.username)


def find(session: Session, officer: OfficerContext, export_id: int) -> PeriodExport:
    """A request within the officer's region; raises NotFound for a foreign one as for none."""
    row = session.get(PeriodExport, export_id, populate_existing=True)
    if row is None or not contains(officer.region_code, row.region_code):
        raise NotFound("period_export_unknown")
    return row


def listed(
    session: Session, officer: OfficerContext, now: datetime, *, before: int | None, limit: int
) -> list[dict[str, Any]]:
    """Up to `limit` requests of the officer's region as they may be shown, newest first."""
    wanted = [PeriodExport.region_code.startswith(officer.region_code, autoescape=True)]
    if before is not None:
        wanted.append(PeriodExport.id < before)
    return _shown(session, now, wanted, limit)


def shown(session: Session, row: PeriodExport, now: datetime) -> dict[str, Any]:
    """One request as it may be shown."""
    return _shown(session, now, [PeriodExport.id == row.id], 1)[0]


def _shown(
    session: Session, now: datetime, wanted: Sequence[sa.ColumnElement[bool]], limit: int
) -> list[dict[str, Any]]:
    requester, decider = aliased(Officer), aliased(Officer)
    rows = session.execute(
        sa.select(PeriodExport, requester.username, decider.username)
        .join(requester, requester.id == PeriodExport.requester_id)
        .outerjoin(decider, decider.id == PeriodExport.decider_id)
        .where(*wanted)
        .order_by(PeriodExport.id.desc())
        .limit(limit)
    )
    return [
        {
            "id": row.id,
            "region": row.region_code,
            "first": row.first_day,
            "last": row.last_day,
            "reason": row.reason,
            "state": EXPIRED if row.state in _WAITING and row.expires_at <= now else row.state.value,
            "requested_by": requested_by,
            "requested_at": row.requested_at,
            "decided_by": decided_by,
            "decided_at": row.decided_at,
            "expires_at": row.expires_at,
            "taken_at": row.taken_at,
        }
        for row, requested_by, decided_by in rows
    ]


def _move(session: Session, condition: sa.ColumnElement[bool], **values: Any) -> PeriodExport:
    moved = session.scalar(
        sa.update(PeriodExport)
        .where(condition)
        .values(**values)
        .returning(PeriodExport.id)
        .execution_options(synchronize_session=False)
    )
    if moved is None:
        raise Conflict("period_export_state")
    return session.get_one(PeriodExport, moved, populate_existing=True)


def _lines(session: Session, row: PeriodExport) -> list[ExportLine]:
    """Every credit earned in the period, then every payment sent in it; one more than a file may hold at most."""
    since, until = day_span(row.first_day, row.last_day)
    here = in_region(row.region_code)
    credits = session.execute(
        sa.select(Credit, Certificate.serial, Household, HouseholdAccount)
        .join(Household, Household.id == Credit.household_id)
        .join(Certificate, Certificate.id == Credit.certificate_id)
        .outerjoin(HouseholdAccount, sa.and_(HouseholdAccount.household_id == Household.id, in_force()))
        .where(here, Credit.earned_at >= since, Credit.earned_at < until)
        .order_by(Credit.id)
        .limit(LONGEST_FILE + 1)
    )
    lines = [
        ExportLine(
            kind="credit",
            at=credit.earned_at,
            household=household.number,
            name=household.head_name,
            identity=household.identity,
            phone=household.phone,
            bank=None if account is None else account.bank,
            account=None if account is None else account.account,
            reference=serial,
            amount_fen=credit.amount_fen,
            state=credit.state.value,
        )
        for credit, serial, household, account in credits
    ]
    payments = session.execute(
        sa.select(PayoutLine, Household)
        .join(Household, Household.id == PayoutLine.household_id)
        .where(here, PayoutLine.sent_at >= since, PayoutLine.sent_at < until)
        .order_by(PayoutLine.id)
        .limit(LONGEST_FILE + 1)
    )
    return lines + [
        ExportLine(
            kind="payment",
            at=line.sent_at,
            household=household.number,
            name=line.payee_name,
            identity=household.identity,
            phone=household.phone,
            bank=line.bank,
            account=line.account,
            reference=line.reference,
            amount_fen=line.amount_fen,
            state=line.state.value,
        )
        for line, household in payments
        if line.sent_at is not None
    ]


def _note(
    session: Session, officer: OfficerContext, row: PeriodExport, action: str, now: datetime, **facts: object
) -> None:
    audit.record(
        session,
        actor=officer.actor,
        action=action,
        subject=f"period_export:{row.id}",
        now=now,
        facts={
            "region": row.region_code,
            "from": row.first_day.isoformat(),
            "to": row.last_day.isoformat(),
            **facts,
        },
        address=officer.address,
    )
