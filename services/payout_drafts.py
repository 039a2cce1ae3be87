"""A draft: what is ripe to be paid to the households of a division, with each payee as they stand now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.clock import day_span
from domain.errors import Conflict, NotFound
from domain.payouts import (
    BatchState,
    Duty,
    PayoutChannel,
    PayoutLineState,
    PayoutTerms,
    batch_number,
)
from domain.permissions import OfficerContext
from models import (
    Credit,
    Household,
    HouseholdAccount,
    PayoutBatch,
    PayoutDuty,
    PayoutLine,
    PayoutLineCredit,
    PayoutOmission,
    Region,
)
from models.credits import CreditState
from services import audit, batch_numbers
from services.accounts import in_force
from services.income import in_region
from services.payout_locks import soft_lock


@dataclass(frozen=True, slots=True)
class DraftWanted:
    """Whom to pay: a division, the last business day of earning, the least amount, by which channel.

    A year's end pays any amount, whatever `threshold_fen` says.
    """

    region_code: str
    up_to: date
    threshold_fen: int
    channel: PayoutChannel
    year_end: bool = False


def draft(
    session: Session,
    officer: OfficerContext,
    wanted: DraftWanted,
    terms: PayoutTerms,
    *,
    now: datetime,
    address: str | None = None,
) -> PayoutBatch:
    """Collect the mature credits of a division's households into a draft; nothing is reserved by it.

    A household under a soft lock is left out, with its reason. Raises NotFound outside the officer's region, Conflict
    nothing_to_pay when no household is left (`fields` says why).
    """
    if session.get(Region, officer.in_scope(wanted.region_code)) is None:
        raise NotFound("region_unknown", region=wanted.region_code)
    batch = PayoutBatch(
        id=batch_numbers.next_if_restored(session),
        region_code=wanted.region_code,
        channel=wanted.channel,
        up_to=wanted.up_to,
        threshold_fen=wanted.threshold_fen,
        year_end=wanted.year_end,
        state=BatchState.DRAFT,
        amount_fen=0,
        line_count=0,
        approvals_needed=1,
        drafted_at=now,
        submitted_at=None,
        objections_until=None,
        approved_at=None,
        released_at=None,
        ended_at=None,
        reason=None,
        ended_by_id=None,
    )
    session.add(batch)
    session.flush()
    session.execute(
        sa.insert(PayoutDuty).values(batch_id=batch.id, officer_id=officer.id, duty=Duty.MAKER, done_at=now)
    )
    judged = _judged(batch, officer.id, terms, now)
    _leave_out(session, batch, judged)
    _write_lines(session, batch, judged, now)
    left_out = omissions(session, batch.id)
    add_up(session, batch)
    if not batch.line_count:
        raise Conflict("nothing_to_pay", {"left_out": left_out})
    audit.record(
        session,
        actor=officer.actor,
        action="payout_drafted",
        subject=f"payout:{batch.id}",
        now=now,
        facts={
            "region": batch.region_code,
            "up_to": batch.up_to.isoformat(),
            "threshold_fen": batch.threshold_fen,
            "year_end": batch.year_end,
            "channel": batch.channel.value,
            "amount_fen": batch.amount_fen,
            "lines": batch.line_count,
            "left_out": left_out,
        },
        address=address,
    )
    return batch


def omissions(session: Session, batch_id: int) -> dict[str, dict[str, int]]:
    """How many households a batch left out and how much they are owed, by reason."""
    rows = session.execute(
        sa.select(PayoutOmission.reason, sa.func.count(), sa.func.sum(PayoutOmission.amount_fen))
        .where(PayoutOmission.batch_id == batch_id)
        .group_by(PayoutOmission.reason)
        .order_by(PayoutOmission.reason)
    )
    return {reason.value: {"households": count, "amount_fen": int(fen)} for reason, count, fen in rows}


def add_up(session: Session, batch: PayoutBatch) -> None:
    """Set what a batch amounts to from its lines that were not withdrawn."""
    kept = sa.select(
        sa.func.coalesce(sa.func.sum(PayoutLine.amount_fen), 0), sa.func.count(PayoutLine.id)
    ).where(PayoutLine.batch_id == batch.id, PayoutLine.state != PayoutLineState.WITHDRAWN)
    fen, count = session.execute(kept).one()
    session.execute(
        sa.update(PayoutBatch)
        .where(PayoutBatch.id == batch.id)
        .values(amount_fen=int(fen), line_count=count)
        .execution_options(synchronize_session=False)
    )
    session.refresh(batch)


def ripe(batch: PayoutBatch, now: datetime) -> sa.ColumnElement[bool]:
    """The condition that a credit may be paid by a batch: owed, earned by its last day, past the refund window."""
    return sa.and_(
        Credit.state == CreditState.OWED,
        Credit.earned_at < day_span(batch.up_to, batch.up_to)[1],
        Credit.matures_at <= now,
    )


def _judged(batch: PayoutBatch, maker_id: int, terms: PayoutTerms, now: datetime) -> sa.Subquery:
    """Each household with enough to be paid: its fen, its account in force, and the lock that keeps it out."""
    fen = sa.func.sum(Credit.amount_fen)
    owed = (
        sa.select(Credit.household_id, sa.cast(fen, sa.BigInteger).label("fen"))
        .join(Household, Household.id == Credit.household_id)
        .where(in_region(batch.region_code), ripe(batch, now))
        .group_by(Credit.household_id)
        .having(fen >= (1 if batch.year_end else batch.threshold_fen))
        .subquery("owed")
    )
    lock = soft_lock(unlocked_since=terms.unlocked_since(now), maker_id=maker_id)
    return (
        sa.select(
            Household.id.label("household_id"),
            Household.number,
            owed.c.fen,
            HouseholdAccount.id.label("account_id"),
            lock.label("lock"),
        )
        .join(owed, owed.c.household_id == Household.id)
        .outerjoin(
            HouseholdAccount,
            sa.and_(HouseholdAccount.household_id == Household.id, in_force(batch.channel)),
        )
        .subquery("judged")
    )


def _leave_out(session: Session, batch: PayoutBatch, judged: sa.Subquery) -> None:
    rows = sa.select(sa.literal(batch.id), judged.c.household_id, judged.c.lock, judged.c.fen)
    session.execute(
        sa.insert(PayoutOmission).from_select(
            ["batch_id", "household_id", "reason", "amount_fen"], rows.where(judged.c.lock.is_not(None))
        )
    )


def _write_lines(session: Session, batch: PayoutBatch, judged: sa.Subquery, now: datetime) -> None:
    """Lines with their payees, who edited and confirmed those, and the credits of each, oldest first."""
    paid = sa.select(judged).where(judged.c.lock.is_(None)).subquery("paid")
    people = (
        sa.select(column.label("officer_id"))
        .join(paid, paid.c.account_id == HouseholdAccount.id)
        .where(column.is_not(None))
        for column in (HouseholdAccount.editor_id, HouseholdAccount.confirmer_id)
    )
    officers = sa.union(*people).subquery("people")
    session.execute(
        sa.insert(PayoutDuty).from_select(
            ["batch_id", "officer_id", "duty", "done_at"],
            sa.select(
                sa.literal(batch.id),
                officers.c.officer_id,
                sa.literal(Duty.ACCOUNT.value),
                sa.literal(now, PayoutDuty.done_at.type),
            ),
        )
    )
    place = sa.func.row_number().over(order_by=paid.c.number)
    columns: Mapping[str, Any] = {
        "batch_id": sa.literal(batch.id),
        "household_id": paid.c.household_id,
        "reference": sa.literal(f"{batch_number(batch.id)}L") + sa.cast(place, sa.String),
        "amount_fen": paid.c.fen,
        "account_id": HouseholdAccount.id,
        "editor_id": HouseholdAccount.editor_id,
        "confirmer_id": HouseholdAccount.confirmer_id,
        "payee_name": HouseholdAccount.holder_name,
        "bank": HouseholdAccount.bank,
        "account": HouseholdAccount.account,
        "account_hash": HouseholdAccount.account_hash,
        "state": sa.literal(PayoutLineState.PREPARED.value),
    }
    session.execute(
        sa.insert(PayoutLine).from_select(
            list(columns),
            sa.select(*columns.values())
            .select_from(paid)
            .join(HouseholdAccount, HouseholdAccount.id == paid.c.account_id)
            .order_by(paid.c.number),
        )
    )
    named = (
        sa.select(PayoutLine.id, Credit.id, sa.false())
        .join(Credit, Credit.household_id == PayoutLine.household_id)
        .where(PayoutLine.batch_id == batch.id, ripe(batch, now))
        .order_by(Credit.earned_at, Credit.id)
    )
    session.execute(sa.insert(PayoutLineCredit).from_select(["line_id", "credit_id", "reserved"], named))
