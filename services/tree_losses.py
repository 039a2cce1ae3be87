"""A tree is gone: one person reports it, another confirms it, and what is unsold of it leaves the sale at once."""

from collections import Counter
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.clock import business_day
from domain.errors import Conflict, Forbidden, Invalid, NotFound
from domain.permissions import OfficerContext
from domain.regions import contains
from models import Lane, MakeGood, Tree, TreeLoss, Unit, table_of
from models.tree_losses import LossCause
from models.trees import TreeState
from models.units import UnitState
from services import lanes
from services.audit import record

_Losses = table_of(TreeLoss)
_Trees = table_of(Tree)
_Units = table_of(Unit)
_Lanes = table_of(Lane)

#: What the registry calls a tree that was lost so.
_STATES = {
    LossCause.DEAD: TreeState.DEAD,
    LossCause.FELLED: TreeState.FELLED,
    LossCause.LOST: TreeState.DEAD,
}


def report(
    session: Session,
    code: str,
    *,
    cause: LossCause,
    happened_on: date,
    reason: str,
    officer: OfficerContext,
    now: datetime,
    address: str | None = None,
) -> TreeLoss:
    """Take a tree that does not stand any more out of the registry's growing trees, and what is unsold out of the sale.

    Nothing is made good until somebody else confirms it. Raises NotFound for a foreign tree as for none; Invalid
    loss_day for a day to come or before last year; Conflict tree_gone when it is gone already.
    """
    tree = find_tree(session, code, officer)
    today = business_day(now)
    earliest = date(today.year - 1, 1, 1)
    if not earliest <= happened_on <= today:
        raise Invalid("loss_day", at="happened_on", earliest=earliest.isoformat())
    taken = session.execute(
        sa.update(_Trees)
        .where(_Trees.c.id == tree.id, _Trees.c.state == TreeState.GROWING)
        .values(state=_STATES[cause])
        .returning(_Trees.c.id)
    ).first()
    if taken is None:
        raise Conflict("tree_gone")
    loss = TreeLoss(
        tree_id=tree.id,
        cause=cause,
        happened_on=happened_on,
        reason=reason,
        reporter_id=officer.id,
        reported_at=now,
        confirmer_id=None,
        confirmed_at=None,
        undoer_id=None,
        undone_at=None,
    )
    session.add(loss)
    session.flush()
    withdrawn = withdraw_unsold(session, now, [tree.id])
    _record(
        session,
        loss,
        "tree_loss_reported",
        officer=officer,
        now=now,
        address=address,
        cause=cause.value,
        withdrawn=withdrawn,
    )
    return loss


def confirm(
    session: Session, code: str, *, officer: OfficerContext, now: datetime, address: str | None = None
) -> TreeLoss:
    """Agree, as a second person, that a tree is gone: what was sold of it is to be made good.

    Raises NotFound loss_not_found without a report; Conflict loss_confirmed; Forbidden second_person for whoever
    reported it.
    """
    loss = standing(session, find_tree(session, code, officer).id)
    if loss.reporter_id == officer.id:
        raise Forbidden("second_person")
    moved = session.execute(
        sa.update(_Losses)
        .where(_Losses.c.id == loss.id, _Losses.c.confirmed_at.is_(None), _Losses.c.undone_at.is_(None))
        .values(confirmed_at=now, confirmer_id=officer.id)
        .returning(_Losses.c.id)
    ).first()
    if moved is None:
        raise Conflict("loss_confirmed")
    session.refresh(loss)
    _record(session, loss, "tree_loss_confirmed", officer=officer, now=now, address=address)
    return loss


def undo(
    session: Session, code: str, *, officer: OfficerContext, now: datetime, address: str | None = None
) -> TreeLoss:
    """Take back a report that nobody has confirmed: the tree stands again, and its years wait for a new approval.

    Raises NotFound loss_not_found; Conflict loss_confirmed once money may have moved for it.
    """
    loss = standing(session, find_tree(session, code, officer).id)
    moved = session.execute(
        sa.update(_Losses)
        .where(_Losses.c.id == loss.id, _Losses.c.confirmed_at.is_(None), _Losses.c.undone_at.is_(None))
        .values(undone_at=now, undoer_id=officer.id)
        .returning(_Losses.c.id)
    ).first()
    if moved is None:
        raise Conflict("loss_confirmed")
    session.execute(sa.update(_Trees).where(_Trees.c.id == loss.tree_id).values(state=TreeState.GROWING))
    session.refresh(loss)
    _record(session, loss, "tree_loss_undone", officer=officer, now=now, address=address)
    return loss


