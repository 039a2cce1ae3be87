"""Payouts: which moves there are, how many approve, how long a notice stands, how money ages."""

from datetime import timedelta

import pytest

from domain.errors import Conflict
from domain.payouts import (
    AGE_BUCKETS,
    BATCH_MOVES,
    FAILED_LINES,
    LINE_MOVES,
    OPEN_LINES,
    BatchEvent,
    BatchState,
    BounceReason,
    LineEvent,
    PayoutLineState,
    SoftLock,
    age_bucket,
    approvals_needed,
    batch_states_before,
    line_reference,
    line_states_before,
    move_batch,
    objections_until,
)
from tests.support.clock import START


def test_a_batch_goes_from_draft_to_settled_step_by_step() -> None:
    state = BatchState.DRAFT
    for event in (BatchEvent.SUBMIT, BatchEvent.APPROVE, BatchEvent.RELEASE, BatchEvent.SETTLE):
        state = move_batch(state, event)
    assert state is BatchState.SETTLED


def test_nothing_leads_out_of_an_end() -> None:
    ends = {BatchState.SETTLED, BatchState.REJECTED}
    assert {state for state, _ in BATCH_MOVES} & ends == set()


def test_what_is_released_can_be_neither_rejected_nor_cancelled() -> None:
    for event in (BatchEvent.REJECT, BatchEvent.CANCEL):
        assert BatchState.RELEASED not in batch_states_before(event)
    with pytest.raises(Conflict) as refused:
        move_batch(BatchState.RELEASED, BatchEvent.CANCEL)
    assert refused.value.code == "payout_state"


def test_news_of_the_end_may_come_before_it_is_known_to_be_sent() -> None:
    assert (
        set(line_states_before(LineEvent.CONFIRM)) == set(line_states_before(LineEvent.BOUNCE)) == OPEN_LINES
    )


def test_only_money_that_was_confirmed_can_be_returned() -> None:
    assert line_states_before(LineEvent.RETURN) == (PayoutLineState.PAID,)


def test_a_failed_line_has_no_way_back_but_a_bounce_that_had_arrived() -> None:
    assert {move for move in LINE_MOVES if move[0] in FAILED_LINES} == {
        (PayoutLineState.BOUNCED, LineEvent.CORRECT)
    }
    assert LINE_MOVES[PayoutLineState.BOUNCED, LineEvent.CORRECT] is PayoutLineState.PAID


@pytest.mark.parametrize(("fen", "people"), [(4_999_999, 1), (5_000_000, 2), (5_000_001, 2)])
def test_a_second_person_approves_from_the_tier_on(fen: int, people: int) -> None:
    assert approvals_needed(fen, 5_000_000) == people


def test_a_notice_stands_whole_days() -> None:
    assert objections_until(START, 7) - START == timedelta(days=7)


def test_references_differ_fit_and_are_plain() -> None:
    references = {line_reference(batch, place) for batch in (1, 11, 99_999_999) for place in (1, 11, 99_999)}
    assert len(references) == 9
    assert all(one.isascii() and one.isalnum() and len(one) <= 32 for one in references)


@pytest.mark.parametrize(
    ("days", "bucket"), [(0, None), (29, None), (30, 30), (59, 30), (60, 60), (89, 60), (90, 90), (400, 90)]
)
def test_money_ages_in_steps(days: int, bucket: int | None) -> None:
    assert age_bucket(days) == bucket
    assert list(AGE_BUCKETS) == sorted(AGE_BUCKETS)


def test_every_word_fits_its_column() -> None:
    words = (*BounceReason, *SoftLock, *PayoutLineState, *BatchState)
    assert max(len(word.value) for word in words) <= 20
