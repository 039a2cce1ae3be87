"""Quotes: what a selection would cost now; nothing is reserved."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from domain.errors import Conflict
from domain.selections import Selection, check_named, trees_for
from services import choices, offers, reservations


@dataclass(frozen=True, slots=True)
class Quote:
    """What a selection would cost now; nothing is reserved."""

    count: int
    amount_fen: int
    sink_g: int
    year: int
    households: int


def quote(session: Session, selection: Selection, now: datetime, random: Callable[[int], bytes]) -> Quote:
    """Price a selection without reserving; raises as `place` would, were it placed now.

    Where the platform chooses, the grams are those of trees it might choose.
    """
    offer = offers.offer_of(session, selection.year)
    if selection.trees:
        units = reservations.find_named(session, check_named(selection.trees), selection.year)
        choices.refuse_held(session, units, now)
        return Quote(
            len(units),
            sum(unit.price_fen for unit in units),
            sum(unit.sink_g for unit in units),
            selection.year,
            len({unit.household_id for unit in units}),
        )
    choices.check_place(session, selection)
    try:
        trees = choices.choose(session, selection, offer=offer, seed=random(16)).trees
    except Conflict:
        # Lapsed holds are for whoever orders; here they are only counted.
        count = trees_for(selection, offer.price_fen, offer.flat_sink_g)
        reach, households = offers.within_reach(session, selection, now)
        if reach < count:
            raise Conflict("not_enough_trees", {"available": reach}, available=reach) from None
        sink_g, households = count * offer.flat_sink_g, min(count, households)
    else:
        count, households = sum(trees.values()), len(trees)
        sink_g = reservations.lowest_grams(session, trees, selection.year, selection.species)
    return Quote(count, count * offer.price_fen, sink_g, selection.year, households)
