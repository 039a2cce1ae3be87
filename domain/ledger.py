"""The book: accounts, the sign each must keep, and the postings each event makes.

A posting moves a positive amount of fen from a source to a destination, so a book of postings always sums to zero.
Claims (what somebody may ask of us) never fall below zero; cash accounts never rise above zero, save for what WeChat
paid before its bill tells from where, and minus their balance is the money held there.
Source of the rules: the programme's money table in docs/domain.md.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from domain.errors import Invalid

WECHAT = "wechat"
BANK = "bank"
REFUNDS_DUE = "refunds:due"
SPONSOR = "sponsor"
CASH = frozenset({WECHAT, BANK})


class Event(StrEnum):
    """Why a posting was made."""

    ORDER_PAID = "order_paid"
    MONEY_UNPLACED = "money_unplaced"
    REALLOCATED = "reallocated"
    REFUND_ACCEPTED = "refund_accepted"
    REFUND_PAID = "refund_paid"
    GOODWILL = "goodwill"
    FEE = "fee"
    FEE_RETURNED = "fee_returned"
    SETTLED = "settled"
    TOPPED_UP = "topped_up"
    SPONSOR_PAID_IN = "sponsor_paid_in"
    BATCH_RELEASED = "batch_released"
    PAYOUT_CONFIRMED = "payout_confirmed"
    PAYOUT_BOUNCED = "payout_bounced"
    PAYOUT_RETURNED = "payout_returned"
    HOUSEHOLD_MOVED = "household_moved"
    REVERSAL = "reversal"


@dataclass(frozen=True, slots=True)
class Posting:
    """`amount_fen` > 0 moved from `source` to `destination` because of `event`."""

    event: Event
    source: str
    destination: str
    amount_fen: int

    def __post_init__(self) -> None:
        if self.amount_fen <= 0 or self.source == self.destination:
            raise Invalid("posting_impossible", amount_fen=self.amount_fen)


def household(household_id: int) -> str:
    """The claim account of one household."""
    return f"household:{household_id}"


def payout(batch_id: int) -> str:
    """The claim account of money in transit in one payout batch."""
    return f"payout:{batch_id}"


def is_claim(account: str) -> bool:
    """Whether an account is a claim (kept at or above zero) rather than cash (kept at or below zero)."""
    return account not in CASH


def balances(postings: Iterable[Posting]) -> dict[str, int]:
    """Balance in fen of every account named: what came in less what went out."""
    totals: dict[str, int] = {}
    for posting in postings:
        totals[posting.source] = totals.get(posting.source, 0) - posting.amount_fen
        totals[posting.destination] = totals.get(posting.destination, 0) + posting.amount_fen
    return totals


def wrong_signs(totals: Mapping[str, int], ahead_of_bills_fen: int = 0) -> dict[str, int]:
    """The accounts whose balance has the sign it may never have.

    WeChat pays refunds and households at once, but says only in the day's bill what was brought there from the bank
    for it, and how much of a refund was a fee it gave up. Until that is booked the book has WeChat pay more than it
    holds, by no more than `ahead_of_bills_fen`.
    """
    most = {WECHAT: ahead_of_bills_fen}
    return {
        name: fen for name, fen in totals.items() if (fen < 0 if is_claim(name) else fen > most.get(name, 0))
    }
