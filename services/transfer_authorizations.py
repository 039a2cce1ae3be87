"""Standing permissions to be paid without confirming: asked for once, in force until either side ends them."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.errors import NotFound
from domain.transfers import (
    PERMISSION_LOOKED_AT,
    PURCHASE_OF_GOODS,
    AuthorizationState,
    permissions_before,
    wait_after,
)
from models import HouseholdBinding, TransferAuthorization, WeChatIdentity


@dataclass(frozen=True, slots=True)
class Permission:
    """What WeChat says of a permission; what it does not say is None."""

    out_authorization_no: str
    state: AuthorizationState
    authorization_id: str | None = None
    package_info: str | None = None
    openid: str | None = None
    authorized_at: datetime | None = None
    closed_at: datetime | None = None
    close_reason: str | None = None


@dataclass(frozen=True, slots=True)
class PermissionTask:
    """One permission a worker has taken: to ask for, or to ask after once it was asked for."""

    out_authorization_no: str
    appid: str
    openid: str
    scene_id: str
    user_display_name: str
    state: AuthorizationState
    asked_before: bool
    lacks_package: bool


def request(
    session: Session,
    *,
    out_authorization_no: str,
    appid: str,
    openid: str,
    user_display_name: str,
    now: datetime,
    scene_id: str = PURCHASE_OF_GOODS,
) -> TransferAuthorization:
    """Ask a person for the permission; the one that is not over yet where there is one."""
    known = open_one(session, appid, openid, scene_id)
    if known is not None:
        return known
    asked = TransferAuthorization(
        out_authorization_no=out_authorization_no,
        appid=appid,
        openid=openid,
        scene_id=scene_id,
        user_display_name=user_display_name,
        state=AuthorizationState.REQUESTED,
        tries=0,
        next_at=now,
        requested_at=now,
    )
    session.add(asked)
    session.flush()
    return asked


def open_one(session: Session, appid: str, openid: str, scene_id: str) -> TransferAuthorization | None:
    """The person's permission that is asked for, waits for them or is in force; None where there is no such one."""
    return session.scalar(
        sa.select(TransferAuthorization)
        .where(
            TransferAuthorization.appid == appid,
            TransferAuthorization.openid == openid,
            TransferAuthorization.scene_id == scene_id,
            TransferAuthorization.state != AuthorizationState.CLOSED,
        )
        .execution_options(populate_existing=True)
    )


def in_force(session: Session, *, appid: str, openid: str, scene_id: str) -> TransferAuthorization | None:
    """The person's permission, if it is in force."""
    found = open_one(session, appid, openid, scene_id)
    return found if found is not None and found.state is AuthorizationState.TAKING_EFFECT else None


def unbound(session: Session, most: int = 20) -> list[str]:
    """Numbers of permissions in force of a WeChat that no household is bound to any more: they are to be ended."""
    bound = (
        sa.select(HouseholdBinding.id)
        .join(WeChatIdentity, WeChatIdentity.id == HouseholdBinding.identity_id)
        .where(
            WeChatIdentity.appid == TransferAuthorization.appid,
            WeChatIdentity.openid == TransferAuthorization.openid,
            HouseholdBinding.ended_at.is_(None),
        )
    )
    return list(
        session.scalars(
            sa.select(TransferAuthorization.out_authorization_no)
            .where(TransferAuthorization.state == AuthorizationState.TAKING_EFFECT, ~bound.exists())
            .order_by(TransferAuthorization.id)
            .limit(most)
        )
    )


def find(session: Session, out_authorization_no: str) -> TransferAuthorization:
    """A permission by our number; raises NotFound."""
    found = session.scalar(
        sa.select(TransferAuthorization)
        .where(TransferAuthorization.out_authorization_no == out_authorization_no)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("transfer_authorization_not_found")
    return found


def learn(session: Session, told: Permission, now: datetime) -> str:
    """Move a permission on by what WeChat says of it: `moved`, `known`, `differs` or `unknown_transfer`."""
    try:
        known = find(session, told.out_authorization_no)
    except NotFound:
        return "unknown_transfer"
    if told.openid not in (None, known.openid):
        return "differs"
    facts = {
        name: value
        for name in ("package_info", "authorization_id", "authorized_at", "closed_at", "close_reason")
        if (value := getattr(told, name)) is not None
    }
    if told.state is AuthorizationState.CLOSED:
        facts.setdefault("closed_at", now)
    if facts:
        # What it is confirmed with comes once, whatever the state is by then.
        session.execute(
            sa.update(TransferAuthorization)
            .where(TransferAuthorization.id == known.id)
            .values(
                {
                    name: sa.func.coalesce(getattr(TransferAuthorization, name), value)
                    for name, value in facts.items()
                }
            )
            .execution_options(synchronize_session=False)
        )
    moved = session.execute(
        sa.update(TransferAuthorization)
        .where(
            TransferAuthorization.id == known.id,
            TransferAuthorization.state.in_(permissions_before(told.state)),
        )
        .values(state=told.state)
        .returning(TransferAuthorization.id)
        .execution_options(synchronize_session=False)
    ).first()
    session.refresh(known)
    return "known" if moved is None else "moved"


def claim_due(
    session: Session, now: datetime, most: int = 20, *, number: str | None = None
) -> list[PermissionTask]:
    """The permissions whose turn it is, or one of them by our number; each is put off to its next turn first."""
    due = [TransferAuthorization.state != AuthorizationState.CLOSED, TransferAuthorization.next_at <= now]
    if number is not None:
        due.append(TransferAuthorization.out_authorization_no == number)
    rows = session.scalars(
        sa.select(TransferAuthorization)
        .where(*due)
        .order_by(TransferAuthorization.next_at, TransferAuthorization.id)
        .limit(most)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    tasks = []
    for row in rows:
        asked_before = row.asked_at is not None
        row.tries += 1
        row.asked_at = row.asked_at or now
        in_effect = row.state is AuthorizationState.TAKING_EFFECT
        row.next_at = now + (PERMISSION_LOOKED_AT if in_effect else wait_after(row.tries))
        tasks.append(
            PermissionTask(
                row.out_authorization_no,
                row.appid,
                row.openid,
                row.scene_id,
                row.user_display_name,
                row.state,
                asked_before,
                row.package_info is None,
            )
        )
    session.flush()
    return tasks
