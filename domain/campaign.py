"""The whole campaign in numbers, as it was published, and the same in a smaller size; with the rule by which generated
sales are spread over its households.

Every household has as many trees as any other, or one more, and has sold as many as any other, or one more. Sales go
round: sale `s` is a tree of the household at place `s mod households`, so an order of no more trees than there are
households takes one tree of each of so many.
"""

from dataclasses import dataclass

from domain.reference_tables import reference_rows

#: The row of data/published_totals.csv that sets the size the software must bear.
END_OF_CAMPAIGN = "2020-12-31"
#: Trees of one generated order.
TREES_OF_AN_ORDER = 100
_LEAST = 50


@dataclass(frozen=True, slots=True)
class Campaign:
    """How many of everything there are; `sold` of the `trees` are sold for one year."""

    counties: int
    villages: int
    households: int
    trees: int
    sold: int

    def __post_init__(self) -> None:
        if not self.counties <= self.villages <= self.households <= self.sold <= self.trees:
            raise ValueError(
                "every county has a village, every village a household, and each has sold a tree"
            )

    def scaled(self, trees: int) -> "Campaign":
        """The same in proportion with so many trees; ValueError under some fifty."""
        if trees < _LEAST:
            raise ValueError(f"a campaign has {_LEAST} trees at least")

        def part(whole: int) -> int:
            return max(1, whole * trees // self.trees)

        households = max(part(self.households), 2)
        villages = min(part(self.villages), households)
        return Campaign(min(part(self.counties), villages), villages, households, trees, part(self.sold))

    @property
    def trees_of_an_order(self) -> int:
        """How many trees an order has, save the last."""
        return min(TREES_OF_AN_ORDER, self.households)

    @property
    def orders(self) -> int:
        """How many orders there are."""
        return -(-self.sold // self.trees_of_an_order)

    def trees_of(self, place: int) -> int:
        """Trees of the household at a place, from 0 on."""
        return self.trees // self.households + (place < self.trees % self.households)

    def sold_of(self, place: int) -> int:
        """Trees that the household at a place has sold."""
        return self.sold // self.households + (place < self.sold % self.households)

    def count_of(self, order: int) -> int:
        """Trees of an order, from 0 on."""
        return min(self.trees_of_an_order, self.sold - order * self.trees_of_an_order)


def published_campaign() -> Campaign:
    """The campaign as data/published_totals.csv has it."""
    [row] = [row for row in reference_rows("published_totals.csv") if row["as_of"] == END_OF_CAMPAIGN]
    return Campaign(
        counties=int(row["counties"]),
        villages=int(row["villages"]),
        households=int(row["households"]),
        trees=int(row["trees"]),
        sold=int(row["sold_trees"]),
    )
