"""What has waited for long to be paid, and what was released and never heard of again."""

from datetime import datetime
from typing import Any

from flask import Response

from blueprints.downloads import FILE, download
from blueprints.failures import language
from blueprints.officer.guard import in_scope, officer_blueprint
from blueprints.pages_of import page, read_cursor
from blueprints.schemas.base import QUERY
from blueprints.schemas.payout_ageing import AgeingAnswer, AgeingArgs, AgeingPageArgs
from domain.ageing_tables import ageing_table
from domain.clock import rfc3339
from domain.errors import Invalid
from flows.running import running
from gateways.statements import CSV_TYPE, csv_bytes
from models.base import database
from services import payout_ageing

blueprint = officer_blueprint("payout_ageing", "Money that has waited for long")


@blueprint.get("/officer/payouts/ageing")
@blueprint.arguments(AgeingPageArgs, **QUERY)
@blueprint.response(200, AgeingAnswer)
@blueprint.alt_response(404, response="NOT_FOUND")
def get_ageing(args: dict[str, Any]) -> dict[str, Any]:
    """What has been payable for 0, 30, 60 and 90 days and more, whose it is, and batches without news for 30 days."""
    scope, now = in_scope(args["region"]), running().clock()
    rows = payout_ageing.households(
        database(), scope, now, min_days=args["min_days"], after=_after(args["cursor"]), limit=args["limit"]
    )
    return {
        "region": scope,
        "as_of": now,
        "buckets": payout_ageing.buckets(database(), scope, now),
        "without_news": payout_ageing.silent_batches(database(), scope, now),
        **page(rows, args["limit"], lambda row: [row["payable_since"].isoformat(), row["id"]]),
    }


@blueprint.get("/officer/payouts/ageing.csv")
@blueprint.arguments(AgeingArgs, **QUERY)
@blueprint.response(200, FILE, content_type=CSV_TYPE)
@blueprint.alt_response(404, response="NOT_FOUND")
def get_ageing_csv(args: dict[str, Any]) -> Response:
    """Every one of these households as a table for Excel."""
    scope, now = in_scope(args["region"]), running().clock()
    rows = payout_ageing.households(database(), scope, now, min_days=args["min_days"])
    name = f"ageing-{scope}-{rfc3339(now)[:10]}.csv"
    return download(csv_bytes(ageing_table(rows, language())), CSV_TYPE, name)


def _after(cursor: str | None) -> tuple[datetime, int] | None:
    key = read_cursor(cursor, str, int)
    if key is None:
        return None
    try:
        since = datetime.fromisoformat(key[0])
    except ValueError:
        raise Invalid("invalid_cursor") from None
    if since.tzinfo is None:
        raise Invalid("invalid_cursor")
    return since, key[1]
