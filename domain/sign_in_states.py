"""The `state` that goes to WeChat's sign-in page and comes back: made for one browser, good for some minutes.

It has letters and digits only, as WeChat demands: seconds since 1970 (8), a random name (32) and a mark (32), in
hexadecimal. The mark is an HMAC-SHA256 over the others and the browser's own secret, which travels in a cookie.
"""

import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from domain.errors import Invalid

GOOD_FOR = timedelta(minutes=10)
_STATE = re.compile(r"([0-9a-f]{8})([0-9a-f]{32})([0-9a-f]{32})")
_BROWSER = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class SignInState:
    """A state that was made here: its name, under which it is used once, and its end."""

    name: str
    expires_at: datetime


def browser_secret(given: str | None, random: Callable[[int], bytes]) -> str:
    """What a browser keeps in its cookie: what it has already, or a new secret."""
    return given if given and _BROWSER.fullmatch(given) else random(16).hex()


def make_state(key: str, browser: str, now: datetime, random: Callable[[int], bytes]) -> str:
    """A new state for one browser."""
    said = f"{int((now + GOOD_FOR).timestamp()):08x}{random(16).hex()}"
    return said + _mark(key, said, browser)


def read_state(key: str, state: str, browser: str | None, now: datetime) -> SignInState:
    """The state as made for this browser; raises Invalid("login_state_invalid") for any other, and for an old one."""
    parts = _STATE.fullmatch(state)
    if parts is None or not browser:
        raise Invalid("login_state_invalid")
    seconds, name, mark = parts.groups()
    expires_at = datetime.fromtimestamp(int(seconds, 16), UTC)
    if not hmac.compare_digest(mark, _mark(key, seconds + name, browser)) or expires_at <= now:
        raise Invalid("login_state_invalid")
    return SignInState(name, expires_at)


def _mark(key: str, said: str, browser: str) -> str:
    return hmac.new(key.encode(), f"sign-in\0{said}\0{browser}".encode(), hashlib.sha256).hexdigest()[:32]
