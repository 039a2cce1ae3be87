"""Who is signing in: a code from the mini program or the official account's page, exchanged for an openid."""

from collections.abc import Mapping
from dataclasses import dataclass

from gateways.wechat.api import ApiSession
from gateways.wechat.errors import ApiUnavailable, CodeRefused, Misconfigured
from gateways.wechat.fields import Malformed
from gateways.wechat.settings import MINIPROGRAM, App

LONGEST_CODE = 128


@dataclass(frozen=True)
class Identity:
    """A user of one app; `unionid` joins the same person across the merchant's apps where WeChat gives it."""

    appid: str
    openid: str
    unionid: str | None


class LoginClient:
    """Exchanges sign-in codes, each good for one exchange within five minutes."""

    def __init__(self, session: ApiSession, apps: Mapping[str, App]) -> None:
        self._session = session
        self._apps = apps

    def app(self, channel: str) -> App:
        """The app of a channel; Misconfigured when the merchant has none."""
        if channel not in self._apps:
            raise Misconfigured(0, "channel_not_set_up")
        return self._apps[channel]

    def code_to_session(self, channel: str, code: str) -> Identity:
        """The identity behind a code of `miniprogram` or `official_account`.

        The session key or user token that comes along is dropped here: nothing of ours needs it. Raises
        CodeRefused, TooFrequent, UserBlocked, Misconfigured or ApiUnavailable.
        """
        app = self.app(channel)
        if not 0 < len(code) <= LONGEST_CODE:
            raise CodeRefused(40029, "code_invalid")
        params = {"appid": app.appid, "secret": app.secret, "grant_type": "authorization_code"}
        if channel == MINIPROGRAM:
            answer = self._session.get("/sns/jscode2session", {**params, "js_code": code})
        else:
            answer = self._session.get("/sns/oauth2/access_token", {**params, "code": code})
        try:
            return Identity(app.appid, answer.text("openid"), answer.optional_text("unionid"))
        except Malformed as failure:
            raise ApiUnavailable(0, "answer_not_readable") from failure
