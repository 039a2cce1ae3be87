"""Lines of a released batch that are paid to WeChat: each is one transfer, whose number is the line's reference.

The transfer's parameters are frozen in the transaction that notes the line as sent, and its end is told to the line in
the transaction that ends it. Neither can happen without the other, so a process may die anywhere in between.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.errors import Conflict, Invalid
from domain.payouts import OPEN_LINES, BatchState, BounceReason, PayoutChannel, PayoutLineState
from domain.transfers import FINAL, TransferState
from domain.wechat_bounces import bounce_of
from models import HouseholdAccount, PayoutBatch, PayoutLine, Transfer
from services import incidents, transfers
from services.payout_news import bounce_line, confirm_line

#: How the subject of a transfer begins that pays a line: its reference follows.
KIND = "payout"
REMARK = "单株碳汇收入"
ACTOR = "worker"


def request(session: Session, *, notify_url: str, now: datetime, most: int = 100) -> int:
    """Ask for the transfers of lines that are released and not asked for yet; returns how many lines were taken.

    A line whose WeChat is bound no longer, or that WeChat would refuse, bounces at once: nothing was sent for it.
    """
    rows = session.execute(
        sa.select(PayoutLine, HouseholdAccount.ended_at)
        .join(PayoutBatch, PayoutBatch.id == PayoutLine.batch_id)
        .join(HouseholdAccount, HouseholdAccount.id == PayoutLine.account_id)
        .where(
            PayoutBatch.channel == PayoutChannel.WECHAT,
            PayoutBatch.state == BatchState.RELEASED,
            PayoutLine.state == PayoutLineState.REQUESTED,
        )
        .order_by(PayoutLine.id)
        .limit(most)
        .with_for_update(of=PayoutLine, skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    sent = [
        row.PayoutLine.id
        for row in rows
        if _request_one(session, row.PayoutLine, row.ended_at is not None, notify_url, now)
    ]
    session.execute(
        sa.update(PayoutLine)
        .where(PayoutLine.id.in_(sent), PayoutLine.state == PayoutLineState.REQUESTED)
        .values(state=PayoutLineState.SENT, sent_at=now)
        .execution_options(synchronize_session=False)
    )
    return len(rows)


def ended(session: Session, transfer: Transfer, now: datetime) -> None:
    """Tell a line how its transfer ended: paid, or bounced for WeChat's reason. Once, because a transfer ends once."""
    reference = transfer.subject.removeprefix(f"{KIND}:")
    if transfer.state is TransferState.SUCCESS:
        confirm_line(
            session,
            reference,
            amount_fen=transfer.amount_fen,
            receipt=transfer.transfer_bill_no,
            now=now,
            actor=ACTOR,
        )
    else:
        reason = bounce_of(transfer.state, transfer.fail_reason)
        bounce_line(session, reference, reason=reason, now=now, actor=ACTOR)


def unbound(session: Session, most: int = 20) -> list[str]:
    """Numbers of transfers under way to a WeChat that is bound no longer: they are to be withdrawn."""
    return list(
        session.scalars(
            sa.select(Transfer.out_bill_no)
            .join(PayoutLine, PayoutLine.reference == Transfer.out_bill_no)
            .join(HouseholdAccount, HouseholdAccount.id == PayoutLine.account_id)
            .where(
                PayoutLine.state.in_(OPEN_LINES),
                HouseholdAccount.ended_at.is_not(None),
                Transfer.state.not_in({*FINAL, TransferState.CANCELLING, TransferState.TRANSFERRING}),
            )
            .order_by(Transfer.id)
            .limit(most)
        )
    )


def _request_one(session: Session, line: PayoutLine, is_over: bool, notify_url: str, now: datetime) -> bool:
    appid, _, openid = line.account.partition(":")
    if is_over or not (appid and openid):
        _bounce(session, line, BounceReason.ACCOUNT_CLOSED, now)
        return False
    try:
        transfers.request(
            session,
            out_bill_no=line.reference,
            appid=appid,
            openid=openid,
            amount_fen=line.amount_fen,
            remark=REMARK,
            subject=f"{KIND}:{line.reference}",
            notify_url=notify_url,
            now=now,
            user_name=line.payee_name,
        )
    except Invalid:
        _bounce(session, line, BounceReason.LIMIT_EXCEEDED, now)
        return False
    except Conflict:
        # The number stands for something else. Nothing is sent or booked: a person must find out how that came.
        incidents.open_incident(
            session,
            kind="transfer_differs",
            subject=f"transfer:{line.reference}",
            now=now,
            facts={"number": line.reference, "our_fen": line.amount_fen},
        )
        return False
    return True


def _bounce(session: Session, line: PayoutLine, reason: BounceReason, now: datetime) -> None:
    bounce_line(session, line.reference, reason=reason, now=now, actor=ACTOR)
