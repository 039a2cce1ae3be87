"""A payment as it was sent, a row of the bank's answer to it, and whether the two belong together."""

from dataclasses import dataclass, field
from enum import StrEnum

from domain.payouts import BounceReason
from domain.return_reasons import BankAnswer
from domain.sheet_problems import SheetProblem


class LineStanding(StrEnum):
    """How far a payment has come before the file is read."""

    UNDER_WAY = "under_way"
    PAID = "paid"
    BOUNCED = "bounced"
    RETURNED = "returned"


#: What each standing is called in a sentence.
STANDING_WORDS = {
    LineStanding.UNDER_WAY: "在途",
    LineStanding.PAID: "已发",
    LineStanding.BOUNCED: "退回",
    LineStanding.RETURNED: "退汇",
}


@dataclass(frozen=True, slots=True)
class NextAttempt:
    """The batch that has taken up what a payment left owed, by number, and whether its money has gone out."""

    batch: str
    released: bool


@dataclass(frozen=True, slots=True)
class SentLine:
    """A payment as it was sent, and how far it has come; `under_incident` while two people look into it.

    `found_failed` once two people have settled that it was booked as paid and did not arrive; `found_arrived` that it
    was booked as bounced and did arrive. `next_attempt` is what pays a bounced one again.
    """

    reference: str
    name: str = field(repr=False)
    account: str = field(repr=False)
    amount_fen: int
    standing: LineStanding = LineStanding.UNDER_WAY
    under_incident: bool = False
    found_failed: bool = False
    found_arrived: bool = False
    next_attempt: NextAttempt | None = None


@dataclass(frozen=True, slots=True)
class AnsweredLine:
    """A row that echoes its payment: what the bank says of it, and why where it did not arrive.

    `is_news` is False where the same has been booked before.
    """

    row: int
    reference: str
    answer: BankAnswer
    why: BounceReason | None = None
    is_news: bool = True


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A row for which nothing may be booked; the reference only where it is one of the batch's.

    `received_fen` is set where the amount differs, `against` where the answer contradicts what is booked, `paid_again`
    names the batch by which a payment that arrived has gone out a second time: two people have to look into each.
    """

    problem: SheetProblem
    reference: str | None = None
    received_fen: int | None = None
    against: BankAnswer | None = None
    paid_again: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything a return file says: rows that count, rows that do not, and remarks about the file as a whole."""

    answered: tuple[AnsweredLine, ...]
    refused: tuple[RefusedLine, ...]
    remarks: tuple[SheetProblem, ...]
