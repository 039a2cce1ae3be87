"""Signing in with WeChat: ask WeChat who it is, then open a session."""

import logging
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from domain.errors import Forbidden, Invalid, TooMany, Unavailable
from domain.sign_in_states import read_state
from flows.running import Running
from gateways.wechat.errors import CodeRefused, Misconfigured, TooFrequent, UserBlocked, WeChatError
from gateways.wechat.settings import OFFICIAL_ACCOUNT
from models import User, transaction
from models.sessions import Audience
from services import sessions, sign_in_states, users

log = logging.getLogger("danzhu.sign_in")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh sign-in: its token is shown once."""

    token: str
    expires_at: datetime
    user: User


def sign_in(
    parts: Running, channel: str, code: str, *, state: str | None = None, browser: str | None = None
) -> SignedIn:
    """Sign a buyer in with a code of the mini program or the official account.

    A `state` that came back from the official account's page must be one made for this browser, and not used before.
    """
    if state is not None and channel == OFFICIAL_ACCOUNT:
        made = read_state(parts.settings.secret_key, state, browser, parts.clock())
        with transaction() as session:
            sign_in_states.use(session, made)
    try:
        identity = parts.wechat.login.code_to_session(channel, code)
    except CodeRefused as error:
        raise Invalid("login_code_invalid") from error
    except TooFrequent as error:
        raise TooMany("too_many_requests") from error
    except UserBlocked as error:
        raise Forbidden("login_refused") from error
    except Misconfigured as error:
        log.error("WeChat refuses our own settings", exc_info=error)
        raise Unavailable("channel_not_configured") from error
    except WeChatError as error:
        raise Unavailable("wechat_unavailable") from error
    known = users.Known(channel, identity.appid, identity.openid, identity.unionid)
    try:
        return _open(parts, known)
    except IntegrityError:
        # The same person came twice at the same moment, for the first time: the second finds what the first made.
        return _open(parts, known)


def _open(parts: Running, known: users.Known) -> SignedIn:
    now = parts.clock()
    with transaction() as session:
        user, identity_id = users.recognise(session, known, now, parts.random)
        token, row = sessions.open_session(
            session,
            audience=Audience.BUYER,
            now=now,
            random=parts.random,
            user_id=user.id,
            identity_id=identity_id,
        )
    return SignedIn(token, row.expires_at, user)
