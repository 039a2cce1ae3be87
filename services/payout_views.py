"""Payout batches as officers read them: masked, within their region, with the people who acted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.masking import masked_account_number, officer_name
from domain.payouts import BatchState, Duty, PayoutChannel, batch_number
from models import Household, Officer, PayoutBatch, PayoutDuty, PayoutLine, PayoutOmission, Region
from services.payout_drafts import omissions


@dataclass(frozen=True, slots=True)
class BatchesWanted:
    """Which batches: of a division and all below it, in a state, older than one."""

    scope: str
    state: BatchState | None = None
    before: int | None = None


def listed(session: Session, wanted: BatchesWanted, limit: int) -> list[dict[str, Any]]:
    """Batches within a region, newest first, one more than `limit`; two statements however many."""
    statement = (
        sa.select(PayoutBatch, Region)
        .join(Region, Region.code == PayoutBatch.region_code)
        .where(PayoutBatch.region_code.startswith(wanted.scope, autoescape=True))
        .order_by(PayoutBatch.id.desc())
        .limit(limit + 1)
    )
    if wanted.state is not None:
        statement = statement.where(PayoutBatch.state == wanted.state)
    if wanted.before is not None:
        statement = statement.where(PayoutBatch.id < wanted.before)
    rows = session.execute(statement).all()
    people = _people(session, [row.PayoutBatch.id for row in rows])
    return [_row(row.PayoutBatch, row.Region, people.get(row.PayoutBatch.id, [])) for row in rows]


def shown(session: Session, batch: PayoutBatch) -> dict[str, Any]:
    """One batch with its lines added up by state, who was left out, by reason, and who ended it before it was paid."""
    region = session.get_one(Region, batch.region_code)
    by_state = session.execute(
        sa.select(PayoutLine.state, sa.func.count(), sa.func.sum(PayoutLine.amount_fen))
        .where(PayoutLine.batch_id == batch.id)
        .group_by(PayoutLine.state)
        .order_by(PayoutLine.state)
    )
    return {
        **_row(batch, region, _people(session, [batch.id]).get(batch.id, [])),
        "lines": {
            state.value: {"households": count, "amount_fen": int(fen)} for state, count, fen in by_state
        },
        "left_out": omissions(session, batch.id),
        "ended_by": batch.ended_by_id and session.get_one(Officer, batch.ended_by_id),
    }


def _row(batch: PayoutBatch, region: Region, people: Sequence[tuple[Duty, str, str]]) -> dict[str, Any]:
    def of(duty: Duty) -> list[dict[str, str]]:
        return [{"username": name, "display_name": shown} for known, name, shown in people if known is duty]

    return {
        "batch": batch,
        "number": batch_number(batch.id),
        "region": region,
        "households": batch.line_count,
        "maker": next(iter(of(Duty.MAKER)), None),
        "approvers": of(Duty.APPROVER),
        "releaser": next(iter(of(Duty.RELEASER)), None),
    }


def _people(session: Session, batch_ids: Sequence[int]) -> dict[int, list[tuple[Duty, str, str]]]:
    rows = session.execute(
        sa.select(PayoutDuty.batch_id, PayoutDuty.duty, Officer.username, Officer.display_name)
        .join(Officer, Officer.id == PayoutDuty.officer_id)
        .where(PayoutDuty.batch_id.in_(batch_ids), PayoutDuty.duty != Duty.ACCOUNT)
        .order_by(PayoutDuty.done_at, PayoutDuty.officer_id)
    )
    found: dict[int, list[tuple[Duty, str, str]]] = {}
    for batch_id, duty, username, display_name in rows:
        found.setdefault(batch_id, []).append((duty, username, display_name))
    return found


def lines(session: Session, batch: PayoutBatch, *, after: int | None, limit: int) -> list[dict[str, Any]]:
    """Lines of a batch in their order, masked, one more than `limit`."""
    statement = (
        sa.select(PayoutLine, Household.public_id, Household.number, Region.path)
        .join(Household, Household.id == PayoutLine.household_id)
        .join(Region, Region.code == Household.region_code)
        .where(PayoutLine.batch_id == batch.id)
        .order_by(PayoutLine.id)
        .limit(limit + 1)
    )
    if after is not None:
        statement = statement.where(PayoutLine.id > after)
    bank = batch.channel is PayoutChannel.BANK
    return [
        {
            "line": row.PayoutLine,
            "public_id": row.public_id,
            "household_number": row.number,
            "place": row.path,
            "name": officer_name(row.PayoutLine.payee_name),
            "account": masked_account_number(row.PayoutLine.account) if bank else None,
        }
        for row in session.execute(statement)
    ]


def left_out(session: Session, batch: PayoutBatch, *, after: int | None, limit: int) -> list[dict[str, Any]]:
    """The households a batch left out, masked, one more than `limit`."""
    statement = (
        sa.select(PayoutOmission, Household, Region.path)
        .join(Household, Household.id == PayoutOmission.household_id)
        .join(Region, Region.code == Household.region_code)
        .where(PayoutOmission.batch_id == batch.id)
        .order_by(PayoutOmission.household_id)
        .limit(limit + 1)
    )
    if after is not None:
        statement = statement.where(PayoutOmission.household_id > after)
    return [
        {
            "key": row.PayoutOmission.household_id,
            "public_id": row.Household.public_id,
            "household_number": row.Household.number,
            "name": officer_name(row.Household.head_name),
            "place": row.path,
            "reason": row.PayoutOmission.reason,
            "amount_fen": row.PayoutOmission.amount_fen,
        }
        for row in session.execute(statement)
    ]
