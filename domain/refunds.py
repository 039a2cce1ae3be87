"""Refunds: when a buyer may have one, the states giving money back goes through, and when it is tried again.

A refund is one amount that is owed to one payer. What is sent to WeChat for it is an *attempt*: a number with frozen
parameters. The same number is sent again as often as it takes; a new one is taken only after a definite failure.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from domain.errors import Conflict
from domain.orders import OrderState


class RefundCause(StrEnum):
    """Why money goes back. All but `goodwill` give back what was paid; `second_payment` leaves the order as it is."""

    BUYER = "buyer"
    LATE_PAYMENT = "late_payment"
    WRONG_AMOUNT = "wrong_amount"
    SECOND_PAYMENT = "second_payment"
    GOODWILL = "goodwill"


#: Causes that end the order they belong to.
ENDS_ORDER = frozenset({RefundCause.BUYER, RefundCause.LATE_PAYMENT, RefundCause.WRONG_AMOUNT})

#: What the payer reads in WeChat. Part of an attempt's frozen parameters.
WORDS: dict[RefundCause, str] = {
    RefundCause.BUYER: "买家申请退款",
    RefundCause.LATE_PAYMENT: "订单已关闭，款项退回",
    RefundCause.WRONG_AMOUNT: "支付金额与订单不符，款项退回",
    RefundCause.SECOND_PAYMENT: "重复支付，款项退回",
    RefundCause.GOODWILL: "补偿退款",
}


class RefundState(StrEnum):
    """`submitted` may have reached WeChat or not; `abnormal` and `failed` wait for a person."""

    REQUESTED = "requested"
    SUBMITTED = "submitted"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    ABNORMAL = "abnormal"
    FAILED = "failed"


class RefundEvent(StrEnum):
    """What can happen to a refund."""

    SEND = "send"
    HOLD = "hold"
    ACCEPT = "accept"
    SUCCEED = "succeed"
    STICK = "stick"
    FAIL = "fail"
    RENEW = "renew"


_OPEN = (RefundState.REQUESTED, RefundState.SUBMITTED, RefundState.PROCESSING)

MOVES: dict[tuple[RefundState, RefundEvent], RefundState] = {
    # Sending is written down before it is done, so that after a crash we ask before we send again.
    (RefundState.REQUESTED, RefundEvent.SEND): RefundState.SUBMITTED,
    (RefundState.SUBMITTED, RefundEvent.SEND): RefundState.SUBMITTED,
    # A definite "not now" (balance, permission): nothing was accepted, the same number goes out later.
    (RefundState.SUBMITTED, RefundEvent.HOLD): RefundState.REQUESTED,
    # A notice or an answer that comes late finds any open state.
    **{(state, RefundEvent.ACCEPT): RefundState.PROCESSING for state in (*_OPEN, RefundState.ABNORMAL)},
    **{(state, RefundEvent.STICK): RefundState.ABNORMAL for state in (*_OPEN, RefundState.ABNORMAL)},
    **{(state, RefundEvent.FAIL): RefundState.FAILED for state in (*_OPEN, RefundState.ABNORMAL)},
    # Money that has reached the payer is a fact, whatever we thought of the refund before.
    **{
        (state, RefundEvent.SUCCEED): RefundState.SUCCEEDED
        for state in (*_OPEN, RefundState.ABNORMAL, RefundState.FAILED)
    },
    # Only after a definite failure: a new attempt with a new number.
    (RefundState.FAILED, RefundEvent.RENEW): RefundState.REQUESTED,
}


def move(state: RefundState, event: RefundEvent) -> RefundState:
    """The state after an event; raises Conflict("refund_state") for a move that is not in the table."""
    try:
        return MOVES[state, event]
    except KeyError:
        raise Conflict("refund_state", {"state": state.value}, state=state.value) from None


def from_states(event: RefundEvent) -> tuple[RefundState, ...]:
    """The states an event may find a refund in."""
    return tuple(state for state, known in MOVES if known is event)


#: After how many tries how long to wait: for an answer to sending, and for the end of what was accepted.
SEND_AGAIN = tuple(timedelta(seconds=s) for s in (60, 120, 300, 600, 1800, 3600))
ASK_AGAIN = tuple(timedelta(seconds=s) for s in (30, 60, 300, 1800, 3600, 10_800, 21_600))
#: Until WeChat has money to pay from, or a setting has been put right.
HELD_FOR = timedelta(minutes=30)
#: A refund that has not reached the payer by then needs a person's eye.
OVERDUE_AFTER = timedelta(days=3)


def wait(state: RefundState, tries: int) -> timedelta:
    """How long to wait after a refund in this state has been tried so often."""
    steps = SEND_AGAIN if state in (RefundState.REQUESTED, RefundState.SUBMITTED) else ASK_AGAIN
    return steps[min(tries, len(steps) - 1)]


def window_ends(paid_at: datetime, maturity_days: int) -> datetime:
    """From when a buyer can no longer have the money back; what households earned is mature at the same instant."""
    return paid_at + timedelta(days=maturity_days)


def check_refundable(
    *,
    state: OrderState,
    paid_at: datetime | None,
    maturity_days: int,
    all_owed: bool,
    gift_claimed: bool,
    now: datetime,
) -> None:
    """Raise Conflict unless a buyer may have the money of an order back.

    Within `maturity_days` of payment, while every credit of the order is owed and unreserved, and no gift is claimed.
    """
    if state is not OrderState.PAID or paid_at is None:
        raise Conflict("order_state", {"status": state.value}, state=state.value)
    if gift_claimed:
        raise Conflict("gift_claimed")
    if not all_owed:
        raise Conflict("already_paid_out")
    if now >= window_ends(paid_at, maturity_days):
        raise Conflict("refund_window_over", {"days": maturity_days}, days=maturity_days)


def attempt_number(order_number: str, earlier: Iterable[str]) -> str:
    """The next out_refund_no of an order: its number, `R`, and how many there are with this one.

    It follows from the order alone, so that a refund asked for again after a restored backup bears the number it bore
    before, and WeChat does not pay it twice.
    """
    return f"{order_number}R{len(set(earlier)) + 1}"
