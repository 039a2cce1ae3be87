"""Households as officers see them: masked, within their region, and in full only for a reason that is written down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.errors import Forbidden, NotFound
from domain.income import Earnings
from domain.lookups import LookUp
from domain.masking import masked_account_number, masked_identity_number, masked_phone, officer_name
from domain.permissions import BANK_READERS, INCOME_READERS, REVEALERS, OfficerContext
from models import Household, HouseholdAccount, Region, Tree
from models.types import vault
from services import audit, reveals
from services.accounts import in_force
from services.income import (
    FIGURES,
    earnings_by_household,
    growing_trees,
    household_in_scope,
    households_in,
    in_region,
)
from services.income_sums import folded_to, mark

#: What a list may be sorted by; each also with a minus, for the greatest first.
SORTS = ("number", "trees_sold", "earned", "paid", "balance")


@dataclass(frozen=True, slots=True)
class ListWanted:
    """Which households, in which order, beginning after which (value, id)."""

    scope: str
    look_up: LookUp | None = None
    never_paid: bool = False
    sort: str = "number"
    after: tuple[str | int, int] | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """One masked row, and the key that the next page begins after."""

    shown: dict[str, Any]
    key: tuple[str | int, int]


def listed(session: Session, officer: OfficerContext, wanted: ListWanted, limit: int) -> list[Listed]:
    """Up to `limit` masked rows in few statements: first which households, then all that is shown of them.

    Raises Forbidden for an order or a choice by money to whoever may not see the money.
    """
    column, descending = wanted.sort.removeprefix("-"), wanted.sort.startswith("-")
    by_money = column != "number" or wanted.never_paid
    if by_money:
        officer.need(*INCOME_READERS)
    here = in_region(wanted.scope)
    # How far the sums reach is read along with the households; an order by money has to know it before.
    money = earnings_by_household(owners=households_in(wanted.scope), seen=mark(session) if by_money else 0)
    value = _sort_value(column, money)
    keys = sa.select(Household.id, value.label("value"), folded_to().label("seen")).where(here)
    if by_money:
        keys = keys.outerjoin(money, money.c.household_id == Household.id)
    if wanted.look_up is not None:
        keys = keys.where(_looked_up(wanted.look_up))
    if wanted.never_paid:
        keys = keys.where(sa.func.coalesce(money.c.paid_fen, 0) <= 0)
    if wanted.after is not None:
        here_now, last = sa.tuple_(value, Household.id), sa.tuple_(*wanted.after)
        keys = keys.where(here_now < last if descending else here_now > last)
    order = (value.desc(), Household.id.desc()) if descending else (value, Household.id)
    found = session.execute(keys.order_by(*order).limit(limit)).all()
    if not found:
        return []
    rows = _masked(session, officer, [row.id for row in found], seen=found[0].seen)
    return [Listed(rows[row.id], (row.value, row.id)) for row in found]


def public_id_of(session: Session, officer: OfficerContext, named: str) -> str:
    """The public id of a household that is named by it or by the register's number.

    Raises NotFound household_not_found outside the officer's region as for none.
    """
    found = session.scalar(
        sa.select(Household.public_id).where(
            in_region(officer.region_code), sa.or_(Household.public_id == named, Household.number == named)
        )
    )
    if found is None:
        raise NotFound("household_not_found")
    return found


def _sort_value(column: str, money: sa.Subquery) -> sa.ColumnElement[Any]:
    if column == "number":
        return sa.type_coerce(Household.number, sa.String)
    values: dict[str, sa.ColumnElement[Any]] = {
        "trees_sold": money.c.trees_sold,
        "earned": money.c.earned_fen,
        "paid": money.c.paid_fen,
        "balance": money.c.earned_fen - money.c.in_transit_fen - money.c.paid_fen,
    }
    return sa.func.coalesce(values[column], 0)


def _looked_up(look_up: LookUp) -> sa.ColumnElement[bool]:
    conditions: list[sa.ColumnElement[bool]] = [sa.false()]
    if look_up.identity is not None:
        conditions.append(Household.identity_hash == vault().fingerprint(look_up.identity, "identity"))
    if look_up.name is not None:
        conditions.append(Household.head_name_hash == vault().fingerprint(look_up.name, "name"))
    if look_up.number_prefix is not None:
        conditions.append(Household.number.startswith(look_up.number_prefix, autoescape=True))
    return sa.or_(*conditions)


def _masked(
    session: Session, officer: OfficerContext, ids: Sequence[int], *, seen: int
) -> dict[int, dict[str, Any]]:
    """The masked rows of these households by id; `seen` is how far the sums reached a moment ago."""
    money = earnings_by_household(owners=sa.select(Household.id).where(Household.id.in_(ids)), seen=seen)
    growing = growing_trees(Tree.household_id.in_(ids))
    rows = session.execute(
        sa.select(
            Household,
            Region,
            HouseholdAccount,
            sa.func.coalesce(growing.c.trees, 0).label("trees"),
            *(sa.func.coalesce(money.c[name], 0).label(name) for name in FIGURES),
        )
        .join(Region, Region.code == Household.region_code)
        .outerjoin(
            HouseholdAccount,
            sa.and_(HouseholdAccount.household_id == Household.id, in_force()),
        )
        .outerjoin(growing, growing.c.household_id == Household.id)
        .outerjoin(money, money.c.household_id == Household.id)
        .where(Household.id.in_(ids))
    )
    bank, income = officer.may_be(BANK_READERS), officer.may_be(INCOME_READERS)
    return {row.Household.id: _row(row._mapping, bank=bank, income=income) for row in rows}


def _row(row: Mapping[Any, Any], *, bank: bool, income: bool) -> dict[str, Any]:
    household: Household = row["Household"]
    account: HouseholdAccount | None = row["HouseholdAccount"] if bank else None
    earnings = Earnings(**{name: row[name] for name in FIGURES}).as_dict()
    return {
        "public_id": household.public_id,
        "number": household.number,
        "region": row["Region"],
        "name": officer_name(household.head_name),
        "identity": masked_identity_number(household.identity),
        "phone": None if household.phone is None else masked_phone(household.phone),
        "bank": None if account is None else account.bank,
        "account": None if account is None else masked_account_number(account.account),
        "people": household.people,
        "trees": row["trees"],
        **(earnings if income else dict.fromkeys(earnings)),
    }


def detail(session: Session, officer: OfficerContext, public_id: str) -> dict[str, Any]:
    """One household, masked, with its papers; raises NotFound outside the officer's region."""
    household, _ = household_in_scope(session, officer, public_id)
    return {
        **_masked(session, officer, [household.id], seen=mark(session))[household.id],
        "forest_right": household.forest_right,
        "income_per_person_yuan": household.income_per_person_yuan,
        "sale_consent_on": household.sale_consent_on,
        "name_public": household.name_public,
        "contract_from": household.contract_from,
        "contract_to": household.contract_to,
        "registered_at": household.created_at,
    }


