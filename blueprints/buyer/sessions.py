"""Signing in and out."""

from typing import Any

from flask import request
from flask_smorest import Blueprint

from blueprints import limits
from blueprints.buyer.guard import buyer, buyer_blueprint
from blueprints.buyer.wechat import COOKIE
from blueprints.schemas.users import SignInAnswer, SignInArgs
from flows import sign_in
from flows.running import running
from models import transaction
from services import sessions

public = Blueprint("buyer_sign_in", __name__, description="Signing in with WeChat")
blueprint = buyer_blueprint("buyer_session", "The buyer's own sign-in")


@public.post("/session")
@limits.sign_in
@public.arguments(SignInArgs)
@public.response(201, SignInAnswer)
def post_session(args: dict[str, Any]) -> sign_in.SignedIn:
    """Sign in with a code of the mini program or the official account."""
    return sign_in.sign_in(
        running(), args["channel"], args["code"], state=args["state"], browser=request.cookies.get(COOKIE)
    )


@blueprint.delete("/session")
@blueprint.response(204)
def delete_session() -> None:
    """Sign out."""
    with transaction() as session:
        sessions.end_session(session, buyer().session_id, running().clock())
