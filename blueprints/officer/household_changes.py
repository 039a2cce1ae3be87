"""Changes in households: a new head, a split, a merger, other contract dates."""

from typing import Any

from flask import request

from blueprints.officer.guard import officer, officer_blueprint
from blueprints.schemas.household_changes import ChangeAnswer, ChangeArgs, ChangeList
from flows.running import running
from models import HouseholdChange
from models.base import database, transaction
from services import household_change_views, household_changes
from services.household_changes import Wish

blueprint = officer_blueprint("household_changes", "Changes in households.")

CHANGES = "/officer/households/<string:public_id>/changes"
CHANGE = f"{CHANGES}/<int(max=9007199254740991):change_id>"


@blueprint.get(CHANGES)
@blueprint.response(200, ChangeList)
@blueprint.alt_response(404, response="NOT_FOUND")
def get_changes(public_id: str) -> dict[str, Any]:
    """Every change of a household, newest first; people stand in them masked."""
    found = household_changes.listed(database(), officer(), public_id)
    return {"items": household_change_views.shown(database(), found)}


@blueprint.post(CHANGES)
@blueprint.arguments(ChangeArgs)
@blueprint.response(201, ChangeAnswer)
@blueprint.alt_response(404, response="NOT_FOUND")
@blueprint.alt_response(409, description="Another change waits, or the new head is registered already")
def post_change(args: dict[str, Any], public_id: str) -> dict[str, object]:
    """Propose a change; it is in force once a second officer has confirmed it."""
    with transaction() as session:
        change = household_changes.propose(
            session,
            officer(),
            public_id,
            Wish(**args),
            now=running().clock(),
            address=request.remote_addr,
        )
        return _shown(change)


@blueprint.post(f"{CHANGE}/confirm")
@blueprint.response(200, ChangeAnswer)
@blueprint.alt_response(403, description="Whoever proposed it cannot decide on it")
@blueprint.alt_response(404, response="NOT_FOUND")
@blueprint.alt_response(409, description="It has been decided, or is not possible any more")
def post_change_confirmation(public_id: str, change_id: int) -> dict[str, object]:
    """Put a change into force; of a merger, what is owed and on no payout moves along."""
    with transaction() as session:
        change = household_changes.confirm(
            session, officer(), public_id, change_id, now=running().clock(), address=request.remote_addr
        )
        return _shown(change)


@blueprint.post(f"{CHANGE}/reject")
@blueprint.response(200, ChangeAnswer)
@blueprint.alt_response(403, description="Whoever proposed it cannot decide on it")
@blueprint.alt_response(404, response="NOT_FOUND")
@blueprint.alt_response(409, description="It has been decided")
def post_change_rejection(public_id: str, change_id: int) -> dict[str, object]:
    """Turn a change down."""
    with transaction() as session:
        change = household_changes.reject(
            session, officer(), public_id, change_id, now=running().clock(), address=request.remote_addr
        )
        return _shown(change)


def _shown(change: HouseholdChange) -> dict[str, object]:
    return household_change_views.shown(database(), [change])[0]
