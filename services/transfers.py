"""Merchant transfers: asked for once with frozen parameters, moved on by what WeChat says, ended exactly once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.errors import Conflict, NotFound
from domain.transfers import (
    FINAL,
    PURCHASE_OF_GOODS,
    TransferState,
    check_request,
    name_to_send,
    states_before,
)
from models import Transfer
from services import incidents, transfer_authorizations

Ended = Callable[[Session, Transfer, datetime], None]

#: Who is told of the end of a transfer, by the kind in its subject; in the transaction that ends it.
WHEN_ENDED: dict[str, Ended] = {}
#: What a shortage of money is about: it stops them all.
SHORTAGE = "transfers"
_WENT_ON = "转账已继续。 The transfer went on."


class Learnt(StrEnum):
    """What came of news of a transfer."""

    MOVED = "moved"
    KNOWN = "known"
    DIFFERS = "differs"
    UNKNOWN = "unknown_transfer"


@dataclass(frozen=True, slots=True)
class Told:
    """What WeChat says of a transfer; what it does not say is None."""

    out_bill_no: str
    state: TransferState
    transfer_bill_no: str | None = None
    amount_fen: int | None = None
    openid: str | None = None
    fail_reason: str | None = None
    package_info: str | None = None


def request(
    session: Session,
    *,
    out_bill_no: str,
    appid: str,
    openid: str,
    amount_fen: int,
    remark: str,
    subject: str,
    notify_url: str,
    now: datetime,
    scene_id: str = PURCHASE_OF_GOODS,
    report: Sequence[str] = ("单株碳汇",),
    user_name: str | None = None,
) -> Transfer:
    """Ask for a transfer; the worker sends it. The same number with the same parameters is the same transfer.

    Made under the person's standing permission where there is one, else the person confirms it within a day. Raises
    Invalid for parameters WeChat would refuse, Conflict("transfer_number_used") for a number that stands for another.
    """
    check_request(
        out_bill_no=out_bill_no,
        amount_fen=amount_fen,
        remark=remark,
        scene_id=scene_id,
        report=report,
        user_name=user_name,
    )
    frozen = {
        "subject": subject,
        "appid": appid,
        "openid": openid,
        "amount_fen": amount_fen,
        "remark": remark,
        "scene_id": scene_id,
        "report": list(report),
        "user_name": name_to_send(amount_fen, user_name),
    }
    known = session.scalar(sa.select(Transfer).where(Transfer.out_bill_no == out_bill_no))
    if known is not None:
        if any(getattr(known, name) != value for name, value in frozen.items()):
            raise Conflict("transfer_number_used", {"number": out_bill_no}, number=out_bill_no)
        return known
    permission = transfer_authorizations.in_force(session, appid=appid, openid=openid, scene_id=scene_id)
    transfer = Transfer(
        out_bill_no=out_bill_no,
        state=TransferState.REQUESTED,
        notify_url=notify_url,
        authorization_id=permission.id if permission is not None else None,
        tries=0,
        next_at=now,
        requested_at=now,
        **frozen,
    )
    session.add(transfer)
    session.flush()
    return transfer


def find(session: Session, out_bill_no: str) -> Transfer:
    """A transfer by our number; raises NotFound."""
    found = session.scalar(
        sa.select(Transfer)
        .where(Transfer.out_bill_no == out_bill_no)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("transfer_not_found")
    return found


def learn(session: Session, told: Told, now: datetime) -> Learnt:
    """Move a transfer on by what WeChat says of it, whoever brings it and however often.

    What the user confirms with is kept whatever the state is. Another amount or payee than asked for, or an end after
    another end, moves nothing and goes to a person.
    """
    try:
        transfer = find(session, told.out_bill_no)
    except NotFound:
        return Learnt.UNKNOWN
    if told.amount_fen not in (None, transfer.amount_fen) or told.openid not in (None, transfer.openid):
        _differs(session, transfer, told, now)
        return Learnt.DIFFERS
    for name in ("package_info", "transfer_bill_no"):
        value = getattr(told, name)
        if value is not None:
            column = getattr(Transfer, name)
            session.execute(
                sa.update(Transfer)
                .where(Transfer.id == transfer.id, column.is_(None))
                .values({name: value})
                .execution_options(synchronize_session=False)
            )
    ends = told.state in FINAL
    moved = session.execute(
        sa.update(Transfer)
        .where(Transfer.id == transfer.id, Transfer.state.in_(states_before(told.state)))
        .values(
            state=told.state,
            fail_reason=told.fail_reason,
            ended_at=now if ends else None,
            # News of the first answer is no try at asking after it.
            tries=sa.case((Transfer.state == TransferState.REQUESTED, 1), else_=Transfer.tries),
        )
        .returning(Transfer.id)
        .execution_options(synchronize_session=False)
    ).first()
    session.refresh(transfer)
    if moved is None:
        if ends and transfer.state is not told.state:
            _differs(session, transfer, told, now)
            return Learnt.DIFFERS
        return Learnt.KNOWN
    went_on(session, transfer.out_bill_no, now)
    if ends:
        _tell_end(session, transfer, now)
    return Learnt.MOVED


def under_way(session: Session, most: int = 200) -> Sequence[Transfer]:
    """The transfers without an end yet, oldest first."""
    return session.scalars(
        sa.select(Transfer).where(Transfer.state.not_in(FINAL)).order_by(Transfer.id).limit(most)
    ).all()


def withdraw(session: Session, out_bill_no: str, now: datetime) -> bool:
    """Cancel a transfer that was never sent; False for one that WeChat may know of."""
    withdrawn = session.execute(
        sa.update(Transfer)
        .where(
            Transfer.out_bill_no == out_bill_no,
            Transfer.state == TransferState.REQUESTED,
            Transfer.asked_at.is_(None),
        )
        .values(state=TransferState.CANCELLED, ended_at=now)
        .returning(Transfer.id)
        .execution_options(synchronize_session=False)
    ).first()
    if withdrawn is None:
        return False
    _tell_end(session, find(session, out_bill_no), now)
    return True


def refused(session: Session, out_bill_no: str, code: str, now: datetime) -> None:
    """WeChat does not accept a transfer as it stands: a person must look; the number is kept and tried again."""
    incidents.open_incident(
        session,
        kind="transfer_refused",
        subject=f"transfer:{out_bill_no}",
        now=now,
        facts={"number": out_bill_no, "code": code},
    )


def short_of_money(session: Session, out_bill_no: str, now: datetime) -> None:
    """The operating account is short: top it up, the same numbers go through then."""
    incidents.open_incident(
        session, kind="transfer_not_enough", subject=SHORTAGE, now=now, facts={"number": out_bill_no}
    )


def overdue(session: Session, transfer: Transfer, now: datetime) -> None:
    """A transfer should have ended by now."""
    incidents.open_incident(
        session,
        kind="transfer_stuck",
        subject=f"transfer:{transfer.out_bill_no}",
        now=now,
        facts={"number": transfer.out_bill_no, "state": transfer.state.value},
    )


def went_on(session: Session, out_bill_no: str, now: datetime) -> None:
    """A transfer moved: what kept it is over."""
    for kind, subject in (
        ("transfer_refused", f"transfer:{out_bill_no}"),
        ("transfer_stuck", f"transfer:{out_bill_no}"),
        ("transfer_not_enough", SHORTAGE),
    ):
        incidents.resolve_gone(session, kind=kind, subject=subject, now=now, resolution=_WENT_ON)


def _tell_end(session: Session, transfer: Transfer, now: datetime) -> None:
    told = WHEN_ENDED.get(transfer.subject.partition(":")[0])
    if told is not None:
        told(session, transfer, now)
    elif transfer.state is TransferState.FAIL:
        incidents.open_incident(
            session,
            kind="transfer_failed",
            subject=f"transfer:{transfer.out_bill_no}",
            now=now,
            facts={"number": transfer.out_bill_no, "problem": transfer.fail_reason or ""},
        )


def _differs(session: Session, transfer: Transfer, told: Told, now: datetime) -> None:
    incidents.open_incident(
        session,
        kind="transfer_differs",
        subject=f"transfer:{transfer.out_bill_no}",
        now=now,
        facts={
            "number": transfer.out_bill_no,
            "our_fen": transfer.amount_fen,
            "actual_fen": told.amount_fen,
            "state": told.state.value,
        },
    )
