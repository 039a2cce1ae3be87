"""The simulator itself: alone on a port, in several processes, controlled over HTTP, as bare as WeChat in errors."""

import multiprocessing
import socket
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateways.wechat import WeChat, connect, errors
from gateways.wechat.pay import crypto
from gateways.wechat.simulator import (
    IN_PROCESS_URL,
    Simulator,
    SimulatorKeys,
    create_simulator,
    deliver_by_http,
    deliver_to_wsgi,
    demo_settings,
    serving,
)
from tests.gateways.wechat.conftest import PUBLIC_URL, START, Inbox, StillClock

NUMBER = "D20260312000001"


def test_an_unsigned_or_unknown_request_gets_what_wechat_answers(simulator: Simulator) -> None:
    client = simulator.app.test_client()
    cases = {
        ("GET", "/v3/pay/transactions/id/1"): (401, "SIGN_ERROR"),
        ("GET", "/v3/nothing"): (404, ""),
        ("DELETE", "/v3/certificates"): (405, ""),
    }
    for (method, path), (status, code) in cases.items():
        answer = client.open(path, method=method, headers={"User-Agent": "x", "Accept": "application/json"})
        assert (answer.status_code, (answer.get_json(silent=True) or {}).get("code", "")) == (status, code)
        assert bool(answer.data) is bool(code)
        assert "Wechatpay-Signature" not in answer.headers
    answer = client.get("/v3/certificates", headers={"User-Agent": ""})
    assert (answer.status_code, answer.get_json()["code"]) == (400, "INVALID_REQUEST")


def test_a_body_that_is_no_json_object_is_a_parameter_error(simulator: Simulator, clock: StillClock) -> None:
    keys, path = simulator.world.keys, "/v3/pay/transactions/jsapi"
    timestamp = str(int(clock().timestamp()))
    for body in (b"[]", b"{", b"\xff", b""):
        message = crypto.request_message("POST", path, timestamp, "n", body)
        signature = crypto.sign(crypto.load_private_key(keys.merchant_private_key, own=True), message)
        signed = crypto.authorization(keys.merchant_id, keys.merchant_serial, "n", timestamp, signature)
        answer = simulator.app.test_client().post(path, data=body, headers={"Authorization": signed})
        assert (answer.status_code, answer.get_json()["code"]) == (400, "PARAM_ERROR")


def test_control_offers_every_verb_over_http(
    simulator: Simulator, prepay: Callable[..., str], wechat: WeChat, inbox: Inbox
) -> None:
    client = simulator.app.test_client()
    listed = client.get("/_sim/").get_json()
    assert listed["pay"].startswith("Pay a prepared order")
    assert set(listed) == set(simulator.verbs())
    prepay()
    client.post("/_sim/misdeliver", json={"variant": "twice", "number": NUMBER})
    paid = client.post("/_sim/pay_number", json={"out_trade_no": NUMBER}).get_json()["result"]
    assert (paid["out_trade_no"], paid["notice_status"]) == (NUMBER, 204)
    assert len(inbox.received) == 2
    deliveries = client.post("/_sim/deliveries", json={"number": NUMBER}).get_json()["result"]
    assert [one["variant"] for one in deliveries] == ["twice", ""]
    assert client.post("/_sim/advance", json={"days": 1}).status_code == 200
    assert wechat.pay.query_by_number(NUMBER).is_paid


@pytest.mark.parametrize(
    ("verb", "body", "status"),
    [
        ("explode", {}, 404),
        ("pay", {}, 400),
        ("pay", {"package": "prepay_id=none"}, 404),
        ("fail", {"fault": "explode"}, 400),
        ("configure", {"name": "mode", "value": 7}, 400),
        ("redeliver", {"notice_id": "EV-none"}, 400),
    ],
)
def test_control_refuses_what_it_does_not_understand(
    simulator: Simulator, verb: str, body: dict[str, object], status: int
) -> None:
    answer = simulator.app.test_client().post(f"/_sim/{verb}", json=body)
    assert answer.status_code == status
    assert answer.get_json()["code"]


def test_the_cashier_pays_and_the_notice_arrives_in_the_same_process(
    simulator: Simulator, prepay: Callable[..., str]
) -> None:
    seen = []

    def hook(environ: dict[str, object], start_response: Callable[..., object]) -> list[bytes]:
        seen.append((environ["PATH_INFO"], environ["HTTP_WECHATPAY_SERIAL"]))
        start_response("204 No Content", [])
        return [b""]

    simulator.deliver_through(deliver_to_wsgi(hook))
    answer = simulator.app.test_client().post("/cashier", json={"package": f"prepay_id={prepay()}"})
    assert answer.get_json()["notice_status"] == 204
    assert seen == [("/hooks/wechat-pay/transactions", simulator.world.keys.public_key_id)]
    refused = simulator.app.test_client().post("/cashier", json={"package": "prepay_id=none"})
    assert (refused.status_code, refused.get_json()["code"]) == (404, "ORDER_NOT_EXIST")


