"""Payee accounts of households: one officer enters a change, a second one decides on it.

What was entered stays as it was: another account is another version, and the versions tell who was paid where.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.cell_errors import CellError
from domain.errors import Conflict, Invalid, NotFound, about
from domain.identity import check_account_number
from domain.masking import masked_account_number, officer_name
from domain.payouts import AccountOrigin, AccountState, PayoutChannel
from domain.permissions import OfficerContext
from domain.spreadsheet_people import person_name
from models import Household, HouseholdAccount, HouseholdBinding
from models.types import vault
from services import audit
from services.income import household_in_scope

#: How an account stands that came with the register of households, whose acceptance is its confirmation.
REGISTERED = {
    "channel": PayoutChannel.BANK,
    "origin": AccountOrigin.REGISTRATION,
    "state": AccountState.CONFIRMED,
}


#: What stands where the bank's name does.
WALLET = "微信零钱"


@dataclass(frozen=True, slots=True)
class Wanted:
    """An account a household asks to be paid to; `holder_name` None is the head of the household."""

    bank: str
    account: str
    reason: str
    holder_name: str | None = None
    channel: PayoutChannel = PayoutChannel.BANK
    origin: AccountOrigin = AccountOrigin.EDIT


def in_force(channel: PayoutChannel = PayoutChannel.BANK) -> sa.ColumnElement[bool]:
    """The condition that an account version is the one its household is paid to by a channel now."""
    return sa.and_(
        HouseholdAccount.channel == channel,
        HouseholdAccount.state == AccountState.CONFIRMED,
        HouseholdAccount.ended_at.is_(None),
    )


def present(
    session: Session, household_id: int, channel: PayoutChannel = PayoutChannel.BANK
) -> HouseholdAccount | None:
    """Where a household is paid by a channel now; None where nothing is confirmed."""
    return session.scalar(
        sa.select(HouseholdAccount)
        .where(HouseholdAccount.household_id == household_id, in_force(channel))
        .execution_options(populate_existing=True)
    )


def propose(
    session: Session,
    officer: OfficerContext,
    public_id: str,
    wanted: Wanted,
    *,
    now: datetime,
    address: str | None = None,
) -> HouseholdAccount:
    """Enter another account of a household; until a second officer has decided, nothing is paid to the household.

    Raises NotFound outside the officer's region; Invalid for an account or name that cannot be; Conflict
    account_undecided while another change waits, account_unchanged for what is in force already.
    """
    household, _ = household_in_scope(session, officer, public_id)
    with about("account"):
        number = (
            check_account_number(wanted.account) if wanted.channel is PayoutChannel.BANK else wanted.account
        )
    holder = household.head_name if wanted.holder_name is None else _holder(wanted.holder_name)
    name_hash, number_hash = (
        vault().fingerprint(holder, "name"),
        vault().fingerprint(number, _KINDS[wanted.channel]),
    )
    before = present(session, household.id, wanted.channel)
    if before is not None and (before.account_hash, before.holder_name_hash, before.bank) == (
        number_hash,
        name_hash,
        wanted.bank,
    ):
        raise Conflict("account_unchanged", at="account")
    if _undecided(session, household.id, wanted.channel) is not None:
        raise Conflict("account_undecided")
    version = HouseholdAccount(
        household_id=household.id,
        channel=wanted.channel,
        bank=wanted.bank,
        holder_name=holder,
        holder_name_hash=name_hash,
        account=number,
        account_hash=number_hash,
        origin=wanted.origin,
        state=AccountState.PROPOSED,
        editor_id=officer.id,
        confirmer_id=None,
        reason=wanted.reason,
        proposed_at=now,
        started_at=None,
        ended_at=None,
    )
    session.add(version)
    session.flush()
    record(
        session,
        version,
        before,
        actor=officer.actor,
        action="account_proposed",
        subject=f"household:{household.public_id}",
        now=now,
        address=address,
    )
    return version


def propose_wechat(
    session: Session, household_id: int, *, appid: str, openid: str, editor_id: int, now: datetime
) -> HouseholdAccount:
    """Propose the WeChat a household has bound as where it is paid there; whoever issued the code is its editor.

    The binding that proposes it is written down by its own act. Raises Conflict account_undecided.
    """
    household = session.get_one(Household, household_id)
    if _undecided(session, household_id, PayoutChannel.WECHAT) is not None:
        raise Conflict("account_undecided")
    account = f"{appid}:{openid}"
    version = HouseholdAccount(
        household_id=household_id,
        channel=PayoutChannel.WECHAT,
        bank=WALLET,
        holder_name=household.head_name,
        holder_name_hash=household.head_name_hash,
        account=account,
        account_hash=vault().fingerprint(account, _KINDS[PayoutChannel.WECHAT]),
        origin=AccountOrigin.BINDING,
        state=AccountState.PROPOSED,
        editor_id=editor_id,
        confirmer_id=None,
        reason=None,
        proposed_at=now,
        started_at=None,
        ended_at=None,
    )
    session.add(version)
    session.flush()
    return version


def end(session: Session, account_ids: Sequence[int | None], now: datetime) -> None:
    """End these versions where they stand, because their WeChat is bound no longer; what was proposed is refused."""
    session.execute(
        sa.update(HouseholdAccount)
        .where(HouseholdAccount.id.in_(account_ids), HouseholdAccount.ended_at.is_(None))
        .values(
            ended_at=now,
            state=sa.case(
                (HouseholdAccount.state == AccountState.PROPOSED, AccountState.REFUSED),
                else_=HouseholdAccount.state,
            ),
        )
        .execution_options(synchronize_session=False)
    )


def confirm(
    session: Session,
    officer: OfficerContext,
    public_id: str,
    account_id: int,
    *,
    now: datetime,
    address: str | None = None,
) -> HouseholdAccount:
    """Put a proposed account into force in place of the present one, by somebody else than its editor.

    Raises NotFound outside the officer's region; Conflict account_needs_second for the editor; Conflict
    account_decided when somebody has decided already.
    """
    household, version = _found(session, officer, public_id, account_id)
    if version.editor_id == officer.id:
        raise Conflict("account_needs_second")
    before = present(session, household.id, version.channel)
    if before is not None and version.state is AccountState.PROPOSED:
        before.ended_at = now
        # Two versions are never in force at the same time, so the old one ends before the new one begins.
        session.flush()
    _decide(session, version, AccountState.CONFIRMED, confirmer_id=officer.id, started_at=now)
    record(
        session,
        version,
        before,
        actor=officer.actor,
        action="account_confirmed",
        subject=f"household:{household.public_id}",
        now=now,
        address=address,
    )
    return version


def refuse(
    session: Session,
    officer: OfficerContext,
    public_id: str,
    account_id: int,
    *,
    now: datetime,
    address: str | None = None,
) -> HouseholdAccount:
    """Refuse a proposed account, or take back one's own; what was in force stays. A refused WeChat is bound no longer.

    Raises NotFound outside the officer's region; Conflict account_decided when somebody has decided already.
    """
    household, version = _found(session, officer, public_id, account_id)
    second = None if version.editor_id == officer.id else officer.id
    _decide(session, version, AccountState.REFUSED, confirmer_id=second, ended_at=now)
    record(
        session,
        version,
        None,
        actor=officer.actor,
        action="account_refused",
        subject=f"household:{household.public_id}",
        now=now,
        address=address,
    )
    # Whoever is not the household must not go on seeing what it earns.
    session.execute(
        sa.update(HouseholdBinding)
        .where(HouseholdBinding.account_id == version.id, HouseholdBinding.ended_at.is_(None))
        .values(ended_at=now, ended_by=officer.actor)
        .execution_options(synchronize_session=False)
    )
    return version


def versions(session: Session, officer: OfficerContext, public_id: str) -> Sequence[HouseholdAccount]:
    """Every account version of a household, newest first; raises NotFound outside the officer's region."""
    household, _ = household_in_scope(session, officer, public_id)
    return session.scalars(
        sa.select(HouseholdAccount)
        .where(HouseholdAccount.household_id == household.id)
        .order_by(HouseholdAccount.id.desc())
    ).all()


