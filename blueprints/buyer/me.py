"""A buyer's own profile, totals and data."""

from typing import Any

from flask import Response, jsonify

from blueprints.buyer.guard import buyer, buyer_blueprint
from blueprints.schemas.users import Profile, ProfileArgs, Summary
from flows import words
from flows.running import running
from models import User, database, transaction
from services import buyers, users

blueprint = buyer_blueprint("me", "The buyer's own profile, totals and data")


@blueprint.get("/me")
@blueprint.response(200, Profile)
def get_me() -> User:
    """The buyer's profile."""
    return database().get_one(User, buyer().user_id)


@blueprint.patch("/me")
@blueprint.arguments(ProfileArgs)
@blueprint.response(200, Profile)
@blueprint.alt_response(409, description="Nobody could look at the nickname now")
def patch_me(args: dict[str, Any]) -> User:
    """Change nickname, language, or whether the name is public."""
    return words.change_profile(running(), words.Writer(buyer().user_id, buyer().identity_id), **args)


@blueprint.delete("/me")
@blueprint.response(204)
@blueprint.alt_response(409, description="An order is still pending or being refunded")
def delete_me() -> None:
    """Delete the account; certificates stay under the masked name."""
    with transaction() as session:
        users.leave(session, buyer().user_id, running().clock())


@blueprint.get("/me/summary")
@blueprint.response(200, Summary)
def get_summary() -> dict[str, Any]:
    """Trees, grams, money and villages so far."""
    return buyers.summary(database(), buyer().user_id)


@blueprint.get("/me/export")
@blueprint.response(200, description="Everything kept about the buyer, as JSON")
def get_export() -> Response:
    """Everything that is kept about the buyer."""
    response = jsonify(buyers.export(database(), buyer().user_id))
    response.headers["Content-Disposition"] = 'attachment; filename="danzhu-export.json"'
    return response
