"""What the registry makes of staged accounts and consents: new, unchanged, or the problem a row met."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.payouts import AccountState, PayoutChannel
from models import Consent, Household, HouseholdAccount, Import, StagedAccount, StagedConsent
from models.imports import Outcome
from services.accounts import in_force


def judge_accounts(session: Session, import_id: int, first: int, last: int) -> None:
    """Judge the staged accounts first..last by their households and where those are, or are to be, paid."""
    staged = StagedAccount
    chunk = _chunk(staged, import_id, first, last)
    session.execute(
        chunk.where(staged.household_number.is_(None), Household.identity_hash == staged.identity_hash)
        .where(*_within_scope(staged))
        .values(household_number=Household.number)
    )
    another = sa.and_(staged.identity_hash.is_not(None), staged.identity_hash != Household.identity_hash)
    session.execute(
        chunk.where(*_of_household(staged)).values(
            outcome=sa.case((another, "identity_of_another"), else_=Outcome.NEW.value)
        )
    )
    same = sa.and_(
        HouseholdAccount.account_hash == staged.account_hash,
        HouseholdAccount.holder_name_hash == staged.holder_name_hash,
        HouseholdAccount.bank == staged.bank,
    )
    of_household = chunk.where(
        Household.number == staged.household_number,
        HouseholdAccount.household_id == Household.id,
        staged.outcome == Outcome.NEW.value,
    )
    session.execute(of_household.where(in_force(), same).values(outcome=Outcome.UNCHANGED.value))
    undecided = sa.and_(
        HouseholdAccount.channel == PayoutChannel.BANK, HouseholdAccount.state == AccountState.PROPOSED
    )
    session.execute(
        of_household.where(undecided).values(
            outcome=sa.case((same, Outcome.UNCHANGED.value), else_="account_undecided")
        )
    )


def judge_consents(session: Session, import_id: int, first: int, last: int) -> None:
    """Judge the staged consents first..last by what their households agree to now, and took back."""
    staged = StagedConsent
    chunk = _chunk(staged, import_id, first, last)
    session.execute(chunk.where(*_of_household(staged)).values(outcome=Outcome.NEW.value))
    of_household = chunk.where(
        Household.number == staged.household_number,
        Consent.household_id == Household.id,
        # The column of the sheet is plain text: it may hold what is no consent.
        sa.type_coerce(Consent.kind, sa.String) == staged.kind,
        staged.outcome == Outcome.NEW.value,
    )
    same = sa.and_(Consent.text_version == staged.text_version, Consent.given_on == staged.given_on)
    session.execute(
        of_household.where(Consent.withdrawn_on.is_(None)).values(
            outcome=sa.case((same, Outcome.UNCHANGED.value), else_="consent_changed")
        )
    )
    session.execute(
        of_household.where(Consent.withdrawn_on >= staged.given_on).values(outcome="consent_withdrawn_later")
    )


def _chunk(
    staged: type[StagedAccount] | type[StagedConsent], import_id: int, first: int, last: int
) -> sa.Update:
    return (
        sa.update(staged)
        .where(staged.import_id == import_id, staged.row.between(first, last))
        .execution_options(synchronize_session=False)
    )


def _of_household(staged: Any) -> tuple[sa.ColumnElement[bool], ...]:
    """The conditions that a row's household is registered, and within the sender's scope."""
    return (Household.number == staged.household_number, *_within_scope(staged))


def _within_scope(staged: Any) -> tuple[sa.ColumnElement[bool], ...]:
    # A household beyond the scope is as unknown as any, so that a sheet learns nothing of it.
    here = sa.or_(Import.scope.is_(None), Household.region_code.startswith(Import.scope))
    return (Import.id == staged.import_id, here)
