"""Postings balance by construction; claims and cash keep their signs. Tables show the book before, the event, after."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.ledger import (
    BANK,
    REFUNDS_DUE,
    SPONSOR,
    WECHAT,
    Event,
    Posting,
    balances,
    household,
    is_claim,
    payout,
    wrong_signs,
)

WEI, LUO = household(1), household(2)
BATCH = payout(7)

Moves = Sequence[tuple[Event, str, str, int]]

#: event: what was booked before, what the event books, and what every account then holds.
EVENTS: dict[str, tuple[Moves, Moves, dict[str, int]]] = {
    "order paid": (
        [],
        [(Event.ORDER_PAID, WECHAT, WEI, 600), (Event.ORDER_PAID, WECHAT, LUO, 300)],
        {WECHAT: -900, WEI: 600, LUO: 300},
    ),
    "paid a wrong amount, or after closing": (
        [],
        [(Event.MONEY_UNPLACED, WECHAT, REFUNDS_DUE, 599)],
        {WECHAT: -599, REFUNDS_DUE: 599},
    ),
    "re-allocated after that": (
        [(Event.MONEY_UNPLACED, WECHAT, REFUNDS_DUE, 600)],
        [(Event.REALLOCATED, REFUNDS_DUE, WEI, 600)],
        {WECHAT: -600, REFUNDS_DUE: 0, WEI: 600},
    ),
    "refund accepted and paid out": (
        [(Event.ORDER_PAID, WECHAT, WEI, 600)],
        [(Event.REFUND_ACCEPTED, WEI, REFUNDS_DUE, 600), (Event.REFUND_PAID, REFUNDS_DUE, WECHAT, 600)],
        {WECHAT: 0, WEI: 0, REFUNDS_DUE: 0},
    ),
    "goodwill refund after payout": (
        [(Event.SPONSOR_PAID_IN, BANK, SPONSOR, 1000)],
        [(Event.GOODWILL, SPONSOR, REFUNDS_DUE, 300)],
        {BANK: -1000, SPONSOR: 700, REFUNDS_DUE: 300},
    ),
    "channel fee from the bill, returned on refund": (
        [(Event.SPONSOR_PAID_IN, BANK, SPONSOR, 1000), (Event.ORDER_PAID, WECHAT, WEI, 600)],
        [(Event.FEE, SPONSOR, WECHAT, 4), (Event.FEE_RETURNED, WECHAT, SPONSOR, 1)],
        {BANK: -1000, SPONSOR: 997, WECHAT: -597, WEI: 600},
    ),
    "settlement to the bank": (
        [(Event.ORDER_PAID, WECHAT, WEI, 600)],
        [(Event.SETTLED, BANK, WECHAT, 600)],
        {WECHAT: 0, BANK: -600, WEI: 600},
    ),
    "money brought to WeChat": (
        [(Event.SPONSOR_PAID_IN, BANK, SPONSOR, 1000)],
        [(Event.TOPPED_UP, WECHAT, BANK, 600)],
        {WECHAT: -600, BANK: -400, SPONSOR: 1000},
    ),
    "batch released and confirmed": (
        [(Event.ORDER_PAID, WECHAT, WEI, 600), (Event.SETTLED, BANK, WECHAT, 600)],
        [(Event.BATCH_RELEASED, WEI, BATCH, 600), (Event.PAYOUT_CONFIRMED, BATCH, BANK, 600)],
        {WECHAT: 0, BANK: 0, WEI: 0, BATCH: 0},
    ),
    "bounced": (
        [(Event.ORDER_PAID, WECHAT, WEI, 600), (Event.BATCH_RELEASED, WEI, BATCH, 600)],
        [(Event.PAYOUT_BOUNCED, BATCH, WEI, 600)],
        {WECHAT: -600, WEI: 600, BATCH: 0},
    ),
    "bounce that had arrived": (
        [(Event.ORDER_PAID, BANK, WEI, 600), (Event.BATCH_RELEASED, WEI, BATCH, 600),
         (Event.PAYOUT_BOUNCED, BATCH, WEI, 600)],
        [(Event.REVERSAL, WEI, BATCH, 600), (Event.PAYOUT_CONFIRMED, BATCH, BANK, 600)],
        {BANK: 0, WEI: 0, BATCH: 0},
    ),
    "returned after confirmation": (
        [(Event.ORDER_PAID, BANK, WEI, 600), (Event.BATCH_RELEASED, WEI, BATCH, 600),
         (Event.PAYOUT_CONFIRMED, BATCH, BANK, 600)],
        [(Event.PAYOUT_RETURNED, BANK, WEI, 600)],
        {BANK: -600, WEI: 600, BATCH: 0},
    ),
    "household merged into another": (
        [(Event.ORDER_PAID, WECHAT, WEI, 600)],
        [(Event.HOUSEHOLD_MOVED, WEI, LUO, 600)],
        {WECHAT: -600, WEI: 0, LUO: 600},
    ),
    "mistake answered by its reversal": (
        [(Event.ORDER_PAID, WECHAT, WEI, 600)],
        [(Event.REVERSAL, WEI, WECHAT, 600)],
        {WECHAT: 0, WEI: 0},
    ),
}  # fmt: skip


@pytest.mark.parametrize("event", EVENTS)
def test_every_event_moves_what_the_table_of_the_programme_says(event: str) -> None:
    before, booked, after = EVENTS[event]
    postings = [Posting(*move) for move in (*before, *booked)]
    assert balances(postings) == after
    assert wrong_signs(balances(postings)) == {}


ACCOUNTS = st.sampled_from([WECHAT, BANK, REFUNDS_DUE, SPONSOR, WEI, LUO, BATCH])
POSTINGS = st.builds(
    lambda event, pair, fen: Posting(event, pair[0], pair[1], fen),
    st.sampled_from(list(Event)),
    st.tuples(ACCOUNTS, ACCOUNTS).filter(lambda pair: pair[0] != pair[1]),
    st.integers(min_value=1, max_value=10**15),
)


@given(st.lists(POSTINGS, max_size=30))
def test_whatever_is_booked_the_book_sums_to_zero(postings: list[Posting]) -> None:
    assert sum(balances(postings).values()) == 0


@given(st.lists(POSTINGS, max_size=30))
def test_the_order_of_postings_changes_no_balance(postings: list[Posting]) -> None:
    assert balances(postings) == balances(reversed(postings))


@pytest.mark.parametrize("fen", [0, -1])
def test_a_posting_moves_a_positive_amount(fen: int) -> None:
    with pytest.raises(Invalid, match="posting_impossible"):
        Posting(Event.ORDER_PAID, WECHAT, WEI, fen)


def test_a_posting_moves_from_one_account_to_another() -> None:
    with pytest.raises(Invalid, match="posting_impossible"):
        Posting(Event.HOUSEHOLD_MOVED, WEI, WEI, 1)


@pytest.mark.parametrize(
    ("account", "fen", "wrong"),
    [
        (WECHAT, -1, False), (WECHAT, 0, False), (WECHAT, 1, True),
        (BANK, -1, False), (BANK, 1, True),
        (WEI, -1, True), (WEI, 0, False), (WEI, 1, False),
        (REFUNDS_DUE, -1, True), (SPONSOR, -1, True), (BATCH, -1, True), (BATCH, 1, False),
    ],
)  # fmt: skip
def test_claims_never_fall_below_zero_and_cash_never_rises_above_it(
    account: str, fen: int, wrong: bool
) -> None:
    assert wrong_signs({account: fen}) == ({account: fen} if wrong else {})


def test_only_money_held_somewhere_is_cash() -> None:
    assert [
        account for account in (WECHAT, BANK, REFUNDS_DUE, SPONSOR, WEI, BATCH) if not is_claim(account)
    ] == [
        WECHAT,
        BANK,
    ]


@pytest.mark.parametrize(("wechat", "bank", "wrong"), [(4, 0, set()), (5, 0, {WECHAT}), (0, 4, {BANK})])
def test_only_wechat_may_pass_zero_by_what_it_paid_ahead_of_its_bills(
    wechat: int, bank: int, wrong: set[str]
) -> None:
    assert set(wrong_signs({WECHAT: wechat, BANK: bank}, 4)) == wrong