#: Under which kind an account of a channel is fingerprinted.
_KINDS = {PayoutChannel.BANK: "account", PayoutChannel.WECHAT: "openid"}


def _holder(name: str) -> str:
    try:
        return person_name(name)
    except CellError as error:
        raise Invalid("invalid_fields", {"holder_name": error}) from None


def _undecided(session: Session, household_id: int, channel: PayoutChannel) -> int | None:
    return session.scalar(
        sa.select(HouseholdAccount.id).where(
            HouseholdAccount.household_id == household_id,
            HouseholdAccount.channel == channel,
            HouseholdAccount.state == AccountState.PROPOSED,
        )
    )


def _found(
    session: Session, officer: OfficerContext, public_id: str, account_id: int
) -> tuple[Household, HouseholdAccount]:
    household, _ = household_in_scope(session, officer, public_id)
    version = session.scalar(
        sa.select(HouseholdAccount)
        .where(HouseholdAccount.id == account_id, HouseholdAccount.household_id == household.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if version is None:
        raise NotFound("account_not_found")
    return household, version


def _decide(
    session: Session,
    version: HouseholdAccount,
    state: AccountState,
    *,
    confirmer_id: int | None,
    **moment: datetime,
) -> None:
    decided = session.execute(
        sa.update(HouseholdAccount)
        .where(HouseholdAccount.id == version.id, HouseholdAccount.state == AccountState.PROPOSED)
        .values(state=state, confirmer_id=confirmer_id, **moment)
        .returning(HouseholdAccount.id)
        .execution_options(synchronize_session=False)
    ).first()
    session.refresh(version)
    if decided is None:
        raise Conflict("account_decided", {"state": version.state.value}, state=version.state.value)


def record(
    session: Session,
    version: HouseholdAccount,
    before: HouseholdAccount | None = None,
    **act: Any,
) -> None:
    """Write an act down with what it changes, masked."""
    audit.record(
        session,
        facts={
            "account_id": version.id,
            "channel": version.channel.value,
            "origin": version.origin.value,
            "after": shown(version),
            "before": None if before is None else shown(before),
        },
        **act,
    )


def shown(version: HouseholdAccount) -> dict[str, str]:
    """Bank, holder and account as officers may see them; of WeChat's id of a person, nothing."""
    bank = version.channel is PayoutChannel.BANK
    return {
        "bank": version.bank,
        "holder_name": officer_name(version.holder_name),
        "account": masked_account_number(version.account) if bank else "",
    }
