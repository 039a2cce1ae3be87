"""What stands on the papers of a payout: the public notice, the sheet that is signed in the village, a receipt.

Names come masked already: on the notice as the public may see them and only with the household's consent, on the other
two as in an officer's list.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

#: How many certificates a receipt lists by their serials.
SERIALS_LISTED = 4


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One household on the notice; its place there is what an objection names. No name without consent."""

    place: int
    name: str | None
    amount_fen: int


@dataclass(frozen=True, slots=True)
class NoticeVillage:
    """One village with its households."""

    name: str
    lines: tuple[NoticeLine, ...]

    @property
    def amount_fen(self) -> int:
        """What the village is to be paid."""
        return sum(line.amount_fen for line in self.lines)


@dataclass(frozen=True, slots=True)
class Notice:
    """A batch as it is put up in public before anybody approves it."""

    batch_number: str
    place: str
    #: The last day whose sales are paid.
    up_to: date
    #: The days on which anybody may object, both inclusive.
    first_day: date
    last_day: date
    #: Where to object; None leaves lines to be filled in by hand.
    objections_at: str | None
    villages: tuple[NoticeVillage, ...]

    @property
    def households(self) -> int:
        """How many households are to be paid."""
        return sum(len(village.lines) for village in self.villages)

    @property
    def amount_fen(self) -> int:
        """What all of them are to be paid."""
        return sum(village.amount_fen for village in self.villages)


@dataclass(frozen=True, slots=True)
class SignOffLine:
    """One household on the sheet, with the end of the account it is paid to ("" where it has none)."""

    place: int
    number: str
    name: str
    amount_fen: int
    account_end: str


@dataclass(frozen=True, slots=True)
class SignOffVillage:
    """One village's sheet."""

    name: str
    lines: tuple[SignOffLine, ...]

    @property
    def amount_fen(self) -> int:
        """The sum of the sheet."""
        return sum(line.amount_fen for line in self.lines)


@dataclass(frozen=True, slots=True)
class SignOff:
    """The sheets of a batch, one village after the other."""

    batch_number: str
    place: str
    channel_words: str
    villages: tuple[SignOffVillage, ...]


@dataclass(frozen=True, slots=True)
class PaidReceipt:
    """Proof that one payment has arrived, as the bank or WeChat said."""

    reference: str
    batch_number: str
    household_number: str
    name: str
    place: str
    amount_fen: int
    bank: str
    #: Masked; "" where money went to a WeChat.
    account: str
    released_on: date
    paid_on: date
    #: The bank's or WeChat's own number of the payment, where it gave one.
    proof: str | None
    certificates: tuple[str, ...]
    trees: int
    merchant_of_record: str


def place_of(reference: str) -> int:
    """The place of a payment in its batch: it stays the same when another payment is taken out."""
    return int(reference.rpartition("L")[2])


def day_words(day: date) -> str:
    """A day as people write it: 2026年9月1日."""
    return f"{day.year}年{day.month}月{day.day}日"


def window_words(first: date, last: date) -> str:
    """A span of days, both inclusive; the year only once where it is the same."""
    end = day_words(last) if first.year != last.year else day_words(last).partition("年")[2]
    return f"{day_words(first)}至{end}"


def certificates_words(serials: Sequence[str]) -> str:
    """The certificates a payment stands for, the first few by serial."""
    listed = "、".join(serials[:SERIALS_LISTED])
    more = len(serials) - SERIALS_LISTED
    return listed if more <= 0 else f"{listed} 等 {len(serials):,} 张"
