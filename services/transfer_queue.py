"""Transfers in the queue: taken by one worker at a time, each put off to its next turn before anything is sent."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.transfers import OVERDUE_AFTER, UNDER_WAY, AuthorizationState, TransferState, wait_after
from models import Transfer, TransferAuthorization
from services import gates, transfers
from services.offers import RESTORED

TO_SEND = frozenset({TransferState.REQUESTED})
TO_FOLLOW = UNDER_WAY


@dataclass(frozen=True, slots=True)
class Task:
    """One transfer a worker has taken, with everything that is sent of it."""

    out_bill_no: str
    appid: str
    openid: str
    amount_fen: int
    remark: str
    scene_id: str
    report: tuple[str, ...]
    user_name: str | None
    notify_url: str
    #: Our number of the permission it is made under; None where the user confirms.
    out_authorization_no: str | None
    #: Whether WeChat may have heard of it.
    asked_before: bool
    lacks_package: bool


def claim_due(
    session: Session, states: Collection[TransferState], now: datetime, most: int = 20
) -> list[Task]:
    """Take the transfers of these states whose turn has come.

    One whose permission is over falls back to being confirmed: nothing was accepted under its number, or it would not
    be waiting. After a restored backup nothing is sent until somebody opens the gate.
    """
    if states is TO_SEND and not gates.is_open(session, RESTORED):
        return []
    rows = session.execute(
        sa.select(Transfer, TransferAuthorization)
        .outerjoin(TransferAuthorization, TransferAuthorization.id == Transfer.authorization_id)
        .where(Transfer.state.in_(states), Transfer.next_at <= now)
        .order_by(Transfer.next_at, Transfer.id)
        .limit(most)
        .with_for_update(of=Transfer, skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    return [_take(session, transfer, permission, now) for transfer, permission in rows]


def at_once(session: Session, out_bill_no: str, now: datetime) -> None:
    """Have a transfer's next turn come now."""
    session.execute(sa.update(Transfer).where(Transfer.out_bill_no == out_bill_no).values(next_at=now))


def _take(
    session: Session, transfer: Transfer, permission: TransferAuthorization | None, now: datetime
) -> Task:
    asked_before = transfer.asked_at is not None
    transfer.tries += 1
    transfer.next_at = now + wait_after(transfer.tries)
    transfer.asked_at = transfer.asked_at or now
    in_force = permission is not None and permission.state is AuthorizationState.TAKING_EFFECT
    if transfer.state is TransferState.REQUESTED and not in_force:
        transfer.authorization_id = None
    if now - transfer.requested_at > OVERDUE_AFTER:
        transfers.overdue(session, transfer, now)
    session.flush()
    return Task(
        out_bill_no=transfer.out_bill_no,
        appid=transfer.appid,
        openid=transfer.openid,
        amount_fen=transfer.amount_fen,
        remark=transfer.remark,
        scene_id=transfer.scene_id,
        report=tuple(transfer.report),
        user_name=transfer.user_name,
        notify_url=transfer.notify_url,
        out_authorization_no=permission.out_authorization_no if permission and in_force else None,
        asked_before=asked_before,
        lacks_package=transfer.package_info is None and transfer.authorization_id is None,
    )
