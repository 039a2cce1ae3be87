"""Whatever goes wrong on the way, the client says what it knows, and a question by our number finds out the rest."""

from collections.abc import Callable

import pytest

from gateways.wechat import WeChat, errors
from gateways.wechat.simulator import Simulator
from gateways.wechat.simulator.faults import AFTER, BEFORE

NUMBER = "D20260312000001"
KINDS: dict[str, type[errors.PayError]] = {
    "drop": errors.Unreachable,
    "drop_after": errors.Unreachable,
    "slow": errors.Unreachable,
    "429": errors.RateLimited,
    "429_after": errors.RateLimited,
    "empty_404": errors.ProtocolError,
    "malformed": errors.ProtocolError,
    "wrong_signature": errors.ProtocolError,
    "stale": errors.ProtocolError,
    "unknown_serial": errors.ProtocolError,
}


@pytest.mark.parametrize("fault", [*BEFORE, *AFTER])
def test_every_fault_leaves_the_outcome_unknown_and_a_query_finds_it(
    wechat: WeChat, simulator: Simulator, prepay: Callable[..., str], fault: str
) -> None:
    simulator.fail(fault, "prepay", NUMBER, times=2)
    with pytest.raises(errors.Unknown) as unclear:
        prepay()
    assert type(unclear.value) is KINDS.get(fault, errors.Unknown)
    simulator.repair()
    if fault in AFTER:
        assert wechat.pay.query_by_number(NUMBER).total_fen == 300
    else:
        with pytest.raises(errors.NotFound):
            wechat.pay.query_by_number(NUMBER)
    assert prepay()


@pytest.mark.parametrize(
    "fault", ["drop", "drop_after", "500", "502_after", "429", "429_after", "202_after", "slow"]
)
def test_a_single_fault_is_bridged_by_the_second_try(
    simulator: Simulator, prepay: Callable[..., str], wechat: WeChat, fault: str
) -> None:
    for endpoint in ("prepay", "query_order", "close_order"):
        simulator.fail(fault, endpoint)
    assert prepay()
    assert not wechat.pay.query_by_number(NUMBER).is_paid
    wechat.pay.close(NUMBER)


def test_a_fault_strikes_only_its_endpoint_and_number(
    simulator: Simulator, prepay: Callable[..., str], wechat: WeChat
) -> None:
    simulator.fail("500", "close_order", "D00000002", times=2)
    prepay("D00000001")
    prepay("D00000002")
    wechat.pay.close("D00000001")
    with pytest.raises(errors.Unknown):
        wechat.pay.close("D00000002")
    wechat.pay.close("D00000002")


def test_sign_in_suffers_faults_as_well(wechat: WeChat, simulator: Simulator) -> None:
    for fault in ("drop", "500", "malformed", "empty_404", "drop_after"):
        simulator.fail(fault, "mini_program_sign_in")
        with pytest.raises(errors.ApiUnavailable):
            wechat.login.code_to_session("miniprogram", "demo:li")
    assert wechat.login.code_to_session("miniprogram", "demo:li").openid


def test_an_unknown_fault_or_way_to_deliver_is_refused(simulator: Simulator) -> None:
    with pytest.raises(ValueError, match="is none of"):
        simulator.fail("explode")
    with pytest.raises(ValueError, match="is none of"):
        simulator.misdeliver("explode")
