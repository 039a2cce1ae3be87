"""Why a household is not paid for now: the soft locks, as one expression over its rows.

What stands in it whatever is asked is built once, because building costs more than sending.
"""

from datetime import datetime
from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, aliased

from domain.consents import ConsentKind
from domain.payouts import OPEN_LINES, AccountOrigin, AccountState, BatchState, PayoutLineState, SoftLock
from models import Consent, Credit, Household, HouseholdAccount, PayoutBatch, PayoutLine, PayoutLineCredit
from models.credits import CreditState
from services.payout_disputes import found_arrived, looked_into

#: States in which a batch that is not released holds on to its credits.
WAITING = (BatchState.SUBMITTED, BatchState.APPROVED)


def soft_lock(
    *,
    unlocked_since: datetime,
    maker_id: int | sa.ColumnElement[int] | None,
    apart_from: int | None = None,
) -> sa.ColumnElement[str | None]:
    """The first lock of `Household`, whose account in force is `HouseholdAccount` (outer joined); NULL for none.

    `apart_from` is the batch that is looked at, whose own lines are no earlier attempt.
    """
    whens: list[tuple[sa.ColumnElement[bool], SoftLock]] = [
        (_taken_back(), SoftLock.CONSENT_WITHDRAWN),
        (_proposed(), SoftLock.UNCONFIRMED_ACCOUNT),
        (HouseholdAccount.id.is_(None), SoftLock.NO_ACCOUNT),
        (_changed(unlocked_since), SoftLock.ACCOUNT_CHANGED),
        (_shared(), SoftLock.ACCOUNT_SHARED),
        (HouseholdAccount.holder_name_hash != Household.head_name_hash, SoftLock.NAME_DIFFERS),
        (sa.or_(_pending(apart_from), _disputed()), SoftLock.ATTEMPT_PENDING),
    ]
    if maker_id is not None:
        involved = sa.or_(
            HouseholdAccount.editor_id == maker_id,
            sa.func.coalesce(HouseholdAccount.confirmer_id, 0) == maker_id,
        )
        whens.append((involved, SoftLock.MAKER_INVOLVED))
    return sa.case(*((condition, lock.value) for condition, lock in whens), else_=sa.null())


@cache
def _taken_back() -> sa.ColumnElement[bool]:
    """A household that was never asked has taken nothing back: binding or registering an account asks for no more."""
    given = aliased(Consent)
    ended = sa.exists().where(given.household_id == Household.id, given.kind == ConsentKind.PAYEE_DATA)
    again = aliased(Consent)
    stands = sa.exists().where(
        again.household_id == Household.id,
        again.kind == ConsentKind.PAYEE_DATA,
        again.withdrawn_on.is_(None),
    )
    return sa.and_(ended, ~stands)


@cache
def _proposed() -> sa.ColumnElement[bool]:
    other = aliased(HouseholdAccount)
    return sa.exists().where(other.household_id == Household.id, other.state == AccountState.PROPOSED)


def _changed(unlocked_since: datetime) -> sa.ColumnElement[bool]:
    other = aliased(HouseholdAccount)
    return sa.exists().where(
        other.household_id == Household.id,
        other.origin != AccountOrigin.REGISTRATION,
        other.state == AccountState.CONFIRMED,
        other.started_at > unlocked_since,
    )


@cache
def _shared() -> sa.ColumnElement[bool]:
    other = aliased(HouseholdAccount)
    return sa.exists().where(
        other.account_hash == HouseholdAccount.account_hash,
        other.household_id != Household.id,
        other.state != AccountState.REFUSED,
        other.ended_at.is_(None),
    )


def _pending(apart_from: int | None) -> sa.ColumnElement[bool]:
    found, batch_id = _attempts()
    return found if apart_from is None else found.where(batch_id != apart_from)


@cache
def _attempts() -> tuple[sa.Exists, InstrumentedAttribute[int]]:
    """That a payment is under way or about to be, and the column of its batch."""
    line, batch = aliased(PayoutLine), aliased(PayoutBatch)
    waits = sa.and_(line.state == PayoutLineState.PREPARED, batch.state.in_(WAITING))
    found = (
        sa.exists()
        .where(line.household_id == Household.id, batch.id == line.batch_id)
        .where(sa.or_(line.state.in_(sorted(OPEN_LINES)), waits))
    )
    return found, line.batch_id


@cache
def _disputed() -> sa.ColumnElement[bool]:
    """A payment of which it is not settled what became: if it arrived after all, another one would pay it twice.

    So would one for credits of a payment that was found to have arrived, before that is booked.
    """
    held = sa.select(PayoutLine.household_id).where(PayoutLine.reference.in_(looked_into()))
    unbooked = (
        sa.select(PayoutLine.household_id)
        .join(PayoutLineCredit, PayoutLineCredit.line_id == PayoutLine.id)
        .join(Credit, Credit.id == PayoutLineCredit.credit_id)
        .where(
            PayoutLine.reference.in_(found_arrived()),
            Credit.state.in_((CreditState.OWED, CreditState.RESERVED)),
        )
    )
    return sa.or_(Household.id.in_(held), Household.id.in_(unbooked))
