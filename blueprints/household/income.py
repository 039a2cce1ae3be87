"""What a household has earned, and its trees."""

from datetime import timedelta
from typing import Any

from blueprints.failures import language
from blueprints.household.guard import household, household_blueprint
from blueprints.pages_of import page, read_cursor
from blueprints.schemas.base import QUERY, PageArgs
from blueprints.schemas.own_household import OwnIncomeAnswer, OwnTreePage
from domain.errors import Invalid
from flows.running import running
from models.base import database
from services import household_views

blueprint = household_blueprint("household", "A household's own view")


@blueprint.get("/household/income")
@blueprint.response(200, OwnIncomeAnswer)
@blueprint.alt_response(404, description="No household is bound to this user")
def get_income() -> dict[str, Any]:
    """What the household has earned, what has been paid, and what is on its way, by month and year."""
    me, parts = household(), running()
    return household_views.income(
        database(),
        me.household_id,
        me.binding_id,
        now=parts.clock(),
        lock=timedelta(days=parts.settings.account_lock_days),
        language=language(),
    )


@blueprint.get("/household/trees")
@blueprint.arguments(PageArgs, **QUERY)
@blueprint.response(200, OwnTreePage)
@blueprint.alt_response(404, description="No household is bound to this user")
def get_trees(args: dict[str, Any]) -> dict[str, Any]:
    """The household's trees in the order of their tags, and in which years each was sold."""
    key = read_cursor(args["cursor"], str, int)
    if key is not None and not key[0].isprintable():
        raise Invalid("invalid_cursor")
    rows = household_views.trees(
        database(),
        household().household_id,
        after=(key[0], key[1]) if key else None,
        limit=args["limit"],
    )
    return page(rows, args["limit"], lambda row: [row["tag"], row["id"]])
