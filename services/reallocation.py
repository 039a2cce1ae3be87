"""Trees for money that came after its order was closed: those it was for, or others as good."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.errors import Raced, Refusal
from domain.selections import Selection
from models import Order, Unit, table_of
from services import choices, lapses, offers, reservations

#: How often somebody else may be faster before the money goes back.
ATTEMPTS = 3

_Orders = table_of(Order)


class _NotAsGood(Refusal):
    """What is free costs another amount or brings fewer grams than was promised."""


def take_again(session: Session, order: Any, now: datetime, random: Callable[[int], bytes]) -> bool:
    """Take the trees of a closed order again for its buyer, who has paid; False where there are none to take.

    Chosen by code: the same trees, all of them. Otherwise any of the same price, year, region and species, as many,
    and no fewer grams than the order promised. While sales are paused nothing is taken.
    """
    for _ in range(ATTEMPTS):
        try:
            with session.begin_nested():
                sink_g, draw = _take(session, order, now, random)
        except Raced:
            continue
        except Refusal:
            return False
        session.execute(sa.update(_Orders).where(_Orders.c.id == order.id).values(sink_g=sink_g, draw=draw))
        return True
    return False


def _take(
    session: Session, order: Any, now: datetime, random: Callable[[int], bytes]
) -> tuple[int, dict[str, Any] | None]:
    asked = order.selection
    draw = None
    offer = offers.offer_of(session, order.year)
    if asked.get("trees"):
        _take_named(session, order, now)
    else:
        selection = Selection(
            year=order.year, count=order.count, region=asked.get("region"), species=asked.get("species")
        )
        turn = choices.choose_freeing_lapsed(session, selection, now, offer=offer, seed=random(16))
        draw = turn.log
        reservations.take_from(
            session,
            {"id": order.id, "year": order.year},
            turn.trees,
            price_fen=offer.price_fen,
            species=selection.species,
            written=True,
        )
    held = session.execute(
        sa.select(sa.func.count(), sa.func.sum(Unit.price_fen), sa.func.sum(Unit.sink_g)).where(
            Unit.order_id == order.id
        )
    ).one()
    if (held[0], held[1]) != (order.count, order.amount_fen) or held[2] < order.sink_g:
        raise _NotAsGood("not_enough_trees")
    return int(held[2]), draw


def _take_named(session: Session, order: Any, now: datetime) -> None:
    codes = order.selection["trees"]
    units = reservations.find_named(session, codes, order.year)
    lapsed = choices.refuse_held(session, units, now)
    if lapsed:
        households = sorted({unit.household_id for unit in units})
        lapses.lapse_for(session, now, year=order.year, households=households, only=lapsed)
        units = reservations.find_named(session, codes, order.year)
        choices.refuse_taken(units)
    reservations.take_named(session, order.id, order.year, units)
