"""The notification engine: both schedules, and every way in which a callback may reach us."""

from collections import Counter
from collections.abc import Callable

import pytest

from gateways.wechat import TransferOrder, WeChat
from gateways.wechat.errors import NoticeRefused, RefusalReason
from gateways.wechat.pay.notices import AnyNotice, RefundNotice, TransactionNotice
from gateways.wechat.simulator import Simulator, notices
from tests.gateways.wechat.conftest import Inbox, StillClock

NUMBER = "D20260312000001"


def test_a_payment_notice_is_repeated_fifteen_times_over_a_day(
    simulator: Simulator, inbox: Inbox, prepay: Callable[..., str], clock: StillClock
) -> None:
    assert sum(notices.SCHEDULES[notices.PAYMENT]) == 24 * 3600 + 4 * 60
    inbox.status = 500
    simulator.pay(prepay())
    begun = clock()
    times = []
    while clock.instant.timestamp() < begun.timestamp() + 2 * 86400:
        clock.advance(seconds=15)
        if simulator.deliver_due():
            times.append(int((clock() - begun).total_seconds()))
    assert times[:6] == [15, 30, 60, 240, 840, 2040]
    assert len(times) == 15
    assert times[-1] == 24 * 3600 + 4 * 60
    assert len(inbox.received) == 16


def test_a_transfer_notice_has_its_own_longer_schedule(
    wechat: WeChat, simulator: Simulator, inbox: Inbox, clock: StillClock
) -> None:
    identity = wechat.login.code_to_session("miniprogram", "demo:zhang")
    wechat.transfers.create(
        TransferOrder("T1", identity.appid, identity.openid, 600, "收入", "1009", ("单株碳汇",))
    )
    simulator.confirm_transfer("T1")
    inbox.status = 500
    begun = clock()
    times = []
    while (clock() - begun).total_seconds() < 2 * 86400:
        if simulator.deliver_due():
            times.append(int((clock() - begun).total_seconds()))
        else:
            clock.advance(seconds=15)
    assert len(times) == 1 + 1 + 10 + 10 + 44
    assert times[:4] == [0, 0, 15, 30]
    assert times[12:14] == [450, 750]
    assert times[-1] == 150 + 3000 + 44 * 1800


@pytest.fixture
def kinds(wechat: WeChat, inbox: Inbox, clock: StillClock) -> Callable[[], list[str]]:
    """What each callback received so far is: its event type, or why it is refused."""

    def read() -> list[str]:
        seen = []
        for _, headers, body in inbox.received:
            try:
                seen.append(wechat.pay.read_notice(headers, body, clock()).event_type)
            except NoticeRefused as refused:
                seen.append(refused.reason.value)
        return seen

    return read


def test_a_notice_may_come_again_after_it_was_taken(
    simulator: Simulator, prepay: Callable[..., str], inbox: Inbox
) -> None:
    simulator.misdeliver("twice", NUMBER)
    simulator.pay(prepay())
    assert len(inbox.received) == 2
    assert [delivery.status for delivery in simulator.deliveries(NUMBER)] == [204, 204]


def test_a_notice_may_come_from_eight_senders_at_once(
    simulator: Simulator, prepay: Callable[..., str], kinds: Callable[[], list[str]]
) -> None:
    simulator.misdeliver("crowd", NUMBER, value=8)
    simulator.pay(prepay())
    assert kinds() == ["TRANSACTION.SUCCESS"] * 8
    assert len({delivery.notice_id for delivery in simulator.deliveries(NUMBER)}) == 1


def test_a_lost_notice_never_comes_and_the_query_knows(
    wechat: WeChat, simulator: Simulator, prepay: Callable[..., str], inbox: Inbox, clock: StillClock
) -> None:
    simulator.misdeliver("lost", NUMBER)
    assert simulator.pay(prepay()).notice_status is None
    clock.advance(days=3)
    assert simulator.deliver_due() == 0
    assert inbox.received == []
    assert wechat.pay.query_by_number(NUMBER).is_paid