def test_time_moves_for_this_world_while_signatures_keep_the_time_of_the_wire(
    wechat: WeChat, simulator: Simulator, prepay: Callable[..., str]
) -> None:
    prepay()
    simulator.advance(minutes=15)
    assert wechat.pay.query_by_number(NUMBER).state.value == "CLOSED"
    later = create_simulator(simulator.world.storage.path, simulator.world.clock, simulator.world.keys)
    assert later.world.now() == int(START.timestamp()) + 900


def test_an_order_can_be_brought_to_its_end(
    wechat: WeChat, simulator: Simulator, prepay: Callable[..., str]
) -> None:
    prepay()
    simulator.expire_order(NUMBER)
    assert wechat.pay.query_by_number(NUMBER).state.value == "CLOSED"


def _pay_all(path: Path, keys: SimulatorKeys, numbers: list[str]) -> None:
    """What one of several processes does: pay orders that another has prepared."""
    twin = create_simulator(path, StillClock(), keys, Inbox())
    for number in numbers:
        twin.pay_number(number)
    twin.close()


def test_several_processes_share_one_world(
    wechat: WeChat, simulator: Simulator, prepay: Callable[..., str], keys: SimulatorKeys
) -> None:
    numbers = [f"D2026031200{n:04d}" for n in range(24)]
    for number in numbers:
        prepay(number)
    method = multiprocessing.get_context("spawn")
    path = simulator.world.storage.path
    workers = [method.Process(target=_pay_all, args=(path, keys, numbers[part::3])) for part in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    assert all(wechat.pay.query_by_number(number).is_paid for number in numbers)
    assert simulator.balance_fen() == 24 * 298


def test_the_simulator_is_usable_alone_on_a_port(tmp_path: Path, keys: SimulatorKeys) -> None:
    simulator = create_simulator(tmp_path / "alone.sqlite3", keys=keys, deliver=Inbox())
    with serving(simulator, "127.0.0.1", 0) as url:
        client = connect(simulator.settings(PUBLIC_URL, url))
        identity = client.login.code_to_session("miniprogram", "demo:li")
        order: dict[str, Any] = {
            "appid": identity.appid,
            "openid": identity.openid,
            "out_trade_no": NUMBER,
            "description": "单株碳汇",
            "total_fen": 300,
            "time_expire": client.now() + timedelta(minutes=15),
        }
        # A connection cut before and one cut after the work was done, over a real socket.
        simulator.fail("drop", "prepay")
        prepay_id = client.pay.prepay_jsapi(**order)
        simulator.fail("drop_after", "close_order")
        client.pay.close(NUMBER)
        assert client.pay.query_by_number(NUMBER).state.value == "CLOSED"
        assert httpx.post(f"{url}/_sim/pay", json={"package": prepay_id}).status_code == 400
        client.close()
    simulator.close()


def test_a_callback_nobody_answers_counts_as_not_delivered() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    assert deliver_by_http(f"http://127.0.0.1:{port}/hook", {}, b"{}") == 0


def test_demo_settings_match_the_keys_kept_beside_the_storage(tmp_path: Path, clock: StillClock) -> None:
    path = tmp_path / "wechat"
    settings = demo_settings(path, "http://127.0.0.1:8000", clock=clock)
    simulator = create_simulator(path, clock, deliver=Inbox())
    assert settings.pay_base_url == IN_PROCESS_URL
    assert settings.open_base_url == "http://127.0.0.1:8000/sandbox"
    client = connect(settings, simulator.transport(), clock)
    with pytest.raises(errors.NotFound):
        client.pay.query_by_number(NUMBER)
    identity = client.login.code_to_session("miniprogram", "demo:li")
    prepay_id = client.pay.prepay_jsapi(
        appid=identity.appid,
        openid=identity.openid,
        out_trade_no=NUMBER,
        description="单株碳汇",
        total_fen=300,
        time_expire=clock() + timedelta(minutes=15),
    )
    # Our own callbacks may live on this machine in a demonstration.
    assert simulator.pay(prepay_id).total_fen == 300
    simulator.close()


def test_somebody_elses_openid_cannot_pay_in_another_app(wechat: WeChat, prepay: Callable[..., str]) -> None:
    elsewhere = wechat.login.code_to_session("official_account", "demo:li")
    with pytest.raises(errors.Refused) as refused:
        prepay(openid=elsewhere.openid)
    assert refused.value.code == "PARAM_ERROR"
    assert prepay(appid=elsewhere.appid, openid=elsewhere.openid)
