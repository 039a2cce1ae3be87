"""WeChat's bills as we keep them: which there are, when they are ready, how fees become whole fen.

Times are those of WeChat's own 交易时间, so a row belongs to the business day (Asia/Shanghai) its bill is of. Source:
WeChat Pay's documentation of trade bills and fund-flow bills.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from domain.clock import day_start


class BillKind(StrEnum):
    """The bills of a day: all payments and refunds, and what moved on each of the merchant's accounts."""

    TRADE = "trade"
    BASIC = "basic"
    OPERATION = "operation"
    FEES = "fees"


class TradeKind(StrEnum):
    """What a row of the trade bill tells."""

    PAYMENT = "payment"
    REFUND = "refund"


class Movement(StrEnum):
    """What a row of a fund-flow bill tells; `other` is what this programme never does by itself."""

    RECEIVED = "received"
    FEE = "fee"
    FEE_RETURNED = "fee_returned"
    REFUNDED = "refunded"
    REFUND_RETURNED = "refund_returned"
    SETTLED = "settled"
    TOPPED_UP = "topped_up"
    PAID_OUT = "paid_out"
    PAYOUT_RETURNED = "payout_returned"
    OTHER = "other"


#: Bills of a day are made by this hour of the next one, and kept for three months.
READY_AFTER = timedelta(days=1, hours=10)
KEPT_DAYS = 90
#: A bill that is still being made, or could not be had, is asked for again after this long.
ASK_AGAIN = timedelta(minutes=30)
#: Tries after which a person should know that a bill does not come.
MOST_TRIES = 24
#: Two clocks may place what happens about midnight on two days; so close to the end of a day nothing is called
#: missing before the next day's bills are in.
ABOUT_MIDNIGHT = timedelta(minutes=10)

#: (word of 业务类型, whether it is income) -> what it is; the first that fits counts.
_MOVEMENTS: tuple[tuple[str, bool, Movement], ...] = (
    ("手续费", False, Movement.FEE),
    ("手续费", True, Movement.FEE_RETURNED),
    ("转账", False, Movement.PAID_OUT),
    ("转账", True, Movement.PAYOUT_RETURNED),
    ("提现", False, Movement.SETTLED),
    ("充值", True, Movement.TOPPED_UP),
    ("退款", False, Movement.REFUNDED),
    ("退款", True, Movement.REFUND_RETURNED),
    ("交易", True, Movement.RECEIVED),
)


def ready_at(day: date) -> datetime:
    """When the bills of a business day can first be asked for: 10:00 of the next day in Asia/Shanghai."""
    return day_start(day) + READY_AFTER


def movement_of(business_type: str, is_income: bool) -> Movement:
    """What a row of a fund-flow bill tells, by its 业务类型 and 收支类型."""
    for word, income, movement in _MOVEMENTS:
        if income is is_income and word in business_type:
            return movement
    return Movement.OTHER


@dataclass(frozen=True, slots=True)
class DayFees:
    """The channel's fees of one day in whole fen, and the exact sums they were rounded from."""

    taken_fen: int
    returned_fen: int
    taken_yuan: Decimal
    returned_yuan: Decimal


def day_fees(fees_yuan: Iterable[Decimal]) -> DayFees:
    """The fees of a day's rows: those above zero were taken, those below returned; each sum is rounded once.

    Rows may have five decimals; the day's sum is rounded half up to whole fen, never the rows.
    """
    taken, returned = Decimal(0), Decimal(0)
    for fee in fees_yuan:
        if fee > 0:
            taken += fee
        else:
            returned -= fee
    return DayFees(whole_fen(taken), whole_fen(returned), taken, returned)


def whole_fen(yuan: Decimal) -> int:
    """Yuan of any number of decimals as whole fen, half up (away from zero)."""
    return int((yuan * 100).quantize(Decimal(1), ROUND_HALF_UP))
