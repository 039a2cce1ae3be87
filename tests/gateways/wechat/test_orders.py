"""Orders between our client and the simulator: prepared, paid, queried, closed, announced."""

import base64
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest

from gateways.wechat import WeChat, connect, errors
from gateways.wechat.errors import NoticeRefused, RefusalReason
from gateways.wechat.fields import Fields
from gateways.wechat.pay import crypto
from gateways.wechat.pay.notices import TransactionNotice
from gateways.wechat.pay.records import TradeState
from gateways.wechat.simulator import Refuse, Simulator, create_simulator
from tests.gateways.wechat.conftest import PUBLIC_URL, START, Inbox, StillClock

NUMBER = "D20260312000001"


def test_a_paid_order_is_told_the_same_by_notice_and_by_both_queries(
    wechat: WeChat, simulator: Simulator, inbox: Inbox, prepay: Callable[..., str], clock: StillClock
) -> None:
    prepay_id = prepay(attach="出自订单")
    before = wechat.pay.query_by_number(NUMBER)
    assert (before.state, before.is_paid, before.transaction_id) == (TradeState.NOTPAY, False, None)

    paid = simulator.pay(f"prepay_id={prepay_id}")

    assert paid.notice_status == 204
    url, headers, body = inbox.received[0]
    assert url == f"{PUBLIC_URL}/hooks/wechat-pay/transactions"
    notice = wechat.pay.read_notice(headers, body, clock())
    assert isinstance(notice, TransactionNotice)
    assert notice.notice_id == paid.notice_id
    told = notice.transaction
    assert (told.merchant_id, told.appid) == (
        wechat.pay.merchant_id,
        wechat.settings.apps["miniprogram"].appid,
    )
    assert (told.out_trade_no, told.total_fen, told.currency, told.attach) == (NUMBER, 300, "CNY", "出自订单")
    assert told.paid_at == clock()
    assert wechat.pay.query_by_number(NUMBER) == told
    assert told.transaction_id is not None
    assert wechat.pay.query_by_transaction(told.transaction_id) == told


def test_the_payment_sheet_is_signed_by_the_merchant(wechat: WeChat, simulator: Simulator) -> None:
    sheet = wechat.pay.pay_sign("wxapp", "wx123")
    assert (sheet["package"], sheet["signType"]) == ("prepay_id=wx123", "RSA")
    message = crypto.pay_message("wxapp", sheet["timeStamp"], sheet["nonceStr"], sheet["package"])
    assert crypto.verify(simulator.world.merchant_key, message, sheet["paySign"])


def test_the_same_prepay_may_be_repeated_and_another_under_its_number_may_not(
    prepay: Callable[..., str],
) -> None:
    first = prepay()
    assert prepay() != first
    with pytest.raises(errors.Refused) as refused:
        prepay(total_fen=600)
    assert refused.value.code == "INVALID_REQUEST"


@pytest.mark.parametrize(
    "changes",
    [
        {"total_fen": 0},
        {"description": ""},
        {"description": "字" * 128},
        {"attach": "a" * 129},
        {"time_expire": START + timedelta(seconds=30)},
        {"time_expire": START + timedelta(days=91)},
        {"notify_url": "https://danzhu.example.org/hook?order=1"},
        {"notify_url": "http://danzhu.example.org/hook"},
        {"number": "short"},
        {"appid": "wx2421b1c4370ec43b"},
    ],
)
def test_the_simulator_keeps_the_limits_of_a_prepay(
    prepay: Callable[..., str], changes: dict[str, object]
) -> None:
    with pytest.raises(errors.Refused):
        prepay(**changes)


def test_close_is_repeatable_and_ends_an_order(
    wechat: WeChat, simulator: Simulator, prepay: Callable[..., str]
) -> None:
    prepay_id = prepay()
    wechat.pay.close(NUMBER)
    wechat.pay.close(NUMBER)
    assert wechat.pay.query_by_number(NUMBER).state is TradeState.CLOSED
    with pytest.raises(Refuse) as refused:
        simulator.pay(prepay_id)
    assert refused.value.code == "ORDER_CLOSED"
    with pytest.raises(errors.OrderClosed):
        prepay()


def test_closing_a_paid_order_says_that_it_is_paid(
    wechat: WeChat, simulator: Simulator, prepay: Callable[..., str]
) -> None:
    simulator.pay(prepay())
    with pytest.raises(errors.AlreadyPaid):
        wechat.pay.close(NUMBER)
    assert wechat.pay.query_by_number(NUMBER).is_paid


def test_an_order_wechat_never_heard_of_is_not_found(wechat: WeChat) -> None:
    for ask in (wechat.pay.query_by_number, wechat.pay.query_by_transaction, wechat.pay.close):
        with pytest.raises(errors.NotFound):
            ask("D99999999")


