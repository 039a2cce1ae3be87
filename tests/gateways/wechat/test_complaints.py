"""Complaints: announced, read with the phone number in clear, answered, settled."""

from collections.abc import Callable
from datetime import date

import pytest

from gateways.wechat import WeChat, errors
from gateways.wechat.pay.complaints import ComplaintState
from gateways.wechat.pay.notices import AnyNotice, ComplaintNotice
from gateways.wechat.simulator import Simulator
from tests.gateways.wechat.conftest import PUBLIC_URL, StillClock

NUMBER = "D20260312000001"
TODAY = date(2026, 3, 12)


@pytest.fixture
def complaint(wechat: WeChat, simulator: Simulator, prepay: Callable[..., str]) -> str:
    """The number of a complaint about a paid order."""
    wechat.complaints.listen()
    simulator.pay(prepay())
    return simulator.complain(NUMBER, "没有收到证书", "13912345678")


def test_a_complaint_is_announced_and_read(
    wechat: WeChat, complaint: str, heard: Callable[[str], AnyNotice], clock: StillClock
) -> None:
    notice = heard("complaints")
    assert isinstance(notice, ComplaintNotice)
    assert (notice.event_type, notice.complaint_id, notice.action) == (
        "COMPLAINT.CREATE",
        complaint,
        "CREATE_COMPLAINT",
    )
    read = wechat.complaints.get(complaint)
    assert (read.state, read.detail, read.out_trade_nos) == (
        ComplaintState.PENDING,
        "没有收到证书",
        (NUMBER,),
    )
    assert (read.phone, read.made_at) == ("13912345678", clock())
    assert "13912345678" not in repr(read)
    assert not read.is_fully_refunded


def test_a_complaint_is_answered_and_settled(
    wechat: WeChat, simulator: Simulator, complaint: str, heard: Callable[[str], AnyNotice]
) -> None:
    with pytest.raises(errors.Refused):
        wechat.complaints.finish(complaint)
    wechat.complaints.reply(complaint, "证书已补发, 请在小程序中查看")
    assert wechat.complaints.get(complaint).state is ComplaintState.PROCESSING
    simulator.speak_up(complaint, "收到了")
    assert wechat.complaints.get(complaint).has_new_user_message
    wechat.complaints.finish(complaint)
    assert wechat.complaints.get(complaint).state is ComplaintState.PROCESSED
    steps = wechat.complaints.history(complaint)
    assert [step.kind for step in steps] == [
        "MERCHANT_CONFIRM_COMPLETE",
        "USER_RESPONSE",
        "MERCHANT_RESPONSE",
        "USER_CREATE_COMPLAINT",
    ]
    assert steps[-1].text == "没有收到证书"
    assert heard("complaints").event_type == "COMPLAINT.STATE_CHANGE"
    with pytest.raises(ValueError, match="1 to 200"):
        wechat.complaints.reply(complaint, "字" * 201)


def test_complaints_are_listed_by_day_page_by_page(
    wechat: WeChat, simulator: Simulator, complaint: str, clock: StillClock
) -> None:
    made = [complaint] + [simulator.complain(NUMBER, f"再次投诉 {n}") for n in range(120)]
    assert [one.complaint_id for one in wechat.complaints.between(TODAY, TODAY)] == made
    assert list(wechat.complaints.between(date(2026, 3, 1), date(2026, 3, 11))) == []
    with pytest.raises(errors.Refused):
        list(wechat.complaints.between(date(2026, 1, 1), TODAY))


def test_a_refunded_order_shows_in_its_complaint(wechat: WeChat, complaint: str, clock: StillClock) -> None:
    wechat.refunds.create(out_trade_no=NUMBER, out_refund_no="R1", refund_fen=300, total_fen=300, reason="x")
    assert wechat.complaints.get(complaint).is_fully_refunded


def test_the_address_complaints_are_announced_to_is_kept_right(wechat: WeChat, simulator: Simulator) -> None:
    assert wechat.complaints.listening_at() is None
    url = f"{PUBLIC_URL}/hooks/wechat-pay/complaints"
    assert wechat.complaints.listen() == url
    assert wechat.complaints.listen() == url
    simulator.configure("complaint_url", "https://elsewhere.example.org/hook")
    wechat.complaints.listen()
    assert wechat.complaints.listening_at() == url
    wechat.complaints.stop_listening()
    assert wechat.complaints.listening_at() is None


def test_nobody_can_complain_of_what_was_not_paid(
    wechat: WeChat, simulator: Simulator, prepay: Callable[..., str]
) -> None:
    prepay()
    with pytest.raises(ValueError, match="paid order"):
        simulator.complain(NUMBER, "x")
    with pytest.raises(errors.NotFound):
        wechat.complaints.get("404")
