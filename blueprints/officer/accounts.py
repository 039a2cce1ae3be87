"""Where households are paid: one officer enters a change, a second one decides on it."""

from datetime import timedelta
from typing import Any

from flask import request

from blueprints import limits
from blueprints.officer.guard import in_scope, officer, officer_blueprint
from blueprints.pages_of import page, read_cursor
from blueprints.schemas.accounts import (
    AccountAnswer,
    AccountArgs,
    AccountList,
    TogetherAnswer,
    TogetherArgs,
    UndecidedArgs,
    UndecidedPage,
)
from blueprints.schemas.base import QUERY
from flows.running import running
from models.base import database, transaction
from services import account_views, accounts, undecided_accounts
from services.undecided_accounts import Chosen

blueprint = officer_blueprint("accounts", "Where households are paid")

ACCOUNTS = "/officer/households/<string:public_id>/accounts"
ACCOUNT = f"{ACCOUNTS}/<int(max=9007199254740991):account_id>"


def _lock() -> timedelta:
    return timedelta(days=running().settings.account_lock_days)


@blueprint.get(ACCOUNTS)
@blueprint.response(200, AccountList)
@blueprint.alt_response(404, description="No such household in the officer's region")
def get_accounts(public_id: str) -> dict[str, Any]:
    """Every account a household was ever paid to or was to be, masked, newest first."""
    versions = accounts.versions(database(), officer(), public_id)
    return {"items": account_views.shown(database(), versions, _lock())}


@blueprint.post(ACCOUNTS)
@limits.look_up
@blueprint.arguments(AccountArgs)
@blueprint.response(201, AccountAnswer)
@blueprint.alt_response(404, description="No such household in the officer's region")
@blueprint.alt_response(409, description="It is in force already, or another change waits")
def post_account(args: dict[str, Any], public_id: str) -> dict[str, Any]:
    """Enter another account; nothing is paid to the household until a second officer has decided."""
    wanted = accounts.Wanted(args["bank"], args["account"], args["reason"], args["holder_name"])
    with transaction() as session:
        version = accounts.propose(
            session, officer(), public_id, wanted, now=running().clock(), address=request.remote_addr
        )
        return account_views.shown(session, [version], _lock())[0]


@blueprint.post(f"{ACCOUNT}/confirm")
@blueprint.response(200, AccountAnswer)
@blueprint.alt_response(404, description="No such account in the officer's region")
@blueprint.alt_response(409, description="It has been decided already")
def post_confirmation(public_id: str, account_id: int) -> dict[str, Any]:
    """Put an account into force that somebody else has entered; payouts are locked for a while from now."""
    with transaction() as session:
        version = accounts.confirm(
            session, officer(), public_id, account_id, now=running().clock(), address=request.remote_addr
        )
        return account_views.shown(session, [version], _lock())[0]


@blueprint.post(f"{ACCOUNT}/refuse")
@blueprint.response(200, AccountAnswer)
@blueprint.alt_response(404, description="No such account in the officer's region")
@blueprint.alt_response(409, description="It has been decided already")
def post_refusal(public_id: str, account_id: int) -> dict[str, Any]:
    """Refuse an account that was entered, or take one's own back."""
    with transaction() as session:
        version = accounts.refuse(
            session, officer(), public_id, account_id, now=running().clock(), address=request.remote_addr
        )
        return account_views.shown(session, [version], _lock())[0]


@blueprint.get("/officer/accounts")
@blueprint.arguments(UndecidedArgs, **QUERY)
@blueprint.response(200, UndecidedPage)
@blueprint.alt_response(404, description="The region is not the officer's")
def get_undecided(args: dict[str, Any]) -> dict[str, Any]:
    """The accounts of the officer's region, or of one in it, that wait for a second officer; oldest first."""
    key = read_cursor(args["cursor"], int)
    found = undecided_accounts.listed(
        database(),
        officer(),
        Chosen(in_scope(args["region"]), args["import_id"]),
        after=key[0] if key else None,
        limit=args["limit"],
    )
    shown = page(found, args["limit"], lambda one: [one[0].id])
    versions = account_views.shown(database(), [version for version, _ in shown["items"]], _lock())
    rows = [
        {**version, **household} for version, (_, household) in zip(versions, shown["items"], strict=True)
    ]
    return {**shown, "items": rows}


@blueprint.post("/officer/accounts/confirm")
@blueprint.arguments(TogetherArgs)
@blueprint.response(200, TogetherAnswer)
@blueprint.alt_response(404, description="The region is not the officer's")
@blueprint.alt_response(409, description="They are not as many as were seen: look again")
def post_together(args: dict[str, Any]) -> dict[str, Any]:
    """Put the accounts of a village or a sheet into force that somebody else has entered, as they were seen."""
    with transaction() as session:
        confirmed = undecided_accounts.confirm_together(
            session,
            officer(),
            Chosen(in_scope(args["region"]), args["import_id"]),
            last_id=args["last_id"],
            count=args["count"],
            now=running().clock(),
        )
        return {"confirmed": len(confirmed)}