def test_an_order_is_paid_once_and_not_after_its_end(
    simulator: Simulator, prepay: Callable[..., str], clock: StillClock
) -> None:
    prepay_id = prepay()
    simulator.pay(prepay_id)
    with pytest.raises(Refuse) as refused:
        simulator.pay(prepay_id)
    assert refused.value.code == "ORDER_PAID"
    with pytest.raises(Refuse) as refused:
        simulator.pay("prepay_id=wx-none")
    assert refused.value.code == "ORDER_NOT_EXIST"
    late = prepay("D20260312000002", time_expire=START + timedelta(minutes=2))
    clock.advance(minutes=3)
    with pytest.raises(Refuse) as refused:
        simulator.pay(late)
    assert refused.value.code == "ORDER_CLOSED"


def test_the_payment_is_written_before_it_is_announced(
    wechat: WeChat, simulator: Simulator, prepay: Callable[..., str]
) -> None:
    seen = []

    def deliver(url: str, headers: object, body: bytes) -> int:
        seen.append(wechat.pay.query_by_number(NUMBER).state)
        return 204

    simulator.deliver_through(deliver)
    simulator.pay(prepay())
    assert seen == [TradeState.SUCCESS]


def test_a_refused_notice_is_repeated_on_the_schedule_with_a_fresh_signature(
    wechat: WeChat, simulator: Simulator, inbox: Inbox, prepay: Callable[..., str], clock: StillClock
) -> None:
    inbox.status = 500
    simulator.pay(prepay())
    assert simulator.deliver_due() == 0
    for wait in (15, 15, 30, 180, 600):
        clock.advance(seconds=wait - 1)
        assert simulator.deliver_due() == 0
        clock.advance(seconds=1)
        assert simulator.deliver_due() == 1
    ids = {Fields.parse(body).text("id") for _, _, body in inbox.received}
    assert len(ids) == 1
    _, headers, body = inbox.received[-1]
    assert wechat.pay.read_notice(headers, body, clock()).notice_id in ids
    assert len({headers["Wechatpay-Signature"] for _, headers, _ in inbox.received}) == 6
    inbox.status = 204
    clock.advance(seconds=1200)
    assert simulator.deliver_due() == 1
    clock.advance(days=2)
    assert simulator.deliver_due() == 0


def test_another_process_sees_the_same_world(
    wechat: WeChat, simulator: Simulator, prepay: Callable[..., str], clock: StillClock, tmp_path: object
) -> None:
    prepay_id = prepay()
    twin = create_simulator(
        simulator.world.storage.path, clock, simulator.world.keys, simulator.world.deliver
    )
    twin.pay(prepay_id)
    twin.close()
    assert wechat.pay.query_by_number(NUMBER).is_paid


def test_keys_are_made_once_and_only_their_owner_reads_them(tmp_path: object, clock: StillClock) -> None:
    path = f"{tmp_path}/own/wechat.sqlite3"
    first, second = create_simulator(path, clock), create_simulator(path, clock)
    assert first.world.keys == second.world.keys
    kept = sorted(
        (entry.name, entry.stat().st_mode & 0o777) for entry in first.world.storage.path.parent.iterdir()
    )
    assert ("wechat.sqlite3", 0o600) in kept
    assert ("wechat.sqlite3.keys.json", 0o600) in kept
    first.close()


def test_a_request_signed_by_another_key_is_refused(simulator: Simulator, clock: StillClock) -> None:
    settings = simulator.settings(PUBLIC_URL)
    stranger = connect(
        type(settings)(
            **(vars(settings) | {"merchant_private_key": simulator.world.keys.public_key_private})
        ),
        simulator.transport(),
        clock,
    )
    with pytest.raises(errors.SignError):
        stranger.pay.query_by_number(NUMBER)


def test_a_request_by_a_clock_that_is_off_is_refused(simulator: Simulator) -> None:
    behind = StillClock(START - timedelta(minutes=6))
    client = connect(simulator.settings(PUBLIC_URL), simulator.transport(), behind)
    with pytest.raises(errors.SignError):
        client.pay.query_by_number(NUMBER)


