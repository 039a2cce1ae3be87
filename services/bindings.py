"""A household bound to a WeChat user: by a code, confirmed by a second officer, ended by an officer at once.

Binding is an account edit: it proposes a version of where the household is paid at WeChat, whose editor is the officer
who issued the code.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.bindings import payable_from
from domain.errors import Conflict, NotFound
from domain.masking import officer_name
from domain.permissions import OfficerContext
from models import (
    BindingCode,
    Household,
    HouseholdAccount,
    HouseholdBinding,
    Officer,
    SignInSession,
    WeChatIdentity,
    table_of,
)
from models.sessions import Audience
from services import accounts, audit, binding_codes
from services.income import household_in_scope
from services.sessions import live, opened_by


@dataclass(frozen=True, slots=True)
class BoundHousehold:
    """Who is signed in for a household, and through which sign-in."""

    household_id: int
    public_id: str
    binding_id: int
    user_id: int
    session_id: int
    created_at: datetime
    used_at: datetime

    @property
    def actor(self) -> str:
        """How the audit names whoever acts for the household."""
        return f"user:{self.user_id}"


def signed_in(session: Session, token: str, now: datetime) -> BoundHousehold | None:
    """The household behind a buyer's token, in one statement; raises NotFound("household_not_bound").

    None for a token that opens nothing.
    """
    row = session.connection().execute(_BOUND, opened_by(token, now)).one_or_none()
    if row is None:
        return None
    if row.household_id is None:
        raise NotFound("household_not_bound")
    # The table's own check keeps the id in a buyer's sign-in.
    assert row.user_id is not None
    return BoundHousehold(
        household_id=row.household_id,
        public_id=row.public_id,
        binding_id=row.binding_id,
        user_id=row.user_id,
        session_id=row.id,
        created_at=row.created_at,
        used_at=row.used_at,
    )


_SignIns, _Bindings, _Households = table_of(SignInSession), table_of(HouseholdBinding), table_of(Household)
_BOUND = (
    sa.select(
        _SignIns.c.id,
        _SignIns.c.user_id,
        _SignIns.c.created_at,
        _SignIns.c.used_at,
        _Bindings.c.id.label("binding_id"),
        _Households.c.id.label("household_id"),
        _Households.c.public_id,
    )
    .outerjoin(_Bindings, sa.and_(_Bindings.c.user_id == _SignIns.c.user_id, _Bindings.c.ended_at.is_(None)))
    .outerjoin(_Households, _Households.c.id == _Bindings.c.household_id)
    .where(live(Audience.BUYER))
)


def bind(
    session: Session,
    digits: str,
    *,
    user_id: int,
    identity_id: int,
    now: datetime,
    address: str | None,
) -> HouseholdBinding | None:
    """Bind the household of a code to a user; None for a code that does not open, and the try is to be committed.

    The same code again by whoever is bound by it is the same binding. Raises Conflict("already_bound") for a user
    who is bound otherwise, TooMany after too many wrong tries.
    """
    present = session.execute(
        sa.select(HouseholdBinding, BindingCode)
        .join(BindingCode, BindingCode.id == HouseholdBinding.code_id)
        .where(HouseholdBinding.user_id == user_id, HouseholdBinding.ended_at.is_(None))
    ).one_or_none()
    if present is not None:
        if binding_codes.is_code(present.BindingCode, digits):
            found: HouseholdBinding = present.HouseholdBinding
            return found
        raise Conflict("already_bound")
    actor = f"user:{user_id}"
    code = binding_codes.use(session, digits, user_id, now)
    if code is None:
        audit.record(
            session,
            actor=actor,
            action="household_bind_refused",
            subject=actor,
            now=now,
            address=address,
        )
        return None
    identity = session.get_one(WeChatIdentity, identity_id)
    account = accounts.propose_wechat(
        session,
        code.household_id,
        appid=identity.appid,
        openid=identity.openid,
        editor_id=code.issuer_id,
        now=now,
    )
    binding = HouseholdBinding(
        household_id=code.household_id,
        user_id=user_id,
        identity_id=identity_id,
        code_id=code.id,
        account_id=account.id,
        bound_at=now,
        ended_at=None,
        ended_by=None,
    )
    session.add(binding)
    _record(session, actor, "household_bound", code.household_id, now=now, address=address)
    session.flush()
    return binding


def standing(account: HouseholdAccount, lock: timedelta) -> dict[str, datetime | None]:
    """Since when a binding stands, when it was confirmed, and from when money may go there."""
    return {
        "bound_at": account.proposed_at,
        "confirmed_at": account.started_at,
        "payable_from": payable_from(account.proposed_at, account.started_at, lock),
    }


def account_of(session: Session, binding: HouseholdBinding) -> HouseholdAccount:
    """The account version a binding proposed."""
    return session.execute(
        sa.select(HouseholdAccount).where(HouseholdAccount.id == binding.account_id)
    ).scalar_one()


def present_of(session: Session, household_id: int) -> HouseholdBinding | None:
    """A household's present binding, confirmed or not."""
    return session.scalar(
        sa.select(HouseholdBinding).where(
            HouseholdBinding.household_id == household_id, HouseholdBinding.ended_at.is_(None)
        )
    )


