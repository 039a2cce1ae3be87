"""The keys by which WeChat is believed: both kinds at once, changed without a break, never fetched by the flood."""

import threading
from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest

from gateways.wechat import WeChat, connect, errors
from gateways.wechat.errors import NoticeRefused, RefusalReason
from gateways.wechat.pay.keys import KeyMap, PlatformKey, UnknownSerial, platform_key
from gateways.wechat.simulator import Simulator
from tests.gateways.wechat.conftest import PUBLIC_URL, Inbox, StillClock

NUMBER = "D20260312000001"


class Counting(httpx.BaseTransport):
    """The simulator's transport, counting what is asked for."""

    def __init__(self, simulator: Simulator) -> None:
        self._inner = simulator.transport()
        self.paths: list[str] = []
        self.named: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.paths.append(request.url.path)
        self.named.append(request.headers["Wechatpay-Serial"])
        return self._inner.handle_request(request)

    @property
    def fetches(self) -> int:
        return self.paths.count("/v3/certificates")


@pytest.fixture
def network(simulator: Simulator) -> Counting:
    return Counting(simulator)


@pytest.fixture
def by_certificate(simulator: Simulator, network: Counting, clock: StillClock) -> WeChat:
    """A client of a merchant that knows one platform certificate and no public key."""
    simulator.configure("mode", "cert")
    certificate = simulator.world.keys.certificate
    settings = replace(
        simulator.settings(PUBLIC_URL),
        platform_keys={certificate.serial: certificate.certificate},
        encryption_serial=certificate.serial,
    )
    return connect(settings, network, clock)


def test_both_kinds_of_key_are_believed_at_once(
    wechat: WeChat, simulator: Simulator, inbox: Inbox, prepay: Callable[..., str], clock: StillClock
) -> None:
    simulator.configure("mode", "both")
    for number, percent in (("D00000001", 100), ("D00000002", 0)):
        simulator.configure("ramp_percent", percent)
        simulator.pay(prepay(number))
    serials = [headers["Wechatpay-Serial"] for _, headers, _ in inbox.received]
    assert serials == [simulator.world.keys.public_key_id, simulator.world.keys.certificate.serial]
    for _, headers, body in inbox.received:
        assert wechat.pay.read_notice(headers, body, clock()).event_type == "TRANSACTION.SUCCESS"


def test_answers_go_on_being_signed_by_the_key_the_request_named(
    by_certificate: WeChat, simulator: Simulator, network: Counting
) -> None:
    for _ in range(2):
        with pytest.raises(errors.NotFound):
            by_certificate.pay.query_by_number(NUMBER)
        simulator.rotate_certificate()
    assert network.fetches == 0
    assert network.named == [simulator.world.keys.certificate.serial] * 2


def test_a_callback_by_a_new_certificate_is_believed_after_one_fetch(
    by_certificate: WeChat,
    simulator: Simulator,
    network: Counting,
    inbox: Inbox,
    prepay: Callable[..., str],
) -> None:
    new = simulator.rotate_certificate()
    simulator.pay(prepay())
    _, headers, body = inbox.received[0]
    assert headers["Wechatpay-Serial"] == new
    now = by_certificate.now()
    assert by_certificate.pay.read_notice(headers, body, now).event_type == "TRANSACTION.SUCCESS"
    assert by_certificate.pay.read_notice(headers, body, now).event_type == "TRANSACTION.SUCCESS"
    assert network.fetches == 1


def test_certificates_are_fetched_again_after_twelve_hours_and_the_newest_encrypts(
    by_certificate: WeChat,
    simulator: Simulator,
    network: Counting,
    clock: StillClock,
    prepay: Callable[..., str],
) -> None:
    old, new = simulator.world.keys.certificate.serial, simulator.rotate_certificate()
    prepay()
    clock.advance(hours=12)
    by_certificate.pay.query_by_number(NUMBER)
    assert network.fetches == 0
    clock.advance(seconds=1)
    for _ in range(2):
        by_certificate.pay.query_by_number(NUMBER)
    assert network.fetches == 1
    assert network.named == [old, old, old, new]


def test_a_flood_of_unknown_serials_causes_one_fetch_a_minute(
    by_certificate: WeChat, simulator: Simulator, network: Counting, clock: StillClock
) -> None:
    def knock(number: int) -> RefusalReason:
        headers = simulator.sign(b"{}") | {"Wechatpay-Serial": f"{number:040X}"}
        with pytest.raises(NoticeRefused) as refused:
            by_certificate.pay.read_notice(headers, b"{}", clock())
        return refused.value.reason

    for second in range(120):
        assert {knock(second * 10 + part) for part in range(10)} == {RefusalReason.UNKNOWN_SERIAL}
        clock.advance(seconds=1)
    assert network.fetches == 2