def record_look_up(
    session: Session,
    officer: OfficerContext,
    wanted: ListWanted,
    found: Sequence[Listed],
    *,
    now: datetime,
    address: str | None,
) -> None:
    """Write down that somebody was looked for, by what kind of words and who was found; never the words."""
    assert wanted.look_up is not None
    audit.record(
        session,
        actor=officer.actor,
        action="household_looked_up",
        subject=f"region:{wanted.scope}",
        now=now,
        facts={"by": wanted.look_up.kind, "found": [row.shown["public_id"] for row in found]},
        address=address,
    )


def reveal(
    session: Session,
    officer: OfficerContext,
    public_id: str,
    field: str,
    reason: str,
    *,
    now: datetime,
) -> str | None:
    """One field of a household in full, for a reason that is kept; None where nothing is registered.

    Raises NotFound outside the officer's region, Forbidden for a field that none of the officer's roles may see,
    TooMany.
    """
    household, _ = household_in_scope(session, officer, public_id)
    if not officer.may_be(REVEALERS[field]):
        raise Forbidden("forbidden")
    reveals.note(
        session,
        officer,
        action="household_revealed",
        subject=f"household:{public_id}",
        field=field,
        reason=reason,
        now=now,
    )
    if field == "account":
        return session.scalar(
            sa.select(HouseholdAccount.account).where(
                HouseholdAccount.household_id == household.id, in_force()
            )
        )
    values = {
        "name": household.head_name,
        "identity": household.identity,
        "phone": household.phone,
        "category": household.category,
    }
    return values[field]
