"""An officer's way in and out."""

from typing import Any

from flask import request
from flask_smorest import Blueprint

from blueprints import limits
from blueprints.officer import cookie
from blueprints.officer.guard import officer, officer_blueprint
from blueprints.schemas.officers import (
    OfficerAnswer,
    OfficerSignInAnswer,
    OfficerSignInArgs,
    PasswordArgs,
    SignInList,
)
from flows.officer_sign_in import Proof, change_own_password, sign_in
from flows.running import running
from models import SignInSession
from models.base import database, transaction
from services import officers, one_time_codes
from services.sessions import end_one_of, live_sessions, sign_out

#: The one officer's call that no guard stands before.
public = Blueprint("officer_sign_in", __name__, description="Signing in as an officer")
blueprint = officer_blueprint("officer_session", "An officer's own sign-in")


@public.post("/officer/session")
@limits.sign_in
@public.arguments(OfficerSignInArgs)
@public.response(201, OfficerSignInAnswer)
@public.alt_response(
    401,
    description="Wrong name or password: `wrong_credentials`; after a right one, `one_time_code_needed` or `_wrong`",
)
@public.alt_response(
    429, description="Too many failures: `locked_out` or `address_locked_out`, with `retry_after_seconds`"
)
@public.alt_response(403, description="Signing in by cookie from another site's page: `cross_site_request`")
def post_officer_session(body: dict[str, Any]) -> dict[str, Any]:
    """Sign in with user name, password and, once set up, a one-time code or a recovery code.

    With `cookie` the token goes into a cookie instead of the answer, for pages in a browser.
    """
    by_cookie = body.pop("cookie")
    if by_cookie:
        cookie.refuse_cross_site()
    opened = sign_in(running(), Proof(**body, address=request.remote_addr))
    if by_cookie:
        cookie.give(opened.token)
    return {
        "token": None if by_cookie else opened.token,
        "csrf_token": cookie.csrf_token(opened.token) if by_cookie else None,
        "expires_at": opened.expires_at,
        "second_factor": opened.officer.second_factor,
        "must_set_up_code": running().settings.production and opened.officer.must_show_code,
    }


@blueprint.get("/officer/session")
@blueprint.response(200, OfficerAnswer)
def get_officer_session() -> dict[str, Any]:
    """Say who is signed in; a page that was loaded anew finds its `csrf_token` here."""
    asking, kept = officer(), cookie.kept_token()
    return {
        "username": asking.username,
        "display_name": asking.display_name,
        "roles": sorted(asking.roles),
        "region": officers.region_of(database(), asking.region_code),
        "second_factor": asking.second_factor,
        "must_set_up_code": running().settings.production and asking.must_show_code,
        "may": [
            f"{method} {path}"
            for method, path in sorted(asking.calls(code_asked=running().settings.production))
        ],
        "sheets": asking.sheets,
        "recovery_codes_left": one_time_codes.recovery_codes_left(database(), asking.id),
        "csrf_token": None if kept is None else cookie.csrf_token(kept),
    }


@blueprint.delete("/officer/session")
@blueprint.response(204)
def delete_officer_session() -> None:
    """Sign out; the browser forgets the cookie."""
    with transaction() as session:
        sign_out(session, officer(), running().clock())
    if cookie.kept_token() is not None:
        cookie.take_back()


@blueprint.get("/officer/sessions")
@blueprint.response(200, SignInList)
def get_officer_sessions() -> dict[str, Any]:
    """One's own sign-ins that are not over."""
    asking = officer()
    rows = live_sessions(database(), asking.id, running().clock())
    return {"items": [shown_sign_in(row, asking.session_id) for row in rows]}


@blueprint.delete("/officer/sessions/<int(max=9007199254740991):session_id>")
@blueprint.response(204)
@blueprint.alt_response(404, description="Not one of one's own, or over already")
def delete_one_officer_session(session_id: int) -> None:
    """End one of one's own sign-ins, on a phone that was lost, say."""
    with transaction() as session:
        end_one_of(session, officer(), session_id, running().clock())


@blueprint.post("/officer/password")
@limits.sign_in
@blueprint.arguments(PasswordArgs)
@blueprint.response(204)
@blueprint.alt_response(429, description="Too many failures: `locked_out`, with `retry_after_seconds`")
def post_password(body: dict[str, Any]) -> None:
    """Choose another password; every other sign-in ends."""
    asking, new = officer(), body.pop("new_password")
    proof = Proof(asking.username, **body, address=request.remote_addr)
    change_own_password(running(), asking, proof, new)


def shown_sign_in(row: SignInSession, current: int | None) -> dict[str, Any]:
    """A sign-in as its list shows it."""
    return {
        "id": row.id,
        "created_at": row.created_at,
        "used_at": row.used_at,
        "expires_at": row.expires_at,
        "second_factor": row.second_factor_at is not None,
        "current": row.id == current,
    }
