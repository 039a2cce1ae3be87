"""An order moves as the table says, and in no other way."""

import itertools

import pytest

from domain.errors import Conflict
from domain.orders import MOVES, OrderEvent, OrderState, move

ALLOWED = {
    ("pending", "pay"): "paid",
    ("pending", "close"): "closed",
    ("pending", "money_unplaced"): "refunding",
    ("closed", "pay_late"): "paid",
    ("closed", "money_unplaced"): "refunding",
    ("paid", "ask_refund"): "refunding",
    ("refunding", "refund_done"): "refunded",
}


@pytest.mark.parametrize(("state", "event"), list(itertools.product(OrderState, OrderEvent)))
def test_a_move_is_in_the_table_or_a_conflict(state: OrderState, event: OrderEvent) -> None:
    expected = ALLOWED.get((state.value, event.value))
    if expected is not None:
        assert move(state, event) is OrderState(expected)
        return
    with pytest.raises(Conflict, match="order_state") as refused:
        move(state, event)
    assert refused.value.fields == {"status": state.value}


def test_every_state_can_be_reached_and_only_the_refund_ends() -> None:
    reached = {OrderState.PENDING, *MOVES.values()}
    assert reached == set(OrderState)
    left = {state for state, _ in MOVES}
    assert set(OrderState) - left == {OrderState.REFUNDED}
