"""Our own thin client for WeChat login, WeChat Pay and the mini-program APIs, and a twin that answers like WeChat.

The client never knows whether it talks to WeChat or to the twin: only addresses and keys differ.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

import httpx

from domain import clock
from gateways.wechat.api import ApiSession
from gateways.wechat.errors import Misconfigured
from gateways.wechat.login import Identity, LoginClient
from gateways.wechat.mp.mini_program import MiniProgramClient
from gateways.wechat.mp.official_account import OfficialAccountClient
from gateways.wechat.mp.tokens import MemoryTokenStore, StoredToken, TokenStore, access_token, stable_token
from gateways.wechat.pay.bills import BillClient
from gateways.wechat.pay.certificates import fetch_certificates
from gateways.wechat.pay.client import PayClient
from gateways.wechat.pay.complaints import ComplaintClient
from gateways.wechat.pay.keys import KeyMap
from gateways.wechat.pay.refunds import RefundClient
from gateways.wechat.pay.session import PaySession
from gateways.wechat.pay.transfers import TransferClient, TransferOrder
from gateways.wechat.settings import (
    MINIPROGRAM,
    OFFICIAL_ACCOUNT,
    App,
    SettingRefused,
    WeChatSettings,
    check_for_production,
)
from gateways.wechat.transport import Transport

__all__ = [
    "App",
    "BillClient",
    "ComplaintClient",
    "Identity",
    "LoginClient",
    "MemoryTokenStore",
    "MiniProgramClient",
    "OfficialAccountClient",
    "PayClient",
    "RefundClient",
    "SettingRefused",
    "StoredToken",
    "TokenStore",
    "TransferClient",
    "TransferOrder",
    "WeChat",
    "WeChatSettings",
    "check_for_production",
    "connect",
]


@dataclass(frozen=True)
class WeChat:
    """Everything the programme asks of WeChat; one per process, shared by its threads."""

    settings: WeChatSettings
    pay: PayClient
    refunds: RefundClient
    transfers: TransferClient
    bills: BillClient
    complaints: ComplaintClient
    login: LoginClient
    session: ApiSession
    tokens: TokenStore
    now: Callable[[], datetime]
    transport: Transport

    def mini_program(self) -> MiniProgramClient:
        """The mini program's APIs; Misconfigured when the merchant has none."""
        app = self._app(MINIPROGRAM)
        token = access_token(self.session, app, self.tokens, self.now)
        return MiniProgramClient(self.session, app.appid, token)

    def official_account(self) -> OfficialAccountClient:
        """The official account's APIs; Misconfigured when the merchant has none."""
        app = self._app(OFFICIAL_ACCOUNT)
        token = access_token(self.session, app, self.tokens, self.now)
        return OfficialAccountClient(self.session, app.appid, self.settings.open_base_url, token)

    def force_new_token(self, channel: str) -> None:
        """End an app's access token at WeChat and keep the new one; for an operator whose token has leaked."""
        app = self._app(channel)
        token = access_token(self.session, app, self.tokens, self.now)
        replace(token, fetch=partial(stable_token, self.session, app, force=True)).renew()

    def close(self) -> None:
        """Give the connections back."""
        self.transport.close()

    def _app(self, channel: str) -> App:
        if channel not in self.settings.apps:
            raise Misconfigured(0, "channel_not_set_up")
        return self.settings.apps[channel]


def connect(
    settings: WeChatSettings,
    transport: httpx.BaseTransport | None = None,
    now: Callable[[], datetime] = clock.now,
    tokens: TokenStore | None = None,
) -> WeChat:
    """The clients for these settings; nothing is sent yet.

    `transport` puts something else than the network below them (the simulator in process); `now` is the clock that
    signs and judges timestamps; `tokens` is where processes share access tokens (else each process keeps its own).
    Raises ValueError for a key that cannot be read.
    """
    sender = Transport(settings.connect_timeout, settings.read_timeout, transport)
    keys = KeyMap(settings.platform_keys, now)
    pay = PaySession(settings, sender, keys, now)
    keys.fetch_with(partial(fetch_certificates, pay))
    api = ApiSession(settings.api_base_url, sender)
    return WeChat(
        settings=settings,
        pay=PayClient(pay),
        refunds=RefundClient(pay),
        transfers=TransferClient(pay),
        bills=BillClient(pay),
        complaints=ComplaintClient(pay),
        login=LoginClient(api, settings.apps),
        session=api,
        tokens=tokens or MemoryTokenStore(),
        now=now,
        transport=sender,
    )
