"""The states an order goes through, as a table of moves."""

from enum import StrEnum

from domain.errors import Conflict


class OrderState(StrEnum):
    """`closed` is not final: money that comes late moves it to paid or refunding."""

    PENDING = "pending"
    PAID = "paid"
    CLOSED = "closed"
    REFUNDING = "refunding"
    REFUNDED = "refunded"


class OrderEvent(StrEnum):
    """What can happen to an order."""

    PAY = "pay"
    CLOSE = "close"
    PAY_LATE = "pay_late"
    MONEY_UNPLACED = "money_unplaced"
    ASK_REFUND = "ask_refund"
    REFUND_DONE = "refund_done"


MOVES: dict[tuple[OrderState, OrderEvent], OrderState] = {
    (OrderState.PENDING, OrderEvent.PAY): OrderState.PAID,
    (OrderState.PENDING, OrderEvent.CLOSE): OrderState.CLOSED,
    (OrderState.PENDING, OrderEvent.MONEY_UNPLACED): OrderState.REFUNDING,
    (OrderState.CLOSED, OrderEvent.PAY_LATE): OrderState.PAID,
    (OrderState.CLOSED, OrderEvent.MONEY_UNPLACED): OrderState.REFUNDING,
    (OrderState.PAID, OrderEvent.ASK_REFUND): OrderState.REFUNDING,
    (OrderState.REFUNDING, OrderEvent.REFUND_DONE): OrderState.REFUNDED,
}


def move(state: OrderState, event: OrderEvent) -> OrderState:
    """The state after an event; raises Conflict for a move that is not in the table."""
    try:
        return MOVES[state, event]
    except KeyError:
        raise Conflict("order_state", {"status": state.value}, state=state.value, event=event.value) from None
