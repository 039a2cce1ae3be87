"""Which trees a selection means: those named, unless others hold them, or those the fair turn gives."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from domain.errors import Conflict, Invalid
from domain.selections import Selection, check_size, trees_for
from models import Region, SpeciesRow
from services import lapses, offers, reservations, turns


def check_place(session: Session, selection: Selection) -> None:
    """Raise Invalid for a region or a species that does not exist."""
    if selection.region is not None and session.get(Region, selection.region) is None:
        raise Invalid("region_unknown", {"region": selection.region})
    if selection.species is not None and session.get(SpeciesRow, selection.species) is None:
        raise Invalid("species_unknown", {"species": selection.species})


def refuse_held(session: Session, units: Sequence[reservations.NamedUnit], now: datetime) -> list[int]:
    """The lapsed orders that hold some of these units; raises Conflict("tree_unavailable") for those others hold."""
    holders = {unit.order_id for unit in units if unit.order_id is not None}
    lapsed = lapses.lapsed_among(session, sorted(holders), now) if holders else []
    refuse_taken([unit for unit in units if unit.order_id not in lapsed])
    return lapsed


def refuse_taken(units: Sequence[reservations.NamedUnit]) -> None:
    """Raise Conflict("tree_unavailable") naming the units that are not free."""
    taken = sorted(unit.code for unit in units if not unit.free)
    if taken:
        raise Conflict("tree_unavailable", {"trees": taken})


def choose(session: Session, selection: Selection, *, offer: offers.Offer, seed: bytes) -> turns.Turn:
    """The fair turn for so many trees, or for as few as bring the grams, which may be more than the flat figure says.

    Among the same households a draw of more trees begins like a draw of fewer, so that no tree is superfluous.
    """
    count = trees_for(selection, offer.price_fen, offer.flat_sink_g)
    whole = False
    while True:
        wanted = turns.Wanted(selection.year, count, selection.region, selection.species, whole)
        turn = turns.take_turns(
            session, wanted, lanes=offer.lanes, price_fen=offer.price_fen, k=offer.fair_k, seed=seed
        )
        if selection.sink_g is None:
            return turn
        brought_g = reservations.lowest_grams(session, turn.trees, selection.year, selection.species)
        if brought_g >= selection.sink_g:
            return turn
        if whole:
            count = check_size(count - (brought_g - selection.sink_g) // offer.flat_sink_g)
        whole = True


def choose_freeing_lapsed(
    session: Session, selection: Selection, now: datetime, *, offer: offers.Offer, seed: bytes
) -> turns.Turn:
    """The fair turn; where too few trees are free, again after lapsed orders have given theirs back."""
    freed = 1
    while True:
        try:
            return choose(session, selection, offer=offer, seed=seed)
        except Conflict:
            if not freed:
                raise
            # Nothing may be left to free because somebody else has just freed it: that is for everybody.
            freed = lapses.lapse_for(session, now, year=selection.year)