def test_a_refund_may_be_announced_before_its_payment(
    wechat: WeChat, simulator: Simulator, prepay: Callable[..., str], inbox: Inbox, clock: StillClock
) -> None:
    simulator.misdeliver("late", NUMBER, "TRANSACTION.SUCCESS", value=600)
    simulator.pay(prepay())
    wechat.refunds.create(out_trade_no=NUMBER, out_refund_no="R1", refund_fen=300, total_fen=300, reason="x")
    simulator.deliver_due()
    read: list[AnyNotice] = [wechat.pay.read_notice(h, b, clock()) for _, h, b in inbox.received]
    assert [type(notice) for notice in read] == [RefundNotice]
    clock.advance(seconds=600)
    simulator.deliver_due()
    _, headers, body = inbox.received[-1]
    assert isinstance(wechat.pay.read_notice(headers, body, clock()), TransactionNotice)


@pytest.mark.parametrize(
    ("variant", "reason"),
    [
        ("wrong_signature", RefusalReason.BAD_SIGNATURE),
        ("stale", RefusalReason.STALE),
        ("unknown_serial", RefusalReason.UNKNOWN_SERIAL),
        ("xml", RefusalReason.MISSING_HEADER),
    ],
)
def test_a_spoiled_notice_is_refused_and_the_next_delivery_is_good(
    simulator: Simulator,
    prepay: Callable[..., str],
    kinds: Callable[[], list[str]],
    variant: str,
    reason: RefusalReason,
) -> None:
    simulator.misdeliver(variant, NUMBER)
    simulator.pay(prepay())
    notice_id = simulator.notices(NUMBER)[0]
    simulator.redeliver(notice_id)
    assert kinds() == [reason.value, "TRANSACTION.SUCCESS"]
    assert Counter(delivery.variant for delivery in simulator.deliveries(NUMBER)) == {variant: 1, "": 1}


def test_a_signature_probe_comes_before_the_genuine_notice(
    simulator: Simulator, prepay: Callable[..., str], inbox: Inbox, kinds: Callable[[], list[str]]
) -> None:
    simulator.misdeliver("probe", NUMBER)
    simulator.pay(prepay())
    assert inbox.received[0][1]["Wechatpay-Signature"].startswith("WECHATPAY/SIGNTEST/")
    assert kinds() == ["bad_signature", "TRANSACTION.SUCCESS"]


def test_a_genuine_notice_may_tell_of_another_amount_merchant_or_app(
    wechat: WeChat, simulator: Simulator, prepay: Callable[..., str], inbox: Inbox, clock: StillClock
) -> None:
    simulator.pay(prepay())
    notice_id = simulator.notices(NUMBER)[0]
    for variant, value in (
        ("other_amount", 1),
        ("other_merchant", 0),
        ("other_appid", 0),
        ("certificate", 0),
    ):
        simulator.redeliver(notice_id, variant, value)
    told = []
    for _, headers, body in inbox.received:
        notice = wechat.pay.read_notice(headers, body, clock())
        assert isinstance(notice, TransactionNotice)
        told.append(notice.transaction)
    genuine, amount, merchant, app, by_certificate = told
    assert (genuine.total_fen, amount.total_fen) == (300, 1)
    assert merchant.merchant_id != genuine.merchant_id == wechat.pay.merchant_id
    assert app.appid != genuine.appid
    assert by_certificate == genuine


def test_money_paid_under_another_amount_or_by_another_is_told_as_it_is(
    wechat: WeChat, simulator: Simulator, prepay: Callable[..., str]
) -> None:
    simulator.pay(prepay(), "o-somebody-else", total_fen=299)
    paid = wechat.pay.query_by_number(NUMBER)
    assert (paid.total_fen, paid.payer_openid) == (299, "o-somebody-else")


def test_an_order_can_be_announced_before_its_prepay_is_answered(
    simulator: Simulator, prepay: Callable[..., str]
) -> None:
    simulator.pay_at_once(NUMBER)
    seen = []

    def deliver(*_: object) -> int:
        seen.append("notice")
        return 204

    simulator.deliver_through(deliver)
    prepay()
    seen.append("answer")
    assert seen == ["notice", "answer"]


def test_a_sender_that_dies_leaves_the_notice_to_another(
    simulator: Simulator, prepay: Callable[..., str], inbox: Inbox, clock: StillClock
) -> None:
    def die(*_: object) -> int:
        raise SystemExit

    simulator.deliver_through(die)
    with pytest.raises(SystemExit):
        simulator.pay(prepay())
    simulator.deliver_through(inbox)
    assert simulator.deliver_due() == 0
    clock.advance(seconds=notices.CLAIM_SECONDS)
    assert simulator.deliver_due() == 1
    assert len(inbox.received) == 1
