"""What a buyer may ask for: named trees, or so many of them by count, by budget or by grams."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.errors import Invalid
from domain.money import yuan_text

#: The most trees in one order that the platform chooses, and that a buyer may name.
MOST_TREES = 100_000
MOST_NAMED = 200


@dataclass(frozen=True, slots=True)
class Selection:
    """Exactly one of `trees`, `count`, `budget_fen`, `sink_g`; the rest narrows where and what."""

    year: int
    trees: tuple[str, ...] = ()
    count: int | None = None
    budget_fen: int | None = None
    sink_g: int | None = None
    region: str | None = None
    species: str | None = None

    def as_dict(self) -> dict[str, object]:
        """The selection as JSON values, without what was not asked."""
        facts = {
            "year": self.year,
            "trees": list(self.trees) or None,
            "count": self.count,
            "budget_fen": self.budget_fen,
            "sink_g": self.sink_g,
            "region": self.region,
            "species": self.species,
        }
        return {name: value for name, value in facts.items() if value is not None}


def check_named(codes: Sequence[str]) -> tuple[str, ...]:
    """The tree codes of an order, each once; raises Invalid("tree_twice")."""
    if len(set(codes)) != len(codes):
        raise Invalid("tree_twice", {"trees": sorted({code for code in codes if codes.count(code) > 1})})
    return tuple(codes)


def trees_for(selection: Selection, price_fen: int, flat_sink_g: int) -> int:
    """How many trees the platform has to choose at this price and these grams a tree.

    A budget buys the most trees within it, a quantity of carbon takes the fewest that reach it. Raises Invalid for a
    budget under one price and for more than MOST_TREES.
    """
    if selection.count is not None:
        count = selection.count
    elif selection.budget_fen is not None:
        count = selection.budget_fen // price_fen
        if count == 0:
            raise Invalid("budget_too_small", {"price_fen": price_fen}, price_yuan=yuan_text(price_fen))
    else:
        assert selection.sink_g is not None
        count = -(-selection.sink_g // flat_sink_g)
    return check_size(count)


def check_size(count: int) -> int:
    """The number of trees of an order itself; raises Invalid for more than MOST_TREES."""
    if count > MOST_TREES:
        raise Invalid("too_many_trees", {"limit": MOST_TREES}, limit=MOST_TREES)
    return count
