"""The one guard of every household's call: a signed-in WeChat user whom an officer's code has bound to a household."""

from typing import cast

from flask import g

from blueprints.bearer import BearerBlueprint, bearer_token, note_if_due
from domain.errors import Unauthorised
from flows.running import running
from models.base import database
from models.sessions import Audience
from services import bindings
from services.bindings import BoundHousehold


def household_blueprint(name: str, description: str) -> BearerBlueprint:
    """A blueprint behind this guard; its token is a buyer's."""
    return BearerBlueprint(name, audience=Audience.BUYER, guard=guard, description=description)


def guard() -> None:
    """Find the household in one statement; raises Unauthorised, or NotFound for a user who is bound to none."""
    now = running().clock()
    found = bindings.signed_in(database(), bearer_token(), now)
    if found is None:
        raise Unauthorised("signed_out")
    g.household = found
    note_if_due(found.session_id, Audience.BUYER, created_at=found.created_at, used_at=found.used_at, now=now)


def household() -> BoundHousehold:
    """Whose calls these are."""
    return cast(BoundHousehold, g.household)
