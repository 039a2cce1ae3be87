"""What goes from one household to another: trees, their unsold years, and money that is owed and not under way."""

from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain import ledger
from domain.clock import business_day
from domain.errors import Conflict
from domain.ledger import Event
from models import Credit, Household, HouseholdChange, PastOwner, PayoutLineCredit, Tree, Unit, table_of
from models.credits import CreditState
from models.trees import TreeState
from models.units import UnitState
from services import lanes
from services import ledger as book

_Trees = table_of(Tree)
_Units = table_of(Unit)
_Credits = table_of(Credit)
_Owners = table_of(PastOwner)


def move_trees(
    session: Session,
    change: HouseholdChange,
    household: Household,
    other: Household,
    *,
    most: int,
) -> dict[str, int]:
    """Give trees (those named, or all) to another household from the day of the change on; returns how many.

    Tree-years that nobody has bought go along; what was sold, and what an order holds, stays with whoever sold it.
    Raises Conflict household_trees_gone when a tree named is not the household's any more, household_full when the
    other would have more than `most` growing trees.
    """
    own = [_Trees.c.household_id == household.id]
    if change.trees:
        own += [_Trees.c.code.in_(change.trees), _Trees.c.state == TreeState.GROWING]
    trees = list(session.scalars(sa.select(_Trees.c.id).where(*own).with_for_update()))
    if change.trees and len(trees) != len(change.trees):
        raise Conflict("household_trees_gone")
    if not trees:
        return {"trees": 0, "tree_years": 0}
    session.execute(
        sa.insert(_Owners).from_select(
            ["tree_id", "change_id", "household_id", "until_on"],
            sa.select(
                _Trees.c.id,
                sa.literal(change.id),
                _Trees.c.household_id,
                sa.literal(change.effective_on, sa.Date()),
            ).where(*own),
        )
    )
    session.execute(sa.update(_Trees).where(_Trees.c.id.in_(trees)).values(household_id=other.id))
    growing = session.scalar(
        sa.select(sa.func.count())
        .select_from(_Trees)
        .where(_Trees.c.household_id == other.id, _Trees.c.state == TreeState.GROWING)
    )
    if (growing or 0) > most:
        raise Conflict("household_full", {"trees": growing, "most": most}, most=most)
    return {
        "trees": len(trees),
        "tree_years": _move_unsold(session, trees, household, other, change.effective_on),
    }


def _move_unsold(
    session: Session, trees: list[int], household: Household, other: Household, since: date
) -> int:
    unsold = (
        _Units.c.tree_id.in_(trees),
        _Units.c.household_id == household.id,
        _Units.c.year >= since.year,
        _Units.c.state.in_((UnitState.FREE, UnitState.BUFFER)),
    )
    moved = 0
    for year in session.scalars(
        sa.select(_Units.c.year).where(*unsold).distinct().order_by(_Units.c.year)
    ).all():
        with_lanes = lanes.lock_two(session, year, household, other)
        rows = session.execute(
            sa.update(_Units)
            .where(*unsold, _Units.c.year == year)
            .values(household_id=other.id)
            .returning(_Units.c.state)
        ).all()
        free = sum(row.state == UnitState.FREE for row in rows)
        if with_lanes and free:
            lanes.move_free(session, year, household.id, other.id, free)
        moved += len(rows)
    return moved


def sweep(session: Session, now: datetime) -> int:
    """Let tree-years follow their trees that an order held when the trees went to another household, and that have come
    back unsold since: lapsed, cancelled or refunded; returns how many.
    """
    back = (
        sa.select(
            _Owners.c.tree_id,
            _Units.c.household_id.label("old"),
            _Trees.c.household_id.label("new"),
            sa.func.min(_Owners.c.until_on).label("since"),
        )
        .join(_Trees, _Trees.c.id == _Owners.c.tree_id)
        .join(
            _Units,
            sa.and_(_Units.c.tree_id == _Owners.c.tree_id, _Units.c.household_id == _Owners.c.household_id),
        )
        .where(
            _Units.c.household_id != _Trees.c.household_id,
            _Units.c.state.in_((UnitState.FREE, UnitState.BUFFER)),
            _Units.c.year >= business_day(now).year,
            _Units.c.year >= sa.extract("year", _Owners.c.until_on),
        )
        .group_by(_Owners.c.tree_id, _Units.c.household_id, _Trees.c.household_id)
        .order_by(_Owners.c.tree_id)
    )
    by_owners: dict[tuple[int, int, date], list[int]] = {}
    for tree_id, old, new, since in session.execute(back):
        by_owners.setdefault((old, new, since), []).append(tree_id)
    return sum(
        _move_unsold(session, trees, session.get_one(Household, old), session.get_one(Household, new), since)
        for (old, new, since), trees in by_owners.items()
    )


def move_money(
    session: Session, household: Household, other: Household, *, change_id: int, now: datetime
) -> dict[str, int]:
    """Move what is owed to a household, and is on no payout, to another, credit by credit; returns the fen moved and
    the fen that stay.

    What a payout has taken up is paid to the old household's account as the notice said. So is what both households
    earned by the same order, because an order owes a household once.
    """
    both = sa.select(_Credits.c.order_id).where(_Credits.c.household_id == other.id)
    on_payout = sa.exists().where(PayoutLineCredit.credit_id == _Credits.c.id)
    rows = session.execute(
        sa.update(_Credits)
        .where(
            _Credits.c.household_id == household.id,
            _Credits.c.state == CreditState.OWED,
            ~on_payout,
            _Credits.c.order_id.not_in(both),
        )
        .values(household_id=other.id, earned_by_id=sa.func.coalesce(_Credits.c.earned_by_id, household.id))
        .returning(_Credits.c.amount_fen)
    ).all()
    fen = sum(row.amount_fen for row in rows)
    if fen:
        book.post(
            session,
            [
                ledger.Posting(
                    Event.HOUSEHOLD_MOVED, ledger.household(household.id), ledger.household(other.id), fen
                )
            ],
            now=now,
            reference=f"household_change:{change_id}",
        )
    left = book.balance_of(session, ledger.household(household.id))
    return {"moved_fen": fen, "stayed_fen": left}


def end_contract(household: Household, on: date) -> None:
    """A household that has become part of another sells nothing from that day on."""
    last = on - timedelta(days=1)
    if household.contract_to is None or household.contract_to > last:
        household.contract_to = last
    if household.contract_from is not None and household.contract_from > household.contract_to:
        household.contract_from = household.contract_to
