"""What a household sees of itself: its income by month and year, and its trees; never a certificate or a buyer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.clock import business_day
from domain.household_words import income_sentences
from domain.income import Earnings
from domain.masking import officer_name
from domain.orders import OrderState
from models import (
    Credit,
    Household,
    HouseholdAccount,
    HouseholdBinding,
    Order,
    Region,
    SpeciesRow,
    Tree,
    Unit,
)
from models.credits import CreditState
from models.trees import TreeState
from models.units import UnitState
from services.bindings import standing


def income(
    session: Session, household_id: int, binding_id: int, *, now: datetime, lock: timedelta, language: str
) -> dict[str, Any]:
    """Everything earned, by month and year of the sale in Asia/Shanghai, newest first, and where the money is."""
    owner, place, account = session.execute(
        sa.select(Household, Region.path, HouseholdAccount)
        .join(Region, Region.code == Household.region_code)
        .join(HouseholdBinding, HouseholdBinding.household_id == Household.id)
        .join(HouseholdAccount, HouseholdAccount.id == HouseholdBinding.account_id)
        .where(Household.id == household_id, HouseholdBinding.id == binding_id)
    ).one()
    earned = [
        _Earned(business_day(row.earned_at).strftime("%Y-%m"), _figures(row))
        for row in session.execute(
            sa.select(Credit.earned_at, Credit.state, Credit.trees, Credit.sink_g, Credit.amount_fen).where(
                Credit.household_id == household_id, Credit.state != CreditState.CANCELLED
            )
        )
    ]
    trees = session.scalar(
        sa.select(sa.func.count()).where(Tree.household_id == household_id, Tree.state == TreeState.GROWING)
    )
    whole = _sum(one.earnings for one in earned)
    return {
        "name": officer_name(owner.head_name),
        "place": place,
        "as_of": now,
        "trees": trees or 0,
        **whole.as_dict(),
        "sentences": income_sentences(whole, trees or 0, language),
        "years": _by_year(earned),
        "binding": standing(account, lock),
    }


def trees(
    session: Session, household_id: int, *, after: tuple[str, int] | None, limit: int
) -> list[dict[str, Any]]:
    """Up to limit + 1 trees in the order of their tags, each with what became of it year by year."""
    wanted = (
        sa.select(Tree, SpeciesRow)
        .join(SpeciesRow, SpeciesRow.code == Tree.species_code)
        .where(Tree.household_id == household_id)
        .order_by(Tree.tag, Tree.id)
        .limit(limit + 1)
    )
    if after is not None:
        wanted = wanted.where(sa.tuple_(sa.type_coerce(Tree.tag, sa.String), Tree.id) > sa.tuple_(*after))
    found = session.execute(wanted).all()
    years = _years(session, household_id, [row.Tree.id for row in found])
    return [
        {
            "id": row.Tree.id,
            "tag": row.Tree.tag,
            "species": row.SpeciesRow,
            "planted_year": row.Tree.planted_year,
            "state": row.Tree.state.value,
            "years": years.get(row.Tree.id, []),
        }
        for row in found
    ]


@dataclass(frozen=True, slots=True)
class _Earned:
    month: str
    earnings: Earnings


def _figures(row: Any) -> Earnings:
    return Earnings(
        trees_sold=row.trees,
        sink_g=row.sink_g,
        earned_fen=row.amount_fen,
        in_transit_fen=row.amount_fen if row.state is CreditState.IN_TRANSIT else 0,
        paid_fen=row.amount_fen if row.state is CreditState.PAID else 0,
    )


def _sum(parts: Iterable[Earnings]) -> Earnings:
    whole = list(parts)
    return Earnings(
        trees_sold=sum(one.trees_sold for one in whole),
        sink_g=sum(one.sink_g for one in whole),
        earned_fen=sum(one.earned_fen for one in whole),
        in_transit_fen=sum(one.in_transit_fen for one in whole),
        paid_fen=sum(one.paid_fen for one in whole),
    )


def _by_year(earned: Sequence[_Earned]) -> list[dict[str, Any]]:
    months: dict[str, list[Earnings]] = {}
    for one in earned:
        months.setdefault(one.month, []).append(one.earnings)
    sums = {month: _sum(parts) for month, parts in sorted(months.items(), reverse=True)}
    years: dict[str, dict[str, Earnings]] = {}
    for month, figures in sums.items():
        years.setdefault(month[:4], {})[month] = figures
    return [
        {
            "year": int(year),
            **_sum(inside.values()).as_dict(),
            "months": [{"month": month, **figures.as_dict()} for month, figures in inside.items()],
        }
        for year, inside in years.items()
    ]


def _years(
    session: Session, household_id: int, tree_ids: Sequence[int]
) -> dict[int, list[dict[str, object]]]:
    """What the household itself has had of these trees; what an owner before it sold is not shown to it."""
    found: dict[int, list[dict[str, object]]] = {}
    for row in session.execute(
        sa.select(Unit.tree_id, Unit.year, Unit.state, Unit.price_fen, Order.state.label("order_state"))
        .outerjoin(Order, Order.id == Unit.order_id)
        .where(Unit.tree_id.in_(tree_ids), Unit.household_id == household_id)
        .order_by(Unit.tree_id, Unit.year)
    ):
        status = _status(row.state, row.order_state)
        found.setdefault(row.tree_id, []).append(
            {
                "year": row.year,
                "status": status,
                "earned_fen": row.price_fen if status == "sold" else 0,
            }
        )
    return found


def _status(state: UnitState, order_state: OrderState | None) -> str:
    """`held` while somebody is paying; what cannot be bought is kept back."""
    if state is UnitState.TAKEN:
        return "sold" if order_state is OrderState.PAID else "held"
    return "for_sale" if state is UnitState.FREE else "kept_back"