def wechat_of(session: Session, binding_id: int) -> tuple[str, str, str]:
    """(appid, openid) of the WeChat a binding stands for, and the masked name of the household's head."""
    row = session.execute(
        sa.select(WeChatIdentity.appid, WeChatIdentity.openid, Household.head_name)
        .join(HouseholdBinding, HouseholdBinding.identity_id == WeChatIdentity.id)
        .join(Household, Household.id == HouseholdBinding.household_id)
        .where(HouseholdBinding.id == binding_id)
    ).one()
    return row.appid, row.openid, officer_name(row.head_name)


def confirm(
    session: Session, officer: OfficerContext, public_id: str, *, now: datetime, address: str | None
) -> None:
    """Confirm a household's binding, by another officer than the one who issued its code.

    Raises NotFound outside the region; Conflict without a binding, where somebody has decided, or for the officer who
    issued the code.
    """
    household, _ = household_in_scope(session, officer, public_id)
    binding = present_of(session, household.id)
    if binding is None or binding.account_id is None:
        raise Conflict("binding_none")
    accounts.confirm(session, officer, public_id, binding.account_id, now=now, address=address)


def end(
    session: Session,
    officer: OfficerContext,
    public_id: str,
    reason: str,
    *,
    now: datetime,
    address: str | None,
) -> None:
    """End a household's binding: from this moment on the user sees nothing of it; raises NotFound, Conflict."""
    household, _ = household_in_scope(session, officer, public_id)
    ended = _end(session, HouseholdBinding.household_id == household.id, officer.actor, now)
    if not ended:
        raise Conflict("binding_none")
    _record(
        session,
        officer.actor,
        "household_unbound",
        household.id,
        now=now,
        address=address,
        facts={"reason": reason},
    )


def end_for_user(session: Session, user_id: int, now: datetime) -> None:
    """End the binding of a user who deletes the account, if there is one."""
    actor = f"user:{user_id}"
    for household_id in _end(session, HouseholdBinding.user_id == user_id, actor, now):
        _record(session, actor, "household_unbound", household_id, now=now, address=None)


def end_for_head(
    session: Session, household_id: int, *, actor: str, now: datetime, address: str | None
) -> None:
    """End the binding, and take the open code, of a household that has another head: the new head binds anew."""
    binding_codes.end_open(session, household_id, now)
    for _ in _end(session, HouseholdBinding.household_id == household_id, actor, now):
        _record(session, actor, "household_unbound", household_id, now=now, address=address)


def shown(
    session: Session, officer: OfficerContext, public_id: str, *, now: datetime, lock: timedelta
) -> dict[str, Any]:
    """How a household's binding stands, for officers: who issued, who confirmed, from when money may go there."""
    household, _ = household_in_scope(session, officer, public_id)
    row = session.execute(
        sa.select(HouseholdBinding, HouseholdAccount)
        .join(HouseholdAccount, HouseholdAccount.id == HouseholdBinding.account_id)
        .where(HouseholdBinding.household_id == household.id, HouseholdBinding.ended_at.is_(None))
    ).one_or_none()
    binding, account = (None, None) if row is None else (row.HouseholdBinding, row.HouseholdAccount)
    code = binding_codes.open_code(session, household.id, now)
    numbers = {account.editor_id, account.confirmer_id} if account is not None else set()
    if code is not None:
        numbers.add(code.issuer_id)
    names = {
        row.id: row.username
        for row in session.execute(
            sa.select(Officer.id, Officer.username).where(Officer.id.in_(numbers - {None}))
        )
    }
    return {
        "public_id": public_id,
        "code": None
        if code is None
        else {
            "issued_by": names[code.issuer_id],
            "issued_at": code.issued_at,
            "expires_at": code.expires_at,
            "tries": code.tries,
        },
        "binding": None
        if binding is None or account is None
        else {
            "issued_by": names[account.editor_id],
            "confirmed_by": names[account.confirmer_id] if account.confirmer_id is not None else None,
            **standing(account, lock),
        },
    }


def _end(session: Session, which: sa.ColumnElement[bool], actor: str, now: datetime) -> list[int]:
    ended = session.execute(
        sa.update(HouseholdBinding)
        .where(which, HouseholdBinding.ended_at.is_(None))
        .values(ended_at=now, ended_by=actor)
        .returning(HouseholdBinding.household_id, HouseholdBinding.account_id)
        .execution_options(synchronize_session=False)
    ).all()
    accounts.end(session, [row.account_id for row in ended], now)
    return [row.household_id for row in ended]


def _record(
    session: Session,
    actor: str,
    action: str,
    household_id: int,
    *,
    now: datetime,
    address: str | None,
    facts: dict[str, object] | None = None,
) -> None:
    public_id = session.execute(
        sa.select(Household.public_id).where(Household.id == household_id)
    ).scalar_one()
    audit.record(
        session,
        actor=actor,
        action=action,
        subject=f"household:{public_id}",
        now=now,
        facts=facts,
        address=address,
    )