def _altered(simulator: Simulator, change: Callable[[httpx.Response], None]) -> httpx.BaseTransport:
    """The simulator's transport with every answer changed on its way."""
    inner = simulator.transport()

    class Altered(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            response = inner.handle_request(request)
            response.read()
            change(response)
            return response

    return Altered()


def _wrong_signature(response: httpx.Response) -> None:
    response.headers["Wechatpay-Signature"] = base64.b64encode(b"x" * 256).decode()


def _stale(response: httpx.Response) -> None:
    response.headers["Wechatpay-Timestamp"] = str(int(START.timestamp()) - 301)


def _unknown_serial(response: httpx.Response) -> None:
    response.headers["Wechatpay-Serial"] = "PUB_KEY_ID_UNKNOWN"


def _unsigned(response: httpx.Response) -> None:
    for name in [name for name in response.headers if name.startswith("wechatpay-")]:
        del response.headers[name]


@pytest.mark.parametrize("change", [_wrong_signature, _stale, _unknown_serial, _unsigned])
def test_an_answer_that_cannot_be_believed_leaves_the_outcome_unknown(
    simulator: Simulator,
    clock: StillClock,
    prepay: Callable[..., str],
    change: Callable[[httpx.Response], None],
) -> None:
    prepay()
    client = connect(simulator.settings(PUBLIC_URL), _altered(simulator, change), clock)
    with pytest.raises(errors.ProtocolError) as refused:
        client.pay.query_by_number(NUMBER)
    assert isinstance(refused.value, errors.Unknown)
    with pytest.raises(errors.ProtocolError):
        client.pay.close(NUMBER)


@pytest.fixture
def callback(simulator: Simulator, inbox: Inbox, prepay: Callable[..., str]) -> tuple[dict[str, str], bytes]:
    """The headers and body of a genuine payment notice."""
    simulator.pay(prepay())
    _, headers, body = inbox.received[0]
    return headers, body


@pytest.mark.parametrize(
    "header", ["Wechatpay-Timestamp", "Wechatpay-Nonce", "Wechatpay-Signature", "Wechatpay-Serial"]
)
def test_a_callback_without_a_signed_header_is_refused(
    wechat: WeChat, callback: tuple[dict[str, str], bytes], clock: StillClock, header: str
) -> None:
    headers, body = callback
    del headers[header]
    assert _refusal(wechat, headers, body, clock) is RefusalReason.MISSING_HEADER


def test_a_callback_counts_for_five_minutes_either_way(
    wechat: WeChat, callback: tuple[dict[str, str], bytes], clock: StillClock
) -> None:
    headers, body = callback
    for seconds in (-300, 300):
        at = clock() + timedelta(seconds=seconds)
        assert wechat.pay.read_notice(headers, body, at).event_type == "TRANSACTION.SUCCESS"
    for seconds in (-301, 301, 86400 * 365 * 6):
        elsewhen = StillClock(clock() + timedelta(seconds=seconds))
        assert _refusal(wechat, headers, body, elsewhen) is RefusalReason.STALE
    headers["Wechatpay-Timestamp"] = "yesterday"
    assert _refusal(wechat, headers, body, clock) is RefusalReason.STALE


def test_a_callback_by_an_unknown_key_is_refused(
    wechat: WeChat, callback: tuple[dict[str, str], bytes], clock: StillClock
) -> None:
    headers, body = callback
    headers["Wechatpay-Serial"] = "5" * 40
    assert _refusal(wechat, headers, body, clock) is RefusalReason.UNKNOWN_SERIAL


def test_a_signature_probe_is_refused_like_any_wrong_signature(
    wechat: WeChat, callback: tuple[dict[str, str], bytes], clock: StillClock
) -> None:
    headers, body = callback
    genuine = headers["Wechatpay-Signature"]
    for signature in (f"WECHATPAY/SIGNTEST/{genuine}", f"WECHATPAY/SIGNTEST/{genuine[19:]}", "?"):
        headers["Wechatpay-Signature"] = signature
        assert _refusal(wechat, headers, body, clock) is RefusalReason.BAD_SIGNATURE


def test_a_changed_callback_is_refused(
    wechat: WeChat, callback: tuple[dict[str, str], bytes], clock: StillClock
) -> None:
    headers, body = callback
    assert _refusal(wechat, headers, body + b" ", clock) is RefusalReason.BAD_SIGNATURE


def test_a_signed_callback_that_is_not_json_or_not_ours_to_open_is_refused(
    wechat: WeChat, simulator: Simulator, callback: tuple[dict[str, str], bytes], clock: StillClock
) -> None:
    _, body = callback
    cases = {
        b"<xml><return_code>SUCCESS</return_code></xml>": RefusalReason.NOT_JSON,
        b"": RefusalReason.NOT_JSON,
        b"[]": RefusalReason.NOT_JSON,
        b"{}": RefusalReason.MALFORMED,
        body.replace(b'"ciphertext":"', b'"ciphertext":"AAAA'): RefusalReason.CANNOT_DECRYPT,
        body.replace(b"AEAD_AES_256_GCM", b"AEAD_SM4_GCM"): RefusalReason.CANNOT_DECRYPT,
    }
    for raw, reason in cases.items():
        assert _refusal(wechat, simulator.sign(raw), raw, clock) is reason


def test_a_notice_is_told_apart_by_event_type_and_original_type_together(
    wechat: WeChat, simulator: Simulator, callback: tuple[dict[str, str], bytes], clock: StillClock
) -> None:
    _, body = callback
    sharing = body.replace(b'"original_type":"transaction"', b'"original_type":"profitsharing"')
    assert sharing != body
    notice = wechat.pay.read_notice(simulator.sign(sharing), sharing, clock())
    assert type(notice).__name__ == "OtherNotice"
    assert notice.event_type == "TRANSACTION.SUCCESS"


def _refusal(wechat: WeChat, headers: dict[str, str], body: bytes, clock: StillClock) -> RefusalReason:
    with pytest.raises(NoticeRefused) as refused:
        wechat.pay.read_notice(headers, body, clock())
    return refused.value.reason
