"""Merchant transfers: confirmed, refused, forgotten, withdrawn, permitted once for all; never made twice."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from gateways.wechat import TransferOrder, WeChat, errors
from gateways.wechat.pay.notices import AnyNotice, AuthorizationNotice, TransferNotice
from gateways.wechat.pay.records import AuthorizationState, Transfer, TransferState
from gateways.wechat.simulator import Simulator
from tests.gateways.wechat.conftest import Inbox, StillClock

FULL = 10_000_000


@pytest.fixture
def order(wechat: WeChat) -> TransferOrder:
    identity = wechat.login.code_to_session("miniprogram", "demo:zhang")
    return TransferOrder(
        out_bill_no="T1",
        appid=identity.appid,
        openid=identity.openid,
        amount_fen=900,
        remark="单株碳汇收入",
        scene_id="1009",
        report=("单株碳汇",),
    )


@pytest.fixture
def told(heard: Callable[[str], AnyNotice], inbox: Inbox) -> Callable[[], Transfer]:
    """The transfer that the one notice sent tells of."""

    def read() -> Transfer:
        notice = heard("transfers")
        assert len(inbox.received) == 1
        assert isinstance(notice, TransferNotice)
        return notice.transfer

    return read


def test_a_transfer_waits_for_the_user_and_is_paid_when_confirmed(
    wechat: WeChat, simulator: Simulator, order: TransferOrder, told: Callable[[], Transfer]
) -> None:
    made = wechat.transfers.create(order)
    assert made.state is TransferState.WAIT_USER_CONFIRM
    assert made.package_info is not None
    sheet = wechat.transfers.confirm_sheet(order.appid, made.package_info)
    assert sheet == {"mchId": wechat.pay.merchant_id, "appId": order.appid, "package": made.package_info}

    simulator.confirm_transfer("T1")

    for seen in (told(), wechat.transfers.query("T1"), wechat.transfers.query_by_bill(made.transfer_bill_no)):
        assert (seen.state, seen.amount_fen, seen.openid) == (TransferState.SUCCESS, 900, order.openid)
        assert seen.merchant_id == wechat.pay.merchant_id
    assert simulator.balance_fen("OPERATION") == FULL - 900


def test_only_the_create_answer_carries_what_the_user_needs_to_confirm(
    wechat: WeChat, order: TransferOrder
) -> None:
    assert wechat.transfers.create(order).package_info is not None
    assert wechat.transfers.query("T1").package_info is None
    assert wechat.transfers.create(order).package_info is not None


def test_a_transfer_nobody_confirms_fails_after_a_day_and_the_money_comes_back(
    wechat: WeChat,
    simulator: Simulator,
    order: TransferOrder,
    clock: StillClock,
    told: Callable[[], Transfer],
) -> None:
    wechat.transfers.create(order)
    clock.advance(hours=24, seconds=-1)
    assert wechat.transfers.query("T1").state is TransferState.WAIT_USER_CONFIRM
    clock.advance(seconds=1)
    seen = wechat.transfers.query("T1")
    assert (seen.state, seen.fail_reason) == (TransferState.FAIL, "OVERDUE_CLOSE")
    assert told().fail_reason == "OVERDUE_CLOSE"
    assert simulator.balance_fen("OPERATION") == FULL


def test_a_refused_transfer_fails_with_its_reason(
    wechat: WeChat, simulator: Simulator, order: TransferOrder, told: Callable[[], Transfer]
) -> None:
    wechat.transfers.create(order)
    simulator.refuse_transfer("T1", "ACCOUNT_FROZEN")
    assert told().fail_reason == "ACCOUNT_FROZEN"
    assert wechat.transfers.query("T1").state is TransferState.FAIL


def test_a_transfer_is_withdrawn_before_it_is_confirmed_and_not_after(
    wechat: WeChat, simulator: Simulator, order: TransferOrder
) -> None:
    wechat.transfers.create(order)
    assert wechat.transfers.cancel("T1") is TransferState.CANCELING
    assert wechat.transfers.query("T1").state is TransferState.CANCELLED
    assert wechat.transfers.cancel("T1") is TransferState.CANCELLED
    wechat.transfers.create(replace(order, out_bill_no="T2"))
    simulator.confirm_transfer("T2")
    with pytest.raises(errors.Refused):
        wechat.transfers.cancel("T2")
    with pytest.raises(errors.NotFound):
        wechat.transfers.cancel("T404")


def test_a_thumb_on_the_sheet_takes_the_transfer_and_no_other_sheet_does(
    wechat: WeChat, simulator: Simulator, order: TransferOrder
) -> None:
    shown = wechat.transfers.create(order).package_info
    thumb = simulator.app.test_client()
    refused = thumb.post("/collector", json={"package": "nobody's"})
    assert (refused.status_code, refused.get_json()["code"]) == (400, "PARAM_ERROR")
    assert wechat.transfers.query("T1").state is TransferState.WAIT_USER_CONFIRM
    assert thumb.post("/collector", json={"package": shown}).status_code == 200
    assert wechat.transfers.query("T1").state is TransferState.SUCCESS
    assert thumb.post("/collector", json={"package": shown}).status_code == 400


def test_a_transfer_whose_answers_are_lost_is_made_once(
    wechat: WeChat, simulator: Simulator, order: TransferOrder
) -> None:
    simulator.fail("drop_after", "create_transfer", times=2)
    with pytest.raises(errors.Unreachable):
        wechat.transfers.create(order)
    assert wechat.transfers.query("T1").state is TransferState.WAIT_USER_CONFIRM
    assert wechat.transfers.create(order).package_info is not None
    assert simulator.balance_fen("OPERATION") == FULL - 900


def test_the_same_number_with_other_parameters_is_refused(wechat: WeChat, order: TransferOrder) -> None:
    named = replace(order, user_name="张三")
    wechat.transfers.create(named)
    # The name is encrypted anew each time, which must not count as another parameter.
    wechat.transfers.create(named)
    with pytest.raises(errors.Refused) as refused:
        wechat.transfers.create(replace(order, amount_fen=901))
    assert refused.value.code == "INVALID_REQUEST"


def test_without_money_a_transfer_is_refused_and_goes_through_under_the_same_number_later(
    wechat: WeChat, simulator: Simulator, order: TransferOrder
) -> None:
    simulator.set_balance("OPERATION", 899)
    with pytest.raises(errors.NotEnough):
        wechat.transfers.create(order)
    with pytest.raises(errors.NotFound):
        wechat.transfers.query("T1")
    simulator.set_balance("OPERATION", 900)
    assert wechat.transfers.create(order).state is TransferState.WAIT_USER_CONFIRM


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"amount_fen": 9}, errors.Refused),
        ({"amount_fen": 2_000_001, "user_name": "张三"}, errors.Refused),
        ({"amount_fen": 200_000}, errors.Refused),
        ({"out_bill_no": "T-1"}, errors.Refused),
        ({"remark": "字" * 33}, errors.Refused),
        ({"report": ("字" * 33,)}, errors.Refused),
        ({"appid": "wx2421b1c4370ec43b"}, errors.Refused),
        ({"scene_id": "1013", "report": ("公益", "备案")}, errors.NotAllowed),
    ],
)
def test_the_simulator_keeps_the_limits_of_a_transfer(
    wechat: WeChat, order: TransferOrder, change: dict[str, object], kind: type[errors.PayError]
) -> None:
    with pytest.raises(kind):
        wechat.transfers.create(replace(order, **change))  # type: ignore[arg-type]  # any field in turn


def test_a_name_is_sent_from_thirty_fen_and_required_from_two_thousand_yuan(
    wechat: WeChat, order: TransferOrder
) -> None:
    small = replace(order, out_bill_no="T29", amount_fen=29, user_name="张三")
    assert wechat.transfers.create(small).state is TransferState.WAIT_USER_CONFIRM
    large = replace(order, out_bill_no="T200000", amount_fen=200_000, user_name="张三")
    assert wechat.transfers.create(large).state is TransferState.WAIT_USER_CONFIRM


def test_a_scene_is_reported_in_full_or_not_at_all(wechat: WeChat, order: TransferOrder) -> None:
    with pytest.raises(ValueError, match="reports 1 facts, not 2"):
        wechat.transfers.create(replace(order, report=("一", "二")))


def test_a_days_transfers_and_the_callers_address_are_limited(
    wechat: WeChat, simulator: Simulator, order: TransferOrder, clock: StillClock
) -> None:
    simulator.configure("transfer_daily_fen", 1000)
    wechat.transfers.create(order)
    with pytest.raises(errors.Refused):
        wechat.transfers.create(replace(order, out_bill_no="T2"))
    clock.advance(days=1)
    wechat.transfers.create(replace(order, out_bill_no="T2"))
    simulator.configure("addresses", ["203.0.113.9"])
    with pytest.raises(errors.NotAllowed):
        wechat.transfers.create(replace(order, out_bill_no="T3"))


def test_a_transfer_is_told_of_for_thirty_days(
    wechat: WeChat, order: TransferOrder, clock: StillClock
) -> None:
    wechat.transfers.create(order)
    clock.advance(days=30)
    assert wechat.transfers.query("T1").state is TransferState.FAIL
    clock.advance(seconds=1)
    with pytest.raises(errors.NotFound):
        wechat.transfers.query("T1")


def test_a_planned_answer_of_the_user_comes_by_itself(
    wechat: WeChat, simulator: Simulator, order: TransferOrder
) -> None:
    for number, answer, state in (
        ("A1", "confirm", TransferState.SUCCESS),
        ("A2", "refuse", TransferState.FAIL),
        ("A3", "ignore", TransferState.WAIT_USER_CONFIRM),
    ):
        simulator.plan_transfer(number, answer)
        wechat.transfers.create(replace(order, out_bill_no=number))
        assert wechat.transfers.query(number).state is state


@pytest.fixture
def permitted(wechat: WeChat, simulator: Simulator, order: TransferOrder) -> str:
    """The number of a standing permission that the user has given."""
    asked = wechat.transfers.authorize(
        out_authorization_no="A1",
        appid=order.appid,
        openid=order.openid,
        scene_id="1009",
        user_display_name="单株碳汇农户",
    )
    assert asked.state is AuthorizationState.WAIT_USER_CONFIRM
    assert asked.package_info is not None
    simulator.confirm_authorization("A1")
    return "A1"


def test_a_standing_permission_pays_without_confirming(
    wechat: WeChat,
    simulator: Simulator,
    order: TransferOrder,
    permitted: str,
    heard: Callable[[str], AnyNotice],
) -> None:
    notice = heard("authorizations")
    assert isinstance(notice, AuthorizationNotice)
    assert notice.event_type == "MCHTRANSFER.AUTHORIZATION.CONFIRMED"
    assert (notice.authorization.appid, notice.authorization.openid) == (order.appid, order.openid)
    assert notice.authorization.state is AuthorizationState.TAKING_EFFECT
    assert (
        wechat.transfers.query_authorization("A1").authorization_id == notice.authorization.authorization_id
    )

    paid = wechat.transfers.create_authorized(order, permitted)
    assert paid.state is TransferState.SUCCESS
    assert wechat.transfers.create_authorized(order, permitted).transfer_bill_no == paid.transfer_bill_no
    assert simulator.balance_fen("OPERATION") == FULL - 900


def test_a_permission_the_user_closed_pays_no_more(
    wechat: WeChat,
    simulator: Simulator,
    order: TransferOrder,
    permitted: str,
    heard: Callable[[str], AnyNotice],
) -> None:
    simulator.close_authorization(permitted)
    notice = heard("authorizations")
    assert isinstance(notice, AuthorizationNotice)
    assert notice.authorization.close_reason == "USER_CLOSE"
    with pytest.raises(errors.Refused):
        wechat.transfers.create_authorized(order, permitted)


def test_the_merchant_can_end_a_permission(wechat: WeChat, permitted: str) -> None:
    closed = wechat.transfers.close_authorization(permitted)
    assert (closed.state, closed.close_reason) == (AuthorizationState.CLOSED, "CLOSE_VIA_MCH_API")
    assert wechat.transfers.close_authorization(permitted).state is AuthorizationState.CLOSED
    with pytest.raises(errors.NotFound):
        wechat.transfers.close_authorization("A404")


def test_a_permission_not_given_within_a_day_is_over(
    wechat: WeChat, order: TransferOrder, clock: StillClock
) -> None:
    wechat.transfers.authorize(
        out_authorization_no="A2",
        appid=order.appid,
        openid=order.openid,
        scene_id="1009",
        user_display_name="农户",
    )
    clock.advance(hours=24)
    assert wechat.transfers.query_authorization("A2").state is AuthorizationState.CLOSED


def test_confirming_a_transfer_can_give_the_permission_as_well(
    wechat: WeChat, simulator: Simulator, order: TransferOrder
) -> None:
    made = wechat.transfers.create_and_authorize(order, "A3", "单株碳汇农户")
    assert made.state is TransferState.WAIT_USER_CONFIRM
    assert made.package_info is not None
    simulator.confirm_transfer("T1")
    assert wechat.transfers.query_authorization("A3").state is AuthorizationState.TAKING_EFFECT
    again = wechat.transfers.create_authorized(replace(order, out_bill_no="T2"), "A3")
    assert again.state is TransferState.SUCCESS
