"""Who may have money back, and the states in which it goes."""

import itertools
from datetime import timedelta

import pytest

from domain.errors import Conflict
from domain.orders import OrderState
from domain.refunds import (
    MOVES,
    WORDS,
    RefundCause,
    RefundEvent,
    RefundState,
    attempt_number,
    check_refundable,
    from_states,
    move,
    wait,
)
from tests.support.clock import START

IN_TIME, TOO_LATE = START + timedelta(days=7, seconds=-1), START + timedelta(days=7)


@pytest.mark.parametrize(
    ("state", "owed", "claimed", "late"),
    list(itertools.product(OrderState, (True, False), (True, False), (True, False))),
)
def test_only_a_paid_unclaimed_unreserved_order_in_its_window_may_be_given_back(
    state: OrderState, owed: bool, claimed: bool, late: bool
) -> None:
    expected = None
    if state is not OrderState.PAID:
        expected = "order_state"
    elif claimed:
        expected = "gift_claimed"
    elif not owed:
        expected = "already_paid_out"
    elif late:
        expected = "refund_window_over"
    said = None
    try:
        check_refundable(
            state=state,
            paid_at=START,
            maturity_days=7,
            all_owed=owed,
            gift_claimed=claimed,
            now=TOO_LATE if late else IN_TIME,
        )
    except Conflict as conflict:
        said = conflict.code
    assert said == expected


def test_nothing_moves_a_refund_that_has_arrived() -> None:
    assert all(state is not RefundState.SUCCEEDED for state, _ in MOVES)


@pytest.mark.parametrize("state", RefundState)
def test_money_that_arrived_is_believed_in_every_state_but_once(state: RefundState) -> None:
    if state is RefundState.SUCCEEDED:
        with pytest.raises(Conflict) as refused:
            move(state, RefundEvent.SUCCEED)
        assert refused.value.code == "refund_state"
    else:
        assert move(state, RefundEvent.SUCCEED) is RefundState.SUCCEEDED


def test_a_new_number_is_taken_only_after_a_definite_failure() -> None:
    assert from_states(RefundEvent.RENEW) == (RefundState.FAILED,)


def test_what_was_accepted_is_never_sent_again() -> None:
    assert set(from_states(RefundEvent.SEND)) == {RefundState.REQUESTED, RefundState.SUBMITTED}


def test_numbers_follow_from_the_order_alone() -> None:
    assert attempt_number("D260901ABC", []) == "D260901ABCR1"
    assert attempt_number("D260901ABC", ["D260901ABCR1", "D260901ABCR2"]) == "D260901ABCR3"


def test_waits_grow_and_then_stay() -> None:
    for state in (RefundState.REQUESTED, RefundState.PROCESSING):
        waits = [wait(state, tries) for tries in range(20)]
        assert waits == sorted(waits)
        assert waits[-1] == waits[-2] <= timedelta(hours=6)


def test_a_first_call_is_over_before_its_refund_may_be_taken_again() -> None:
    # Two hosts, 3 s to connect and 10 s to read each, for the question and for the refund.
    assert wait(RefundState.REQUESTED, 0) >= timedelta(seconds=2 * 2 * 13)


def test_every_cause_has_words_that_fit_into_a_refund() -> None:
    assert set(WORDS) == set(RefundCause)
    assert all(0 < len(words) <= 80 for words in WORDS.values())