def find_tree(session: Session, code: str, officer: OfficerContext) -> Tree:
    """A tree by its code within an officer's region; raises NotFound for a foreign one as for none."""
    tree = session.scalar(sa.select(Tree).where(Tree.code == code).execution_options(populate_existing=True))
    if tree is None or not contains(officer.region_code, tree.region_code):
        raise NotFound("tree_not_found")
    return tree


def standing(session: Session, tree_id: int) -> TreeLoss:
    """The report of a tree that has not been undone; raises NotFound loss_not_found."""
    loss = session.scalar(
        sa.select(TreeLoss)
        .where(TreeLoss.tree_id == tree_id, TreeLoss.undone_at.is_(None))
        .execution_options(populate_existing=True)
    )
    if loss is None:
        raise NotFound("loss_not_found")
    return loss


def withdraw_unsold(session: Session, now: datetime, trees: list[int] | None = None) -> int:
    """Take unsold years of lost trees (these, or all) out of the sale, this year's and those to come; returns how many.

    A lapsed order and a refund give a tree-year back to the sale without asking whether its tree still stands.
    """
    unsold = (
        sa.select(_Units.c.id, _Units.c.household_id, _Units.c.year)
        .join(_Trees, _Trees.c.id == _Units.c.tree_id)
        .join(
            _Losses,
            sa.and_(_Losses.c.tree_id == _Trees.c.id, _Losses.c.undone_at.is_(None)),
        )
        .where(
            _Units.c.state.in_((UnitState.FREE, UnitState.BUFFER)),
            _Units.c.year >= sa.extract("year", _Losses.c.happened_on),
            _Units.c.year >= business_day(now).year,
        )
    )
    if trees is not None:
        unsold = unsold.where(_Trees.c.id.in_(trees))
    found = unsold.subquery()
    session.execute(
        sa.select(_Lanes.c.id)
        .where(
            sa.exists().where(found.c.household_id == _Lanes.c.household_id, found.c.year == _Lanes.c.year)
        )
        .order_by(_Lanes.c.id)
        .with_for_update()
    ).all()
    withdrawn = 0
    for state in (UnitState.FREE, UnitState.BUFFER):
        rows = session.execute(
            sa.update(_Units)
            .where(_Units.c.id.in_(sa.select(found.c.id)), _Units.c.state == state)
            .values(state=UnitState.WITHDRAWN)
            .returning(_Units.c.household_id, _Units.c.year)
        ).all()
        withdrawn += len(rows)
        if state is UnitState.FREE:
            for year in {row.year for row in rows}:
                counted = Counter(row.household_id for row in rows if row.year == year)
                lanes.remove_free_units(session, year, counted)
    return withdrawn


def made_good(session: Session, tree_id: int) -> dict[int, bool]:
    """Whether each sold year of a tree that its loss took away has been made good."""
    rows = session.execute(
        sa.select(Unit.year, MakeGood.unit_id)
        .join(TreeLoss, sa.and_(TreeLoss.tree_id == Unit.tree_id, TreeLoss.undone_at.is_(None)))
        .outerjoin(MakeGood, MakeGood.unit_id == Unit.id)
        .where(
            Unit.tree_id == tree_id,
            Unit.state == UnitState.TAKEN,
            Unit.year >= sa.extract("year", TreeLoss.happened_on),
        )
        .order_by(Unit.year)
    )
    return {year: unit_id is not None for year, unit_id in rows}


def _record(
    session: Session,
    loss: TreeLoss,
    action: str,
    *,
    officer: OfficerContext,
    now: datetime,
    address: str | None,
    **facts: object,
) -> None:
    record(
        session,
        actor=officer.actor,
        action=action,
        subject=f"tree:{loss.tree_id}",
        now=now,
        facts={"happened_on": loss.happened_on.isoformat(), **facts},
        address=address,
    )