def test_a_merchant_with_public_keys_only_has_no_certificates_and_that_is_no_error(
    simulator: Simulator, network: Counting, clock: StillClock
) -> None:
    keys = simulator.world.keys
    settings = replace(simulator.settings(PUBLIC_URL), platform_keys={keys.public_key_id: keys.public_key()})
    client = connect(settings, network, clock)
    clock.advance(days=3)
    with pytest.raises(errors.NotFound):
        client.pay.query_by_number(NUMBER)
    assert network.fetches == 0
    headers = simulator.sign(b"{}") | {"Wechatpay-Serial": "5" * 40}
    with pytest.raises(NoticeRefused):
        client.pay.read_notice(headers, b"{}", clock())
    assert network.fetches == 1
    with pytest.raises(errors.NotFound):
        client.pay.query_by_number(NUMBER)


def test_certificates_sealed_for_somebody_else_are_not_taken(
    simulator: Simulator, network: Counting, clock: StillClock
) -> None:
    simulator.configure("mode", "both")
    settings = replace(simulator.settings(PUBLIC_URL), api_v3_key="0123456789abcdef0123456789abcdef")
    client = connect(settings, network, clock)
    headers = simulator.sign(b"{}") | {"Wechatpay-Serial": "5" * 40}
    with pytest.raises(NoticeRefused):
        client.pay.read_notice(headers, b"{}", clock())
    assert network.fetches == 1
    with pytest.raises(errors.NotFound):
        client.pay.query_by_number(NUMBER)


def test_the_first_certificates_are_trusted_for_the_key_they_are_sealed_under(
    simulator: Simulator, network: Counting, clock: StillClock, prepay: Callable[..., str]
) -> None:
    prepay()
    simulator.configure("mode", "cert")
    client = connect(replace(simulator.settings(PUBLIC_URL), platform_keys={}), network, clock)
    assert client.pay.query_by_number(NUMBER).out_trade_no == NUMBER
    assert network.fetches == 1


@pytest.fixture
def fresh(simulator: Simulator, clock: StillClock) -> tuple[KeyMap, PlatformKey]:
    """An empty map and the key it could fetch."""
    certificate = simulator.world.keys.certificate
    return KeyMap({}, clock), platform_key(certificate.serial, certificate.certificate)


def test_one_thread_fetches_while_the_others_are_told_at_once(fresh: tuple[KeyMap, PlatformKey]) -> None:
    keys, known = fresh
    begun, may_end = threading.Event(), threading.Event()
    fetched = []

    def fetch() -> dict[str, PlatformKey]:
        fetched.append(1)
        begun.set()
        assert may_end.wait(10)
        return {known.serial: known}

    keys.fetch_with(fetch)
    found = []
    first = threading.Thread(target=lambda: found.append(keys.key(known.serial)))
    first.start()
    assert begun.wait(10)
    with pytest.raises(UnknownSerial):
        keys.key(known.serial)
    assert not keys.refresh()
    may_end.set()
    first.join()
    assert found == [known.key]
    assert keys.key(known.serial) is known.key
    assert len(fetched) == 1


def test_a_failed_fetch_leaves_the_keys_as_they_were(
    fresh: tuple[KeyMap, PlatformKey], clock: StillClock
) -> None:
    _, known = fresh
    certificate_pem = {known.serial: ""}

    def fail() -> dict[str, PlatformKey]:
        certificate_pem.clear()
        raise errors.Unreachable("NO_ANSWER")

    keys = KeyMap({}, clock)
    keys.fetch_with(lambda: {known.serial: known})
    assert keys.refresh()
    keys.fetch_with(fail)
    assert not keys.refresh()
    assert certificate_pem == {}
    assert known.serial in keys


def test_a_certificate_that_is_over_is_dropped(fresh: tuple[KeyMap, PlatformKey], clock: StillClock) -> None:
    keys, known = fresh
    keys.fetch_with(lambda: {known.serial: known})
    assert keys.key(known.serial) is known.key
    clock.advance(days=365 * 6)
    keys.fetch_with(dict)
    assert keys.refresh()
    assert known.serial not in keys
