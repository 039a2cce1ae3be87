"""Becoming a household: the one call of a household that a user makes before being bound."""

from typing import Any

from flask import request

from blueprints import limits
from blueprints.buyer.guard import buyer, buyer_blueprint
from blueprints.schemas.bindings import BindArgs, BoundAnswer
from flows import bindings as binding
from flows.running import running

blueprint = buyer_blueprint("household_binding", "Binding a household's WeChat")


@blueprint.post("/household/bind")
@limits.look_up
@blueprint.arguments(BindArgs)
@blueprint.response(201, BoundAnswer)
@blueprint.alt_response(404, description="The code does not open, whatever the reason")
@blueprint.alt_response(409, description="This user is bound to a household")
@blueprint.alt_response(429, description="Too many wrong codes")
def post_bind(args: dict[str, Any]) -> dict[str, Any]:
    """Bind the household of an officer's code to the signed-in user."""
    return binding.bind(running(), buyer(), args["code"], request.remote_addr)
