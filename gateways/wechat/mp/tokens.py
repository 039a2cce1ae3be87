"""The access token of an app, shared by all processes so that none destroys another's.

stable_token answers everybody with the same token while it is valid, so a race costs one call and does no
harm.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol, TypeVar

from gateways.wechat.api import ApiSession
from gateways.wechat.errors import ApiError, ApiUnavailable, TokenRefused
from gateways.wechat.fields import Fields, Malformed
from gateways.wechat.settings import App

#: A token is renewed this long before its end; both old and new are good for that time.
RENEW_BEFORE = timedelta(minutes=5)
CLAIM_FOR = timedelta(seconds=30)
#: Who finds no token while another fetches one looks again so often, and fetches too when none has come by then.
LOOK_AGAIN_SECONDS = 0.05
PATIENCE_SECONDS = 3.0
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class StoredToken:
    """A token (up to 512 characters) and when it ends."""

    value: str = field(repr=False)
    expires_at: datetime


class TokenStore(Protocol):
    """Where the processes of an application keep tokens; each call is a transaction of its own."""

    def read(self, name: str) -> StoredToken | None:
        """The token kept under a name."""
        ...

    def claim(self, name: str, now: datetime, until: datetime) -> bool:
        """True for one caller until `until`, who then renews; one conditional statement."""
        ...

    def save(self, name: str, token: StoredToken) -> None:
        """Keep a token under a name and give up the claim."""
        ...

    def release(self, name: str) -> None:
        """Give up a claim that came to nothing."""
        ...


class MemoryTokenStore:
    """A store for a single process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tokens: dict[str, StoredToken] = {}
        self._claims: dict[str, datetime] = {}

    def read(self, name: str) -> StoredToken | None:
        """The token kept under a name."""
        return self._tokens.get(name)

    def claim(self, name: str, now: datetime, until: datetime) -> bool:
        """True for one caller until `until`."""
        with self._lock:
            held = self._claims.get(name)
            if held is not None and held > now:
                return False
            self._claims[name] = until
            return True

    def save(self, name: str, token: StoredToken) -> None:
        """Keep a token under a name and give up the claim."""
        with self._lock:
            self._tokens[name] = token
            self._claims.pop(name, None)

    def release(self, name: str) -> None:
        """Give up a claim that came to nothing."""
        with self._lock:
            self._claims.pop(name, None)


@dataclass(frozen=True)
class SharedToken:
    """Something WeChat lends for two hours, fetched by one process and used by all."""

    name: str
    store: TokenStore
    fetch: Callable[[], Fields]
    field_name: str
    now: Callable[[], datetime]

    def get(self) -> str:
        """A token good for use now; near its end one caller renews it while the others keep the old one."""
        now = self.now()
        kept = self.store.read(self.name)
        if kept is None or kept.expires_at <= now:
            return self._first(now)
        if kept.expires_at - now < RENEW_BEFORE and self.store.claim(self.name, now, now + CLAIM_FOR):
            try:
                return self._brought(now + RENEW_BEFORE) or self.renew()
            except ApiError:
                # The one we have is good for some minutes yet; the claim ends by itself.
                return kept.value
        return kept.value

    def _first(self, now: datetime) -> str:
        """A token where there is none: one caller fetches it, the others wait for what that one brings."""
        patience = PATIENCE_SECONDS
        while not self.store.claim(self.name, now, now + CLAIM_FOR):
            if patience <= 0:
                # Whoever claimed it may have died: fetching twice does no harm, having none does.
                return self.renew()
            time.sleep(LOOK_AGAIN_SECONDS)
            patience -= LOOK_AGAIN_SECONDS
        try:
            return self._brought(now) or self.renew()
        except ApiError:
            self.store.release(self.name)
            raise

    def _brought(self, good_after: datetime) -> str | None:
        """What somebody else has brought between our look and our claim, which is then given up."""
        kept = self.store.read(self.name)
        if kept is None or kept.expires_at <= good_after:
            return None
        self.store.release(self.name)
        return kept.value

    def renew(self) -> str:
        """Fetch the token and keep it; ApiError when WeChat refuses."""
        answer = self.fetch()
        try:
            token = StoredToken(
                answer.text(self.field_name), self.now() + timedelta(seconds=answer.whole("expires_in"))
            )
        except Malformed as failure:
            raise ApiUnavailable(0, "answer_not_readable") from failure
        self.store.save(self.name, token)
        return token.value

    def use(self, call: Callable[[str], Answer]) -> Answer:
        """What `call` brings with a token; one that WeChat no longer takes is replaced and the call repeated, once."""
        token = self.get()
        try:
            return call(token)
        except TokenRefused:
            kept = self.store.read(self.name)
            changed = kept is not None and kept.value != token
            return call(kept.value if changed and kept else self.renew())


def access_token(
    session: ApiSession, app: App, store: TokenStore, now: Callable[[], datetime]
) -> SharedToken:
    """The access token of an app."""
    return SharedToken(
        f"{app.appid}:access_token", store, partial(stable_token, session, app), "access_token", now
    )


def stable_token(session: ApiSession, app: App, *, force: bool = False) -> Fields:
    """Ask for the token; `force` ends the old one (20 a day, half a minute apart; for an operator only)."""
    body: dict[str, object] = {
        "grant_type": "client_credential",
        "appid": app.appid,
        "secret": app.secret,
        "force_refresh": force,
    }
    return session.post("/cgi-bin/stable_token", {}, body)
