"""Pages opened inside WeChat's browser: what they need to scan and share, and where they go to sign in."""

import logging
from dataclasses import dataclass
from urllib.parse import urlsplit

from domain.errors import Invalid, Unavailable
from domain.sign_in_states import browser_secret, make_state
from flows.running import Running
from gateways.wechat.errors import ApiError, Misconfigured
from gateways.wechat.mp.official_account import OfficialAccountClient, PageConfig
from models import end_reading

log = logging.getLogger("danzhu.wechat_pages")


@dataclass(frozen=True, slots=True)
class SignInPage:
    """WeChat's sign-in page for one browser; `browser` is what that browser is to keep."""

    url: str
    state: str
    browser: str


def page_config(parts: Running, url: str) -> PageConfig:
    """The signed parameters of wx.config for one of our own pages; raises Invalid("url_not_ours"), Unavailable."""
    _check_ours(parts, url)
    end_reading()
    try:
        return _account(parts).page_config(url)
    except ApiError as error:
        log.warning("no ticket for pages", extra={"reason": error.word})
        raise Unavailable("wechat_unavailable") from error


def sign_in_page(parts: Running, return_to: str, browser: str | None) -> SignInPage:
    """Where a browser goes to come back to one of our own pages with a code and the state made for it."""
    _check_ours(parts, return_to)
    secret = browser_secret(browser, parts.random)
    state = make_state(parts.settings.secret_key, secret, parts.clock(), parts.random)
    return SignInPage(_account(parts).sign_in_url(return_to, state), state, secret)


def _account(parts: Running) -> OfficialAccountClient:
    try:
        return parts.wechat.official_account()
    except Misconfigured as error:
        raise Unavailable("channel_not_configured") from error


def _check_ours(parts: Running, url: str) -> None:
    """Refuse to sign for, or send a code to, a page that is not ours."""
    ours = urlsplit(parts.settings.public_url)
    try:
        asked = urlsplit(url)
    except ValueError:
        raise Invalid("url_not_ours") from None
    if (asked.scheme, asked.netloc) != (ours.scheme, ours.netloc) or "\\" in url:
        raise Invalid("url_not_ours")
