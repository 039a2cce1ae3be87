"""Households and their trees, masked; one field in full for a reason."""

from typing import Any

from flask import request

from blueprints import limits
from blueprints.officer.guard import in_scope, officer, officer_blueprint
from blueprints.pages_of import page, read_cursor
from blueprints.schemas.base import QUERY, PageArgs
from blueprints.schemas.households import (
    HouseholdAnswer,
    HouseholdListArgs,
    HouseholdPage,
    HouseholdTreePage,
    OfficerTreeAnswer,
    PositionAnswer,
    PositionRevealArgs,
    RevealAnswer,
    RevealArgs,
)
from domain.errors import Invalid
from domain.lookups import read_look_up
from flows.running import running
from models.base import database, transaction
from services import households, officer_trees

blueprint = officer_blueprint("officer_households", "Households and their trees, masked")


@blueprint.get("/officer/households")
@limits.look_up
@blueprint.arguments(HouseholdListArgs, location="query")
@blueprint.response(200, HouseholdPage)
@blueprint.alt_response(404, description="The region is not the officer's")
def get_households(args: dict[str, Any]) -> dict[str, Any]:
    """The households of the officer's region, or of one in it; a search by `q` is audited.

    What was sold and earned is null, and an order or choice by it forbidden, without a role that reads income.
    """
    wanted = households.ListWanted(
        scope=in_scope(args["region"]),
        look_up=read_look_up(args["q"]) if args["q"] else None,
        never_paid=args["never_paid"],
        sort=args["sort"],
        after=_after(args["cursor"], args["sort"]),
    )
    rows = households.listed(database(), officer(), wanted, args["limit"] + 1)
    if wanted.look_up is not None:
        with transaction() as session:
            households.record_look_up(
                session,
                officer(),
                wanted,
                rows[: args["limit"]],
                now=running().clock(),
                address=request.remote_addr,
            )
    shown = page(rows, args["limit"], lambda row: [args["sort"], *row.key])
    return {**shown, "items": [row.shown for row in shown["items"]]}


def _after(cursor: str | None, sort: str) -> tuple[str | int, int] | None:
    """The key of a cursor that was given for the same order."""
    kinds: tuple[type, ...] = (str, str, int) if sort.endswith("number") else (str, int, int)
    key = read_cursor(cursor, *kinds)
    if key is None:
        return None
    if key[0] != sort or not str(key[1]).isprintable():
        raise Invalid("invalid_cursor")
    return key[1], key[2]


@blueprint.get("/officer/households/<string:public_id>")
@blueprint.response(200, HouseholdAnswer)
@blueprint.alt_response(404, description="No such household in the officer's region")
def get_household(public_id: str) -> dict[str, Any]:
    """One household, masked."""
    return households.detail(database(), officer(), public_id)


@blueprint.get("/officer/households/<string:public_id>/trees")
@blueprint.arguments(PageArgs, **QUERY)
@blueprint.response(200, HouseholdTreePage)
@blueprint.alt_response(404, description="No such household in the officer's region")
def get_household_trees(args: dict[str, Any], public_id: str) -> dict[str, Any]:
    """The trees of a household in the order of their tags, and what became of each in each year."""
    key = read_cursor(args["cursor"], str, int)
    if key is not None and not key[0].isprintable():
        raise Invalid("invalid_cursor")
    after = (key[0], key[1]) if key else None
    rows = officer_trees.trees_of(database(), officer(), public_id, after=after, limit=args["limit"])
    return page(rows, args["limit"], lambda row: [row["tag"], row["id"]])


@blueprint.post("/officer/households/<string:public_id>/reveal")
@limits.look_up
@blueprint.arguments(RevealArgs)
@blueprint.response(200, RevealAnswer)
@blueprint.alt_response(404, description="No such household in the officer's region")
def post_reveal(args: dict[str, Any], public_id: str) -> dict[str, Any]:
    """Show one field in full; who saw it, when and why is written down."""
    with transaction() as session:
        value = households.reveal(
            session,
            officer(),
            public_id,
            args["field"],
            args["reason"],
            now=running().clock(),
        )
    return {"public_id": public_id, "field": args["field"], "value": value}


@blueprint.get("/officer/trees/<string:code>")
@blueprint.response(200, OfficerTreeAnswer)
@blueprint.alt_response(404, description="No such tree in the officer's region")
def get_officer_tree(code: str) -> dict[str, Any]:
    """A tree with its tag and its household."""
    return officer_trees.tree_in_scope(database(), officer(), code)


@blueprint.post("/officer/trees/<string:code>/reveal")
@limits.look_up
@blueprint.arguments(PositionRevealArgs)
@blueprint.response(200, PositionAnswer)
@blueprint.alt_response(404, description="No such tree in the officer's region")
def post_position(args: dict[str, Any], code: str) -> dict[str, Any]:
    """Show where a tree stands to the last digit; who saw it, when and why is written down."""
    with transaction() as session:
        return officer_trees.reveal_position(session, officer(), code, args["reason"], running().clock())
