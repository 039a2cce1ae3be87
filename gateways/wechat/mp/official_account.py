"""The page opened inside WeChat's browser: where to send it to sign in, and what it needs to scan and share."""

import hashlib
import secrets
from typing import TypedDict
from urllib.parse import urlencode

from gateways.wechat.api import ApiSession
from gateways.wechat.fields import Fields
from gateways.wechat.mp.tokens import SharedToken


class PageConfig(TypedDict):
    """The parameters of wx.config."""

    appId: str
    timestamp: int
    nonceStr: str
    signature: str


class OfficialAccountClient:
    """The official account's page; a call that needs the ticket may raise an ApiError."""

    def __init__(self, session: ApiSession, appid: str, open_base_url: str, token: SharedToken) -> None:
        self._appid = appid
        self._open_base_url = open_base_url.rstrip("/")
        self._now = token.now

        def ask(access_token: str) -> Fields:
            return session.get("/cgi-bin/ticket/getticket", {"access_token": access_token, "type": "jsapi"})

        def fetch() -> Fields:
            return token.use(ask)

        self._ticket = SharedToken(f"{appid}:jsapi_ticket", token.store, fetch, "ticket", token.now)

    def sign_in_url(self, redirect_uri: str, state: str) -> str:
        """Where to send the browser for a sign-in code; `state` is ours, single use, bound to the browser."""
        query = urlencode(
            {
                "appid": self._appid,
                "redirect_uri": redirect_uri,
                "response_type": "code",
                "scope": "snsapi_base",
                "state": state,
            }
        )
        return f"{self._open_base_url}/connect/oauth2/authorize?{query}#wechat_redirect"

    def page_config(self, url: str) -> PageConfig:
        """The signed parameters of wx.config for the page at `url`."""
        timestamp, nonce = int(self._now().timestamp()), secrets.token_hex(8)
        return {
            "appId": self._appid,
            "timestamp": timestamp,
            "nonceStr": nonce,
            "signature": page_signature(self._ticket.get(), nonce, timestamp, url),
        }


def page_signature(ticket: str, nonce: str, timestamp: int, url: str) -> str:
    """The signature of a page: SHA-1 (WeChat's choice) over ticket, nonce, seconds and the address up to its
    fragment.
    """
    text = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={url.partition('#')[0]}"
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
