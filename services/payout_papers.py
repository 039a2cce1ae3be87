"""What stands on a batch's papers, read from its lines: the notice, the sheets to be signed, one payment's receipt."""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from itertools import groupby
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session, load_only

from domain.clock import business_day
from domain.errors import Conflict, NotFound
from domain.masking import masked_account_number, officer_name
from domain.payout_papers import (
    Notice,
    NoticeLine,
    NoticeVillage,
    PaidReceipt,
    SignOff,
    SignOffLine,
    SignOffVillage,
    place_of,
)
from domain.payouts import (
    FAILED_LINES,
    BatchState,
    PayoutChannel,
    PayoutLineState,
    batch_number,
)
from models import (
    Certificate,
    Credit,
    Household,
    HouseholdBinding,
    PayoutBatch,
    PayoutLine,
    PayoutLineCredit,
    Region,
)

#: An account's digits on a sheet that lies about in a village.
TAIL = 4
CHANNEL_WORDS = {PayoutChannel.BANK: "银行代发", PayoutChannel.WECHAT: "微信转账"}
#: The rest of a household's row is sealed, and opening it would be for nothing.
_SHOWN_OF_HOUSEHOLD = (
    Household.id,
    Household.number,
    Household.head_name,
)
_SIGNED = frozenset({BatchState.APPROVED, BatchState.RELEASED, BatchState.SETTLED})

Payee = tuple[PayoutLine, Household, Region]
Line = TypeVar("Line")


def notice(session: Session, batch: PayoutBatch, objections_at: str | None) -> Notice:
    """The public notice; raises Conflict("payout_state") before the batch is submitted, when it has no window yet."""
    if batch.submitted_at is None or batch.objections_until is None:
        raise Conflict("payout_state", {"state": batch.state.value}, state=batch.state.value)
    # Only what stands on the notice: a line's account and payee are sealed, and opening them would be for nothing.
    rows = session.execute(
        sa.select(
            Region.path,
            PayoutLine.reference,
            PayoutLine.amount_fen,
            sa.case((Household.name_public, Household.display_name)).label("name"),
        )
        .join(Household, Household.id == PayoutLine.household_id)
        .join(Region, Region.code == Household.region_code)
        .where(PayoutLine.batch_id == batch.id, PayoutLine.state != PayoutLineState.WITHDRAWN)
        .order_by(Region.code, PayoutLine.id)
    )
    villages = [
        NoticeVillage(
            path, tuple(NoticeLine(place_of(row.reference), row.name, row.amount_fen) for row in group)
        )
        for path, group in groupby(rows, key=lambda row: str(row.path))
    ]
    return Notice(
        batch_number=batch_number(batch.id),
        place=session.get_one(Region, batch.region_code).path,
        up_to=batch.up_to,
        first_day=business_day(batch.submitted_at),
        # The last day on which anybody may object from morning to night.
        last_day=business_day(batch.objections_until - timedelta(days=1)),
        objections_at=objections_at,
        villages=tuple(villages),
    )


def sign_off(session: Session, batch: PayoutBatch, *, everybody: bool = False) -> SignOff:
    """The sheets to be signed, without payments that failed: for households that cannot confirm by a phone they bound.

    `everybody` prints those too. Raises Conflict("payout_state") before approval, NotFound when nobody is left to sign.
    """
    if batch.state not in _SIGNED:
        raise Conflict("payout_state", {"state": batch.state.value}, state=batch.state.value)
    bound = sa.exists().where(
        HouseholdBinding.household_id == PayoutLine.household_id, HouseholdBinding.ended_at.is_(None)
    )
    wanted = [PayoutLine.state.not_in(FAILED_LINES)] + ([] if everybody else [~bound])
    payees = _payees(session, batch.id, *wanted)
    if not payees:
        raise NotFound("payout_sign_off_empty")
    villages = _by_village(
        payees,
        lambda line, household: SignOffLine(
            place_of(line.reference),
            household.number,
            officer_name(household.head_name),
            line.amount_fen,
            line.account[-TAIL:] if batch.channel is PayoutChannel.BANK else "",
        ),
    )
    return SignOff(
        batch_number=batch_number(batch.id),
        place=session.get_one(Region, batch.region_code).path,
        channel_words=CHANNEL_WORDS[batch.channel],
        villages=tuple(SignOffVillage(name, lines) for name, lines in villages),
    )


def receipt(session: Session, batch: PayoutBatch, reference: str, merchant_of_record: str) -> PaidReceipt:
    """Proof of one payment; raises NotFound for a reference that is not the batch's or is not known to be paid."""
    found = _payees(
        session, batch.id, PayoutLine.reference == reference, PayoutLine.state == PayoutLineState.PAID
    )
    if not found:
        raise NotFound("payout_receipt_not_found")
    [(line, household, region)] = found
    assert batch.released_at is not None
    assert line.paid_at is not None
    rows = session.execute(
        sa.select(Certificate.serial, Credit.trees)
        .join(Credit, Credit.certificate_id == Certificate.id)
        .join(PayoutLineCredit, PayoutLineCredit.credit_id == Credit.id)
        .where(PayoutLineCredit.line_id == line.id)
        .order_by(Credit.id)
    ).all()
    return PaidReceipt(
        reference=line.reference,
        batch_number=batch_number(batch.id),
        household_number=household.number,
        name=officer_name(line.payee_name),
        place=region.path,
        amount_fen=line.amount_fen,
        bank=line.bank,
        # What stands for a WeChat is no number of the household's.
        account=masked_account_number(line.account) if batch.channel is PayoutChannel.BANK else "",
        released_on=business_day(batch.released_at),
        paid_on=business_day(line.paid_at),
        proof=line.receipt,
        certificates=tuple(dict.fromkeys(row.serial for row in rows)),
        trees=sum(row.trees for row in rows),
        merchant_of_record=merchant_of_record,
    )


def receipt_of_household(
    session: Session, household_id: int, line_id: int, merchant_of_record: str
) -> PaidReceipt:
    """Proof of one payment for the household itself; raises NotFound for another's, or one not known to be paid."""
    line = session.scalar(
        sa.select(PayoutLine).where(PayoutLine.id == line_id, PayoutLine.household_id == household_id)
    )
    if line is None:
        raise NotFound("household_payout_not_found")
    batch = session.get_one(PayoutBatch, line.batch_id)
    return receipt(session, batch, line.reference, merchant_of_record)


def _payees(session: Session, batch_id: int, *conditions: sa.ColumnElement[bool]) -> Sequence[Payee]:
    """Lines with whom they pay and where, by village and then by reference."""
    rows = session.execute(
        sa.select(PayoutLine, Household, Region)
        .join(Household, Household.id == PayoutLine.household_id)
        .join(Region, Region.code == Household.region_code)
        .where(PayoutLine.batch_id == batch_id, *conditions)
        .options(load_only(*_SHOWN_OF_HOUSEHOLD))
        .order_by(Region.code, PayoutLine.id)
    )
    return [(row.PayoutLine, row.Household, row.Region) for row in rows]


def _by_village(
    payees: Iterable[Payee], shown: Callable[[PayoutLine, Household], Line]
) -> list[tuple[str, tuple[Line, ...]]]:
    return [
        (path, tuple(shown(line, household) for line, household, _ in group))
        for path, group in groupby(payees, key=lambda payee: payee[2].path)
    ]
