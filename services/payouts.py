"""Payout batches: finding them, moving them, and holding on to the credits they name."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.errors import Conflict, NotFound
from domain.payouts import (
    BatchEvent,
    BatchState,
    Duty,
    LineEvent,
    PayoutLineState,
    PayoutTerms,
    batch_states_before,
    line_states_before,
    move_batch,
)
from domain.permissions import OfficerContext
from domain.regions import contains
from models import (
    Credit,
    Household,
    HouseholdAccount,
    PayoutBatch,
    PayoutDuty,
    PayoutLine,
    PayoutLineCredit,
)
from models.credits import CreditState
from services import audit
from services.accounts import in_force
from services.payout_drafts import add_up
from services.payout_locks import soft_lock


def find(session: Session, batch_id: int, scope: str, *, lock: bool = False) -> PayoutBatch:
    """A batch within a region; raises NotFound for a foreign one as for none."""
    statement = sa.select(PayoutBatch).where(PayoutBatch.id == batch_id)
    if lock:
        statement = statement.with_for_update()
    batch = session.scalar(statement.execution_options(populate_existing=True))
    if batch is None or not contains(scope, batch.region_code):
        raise NotFound("payout_not_found")
    return batch


def expect(batch: PayoutBatch, event: BatchEvent) -> None:
    """Raise Conflict payout_state unless an event may happen to a batch now."""
    move_batch(batch.state, event)


def advance(session: Session, batch: PayoutBatch, event: BatchEvent, **values: object) -> None:
    """Move a batch on, once: raises Conflict payout_state where somebody else was faster."""
    after = move_batch(batch.state, event)
    moved = session.execute(
        sa.update(PayoutBatch)
        .where(PayoutBatch.id == batch.id, PayoutBatch.state.in_(batch_states_before(event)))
        .values(state=after, **values)
        .returning(PayoutBatch.id)
        .execution_options(synchronize_session=False)
    ).first()
    session.refresh(batch)
    if moved is None:
        raise Conflict("payout_state", {"state": batch.state.value}, state=batch.state.value)


def take_duty(
    session: Session, batch: PayoutBatch, officer: OfficerContext, duty: Duty, now: datetime
) -> None:
    """Write down that a person does something for a batch; raises Conflict duties_not_separate for a second duty.

    The primary key says the same to whoever does not come this way.
    """
    has = session.scalar(
        sa.select(PayoutDuty.duty).where(PayoutDuty.batch_id == batch.id, PayoutDuty.officer_id == officer.id)
    )
    if has is not None:
        raise Conflict("duties_not_separate", {"duty": has.value}, duty=has.value)
    session.execute(
        sa.insert(PayoutDuty).values(batch_id=batch.id, officer_id=officer.id, duty=duty, done_at=now)
    )


def need_maker(session: Session, batch: PayoutBatch, officer: OfficerContext) -> None:
    """Raise Conflict payout_of_another unless the officer made the batch."""
    maker = sa.select(PayoutDuty.officer_id).where(
        PayoutDuty.batch_id == batch.id, PayoutDuty.duty == Duty.MAKER
    )
    if session.scalar(maker) != officer.id:
        raise Conflict("payout_of_another")


def need_another_than_maker(session: Session, batch: PayoutBatch, officer_id: int) -> None:
    """Raise Conflict duties_not_separate for whoever made the batch."""
    made = sa.exists().where(
        PayoutDuty.batch_id == batch.id,
        PayoutDuty.officer_id == officer_id,
        PayoutDuty.duty == Duty.MAKER,
    )
    if session.scalar(sa.select(made)):
        raise Conflict("duties_not_separate", {"duty": Duty.MAKER.value}, duty=Duty.MAKER.value)


def credits_of(batch_id: int, *conditions: sa.ColumnElement[bool]) -> sa.Select[int]:
    """The ids of the credits that the lines of a batch name, where conditions speak of the line."""
    return (
        sa.select(PayoutLineCredit.credit_id)
        .join(PayoutLine, PayoutLine.id == PayoutLineCredit.line_id)
        .where(PayoutLine.batch_id == batch_id, *conditions)
    )


def move_credits(session: Session, credits: sa.Select[int], before: CreditState, after: CreditState) -> None:
    """Move every one of these credits, or raise Conflict payout_stale: some are not what they were."""
    # In one order, so that two who want some of the same wait for one another and not in a circle.
    locked = session.scalars(
        sa.select(Credit.id).where(Credit.id.in_(credits)).order_by(Credit.id).with_for_update()
    ).all()
    moved = session.scalars(
        sa.update(Credit)
        .where(Credit.id.in_(credits), Credit.state == before)
        .values(state=after)
        .returning(Credit.id)
        .execution_options(synchronize_session=False)
    ).all()
    if len(moved) != len(locked):
        raise Conflict("payout_stale", {"credits": len(locked) - len(moved)})


def free_withdrawn(session: Session, batch: PayoutBatch) -> None:
    """Owe again what the withdrawn lines of a batch had reserved."""
    withdrawn = PayoutLine.state == PayoutLineState.WITHDRAWN
    held = credits_of(batch.id, withdrawn, PayoutLineCredit.reserved.is_(True))
    move_credits(session, held, CreditState.RESERVED, CreditState.OWED)
    lines = sa.select(PayoutLine.id).where(PayoutLine.batch_id == batch.id, withdrawn)
    session.execute(
        sa.update(PayoutLineCredit)
        .where(PayoutLineCredit.line_id.in_(lines), PayoutLineCredit.reserved)
        .values(reserved=False)
        .execution_options(synchronize_session=False)
    )


def mark_sent(session: Session, batch_id: int, now: datetime) -> int:
    """Note that the requested lines of a batch have gone out; how many. Their money is under way already."""
    sent = session.scalars(
        sa.update(PayoutLine)
        .where(PayoutLine.batch_id == batch_id, PayoutLine.state.in_(line_states_before(LineEvent.SEND)))
        .values(state=PayoutLineState.SENT, sent_at=now)
        .returning(PayoutLine.id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(sent)


def set_aside(session: Session, batch: PayoutBatch, terms: PayoutTerms, now: datetime) -> dict[str, int]:
    """Withdraw the lines whose household has come under a soft lock, or is paid elsewhere by now; how many, by lock."""
    lock = soft_lock(unlocked_since=terms.unlocked_since(now), maker_id=None, apart_from=batch.id)
    locked = (
        sa.select(
            PayoutLine.id,
            sa.case((HouseholdAccount.id != PayoutLine.account_id, "account_changed"), else_=lock).label(
                "lock"
            ),
        )
        .join(Household, Household.id == PayoutLine.household_id)
        .outerjoin(
            HouseholdAccount,
            sa.and_(HouseholdAccount.household_id == Household.id, in_force(batch.channel)),
        )
        .where(PayoutLine.batch_id == batch.id, PayoutLine.state == PayoutLineState.PREPARED)
        .subquery("locked")
    )
    found = session.execute(sa.select(locked).where(locked.c.lock.is_not(None)))
    by_lock: dict[str, list[int]] = {}
    for line_id, reason in found:
        by_lock.setdefault(reason, []).append(line_id)
    for reason, lines in sorted(by_lock.items()):
        session.execute(
            sa.update(PayoutLine)
            .where(PayoutLine.id.in_(lines))
            .values(state=PayoutLineState.WITHDRAWN, withdrawn_for=reason, failed_at=now)
            .execution_options(synchronize_session=False)
        )
    if by_lock:
        if batch.state is not BatchState.DRAFT:
            free_withdrawn(session, batch)
        add_up(session, batch)
    if not batch.line_count:
        raise Conflict("payout_empty")
    return {reason: len(lines) for reason, lines in sorted(by_lock.items())}


def record(
    session: Session,
    batch: PayoutBatch,
    action: str,
    officer: OfficerContext,
    now: datetime,
    *,
    address: str | None,
    **facts: object,
) -> None:
    """Write an act on a batch down."""
    audit.record(
        session,
        actor=officer.actor,
        action=action,
        subject=f"payout:{batch.id}",
        now=now,
        facts={
            "region": batch.region_code,
            "amount_fen": batch.amount_fen,
            "lines": batch.line_count,
            **facts,
        },
        address=address,
    )
