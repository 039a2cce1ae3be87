"""A household's word about a payment: said once, kept for good; a contest goes to somebody who had no part in it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.errors import Conflict, NotFound
from domain.payout_answers import CONTESTED, SUBJECT, PayoutAnswerKind, check_answerable
from domain.payouts import batch_number
from domain.permissions import OfficerContext
from models import PayoutAnswer, PayoutLine, insert_for
from services import audit, incidents
from services.bindings import BoundHousehold
from services.income import household_in_scope


def confirm(
    session: Session, household: BoundHousehold, line_id: int, *, now: datetime, address: str | None
) -> None:
    """Say that a payment came; raises NotFound for another's, Conflict when it was said or there is nothing to say."""
    line = _found(session, household, line_id)
    _say(session, household, line, PayoutAnswerKind.CONFIRMED, None, now=now, address=address)


def contest(
    session: Session,
    household: BoundHousehold,
    line_id: int,
    reason: str,
    *,
    now: datetime,
    address: str | None,
) -> None:
    """Say that something is wrong with a payment: an incident is opened that its own staff cannot settle.

    Raises what `confirm` raises.
    """
    line = _found(session, household, line_id)
    _say(session, household, line, PayoutAnswerKind.CONTESTED, reason, now=now, address=address)
    incidents.open_incident(
        session,
        kind=CONTESTED,
        subject=f"{SUBJECT}{line.reference}",
        now=now,
        facts={
            "number": batch_number(line.batch_id),
            "reference": line.reference,
            "our_fen": line.amount_fen,
            "state": line.state.value,
        },
    )


def of_lines(
    session: Session, line_ids: Sequence[int]
) -> Mapping[int, Mapping[PayoutAnswerKind, PayoutAnswer]]:
    """What was said of these payments, by line and kind."""
    said: dict[int, dict[PayoutAnswerKind, PayoutAnswer]] = {}
    for answer in session.scalars(sa.select(PayoutAnswer).where(PayoutAnswer.line_id.in_(line_ids))):
        said.setdefault(answer.line_id, {})[answer.kind] = answer
    return said


def of_household(session: Session, officer: OfficerContext, public_id: str) -> list[dict[str, object]]:
    """What a household said of its payments, newest first; raises NotFound outside the officer's region."""
    household, _ = household_in_scope(session, officer, public_id)
    rows = session.execute(
        sa.select(PayoutAnswer, PayoutLine.reference, PayoutLine.amount_fen, PayoutLine.batch_id)
        .join(PayoutLine, PayoutLine.id == PayoutAnswer.line_id)
        .where(PayoutLine.household_id == household.id)
        .order_by(PayoutAnswer.id.desc())
    )
    return [
        {
            "batch": batch_number(row.batch_id),
            "reference": row.reference,
            "amount_fen": row.amount_fen,
            "kind": row.PayoutAnswer.kind,
            "reason": row.PayoutAnswer.reason,
            "answered_at": row.PayoutAnswer.answered_at,
        }
        for row in rows
    ]


def _found(session: Session, household: BoundHousehold, line_id: int) -> PayoutLine:
    line = session.scalar(
        sa.select(PayoutLine)
        .where(PayoutLine.id == line_id, PayoutLine.household_id == household.household_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if line is None:
        raise NotFound("household_payout_not_found")
    check_answerable(line.state)
    return line


def _say(
    session: Session,
    household: BoundHousehold,
    line: PayoutLine,
    kind: PayoutAnswerKind,
    reason: str | None,
    *,
    now: datetime,
    address: str | None,
) -> None:
    said = session.execute(
        insert_for(session.get_bind().dialect.name, PayoutAnswer)
        .values(
            line_id=line.id,
            binding_id=household.binding_id,
            kind=kind,
            reason=reason,
            answered_at=now,
        )
        .on_conflict_do_nothing(index_elements=["line_id", "kind"])
        .returning(PayoutAnswer.id)
    ).first()
    if said is None:
        raise Conflict("payout_answered")
    audit.record(
        session,
        actor=household.actor,
        action="payout_confirmed_by_household" if kind is PayoutAnswerKind.CONFIRMED else "payout_contested",
        subject=f"household:{household.public_id}",
        now=now,
        facts={"reference": line.reference},
        address=address,
    )
