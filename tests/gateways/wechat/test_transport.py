"""Unclear answers are tried once more at the backup host with the same parameters; clear ones never are."""

from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest

from gateways.wechat import WeChat, connect, errors
from gateways.wechat.pay import crypto
from gateways.wechat.simulator import Simulator
from tests.gateways.wechat.conftest import PUBLIC_URL, StillClock

MAIN, BACKUP = "https://main.invalid", "https://backup.invalid"


class Unsteady(httpx.BaseTransport):
    """The simulator behind a network that first misbehaves as told."""

    def __init__(self, simulator: Simulator, *faults: object) -> None:
        self.inner = simulator.transport()
        self.faults = list(faults)
        self.seen: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        fault = self.faults.pop(0) if self.faults else None
        if isinstance(fault, Exception):
            raise fault
        if isinstance(fault, httpx.Response):
            return fault
        return self.inner.handle_request(request)


@pytest.fixture
def unsteady(simulator: Simulator, clock: StillClock) -> Callable[..., tuple[WeChat, Unsteady]]:
    def make(*faults: object) -> tuple[WeChat, Unsteady]:
        network = Unsteady(simulator, *faults)
        settings = replace(simulator.settings(PUBLIC_URL), pay_base_url=MAIN, pay_backup_url=BACKUP)
        return connect(settings, network, clock), network

    return make


@pytest.mark.parametrize(
    "fault",
    [
        httpx.ConnectError("refused"),
        httpx.ConnectTimeout("slow"),
        httpx.ReadTimeout("slow"),
        httpx.RemoteProtocolError("cut"),
        *(httpx.Response(status) for status in (202, 429, 500, 502, 503)),
    ],
)
def test_an_unclear_answer_is_tried_once_more_at_the_backup_host(
    unsteady: Callable[..., tuple[WeChat, Unsteady]], prepay: Callable[..., str], fault: object
) -> None:
    prepay()
    client, network = unsteady(fault)
    client.pay.close("D20260312000001")
    first, second = network.seen
    assert (first.url.host, second.url.host) == ("main.invalid", "backup.invalid")
    assert (first.url.path, first.content) == (second.url.path, second.content)
    parts = [crypto.read_authorization(request.headers["Authorization"]) for request in (first, second)]
    assert parts[0] is not None
    assert parts[1] is not None
    assert parts[0]["nonce_str"] != parts[1]["nonce_str"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405])
def test_a_clear_no_is_never_repeated(unsteady: Callable[..., tuple[WeChat, Unsteady]], status: int) -> None:
    client, network = unsteady(httpx.Response(status, content=b'{"code":"PARAM_ERROR","message":"m"}'))
    with pytest.raises(errors.Refused):
        client.pay.query_by_number("D20260312000001")
    assert len(network.seen) == 1


def test_two_failures_leave_the_outcome_unknown(unsteady: Callable[..., tuple[WeChat, Unsteady]]) -> None:
    client, network = unsteady(httpx.ReadTimeout("slow"), httpx.ReadTimeout("slow"))
    with pytest.raises(errors.Unreachable) as failed:
        client.pay.close("D20260312000001")
    assert isinstance(failed.value, errors.Unknown)
    assert len(network.seen) == 2
    client, network = unsteady(httpx.Response(429), httpx.Response(429))
    with pytest.raises(errors.RateLimited):
        client.pay.close("D20260312000001")


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (404, b"", errors.ProtocolError),
        (404, b'{"code":"ORDERNOTEXIST"}', errors.NotFound),
        (403, b'{"code":"NOTENOUGH"}', errors.NotEnough),
        (400, b'{"code":"ORDERCLOSED"}', errors.OrderClosed),
        (403, b'{"code":"OUT_TRADE_NO_USED"}', errors.NumberUsed),
        (400, b'{"code":"SOMETHING_NEW"}', errors.Unknown),
        (400, b"<html>", errors.Unknown),
        (500, b'{"code":"OPENID_MISMATCH"}', errors.Refused),
        (500, b'{"code":"ORDER_NOT_EXIST"}', errors.Unknown),
        (403, b'{"code":"RULE_LIMIT"}', errors.NotAllowed),
    ],
)
def test_wechats_codes_become_our_words(status: int, body: bytes, kind: type[errors.PayError]) -> None:
    error = errors.pay_error(status, body, "R1")
    assert type(error) is kind
    assert (error.status, error.request_id) == (status, "R1")


def test_both_time_limits_are_set(simulator: Simulator, clock: StillClock) -> None:
    seen = []

    class Limits(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            seen.append(request.extensions["timeout"])
            raise httpx.ConnectError("down")

    client = connect(simulator.settings(PUBLIC_URL), Limits(), clock)
    with pytest.raises(errors.Unreachable):
        client.pay.close("D20260312000001")
    assert [(limit["connect"], limit["read"]) for limit in seen] == [(3.0, 10.0), (3.0, 10.0)]
