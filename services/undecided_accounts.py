"""Payee accounts that wait for a second officer: listed, and confirmed together as they were seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.errors import Conflict
from domain.masking import officer_name
from domain.payouts import AccountState, PayoutChannel
from domain.permissions import OfficerContext
from models import Household, HouseholdAccount
from services import accounts
from services.income import in_region

#: Accounts that one call may confirm: a village's, and what a person can still look through.
MOST_TOGETHER = 1_000


@dataclass(frozen=True, slots=True)
class Chosen:
    """Undecided accounts of a division, or those of them that one sheet brought."""

    scope: str
    import_id: int | None = None

    @property
    def condition(self) -> sa.ColumnElement[bool]:
        """As a condition over accounts and their households."""
        undecided = sa.and_(HouseholdAccount.state == AccountState.PROPOSED, in_region(self.scope))
        if self.import_id is None:
            return undecided
        return sa.and_(undecided, HouseholdAccount.import_id == self.import_id)


def listed(
    session: Session, officer: OfficerContext, chosen: Chosen, *, after: int | None, limit: int
) -> list[tuple[HouseholdAccount, dict[str, Any]]]:
    """Undecided accounts with their households, masked, oldest first; one more than `limit`."""
    wanted = (
        sa.select(HouseholdAccount, Household)
        .join(Household, Household.id == HouseholdAccount.household_id)
        .where(chosen.condition)
        .order_by(HouseholdAccount.id)
        .limit(limit + 1)
    )
    if after is not None:
        wanted = wanted.where(HouseholdAccount.id > after)
    return [
        (
            version,
            {
                "public_id": household.public_id,
                "number": household.number,
                "head_name": officer_name(household.head_name),
                "region_code": household.region_code,
                "is_head": version.holder_name_hash == household.head_name_hash,
                "confirmable": _may_confirm_together(version, officer),
            },
        )
        for version, household in session.execute(wanted)
    ]


def confirm_together(
    session: Session, officer: OfficerContext, chosen: Chosen, *, last_id: int, count: int, now: datetime
) -> Sequence[HouseholdAccount]:
    """Put every chosen bank account that somebody else entered into force, up to the last one that was seen.

    Each is written to the audit. Raises Conflict accounts_not_as_seen unless they are as many as were seen: ids only
    grow and what is decided leaves, so then they are the same ones.
    """
    found = session.scalars(
        sa.select(HouseholdAccount)
        .join(Household, Household.id == HouseholdAccount.household_id)
        .where(
            chosen.condition,
            HouseholdAccount.channel == PayoutChannel.BANK,
            HouseholdAccount.editor_id != officer.id,
            HouseholdAccount.id <= last_id,
        )
        .order_by(HouseholdAccount.id)
        .limit(MOST_TOGETHER + 1)
        .with_for_update(of=HouseholdAccount)
        .execution_options(populate_existing=True)
    ).all()
    if len(found) != count:
        raise Conflict("accounts_not_as_seen", {"count": len(found)}, count=len(found))
    before = _in_force(session, [version.household_id for version in found])
    for present in before.values():
        present.ended_at = now
    # Two versions are never in force at the same time, so the old ones end before the new ones begin.
    session.flush()
    for version in found:
        version.state, version.confirmer_id, version.started_at = AccountState.CONFIRMED, officer.id, now
    session.flush()
    households = {version.household_id for version in found}
    names = {
        row.id: row.public_id
        for row in session.execute(
            sa.select(Household.id, Household.public_id).where(Household.id.in_(households))
        )
    }
    for version in found:
        accounts.record(
            session,
            version,
            before.get(version.household_id),
            actor=officer.actor,
            action="account_confirmed",
            subject=f"household:{names[version.household_id]}",
            now=now,
            address=officer.address,
        )
    session.flush()
    return found


def _may_confirm_together(version: HouseholdAccount, officer: OfficerContext) -> bool:
    """A binding of WeChat is confirmed by itself, after a call to the household."""
    return version.channel is PayoutChannel.BANK and version.editor_id != officer.id


def _in_force(session: Session, household_ids: Sequence[int]) -> dict[int, HouseholdAccount]:
    found = session.scalars(
        sa.select(HouseholdAccount)
        .where(HouseholdAccount.household_id.in_(household_ids), accounts.in_force())
        .execution_options(populate_existing=True)
    )
    return {version.household_id: version for version in found}
