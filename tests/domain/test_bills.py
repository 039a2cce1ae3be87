"""Fees of a day in whole fen, and what a row of a fund-flow bill tells."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.bills import Movement, day_fees, movement_of, whole_fen

#: A row's fee as bills write it: five decimals, above zero where taken and below where returned.
FEES = st.lists(st.integers(-2_000_000, 2_000_000).map(lambda n: Decimal(n) / 100_000), max_size=60)


@pytest.mark.parametrize(
    ("yuan", "fen"),
    [("0", 0), ("0.00499", 0), ("0.005", 1), ("0.01500", 2), ("0.02499", 2), ("12.34500", 1235)],
)
def test_a_sum_is_rounded_half_up(yuan: str, fen: int) -> None:
    assert whole_fen(Decimal(yuan)) == fen


def test_a_days_rows_are_summed_before_they_are_rounded() -> None:
    fees = day_fees([Decimal("0.01800")] * 3 + [Decimal("-0.00600")])
    assert (fees.taken_fen, fees.returned_fen) == (5, 1)
    assert (fees.taken_yuan, fees.returned_yuan) == (Decimal("0.054"), Decimal("0.006"))


@given(FEES)
def test_no_more_than_half_a_fen_is_lost_or_won_a_day(fees: list[Decimal]) -> None:
    found = day_fees(fees)
    assert found.taken_yuan - found.returned_yuan == sum(fees)
    assert abs(found.taken_fen - found.taken_yuan * 100) <= Decimal("0.5")
    assert abs(found.returned_fen - found.returned_yuan * 100) <= Decimal("0.5")
    assert found.taken_fen >= 0
    assert found.returned_fen >= 0


@given(FEES)
def test_the_order_of_rows_is_nothing_to_the_fee(fees: list[Decimal]) -> None:
    assert day_fees(fees) == day_fees(reversed(fees))


@pytest.mark.parametrize(
    ("business_type", "is_income", "movement"),
    [
        ("交易", True, Movement.RECEIVED),
        ("扣除交易手续费", False, Movement.FEE),
        ("退回交易手续费", True, Movement.FEE_RETURNED),
        ("退款", False, Movement.REFUNDED),
        ("退款退回", True, Movement.REFUND_RETURNED),
        ("提现", False, Movement.SETTLED),
        ("提现", True, Movement.OTHER),
        ("商家转账", False, Movement.PAID_OUT),
        ("商家转账退回", True, Movement.PAYOUT_RETURNED),
        ("充值", True, Movement.TOPPED_UP),
        ("充值", False, Movement.OTHER),
        ("交易", False, Movement.OTHER),
    ],
)
def test_a_movement_is_told_by_its_type_and_direction(
    business_type: str, is_income: bool, movement: Movement
) -> None:
    assert movement_of(business_type, is_income) is movement
