"""What a household's trees have earned, where that money is, and the statement of it.

Every fen is one of three things at any moment: owed, under way in a payout, or paid. So
`earned - in transit - paid = balance` holds by construction, and the balance must be what the book says.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.payout_answers import PayoutAnswerKind
from domain.regions import RegionLevel, level_of


@dataclass(frozen=True, slots=True)
class Earnings:
    """Of one household or of many, net of refunds: tree-years sold, grams, and fen by where they are."""

    trees_sold: int = 0
    sink_g: int = 0
    earned_fen: int = 0
    in_transit_fen: int = 0
    paid_fen: int = 0

    @property
    def balance_fen(self) -> int:
        """What is still owed, in fen."""
        return self.earned_fen - self.in_transit_fen - self.paid_fen

    def as_dict(self) -> dict[str, int]:
        """The figures as an answer shows them."""
        return {
            "trees_sold": self.trees_sold,
            "sink_g": self.sink_g,
            "earned_fen": self.earned_fen,
            "in_transit_fen": self.in_transit_fen,
            "paid_fen": self.paid_fen,
            "balance_fen": self.balance_fen,
        }


class LineState(StrEnum):
    """Where the money of one line of a statement is."""

    OWED = "owed"
    IN_TRANSIT = "in_transit"
    PAID = "paid"
    REFUNDED = "refunded"


@dataclass(frozen=True, slots=True)
class CreditLine:
    """What one order brought a household."""

    day: date
    certificate: str
    order: str
    year: int
    trees: int
    sink_g: int
    amount_fen: int
    state: LineState
    #: The day from which it may be paid out: the buyer can no longer ask for a refund.
    payable_from: date


class PayoutState(StrEnum):
    """What became of money on its way to a household."""

    RELEASED = "released"
    ARRIVED = "arrived"
    BOUNCED = "bounced"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class PayoutLine:
    """Money that left for a household's account, arrived there by the bank's or WeChat's word, or came back."""

    day: date
    batch: str
    amount_fen: int
    state: PayoutState
    #: What the household said of it, in that order; nothing said is nothing confirmed.
    said: tuple[PayoutAnswerKind, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """A household's income in full; its name is masked as in an officer's list."""

    public_id: str
    number: str
    name: str
    place: str
    as_of: datetime
    trees: int
    earnings: Earnings
    #: What the book says is owed to the household.
    ledger_balance_fen: int
    credits: tuple[CreditLine, ...]
    payouts: tuple[PayoutLine, ...]

    @property
    def agrees_with_ledger(self) -> bool:
        """Whether the credits and the book tell the same balance."""
        return self.earnings.balance_fen == self.ledger_balance_fen


class GroupBy(StrEnum):
    """By what an income report adds up."""

    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"
    HOUSEHOLD = "household"
    MONTH = "month"
    YEAR = "year"

    @property
    def is_of_time(self) -> bool:
        """Whether its lines are months or years, rather than divisions or households."""
        return self in (GroupBy.MONTH, GroupBy.YEAR)


#: By what the figure of one line is taken apart next.
BELOW = {
    GroupBy.COUNTY: GroupBy.TOWNSHIP,
    GroupBy.TOWNSHIP: GroupBy.VILLAGE,
    GroupBy.VILLAGE: GroupBy.HOUSEHOLD,
}
_BELOW_LEVEL = {
    RegionLevel.PROVINCE: GroupBy.COUNTY,
    RegionLevel.PREFECTURE: GroupBy.COUNTY,
    RegionLevel.COUNTY: GroupBy.TOWNSHIP,
    RegionLevel.TOWNSHIP: GroupBy.VILLAGE,
    RegionLevel.VILLAGE: GroupBy.HOUSEHOLD,
}


def level_below(region_code: str) -> GroupBy:
    """By what a report of a division is taken apart first; raises Invalid region_code_malformed."""
    return _BELOW_LEVEL[level_of(region_code)]


@dataclass(frozen=True, slots=True)
class Distribution:
    """How evenly earnings fall: over all registered households, those without any included; in fen."""

    households: int = 0
    people: int = 0
    households_with_income: int = 0
    households_never_paid: int = 0
    min_fen: int = 0
    median_fen: int = 0
    max_fen: int = 0

    @property
    def households_without_income(self) -> int:
        """How many have earned nothing."""
        return self.households - self.households_with_income

    def as_dict(self) -> dict[str, int]:
        """The figures as an answer shows them."""
        return {
            "households": self.households,
            "people": self.people,
            "households_with_income": self.households_with_income,
            "households_without_income": self.households_without_income,
            "households_never_paid": self.households_never_paid,
            "min_fen": self.min_fen,
            "median_fen": self.median_fen,
            "max_fen": self.max_fen,
        }


@dataclass(frozen=True, slots=True)
class Figures:
    """What a report says of a division, a household, a month, or the whole; `trees_unsold` is None of a month."""

    distribution: Distribution = Distribution()
    earnings: Earnings = Earnings()
    trees_unsold: int | None = 0

    @property
    def per_person_fen(self) -> int | None:
        """What the trees earned for each person of the households, rounded down; None where nobody is registered."""
        people = self.distribution.people
        return self.earnings.earned_fen // people if people else None

    def as_dict(self) -> dict[str, int | None]:
        """The figures as an answer shows them."""
        return {
            **self.distribution.as_dict(),
            **self.earnings.as_dict(),
            "trees_unsold": self.trees_unsold,
            "per_person_fen": self.per_person_fen,
        }


@dataclass(frozen=True, slots=True)
class GroupLine:
    """One line of an income report: a division, a household by its number and masked name, a month or a year."""

    code: str
    name: str
    place: str
    public_id: str | None
    figures: Figures
