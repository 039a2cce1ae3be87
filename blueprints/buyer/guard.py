"""The one guard of every buyer's call."""

from typing import cast

from flask import g

from blueprints.bearer import BearerBlueprint, bearer_token, note_if_due
from domain.errors import Unauthorised
from flows.running import running
from models.base import database
from models.sessions import Audience
from services import users
from services.users import Buyer


def buyer_blueprint(name: str, description: str) -> BearerBlueprint:
    """A blueprint behind this guard."""
    return BearerBlueprint(name, audience=Audience.BUYER, guard=guard, description=description)


def guard() -> None:
    """Find the buyer in one statement; raises Unauthorised."""
    now = running().clock()
    found = users.signed_in(database(), bearer_token(), now)
    if found is None:
        raise Unauthorised("signed_out")
    g.buyer = found
    note_if_due(found.session_id, Audience.BUYER, created_at=found.created_at, used_at=found.used_at, now=now)


def buyer() -> Buyer:
    """Who is asking."""
    return cast(Buyer, g.buyer)


def owner_id() -> int | None:
    """Who is signed in on a page that anybody may open; None for nobody, and for a token that opens nothing."""
    try:
        found = users.signed_in(database(), bearer_token(), running().clock())
    except Unauthorised:
        return None
    return None if found is None else found.user_id
