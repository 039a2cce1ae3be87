"""A sold tree-year whose tree was lost is made good: the sponsor buys one of the village's buffer for it.

The buyer's order keeps what it bought and the household that lost the tree keeps what it earned. The substitute is
bought by an order of the sponsor's own, so the household it belongs to is credited its full price as for any other
sale, and the book, the lanes and the payouts need no rule of their own.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain import ledger
from domain.certificates import Purpose
from domain.codes import public_code
from domain.ids import new_id
from domain.ledger import Event
from domain.orders import OrderState
from domain.words import WordsState
from models import Lane, MakeGood, Order, Tree, TreeLoss, Unit, User, table_of
from models.trees import TreeState
from models.units import UnitState
from services import certificates, incidents
from services import ledger as book
from services.audit import record
from services.certificates import WRITING

#: Lost tree-years made good in one transaction, all of one year.
AT_ONCE = 200
#: What is told while a village has no buffer left, or the sponsor no money.
INCIDENT = "tree_not_made_good"
#: Nobody signs in as this user; it stands where an order needs a buyer.
SPONSOR_NAME = "补株资助方"
#: On PostgreSQL two workers take turns, so that neither spends what the other has seen.
_TURN = 7_305_210

_Units = table_of(Unit)
_Lanes = table_of(Lane)
_Orders = table_of(Order)


@dataclass(frozen=True, slots=True)
class Fate:
    """Of a certificate's trees, how many were lost before their year was over, and for how many others stand in."""

    lost: int
    made_good: int


def make_good(session: Session, *, now: datetime, random: Callable[[int], bytes]) -> int:
    """Make good what can be, oldest loss first; returns how many tree-years.

    A substitute is of the same year and village, with no fewer grams and a growing tree: the same household's first,
    then the household's with the least income of the year. What finds none, or more than the sponsor has left, opens
    an incident and is tried again the next time.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(_TURN)))
    made = 0
    lost = _lost(session)
    for year in sorted({row.year for row in lost}):
        made += _make_good_of(session, [row for row in lost if row.year == year], year, now, random)
    return made


def fate_of(session: Session, order_id: int) -> Fate:
    """What became of the trees of a paid order."""
    row = session.execute(
        sa.select(sa.func.count(), sa.func.count(MakeGood.unit_id))
        .select_from(Unit)
        .join(TreeLoss, TreeLoss.tree_id == Unit.tree_id)
        .outerjoin(MakeGood, MakeGood.unit_id == Unit.id)
        .where(Unit.order_id == order_id, *_loses_unit())
    ).one()
    return Fate(int(row[0]), int(row[1]))


def _loses_unit() -> tuple[sa.ColumnElement[bool], ...]:
    """Whether a loss that was confirmed takes a unit's year away: a tree that fell later has had its year."""
    return (
        TreeLoss.undone_at.is_(None),
        TreeLoss.confirmed_at.is_not(None),
        Unit.year >= sa.extract("year", TreeLoss.happened_on),
    )


def _lost(session: Session) -> Sequence[Any]:
    return session.execute(
        sa.select(Unit.id, Unit.year, Unit.region_code, Unit.household_id, Unit.sink_g)
        .join(TreeLoss, TreeLoss.tree_id == Unit.tree_id)
        .join(Order, Order.id == Unit.order_id)
        .where(
            Unit.state == UnitState.TAKEN,
            Order.state == OrderState.PAID,
            ~sa.exists().where(MakeGood.unit_id == Unit.id),
            *_loses_unit(),
        )
        .order_by(TreeLoss.confirmed_at, Unit.id)
        .limit(AT_ONCE)
    ).all()


def _make_good_of(
    session: Session, lost: Sequence[Any], year: int, now: datetime, random: Callable[[int], bytes]
) -> int:
    chosen = _choose(session, lost, year, book.balance_of(session, ledger.SPONSOR))
    for row in lost:
        subject = f"unit:{row.id}"
        if row.id in chosen:
            incidents.resolve_gone(session, kind=INCIDENT, subject=subject, now=now)
        else:
            incidents.open_incident(session, kind=INCIDENT, subject=subject, now=now)
    if not chosen:
        return 0
    order = _buy(session, list(chosen.values()), year, now, random)
    session.execute(
        sa.insert(MakeGood),
        [
            {"unit_id": unit, "substitute_id": found.id, "order_id": order["id"], "made_good_at": now}
            for unit, found in chosen.items()
        ],
    )
    record(
        session,
        actor="worker",
        action="trees_made_good",
        subject=f"order:{order['number']}",
        now=now,
        facts={"year": year, "trees": order["count"], "amount_fen": order["amount_fen"]},
    )
    return len(chosen)


