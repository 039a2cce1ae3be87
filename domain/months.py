"""The month of a book: what moved for the households of each county, what is under way, and where the money lies.

Made from sums of postings alone, so that anybody who has the postings, and the county of each household, can make it
again; the hash of a closed month is SHA-256 over its canonical bytes. Households, money under way and the accounts of
the whole programme together always sum to zero. Amounts are fen.
"""

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime

from domain.clock import day_start
from domain.errors import Invalid
from domain.ledger import BANK, REFUNDS_DUE, SPONSOR, WECHAT, Event

FORMAT = "danzhu.month.1"
ACCOUNTS = (WECHAT, BANK, REFUNDS_DUE, SPONSOR)
#: How a movement names the accounts of households, and those of payout batches.
HOUSEHOLDS, PAYOUTS = "households", "payouts"
#: The county of a batch that pays households of several.
SEVERAL = ""

_MONTH = re.compile(r"(20\d\d|21\d\d)-(0[1-9]|1[0-2])", re.ASCII)
#: What an event does to a household's balance, by direction: into it, or out of it.
_INTO = {
    Event.ORDER_PAID: "earned_fen",
    Event.REALLOCATED: "earned_fen",
    Event.PAYOUT_BOUNCED: "bounced_fen",
    Event.PAYOUT_RETURNED: "returned_fen",
    Event.HOUSEHOLD_MOVED: "moved_in_fen",
}
_OUT_OF = {
    Event.REFUND_ACCEPTED: "refunded_fen",
    Event.BATCH_RELEASED: "released_fen",
    Event.HOUSEHOLD_MOVED: "moved_out_fen",
}


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the business calendar."""

    year: int
    number: int

    @classmethod
    def of(cls, text: str) -> "Month":
        """The month written YYYY-MM; raises Invalid for anything else."""
        found = _MONTH.fullmatch(text)
        if found is None:
            raise Invalid("month_malformed")
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def holding(cls, day: date) -> "Month":
        """The month a business day lies in."""
        return cls(day.year, day.month)

    @property
    def next(self) -> "Month":
        """The month after."""
        return Month(self.year + self.number // 12, self.number % 12 + 1)

    @property
    def starts_at(self) -> datetime:
        """Its first instant, in UTC."""
        return day_start(date(self.year, self.number, 1))

    def __str__(self) -> str:
        return f"{self.year}-{self.number:02d}"


@dataclass(frozen=True, slots=True)
class Movement:
    """What came into and went out of one kind of account because of one event, in one county (None: the whole)."""

    kind: str
    county: str | None
    event: Event
    in_fen: int
    out_fen: int


@dataclass(slots=True)
class CountyMonth:
    """A county's households: start + earned - refunded + moved in - moved out - released + bounced + returned +
    corrected = end; and what is under way to them: start + released - paid - bounced, other corrections included.
    """

    county: str
    start_fen: int = 0
    earned_fen: int = 0
    refunded_fen: int = 0
    moved_in_fen: int = 0
    moved_out_fen: int = 0
    released_fen: int = 0
    bounced_fen: int = 0
    returned_fen: int = 0
    corrected_fen: int = 0
    end_fen: int = 0
    in_transit_start_fen: int = 0
    paid_fen: int = 0
    in_transit_end_fen: int = 0


@dataclass(slots=True)
class AccountMonth:
    """One account of the whole programme: start + in - out = end. Minus the end of `wechat` and `bank` lies there."""

    account: str
    start_fen: int = 0
    in_fen: int = 0
    out_fen: int = 0
    end_fen: int = 0


@dataclass(frozen=True, slots=True)
class MonthStatement:
    """A month of the book."""

    month: str
    counties: tuple[CountyMonth, ...]
    accounts: tuple[AccountMonth, ...]

    @property
    def sum_fen(self) -> int:
        """All balances at the end; anything but 0 is a book that does not hold."""
        counties = sum(county.end_fen + county.in_transit_end_fen for county in self.counties)
        return counties + sum(account.end_fen for account in self.accounts)

    def canonical(self) -> bytes:
        """The bytes that are hashed: JSON, UTF-8, no blanks, keys in order."""
        said = {"format": FORMAT, **asdict(self)}
        return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    @property
    def sha256(self) -> bytes:
        """The hash of the statement."""
        return hashlib.sha256(self.canonical()).digest()


def read_statement(text: str) -> MonthStatement:
    """A statement from its canonical text."""
    said = json.loads(text)
    return MonthStatement(
        said["month"],
        tuple(CountyMonth(**county) for county in said["counties"]),
        tuple(AccountMonth(**account) for account in said["accounts"]),
    )


def statement(month: Month, before: MonthStatement | None, movements: Iterable[Movement]) -> MonthStatement:
    """The statement of a month, given the one before it (None: nothing was ever booked) and its movements."""
    counties = {one.county: _next_county(one) for one in (before.counties if before else ())}
    accounts = {name: AccountMonth(name) for name in ACCOUNTS}
    for last in before.accounts if before else ():
        accounts[last.account] = AccountMonth(last.account, start_fen=last.end_fen, end_fen=last.end_fen)
    for one in movements:
        if one.kind in (HOUSEHOLDS, PAYOUTS):
            name = SEVERAL if one.county is None else one.county
            county = counties.setdefault(name, CountyMonth(name))
            (_household if one.kind == HOUSEHOLDS else _in_transit)(county, one)
        else:
            account = accounts.setdefault(one.kind, AccountMonth(one.kind))
            account.in_fen += one.in_fen
            account.out_fen += one.out_fen
            account.end_fen += one.in_fen - one.out_fen
    return MonthStatement(
        str(month),
        tuple(counties[name] for name in sorted(counties)),
        tuple(accounts[name] for name in sorted(accounts)),
    )


def _next_county(last: CountyMonth) -> CountyMonth:
    return CountyMonth(
        last.county,
        start_fen=last.end_fen,
        end_fen=last.end_fen,
        in_transit_start_fen=last.in_transit_end_fen,
        in_transit_end_fen=last.in_transit_end_fen,
    )


def _household(county: CountyMonth, moved: Movement) -> None:
    for fen, sign, named in ((moved.in_fen, 1, _INTO), (moved.out_fen, -1, _OUT_OF)):
        name = named.get(moved.event)
        if name is None:
            county.corrected_fen += sign * fen
        else:
            setattr(county, name, getattr(county, name) + fen)
    county.end_fen += moved.in_fen - moved.out_fen


def _in_transit(county: CountyMonth, moved: Movement) -> None:
    if moved.event is Event.PAYOUT_CONFIRMED:
        county.paid_fen += moved.out_fen
    county.in_transit_end_fen += moved.in_fen - moved.out_fen


def totals(counties: Iterable[CountyMonth]) -> Mapping[str, int]:
    """Every figure of these counties added up, by name."""
    sums: dict[str, int] = defaultdict(int)
    for county in counties:
        for field in fields(county):
            if field.name != "county":
                sums[field.name] += getattr(county, field.name)
    return sums
