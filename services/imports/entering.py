"""What accepted account and consent sheets bring, entered into the registry by a few statements."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.consents import ConsentKind
from domain.masking import public_name
from domain.payouts import AccountOrigin, AccountState, PayoutChannel
from models import Consent, Household, HouseholdAccount, Import, StagedAccount, StagedConsent, table_of
from models.imports import Outcome
from models.types import UTCDateTime
from services.imports.loading import run

_Households = table_of(Household)


def propose_accounts(
    session: Session, imported: Import, rows_of: sa.ColumnElement[bool], now: datetime
) -> int:
    """Propose the new accounts of a sheet in the name of whoever brought it; a second officer decides on each."""
    staged = StagedAccount
    said = {
        "channel": PayoutChannel.BANK,
        "origin": AccountOrigin.EDIT,
        "state": AccountState.PROPOSED,
        "editor_id": imported.officer_id,
        "import_id": imported.id,
        "proposed_at": now,
    }
    copied = ("bank", "holder_name", "holder_name_hash", "account", "account_hash")
    rows = (
        sa.select(
            Household.id,
            *(getattr(staged, name) for name in copied),
            *(sa.literal(value, getattr(HouseholdAccount, name).type) for name, value in said.items()),
        )
        .join(Household, Household.number == staged.household_number)
        .where(rows_of, staged.outcome == Outcome.NEW.value)
        .order_by(staged.row)
    )
    return run(session, sa.insert(HouseholdAccount).from_select(["household_id", *copied, *said], rows))


def lock_households(session: Session, rows_of: sa.ColumnElement[bool]) -> None:
    """One at a time writes down what these households say, as in services/consents.py."""
    named = sa.select(StagedConsent.household_number).where(rows_of)
    locked = sa.select(Household.id).where(Household.number.in_(named)).order_by(Household.id)
    session.execute(locked.with_for_update(key_share=True))


def give_consents(session: Session, rows_of: sa.ColumnElement[bool], now: datetime) -> int:
    """Write down the new consents of a sheet, with what follows from those to sale and to a public name."""
    staged = StagedConsent
    new = sa.and_(rows_of, staged.outcome == Outcome.NEW.value)
    rows = (
        sa.select(
            Household.id,
            sa.type_coerce(staged.kind, Consent.__table__.c.kind.type),
            staged.text_version,
            staged.given_on,
            staged.witness,
            sa.literal(now, UTCDateTime),
            staged.import_id,
        )
        .join(Household, Household.number == staged.household_number)
        .where(new)
        .order_by(staged.row)
    )
    columns = ["household_id", "kind", "text_version", "given_on", "witness", "recorded_at", "import_id"]
    added = run(session, sa.insert(Consent).from_select(columns, rows))
    _open_sale(session, new)
    _show_names(session, new)
    return added


def _open_sale(session: Session, new: sa.ColumnElement[bool]) -> None:
    staged = StagedConsent
    of_household = (
        sa.update(_Households)
        .where(new, staged.kind == ConsentKind.SALE.value, _Households.c.number == staged.household_number)
        .execution_options(synchronize_session=False)
    )
    session.execute(of_household.values(sale_consent_on=staged.given_on))
    without_contract = of_household.where(
        _Households.c.contract_from.is_(None), _Households.c.contract_to.is_(None)
    )
    session.execute(without_contract.values(contract_from=staged.given_on, contract_to=staged.contract_to))


def _show_names(session: Session, new: sa.ColumnElement[bool]) -> None:
    staged = StagedConsent
    found = session.execute(
        sa.select(Household.id, Household.head_name)
        .join(staged, staged.household_number == Household.number)
        .where(new, staged.kind == ConsentKind.PUBLIC_NAME.value)
        .order_by(Household.id)
    ).all()
    if found:
        shown = (
            sa.update(_Households)
            .where(_Households.c.id == sa.bindparam("household"))
            .values(name_public=True, display_name=sa.bindparam("masked"))
        )
        session.connection().execute(
            shown, [{"household": row.id, "masked": public_name(row.head_name)} for row in found]
        )
