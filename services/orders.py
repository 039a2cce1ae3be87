"""Orders: place and show; what becomes of their money stands in services/payments.py."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.certificates import Purpose
from domain.clock import business_day
from domain.codes import public_code
from domain.errors import Invalid, NotFound, Raced
from domain.ids import new_id
from domain.orders import OrderState
from domain.selections import Selection, check_named
from domain.words import WordsState
from models import Order, table_of
from services import choices, lapses, offers, reservations
from services.programmes import year_on_sale

_Orders = table_of(Order)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a buyer orders besides the trees."""

    purpose: Purpose
    holder_name: str
    holder_public: bool
    message: str | None


def place(
    session: Session,
    *,
    user_id: int,
    selection: Selection,
    wish: Wish,
    now: datetime,
    hold: timedelta,
    random: Callable[[int], bytes],
    alone: bool = False,
) -> Order:
    """Take the trees a buyer asks for and hold them until `now + hold`.

    Named trees are taken as named; otherwise the fair turn chooses households. With `alone` nobody can be faster: all
    lanes are held before anything is read. Raises Conflict("tree_unavailable")
    with the trees, Conflict("not_enough_trees") with the number left, Invalid for a selection that cannot be meant.
    """
    offer = offers.lately_offered(session, selection.year)
    if alone:
        lapses.hold_all(session, now, selection.year)
    draft = {
        "id": new_id(now, random),
        "number": _number(now, random),
        "user_id": user_id,
        "state": OrderState.PENDING,
        "purpose": wish.purpose,
        "holder_name": wish.holder_name,
        "holder_public": wish.holder_public,
        "message": wish.message,
        "words_state": WordsState.UNCHECKED,
        "year": selection.year,
        "selection": selection.as_dict(),
        "draw": None,
        "maturity_days": offer.maturity_days,
        "created_at": now,
        "expires_at": now + hold,
        "paid_at": None,
        "closed_at": None,
    }
    if selection.trees:
        return _place_named(session, draft, selection, now)
    choices.check_place(session, selection)
    return _place_by_turn(session, draft, selection, offer=offer, now=now, seed=random(16))


def _place_named(session: Session, draft: dict[str, Any], selection: Selection, now: datetime) -> Order:
    units = reservations.find_named(session, check_named(selection.trees), selection.year)
    lapsed = choices.refuse_held(session, units, now)
    if lapsed:
        households = sorted({unit.household_id for unit in units})
        lapses.lapse_for(session, now, year=selection.year, households=households, only=lapsed)
        units = reservations.find_named(session, selection.trees, selection.year)
        choices.refuse_taken(units)
    draft |= {
        "count": len(units),
        "amount_fen": sum(unit.price_fen for unit in units),
        "sink_g": sum(unit.sink_g for unit in units),
    }
    session.execute(sa.insert(_Orders).values(draft))
    reservations.take_named(session, draft["id"], selection.year, units)
    return Order(**draft)


def _place_by_turn(
    session: Session,
    draft: dict[str, Any],
    selection: Selection,
    *,
    offer: offers.Offer,
    now: datetime,
    seed: bytes,
) -> Order:
    turn = choices.choose_freeing_lapsed(session, selection, now, offer=offer, seed=seed)
    count = sum(turn.trees.values())
    draft |= {
        "count": count,
        "amount_fen": count * offer.price_fen,
        "sink_g": count * offer.flat_sink_g,
        "draw": turn.log,
    }
    taken = reservations.take_from(
        session, draft, turn.trees, price_fen=offer.price_fen, species=selection.species
    )
    if taken.sink_g < (selection.sink_g or 0):
        raise Raced
    if taken.sink_g != draft["sink_g"]:
        # A tree of two measurements may bring less than the flat figure.
        draft["sink_g"] = taken.sink_g
        session.execute(sa.update(_Orders).where(_Orders.c.id == draft["id"]).values(sink_g=taken.sink_g))
    return Order(**draft)


def _number(now: datetime, random: Callable[[int], bytes]) -> str:
    return f"D{business_day(now):%y%m%d}{public_code(random)}"


def find(session: Session, number: str, user_id: int) -> Order:
    """One order of one user; somebody else's is not found."""
    order = session.scalar(sa.select(Order).where(Order.number == number, Order.user_id == user_id))
    if order is None:
        raise NotFound("order_not_found")
    return order


def by_number(session: Session, number: str) -> Order:
    """One order by its number, whoever's it is: for jobs and operators."""
    order = session.scalar(sa.select(Order).where(Order.number == number))
    if order is None:
        raise NotFound("order_not_found")
    return order


def of_user(session: Session, user_id: int, *, limit: int, before: int | None) -> Sequence[Order]:
    """A user's orders, newest first, one more than `limit` so that the caller sees whether there are more."""
    statement = sa.select(Order).where(Order.user_id == user_id).order_by(Order.id.desc()).limit(limit + 1)
    if before is not None:
        statement = statement.where(Order.id < before)
    return session.scalars(statement).all()


def message_of(session: Session, order_id: int) -> str | None:
    """The words a giver sent along, once they may be shown."""
    row = session.execute(sa.select(Order.message, Order.words_state).where(Order.id == order_id)).one()
    return row.message if row.words_state is WordsState.PASSED else None


def check_year(year: int, now: datetime) -> int:
    """A year that may be bought: this one or one to come that has been verified; Invalid for one that is over."""
    if year < year_on_sale(now):
        raise Invalid("year_over", {"year": year}, year=year)
    return year
