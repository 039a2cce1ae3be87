"""Comparing WeChat's word with ours: one verdict for each payment and each refund of a day's bill."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How a row of a bill, or of ours, stands beside the other side.

    `settled` and `unplaced` were theirs only: the money was booked when the day was reconciled, for its order or as
    owed back.
    """

    BOTH = "both"
    SETTLED = "settled"
    UNPLACED = "unplaced"
    THEIRS_ONLY = "theirs_only"
    OURS_ONLY = "ours_only"
    AMOUNT_DIFFERS = "amount_differs"
    REFUND_DIFFERS = "refund_differs"
    DUPLICATE = "duplicate"
    FEE_DIFFERS = "fee_differs"
    TOTAL_DIFFERS = "total_differs"


#: Verdicts given while missing money was booked; looking at the row again does not change them.
BOOKED_NOW = frozenset({Verdict.SETTLED, Verdict.UNPLACED})


class DayState(StrEnum):
    """`waiting` for bills; then `balanced`, or `differs` while something needs a person."""

    WAITING = "waiting"
    BALANCED = "balanced"
    DIFFERS = "differs"


class Source(StrEnum):
    """Whose word ours was compared with."""

    TRADE = "trade"
    FUND = "fund"
    BANK = "bank"


@dataclass(frozen=True, slots=True)
class PaymentBeside:
    """A payment of the trade bill beside what we know under its order number; fen, None where we know nothing."""

    transaction_id: str
    billed_fen: int
    repeated: bool
    order_total_fen: int | None
    our_transaction_id: str | None
    our_received_fen: int | None


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict, and the kind of incident it opens, if it needs a person."""

    verdict: Verdict
    incident: str | None = None


def judge_payment(row: PaymentBeside) -> Finding:
    """The verdict on one payment of the trade bill.

    A wrong amount that was booked as received agrees with the bill: it was an incident when it came.
    """
    if row.repeated:
        return Finding(Verdict.DUPLICATE, "bill_duplicate")
    if row.order_total_fen is None:
        return Finding(Verdict.THEIRS_ONLY, "bill_unknown_order")
    if row.our_transaction_id is None:
        return Finding(Verdict.THEIRS_ONLY, "bill_unbooked")
    if row.our_transaction_id != row.transaction_id:
        return Finding(Verdict.DUPLICATE, "second_transaction")
    if row.our_received_fen != row.billed_fen:
        return Finding(Verdict.AMOUNT_DIFFERS, "bill_amount_differs")
    return Finding(Verdict.BOTH if row.order_total_fen == row.billed_fen else Verdict.AMOUNT_DIFFERS)


@dataclass(frozen=True, slots=True)
class RefundBeside:
    """A refund of the trade bill beside the attempt of ours with its number; fen, None where we have none."""

    billed_fen: int
    repeated: bool
    our_fen: int | None


def judge_refund(row: RefundBeside) -> Finding:
    """The verdict on one refund of the trade bill."""
    if row.repeated:
        return Finding(Verdict.DUPLICATE, "bill_duplicate")
    if row.our_fen is None:
        return Finding(Verdict.THEIRS_ONLY, "refund_unknown")
    if row.our_fen != row.billed_fen:
        return Finding(Verdict.REFUND_DIFFERS, "refund_differs")
    return Finding(Verdict.BOTH)
