"""Binding a household's WeChat: the code, the second officer's confirmation, the end."""

from datetime import timedelta
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from blueprints import limits
from blueprints.officer.guard import officer, officer_blueprint
from blueprints.schemas.bindings import BindingAnswer, BindingCodeAnswer, UnbindArgs
from flows.running import running
from models.base import database, transaction
from services import binding_codes, bindings

blueprint = officer_blueprint("officer_bindings", "Binding a household's WeChat")

HOUSEHOLD = "/officer/households/<string:public_id>"


def _shown(session: Session, public_id: str) -> dict[str, Any]:
    parts = running()
    lock = timedelta(days=parts.settings.account_lock_days)
    return bindings.shown(session, officer(), public_id, now=parts.clock(), lock=lock)


@blueprint.get(f"{HOUSEHOLD}/binding")
@blueprint.response(200, BindingAnswer)
@blueprint.alt_response(404, description="No such household in the officer's region")
def get_binding(public_id: str) -> dict[str, Any]:
    """How a household's binding stands: an open code, the binding, and its two people."""
    return _shown(database(), public_id)


@blueprint.post(f"{HOUSEHOLD}/binding-codes")
@limits.look_up
@blueprint.response(201, BindingCodeAnswer)
@blueprint.alt_response(404, description="No such household in the officer's region")
@blueprint.alt_response(409, description="The household is bound")
def post_binding_code(public_id: str) -> binding_codes.Issued:
    """Issue a code for 24 hours, in place of one still open; it is shown this once."""
    parts = running()
    with transaction() as session:
        return binding_codes.issue(
            session,
            officer(),
            public_id,
            now=parts.clock(),
            random=parts.random,
            address=request.remote_addr,
        )


@blueprint.post(f"{HOUSEHOLD}/binding-codes/withdraw")
@blueprint.response(200, BindingAnswer)
@blueprint.alt_response(404, description="No such household in the officer's region")
@blueprint.alt_response(409, description="No code is open")
def post_code_withdrawal(public_id: str) -> dict[str, Any]:
    """Take an open code back."""
    now = running().clock()
    with transaction() as session:
        binding_codes.withdraw(session, officer(), public_id, now=now, address=request.remote_addr)
        return _shown(session, public_id)


@blueprint.post(f"{HOUSEHOLD}/binding/confirm")
@blueprint.response(200, BindingAnswer)
@blueprint.alt_response(404, description="No such household in the officer's region")
@blueprint.alt_response(409, description="No binding, somebody has decided, or the officer issued its code")
def post_binding_confirmation(public_id: str) -> dict[str, Any]:
    """Confirm a binding as the second officer, after asking the household; money may go there 30 days later."""
    now = running().clock()
    with transaction() as session:
        bindings.confirm(session, officer(), public_id, now=now, address=request.remote_addr)
        return _shown(session, public_id)


@blueprint.post(f"{HOUSEHOLD}/binding/end")
@blueprint.arguments(UnbindArgs)
@blueprint.response(200, BindingAnswer)
@blueprint.alt_response(404, description="No such household in the officer's region")
@blueprint.alt_response(409, description="No binding")
def post_unbinding(args: dict[str, Any], public_id: str) -> dict[str, Any]:
    """End a binding: its user sees nothing of the household any more."""
    now = running().clock()
    with transaction() as session:
        bindings.end(session, officer(), public_id, args["reason"], now=now, address=request.remote_addr)
        return _shown(session, public_id)
