"""A client not written here finds the simulator to be WeChat Pay: wechatpayv3, in public-key mode, over a real port."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from wechatpayv3 import WeChatPay, WeChatPayType

from domain import clock
from gateways.wechat.simulator import Simulator, SimulatorKeys, create_simulator, serving
from gateways.wechat.simulator.logins import openid_of
from tests.gateways.wechat.conftest import PUBLIC_URL, Inbox

NUMBER = "PEER20260312001"


@pytest.fixture
def world(tmp_path: Path, keys: SimulatorKeys, inbox: Inbox) -> Iterator[tuple[Simulator, str]]:
    """A simulator on a port, with the time of the wall because the peer knows no other."""
    simulator = create_simulator(tmp_path / "peer.sqlite3", keys=keys, deliver=inbox)
    with serving(simulator, "127.0.0.1", 0) as url:
        yield simulator, url
    simulator.close()


@pytest.fixture
def appid(keys: SimulatorKeys) -> str:
    return keys.apps["miniprogram"].appid


@pytest.fixture
def peer(world: tuple[Simulator, str], keys: SimulatorKeys, appid: str) -> Any:
    client = WeChatPay(
        wechatpay_type=WeChatPayType.MINIPROG,
        mchid=keys.merchant_id,
        private_key=keys.merchant_private_key,
        cert_serial_no=keys.merchant_serial,
        appid=appid,
        apiv3_key=keys.api_v3_key,
        notify_url=f"{PUBLIC_URL}/hooks/wechat-pay/transactions",
        public_key=keys.public_key(),
        public_key_id=keys.public_key_id,
        timeout=(3, 10),
    )
    # It has no setting for the host.
    client._core._gate_way = world[1]
    return client


@pytest.fixture
def paid(world: tuple[Simulator, str], peer: Any, appid: str) -> str:
    """The transaction id of an order that the peer prepared and somebody paid."""
    expires = clock.now() + timedelta(minutes=15)
    status, answer = peer.pay(
        description="单株碳汇 1 株",
        out_trade_no=NUMBER,
        amount={"total": 300},
        payer={"openid": openid_of(appid, "li")},
        time_expire=expires.isoformat(timespec="seconds"),
    )
    assert status == 200, answer
    return world[0].pay(json.loads(answer)["prepay_id"]).transaction_id


def test_the_peer_prepares_queries_and_closes(peer: Any, appid: str) -> None:
    status, _ = peer.pay(
        description="x", out_trade_no=NUMBER, amount={"total": 300}, payer={"openid": openid_of(appid, "li")}
    )
    assert status == 200
    status, answer = peer.query(out_trade_no=NUMBER)
    assert (status, json.loads(answer)["trade_state"]) == (200, "NOTPAY")
    assert peer.close(NUMBER)[0] == 204
    assert json.loads(peer.query(out_trade_no=NUMBER)[1])["trade_state"] == "CLOSED"
    assert peer.query(out_trade_no="PEER404")[0] == 404


def test_the_peer_believes_the_payment_notice_and_finds_the_payment(
    peer: Any, paid: str, inbox: Inbox
) -> None:
    _, headers, body = inbox.received[0]
    notice = peer.callback(headers, body)
    assert notice["event_type"] == "TRANSACTION.SUCCESS"
    assert notice["resource"]["transaction_id"] == paid
    assert notice["resource"]["amount"]["total"] == 300
    status, answer = peer.query(transaction_id=paid)
    assert (status, json.loads(answer)["trade_state"]) == (200, "SUCCESS")


def test_the_peer_refunds_and_believes_the_refund_notice(
    world: tuple[Simulator, str], peer: Any, paid: str, inbox: Inbox
) -> None:
    status, answer = peer.refund(
        out_refund_no="PEERR1",
        out_trade_no=NUMBER,
        amount={"refund": 100, "total": 300, "currency": "CNY"},
        notify_url=f"{PUBLIC_URL}/hooks/wechat-pay/refunds",
    )
    assert (status, json.loads(answer)["status"]) == (200, "PROCESSING")
    world[0].deliver_due()
    status, answer = peer.query_refund("PEERR1")
    assert (status, json.loads(answer)["status"]) == (200, "SUCCESS")
    _, headers, body = inbox.received[-1]
    notice = peer.callback(headers, body)
    assert (notice["event_type"], notice["resource"]["refund_status"]) == ("REFUND.SUCCESS", "SUCCESS")


def test_the_peer_transfers_with_an_encrypted_name(
    world: tuple[Simulator, str], peer: Any, appid: str, inbox: Inbox
) -> None:
    made = {
        "out_bill_no": "PEERT1",
        "transfer_scene_id": "1009",
        "openid": openid_of(appid, "zhang"),
        "transfer_amount": 900,
        "transfer_remark": "收入",
        "user_name": "张三",
        "transfer_scene_report_infos": [{"info_type": "采购商品名称", "info_content": "单株碳汇"}],
        "notify_url": f"{PUBLIC_URL}/hooks/wechat-pay/transfers",
    }
    status, answer = peer.mch_transfer_bills(**made)
    assert (status, json.loads(answer)["state"]) == (200, "WAIT_USER_CONFIRM")
    world[0].confirm_transfer("PEERT1")
    world[0].deliver_due()
    status, answer = peer.mch_transfer_bills_query(out_bill_no="PEERT1")
    assert (status, json.loads(answer)["state"]) == (200, "SUCCESS")
    notice = peer.callback(*inbox.received[-1][1:])
    assert (notice["event_type"], notice["resource"]["out_bill_no"]) == (
        "MCHTRANSFER.BILL.FINISHED",
        "PEERT1",
    )
    status, answer = peer.mch_transfer_bills(**(made | {"out_bill_no": "PEERT2"}))
    assert status == 200, answer
    assert json.loads(peer.mch_transfer_bills_cancel("PEERT2")[1])["state"] == "CANCELING"


def test_the_peer_reads_and_answers_a_complaint(world: tuple[Simulator, str], peer: Any, paid: str) -> None:
    assert peer.complaint_notification_create(f"{PUBLIC_URL}/hooks/wechat-pay/complaints")[0] == 200
    number = world[0].complain(NUMBER, "没有收到证书", "13912345678")
    status, answer = peer.complaint_detail_query(number)
    assert status == 200
    assert peer.decrypt(json.loads(answer)["payer_phone"]) == "13912345678"
    assert peer.complaint_response(number, "已补发")[0] == 204
    assert peer.complaint_complete(number)[0] == 204
