"""The console's way to stay signed in: the token in a cookie that no script can read, and a proof against forgery.

A browser sends a cookie by itself, also with a request that another page made it send. So whoever asks by cookie and
wants to change something shows a second value, which only a page of ours can have read. docs/decisions has the reasons.
"""

import hashlib
import hmac

from flask import Response, after_this_request, request

from blueprints.bearer import bearer_token, usable
from domain.errors import Forbidden
from flows.running import running
from models.sessions import Audience
from services.sessions import LONGEST

NAME = "danzhu_officer"
#: Browsers take a cookie of this name only from the host itself, over HTTPS.
PRODUCTION_NAME = f"__Host-{NAME}"
CSRF_HEADER = "X-CSRF-Token"
READING = frozenset({"GET", "HEAD", "OPTIONS"})
#: Seconds; the sign-in itself ends sooner when nobody uses it.
_KEPT = int(LONGEST[Audience.OFFICER].total_seconds())


def asking_token() -> str:
    """The token of whoever is asking, by header or else by cookie; raises Unauthorised, Forbidden for a forgery."""
    token = kept_token()
    if token is None:
        return bearer_token()
    token = usable(token)
    refuse_cross_site()
    if request.method not in READING:
        shown = request.headers.get(CSRF_HEADER, "")
        if not hmac.compare_digest(shown.encode(), csrf_token(token).encode()):
            raise Forbidden("csrf_token_wrong")
    return token


def kept_token() -> str | None:
    """What the cookie holds; None where there is none, or an Authorization header speaks instead."""
    return None if "Authorization" in request.headers else request.cookies.get(_name())


def csrf_token(token: str) -> str:
    """What a page shows to prove that it is ours: made from the token, so that nothing more need be kept."""
    key = running().settings.secret_key.encode()
    return hmac.new(key, b"officer csrf\0" + token.encode(), hashlib.sha256).hexdigest()


def refuse_cross_site() -> None:
    """Raise Forbidden where the browser itself says that another site's page is asking."""
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise Forbidden("cross_site_request")


def give(token: str) -> None:
    """Let the answer to this request carry the cookie."""

    def carry(response: Response) -> Response:
        response.set_cookie(
            _name(), token, max_age=_KEPT, secure=_production(), httponly=True, samesite="Strict"
        )
        return response

    after_this_request(carry)


def take_back() -> None:
    """Let the answer to this request make the browser forget the cookie."""

    def forget(response: Response) -> Response:
        response.delete_cookie(_name(), secure=_production(), httponly=True, samesite="Strict")
        return response

    after_this_request(forget)


def _name() -> str:
    return PRODUCTION_NAME if _production() else NAME


def _production() -> bool:
    return running().settings.production
