"""Refunds: accepted at once, ended later, within WeChat's limits, and never lost when an answer is."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from gateways.wechat import WeChat, errors
from gateways.wechat.pay.notices import AnyNotice, RefundNotice
from gateways.wechat.pay.records import Refund, RefundStatus, TradeState
from gateways.wechat.simulator import Simulator
from tests.gateways.wechat.conftest import START, Inbox, StillClock

NUMBER = "D20260312000001"


@pytest.fixture
def paid(simulator: Simulator, prepay: Callable[..., str], inbox: Inbox) -> str:
    """The number of a paid order of 300 fen, whose notice has been delivered."""
    simulator.pay(prepay())
    inbox.received.clear()
    return NUMBER


@pytest.fixture
def refund(wechat: WeChat, paid: str) -> Callable[..., Refund]:
    """Asks for a refund of 300 of 300 fen; keywords change it."""

    def ask(number: str = "R1", refund_fen: int = 300, total_fen: int = 300) -> Refund:
        return wechat.refunds.create(
            out_trade_no=paid,
            out_refund_no=number,
            refund_fen=refund_fen,
            total_fen=total_fen,
            reason="七天内退款",
        )

    return ask


def test_a_refund_is_accepted_first_and_told_by_notice_and_query_when_done(
    wechat: WeChat, refund: Callable[..., Refund], heard: Callable[[str], AnyNotice], clock: StillClock
) -> None:
    asked = refund()
    assert (asked.status, asked.refund_fen, asked.total_fen) == (RefundStatus.PROCESSING, 300, 300)
    notice = heard("refunds")
    assert isinstance(notice, RefundNotice)
    assert (notice.event_type, notice.refund.status) == ("REFUND.SUCCESS", RefundStatus.SUCCESS)
    assert notice.refund.merchant_id == wechat.pay.merchant_id
    told = wechat.refunds.query("R1")
    assert (told.status, told.refund_id) == (RefundStatus.SUCCESS, notice.refund.refund_id)
    assert told.succeeded_at == clock()


def test_after_a_partial_refund_the_order_says_refund_and_is_still_paid(
    wechat: WeChat, refund: Callable[..., Refund]
) -> None:
    refund(refund_fen=100)
    order = wechat.pay.query_by_number(NUMBER)
    assert order.state is TradeState.REFUND
    assert order.is_paid


def test_the_same_refund_may_be_asked_again_and_another_under_its_number_may_not(
    refund: Callable[..., Refund],
) -> None:
    first = refund(refund_fen=100)
    assert refund(refund_fen=100).refund_id == first.refund_id
    with pytest.raises(errors.Refused):
        refund(refund_fen=200)


def test_refunds_never_exceed_the_payment(refund: Callable[..., Refund], clock: StillClock) -> None:
    refund("R1", 200)
    clock.advance(minutes=2)
    with pytest.raises(errors.Refused) as refused:
        refund("R2", 101)
    assert refused.value.code == "INVALID_REQUEST"
    assert refund("R2", 100).refund_fen == 100


def test_partial_refunds_are_a_minute_apart_and_fifty_at_most(
    refund: Callable[..., Refund], clock: StillClock
) -> None:
    refund("R0", 1)
    with pytest.raises(errors.RateLimited):
        refund("R1", 1)
    for number in range(1, 50):
        clock.advance(minutes=1)
        refund(f"R{number}", 1)
    clock.advance(minutes=1)
    with pytest.raises(errors.Refused) as refused:
        refund("R50", 1)
    assert refused.value.code == "INVALID_REQUEST"


def test_a_refund_is_refused_a_year_after_payment(refund: Callable[..., Refund], clock: StillClock) -> None:
    clock.advance(days=365, seconds=1)
    with pytest.raises(errors.Refused):
        refund()
    clock.advance(seconds=-1)
    assert refund().refund_fen == 300


def test_a_refund_of_another_total_or_of_nothing_paid_is_refused(
    wechat: WeChat, refund: Callable[..., Refund], prepay: Callable[..., str]
) -> None:
    with pytest.raises(errors.Refused):
        refund(total_fen=600)
    prepay("D20260312000002")
    for number in ("D20260312000002", "D20260312000003"):
        with pytest.raises(errors.NotFound):
            wechat.refunds.create(
                out_trade_no=number, out_refund_no="R9", refund_fen=1, total_fen=300, reason="x"
            )


def test_a_refund_without_money_goes_through_under_the_same_number_after_a_top_up(
    wechat: WeChat, simulator: Simulator, refund: Callable[..., Refund]
) -> None:
    simulator.set_balance("BASIC", 0)
    with pytest.raises(errors.NotEnough):
        refund()
    with pytest.raises(errors.NotFound):
        wechat.refunds.query("R1")
    simulator.set_balance("BASIC", 300)
    assert refund().status is RefundStatus.PROCESSING


def test_a_refund_refused_as_too_frequent_may_have_been_accepted_all_the_same(
    wechat: WeChat, simulator: Simulator, refund: Callable[..., Refund]
) -> None:
    simulator.fail("429_after", "create_refund", times=2)
    with pytest.raises(errors.RateLimited) as unclear:
        refund()
    assert isinstance(unclear.value, errors.Unknown)
    assert wechat.refunds.query("R1").refund_fen == 300


def test_a_refund_whose_answer_is_lost_is_made_once(
    wechat: WeChat, simulator: Simulator, refund: Callable[..., Refund]
) -> None:
    simulator.fail("drop_after", "create_refund")
    assert refund().refund_fen == 300
    assert simulator.balance_fen() == 0
    assert wechat.refunds.query("R1").status is RefundStatus.SUCCESS


@pytest.mark.parametrize("status", [RefundStatus.ABNORMAL, RefundStatus.CLOSED])
def test_a_refund_that_fails_says_so_by_notice_and_query(
    wechat: WeChat,
    simulator: Simulator,
    refund: Callable[..., Refund],
    heard: Callable[[str], AnyNotice],
    status: RefundStatus,
) -> None:
    simulator.plan_refund(NUMBER, status.value)
    refund()
    notice = heard("refunds")
    assert isinstance(notice, RefundNotice)
    assert notice.event_type == f"REFUND.{status}"
    assert wechat.refunds.query("R1").status is status


def test_a_closed_refund_may_be_made_under_a_new_number(
    simulator: Simulator, refund: Callable[..., Refund], wechat: WeChat
) -> None:
    simulator.plan_refund("R1", "CLOSED")
    refund("R1")
    simulator.deliver_due()
    assert simulator.balance_fen() == 298
    refund("R2")
    assert wechat.refunds.query("R2").status is RefundStatus.SUCCESS
    assert simulator.balance_fen() == 0


def test_an_abnormal_refund_can_be_sent_another_way(
    wechat: WeChat, simulator: Simulator, refund: Callable[..., Refund]
) -> None:
    simulator.plan_refund("R1", "ABNORMAL")
    refund_id = refund("R1").refund_id
    simulator.deliver_due()
    again = wechat.refunds.redirect_to_bank_card(
        refund_id=refund_id,
        out_refund_no="R1",
        bank_type="ICBC_DEBIT",
        bank_account="6222020000000001",
        real_name="李四",
    )
    assert again.status is RefundStatus.PROCESSING
    assert wechat.refunds.query("R1").status is RefundStatus.SUCCESS
    with pytest.raises(errors.Refused):
        wechat.refunds.redirect_to_merchant(refund_id=refund_id, out_refund_no="R1")


def test_a_refund_number_wechat_never_heard_of_is_not_found(wechat: WeChat) -> None:
    with pytest.raises(errors.NotFound):
        wechat.refunds.query("R404")


def test_the_fee_comes_back_with_the_refund_in_parts_that_add_up(
    simulator: Simulator, wechat: WeChat, prepay: Callable[..., str], clock: StillClock
) -> None:
    simulator.pay(prepay("D20260312000007", total_fen=1000, time_expire=START + timedelta(hours=1)))
    assert simulator.balance_fen() == 994
    for part, fen in enumerate((333, 333, 334)):
        clock.advance(minutes=2)
        wechat.refunds.create(
            out_trade_no="D20260312000007",
            out_refund_no=f"P{part}",
            refund_fen=fen,
            total_fen=1000,
            reason="x",
        )
    assert simulator.balance_fen() == 0
