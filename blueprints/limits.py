"""How often the same one may ask.

Whoever is signed in is counted by the sign-in. For everybody else there is a ceiling for each address, and it counts
failures only: three hundred buyers behind one Wi-Fi are one address, and they do not fail. In production with
several processes the counts live in a store that all of them share (RATE_LIMIT_STORE).
"""

import math
import time
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, request
from flask_limiter import Limiter, RateLimitExceeded
from flask_limiter.util import get_remote_address

from blueprints.failures import failure
from config import Settings

View = TypeVar("View", bound=Callable[..., Any])

#: Failed sign-ins from one address.
SIGN_IN_FAILURES = "30/minute;300/hour"
#: Look-ups from one address that found nothing.
LOOK_UP_FAILURES = "60/minute;600/hour"
#: Look-ups of one sign-in, found or not.
LOOK_UPS = "120/minute;1500/hour"
#: Quotes of at least so many trees from one address: a draw of 100,000 takes a core the better part of a second.
LARGE_QUOTES = "60/minute;600/hour"
LARGE = 1000

#: Marks a view that is limited; whatever wraps a view takes its marks over.
_COUNTED = "_counted"

limiter = Limiter(
    key_func=get_remote_address,
    strategy="moving-window",
    # Should the shared store be down, each process counts for itself rather than refusing everybody.
    in_memory_fallback_enabled=True,
    swallow_errors=True,
)


def register_limits(app: Flask, settings: Settings) -> None:
    """Start counting in the store of the settings."""
    app.config["RATELIMIT_STORAGE_URI"] = settings.rate_limit_store
    if settings.rate_limit_store.startswith("redis"):
        app.config["RATELIMIT_STORAGE_OPTIONS"] = {"socket_connect_timeout": 1, "socket_timeout": 1}
    limiter.init_app(app)
    app.register_error_handler(RateLimitExceeded, _exceeded)


def sign_in(view: View) -> View:
    """Bound failed sign-ins from one address; above the ceiling the view answers 429 with Retry-After."""
    setattr(view, _COUNTED, True)
    by_address = limiter.shared_limit(SIGN_IN_FAILURES, scope="sign-in", deduct_when=_failed)
    return by_address(view)  # type: ignore[return-value]  # the library gives the same function back


def look_up(view: View) -> View:
    """Bound guessing at serials, codes and names: by sign-in where there is one, else failures from one address."""
    setattr(view, _COUNTED, True)
    by_address = limiter.shared_limit(
        LOOK_UP_FAILURES, scope="look-up", deduct_when=_failed, exempt_when=_signed_in
    )
    by_session = limiter.shared_limit(
        LOOK_UPS, scope="look-up", key_func=_session_key, exempt_when=lambda: not _signed_in()
    )
    return by_session(by_address(view))  # type: ignore[return-value]  # the library gives the same function back


@limiter.request_filter
def _not_counted() -> bool:
    """Tell the library at once of the many views it counts nothing for: it would look for their limits each time."""
    view = current_app.view_functions.get(request.endpoint or "")
    return not hasattr(view, _COUNTED)


def quotes(view: View) -> View:
    """Bound large quotes from one address; what people ask for is small, and is not counted."""
    setattr(view, _COUNTED, True)
    by_address = limiter.shared_limit(LARGE_QUOTES, scope="quotes", deduct_when=_large_quote)
    return by_address(view)  # type: ignore[return-value]  # the library gives the same function back


def _large_quote(response: Response) -> bool:
    """Whether many trees were drawn, or counted in vain."""
    told = response.get_json()
    if response.status_code == 409:
        return ((told.get("fields") or {}).get("available") or 0) >= LARGE
    return response.status_code == 200 and told["count"] >= LARGE


def _failed(response: Response) -> bool:
    return 400 <= response.status_code < 500 and response.status_code != 429


def _signed_in() -> bool:
    """Whether a guard has let somebody in; a token that nobody has checked does not count."""
    return "buyer" in g or "officer" in g or "household" in g


def _session_key() -> str:
    asking = g.get("officer") or g.get("household") or g.buyer
    return f"session:{asking.session_id}"


def _exceeded(_error: RateLimitExceeded) -> Response:
    limit = limiter.current_limit
    seconds = max(1, math.ceil(limit.window.reset_time - time.time())) if limit else 60
    return failure(429, "too_many_requests", headers={"Retry-After": str(seconds)})