def _choose(session: Session, lost: Sequence[Any], year: int, money_fen: int) -> dict[int, Any]:
    """A buffer unit for each lost one, as far as village and money reach."""
    by_village: dict[str, list[Any]] = defaultdict(list)
    for row in session.execute(
        sa.select(Unit.id, Unit.region_code, Unit.household_id, Unit.sink_g, Unit.price_fen)
        .join(Tree, Tree.id == Unit.tree_id)
        .outerjoin(Lane, sa.and_(Lane.household_id == Unit.household_id, Lane.year == Unit.year))
        .where(
            Unit.year == year,
            Unit.state == UnitState.BUFFER,
            Unit.region_code.in_({row.region_code for row in lost}),
            Tree.state == TreeState.GROWING,
        )
        .order_by(sa.func.coalesce(Lane.income_fen, 0), Unit.id)
    ):
        by_village[row.region_code].append(row)
    chosen: dict[int, Any] = {}
    for row in lost:
        fitting = [one for one in by_village[row.region_code] if one.sink_g >= row.sink_g]
        own = [one for one in fitting if one.household_id == row.household_id]
        found = next(iter([*own, *fitting]), None)
        if found is not None and found.price_fen <= money_fen:
            money_fen -= found.price_fen
            by_village[row.region_code].remove(found)
            chosen[row.id] = found
    return chosen


def _buy(
    session: Session, units: list[Any], year: int, now: datetime, random: Callable[[int], bytes]
) -> dict[str, Any]:
    """The sponsor's order of these buffer units, paid from its money in the book."""
    order: dict[str, Any] = {
        "id": new_id(now, random),
        "number": public_code(random),
        "user_id": _sponsor(session, now),
        "state": OrderState.PAID,
        "purpose": Purpose.PERSONAL,
        "holder_name": SPONSOR_NAME,
        "holder_public": False,
        "message": None,
        "words_state": WordsState.PASSED,
        "count": len(units),
        "amount_fen": sum(unit.price_fen for unit in units),
        "sink_g": sum(unit.sink_g for unit in units),
        "year": year,
        "selection": {"make_good": len(units)},
        "draw": None,
        "maturity_days": 0,
        "created_at": now,
        "expires_at": now,
        "paid_at": now,
        "closed_at": None,
    }
    session.execute(sa.insert(_Orders).values(order))
    fen: dict[int, int] = defaultdict(int)
    for unit in units:
        fen[unit.household_id] += unit.price_fen
    session.execute(
        sa.select(_Lanes.c.id)
        .where(_Lanes.c.year == year, _Lanes.c.household_id.in_(list(fen)))
        .order_by(_Lanes.c.id)
        .with_for_update()
    ).all()
    session.execute(
        sa.update(_Lanes)
        .where(_Lanes.c.year == year, _Lanes.c.household_id == sa.bindparam("b_household"))
        .values(income_fen=_Lanes.c.income_fen + sa.bindparam("b_fen")),
        [{"b_household": household, "b_fen": amount} for household, amount in sorted(fen.items())],
    )
    session.execute(
        sa.update(_Units)
        .where(_Units.c.id.in_([unit.id for unit in units]), _Units.c.state == UnitState.BUFFER)
        .values(state=UnitState.TAKEN, order_id=order["id"])
    )
    # Reserved and never made out: it is nobody's proof, and a scanner is told of no such serial.
    certificate = certificates.draft(_Row(order), now=now, random=random, signer=None)
    session.execute(WRITING, certificate.values)
    values = book.crediting_values(
        order_id=order["id"],
        certificate_id=certificate.id,
        source=ledger.SPONSOR,
        event=Event.GOODWILL,
        now=now,
        matures_at=now,
    )
    for statement in book.CREDITING:
        session.execute(statement, values)
    return order


class _Row:
    """The values of an order by name, as its certificate reads them."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.__dict__.update(values)


def _sponsor(session: Session, now: datetime) -> int:
    known = session.scalar(sa.select(Order.user_id).join(MakeGood, MakeGood.order_id == Order.id).limit(1))
    if known is not None:
        return known
    user = User(nickname=SPONSOR_NAME, language="zh", name_public=False, created_at=now, deleted_at=None)
    session.add(user)
    session.flush()
    return user.id
