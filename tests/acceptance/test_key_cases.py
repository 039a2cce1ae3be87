"""The keys by which WeChat is believed, as the whole application uses them."""

from dataclasses import replace

import httpx
from flask import Flask

from gateways.wechat import WeChatSettings
from gateways.wechat.simulator import Simulator
from tests.support.between import between
from tests.support.buying import Buyer
from tests.support.clock import SteppingClock
from tests.support.notices import HOOK
from tests.support.refunding import book

FLOOD_MINUTES = 3


class Fetches:
    """Counts the downloads of WeChat's certificates."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, request: httpx.Request) -> None:
        self.count += request.url.path == "/v3/certificates"


def test_unknown_serial_flood(app: Flask, sandbox: Simulator, lin: Buyer, clock: SteppingClock) -> None:
    fetches, client, statuses = Fetches(), app.test_client(), set()
    with between(app, before=fetches):
        for knock in range(FLOOD_MINUTES * 12):
            headers = sandbox.sign(b"{}") | {"Wechatpay-Serial": f"{knock:040X}"}
            statuses |= {client.post(HOOK, data=b"{}", headers=headers).status_code for _ in range(3)}
            clock.advance(seconds=5)
        assert statuses == {401}
        assert fetches.count == FLOOD_MINUTES
        number = lin.buy(count=1)
    assert fetches.count == FLOOD_MINUTES
    assert lin.shown(number)["status"] == "paid"


def test_both_key_kinds(app: Flask, sandbox: Simulator, lin: Buyer) -> None:
    sandbox.configure("mode", "both")
    fetches = Fetches()
    with between(app, before=fetches):
        for percent in (100, 0):
            sandbox.configure("ramp_percent", percent)
            lin.buy(count=1)
    assert book(app) == {"wechat": -600, "households": 600}
    assert fetches.count == 0


def test_certificate_rotation(app: Flask, sandbox: Simulator, lin: Buyer) -> None:
    sandbox.configure("mode", "cert")
    certificate = sandbox.world.keys.certificate

    def by_certificate(settings: WeChatSettings) -> WeChatSettings:
        known = {certificate.serial: certificate.certificate}
        return replace(settings, platform_keys=known, encryption_serial=certificate.serial)

    fetches = Fetches()
    with between(app, before=fetches, change=by_certificate):
        lin.buy(count=1)
        assert fetches.count == 0
        sandbox.rotate_certificate()
        for _ in range(2):
            number = lin.buy(count=1)
            assert [one.status for one in sandbox.deliveries(number)] == [204]
    assert fetches.count == 1
    assert book(app) == {"wechat": -900, "households": 900}
