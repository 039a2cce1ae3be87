"""A tree is gone: reported, confirmed by a second person, or taken back."""

from typing import Any

from flask import request

from blueprints.officer.guard import officer, officer_blueprint
from blueprints.schemas.tree_losses import LossAnswer, LossArgs
from flows.running import running
from models.base import database, transaction
from services import tree_loss_views, tree_losses

blueprint = officer_blueprint("tree_losses", "Trees that were lost.")

LOSS = "/officer/trees/<string:code>/loss"


@blueprint.get(LOSS)
@blueprint.response(200, LossAnswer)
@blueprint.alt_response(404, response="NOT_FOUND")
def get_loss(code: str) -> Any:
    """The report of a tree, and which of its sold years have been made good."""
    return _shown(code)


@blueprint.post(LOSS)
@blueprint.arguments(LossArgs)
@blueprint.response(201, LossAnswer)
@blueprint.alt_response(404, response="NOT_FOUND")
@blueprint.alt_response(409, description="The tree is gone already")
def post_loss(args: dict[str, Any], code: str) -> Any:
    """Report that a tree died, was felled or cannot be found; what is unsold of it leaves the sale at once."""
    with transaction() as session:
        tree_losses.report(
            session,
            code,
            **args,
            officer=officer(),
            now=running().clock(),
            address=request.remote_addr,
        )
    return _shown(code)


@blueprint.post(f"{LOSS}/confirm")
@blueprint.response(200, LossAnswer)
@blueprint.alt_response(403, description="Whoever reported it cannot confirm it")
@blueprint.alt_response(404, response="NOT_FOUND")
@blueprint.alt_response(409, description="It has been confirmed")
def post_confirmation(code: str) -> Any:
    """Agree that the tree is gone: what was sold of it is made good from the village's buffer."""
    with transaction() as session:
        tree_losses.confirm(
            session, code, officer=officer(), now=running().clock(), address=request.remote_addr
        )
    return _shown(code)


@blueprint.post(f"{LOSS}/undo")
@blueprint.response(200, LossAnswer)
@blueprint.alt_response(404, response="NOT_FOUND")
@blueprint.alt_response(409, description="It has been confirmed")
def post_undo(code: str) -> Any:
    """Take a report back that nobody has confirmed; the tree stands, its years wait for a new approval."""
    with transaction() as session:
        loss = tree_losses.undo(
            session, code, officer=officer(), now=running().clock(), address=request.remote_addr
        )
        return tree_loss_views.of_loss(session, code, loss)


def _shown(code: str) -> Any:
    return tree_loss_views.shown(database(), tree_losses.find_tree(database(), code, officer()))
