"""Months of the book: what moved, what is owed, and where the money lies."""

from dataclasses import asdict
from typing import Any

from flask import Response

from blueprints.failures import language
from blueprints.officer.guard import officer, officer_blueprint
from blueprints.pages_of import page, read_cursor
from blueprints.schemas.base import QUERY, PageArgs
from blueprints.schemas.months import MonthAnswer, MonthPage
from domain.month_tables import month_table
from domain.months import CountyMonth, Month
from flows.running import running
from gateways.statements import CSV_TYPE, csv_bytes
from models.base import database
from services import months, regions
from services.months import Shown

blueprint = officer_blueprint("officer_months", "Months of the book")

FILE = {"type": "string", "format": "binary"}


@blueprint.get("/officer/months")
@blueprint.arguments(PageArgs, **QUERY)
@blueprint.response(200, MonthPage)
def get_months(args: dict[str, Any]) -> dict[str, Any]:
    """The months that have been closed, the newest first, each with the hash of its statement."""
    key = read_cursor(args["cursor"], str)
    rows = months.listed(database(), before=key[0] if key else None, limit=args["limit"])
    shown = page(rows, args["limit"], lambda row: [row.month])
    items = [
        {"month": row.month, "closed_at": row.closed_at, "sha256": row.sha256.hex()} for row in shown["items"]
    ]
    return {**shown, "items": items}


@blueprint.get("/officer/months/<string:month>")
@blueprint.response(200, MonthAnswer)
@blueprint.alt_response(404, description="The month has not begun")
def get_month(month: str) -> dict[str, Any]:
    """A month (YYYY-MM) of the book: the counties of the officer's region, and the accounts of the whole."""
    found, counties, names = _found(month)
    return {
        "month": found.statement.month,
        "closed_at": found.close and found.close.closed_at,
        "sha256": found.close and found.close.sha256.hex(),
        "sum_fen": found.statement.sum_fen,
        "counties": [{**asdict(county), "name": names.get(county.county)} for county in counties],
        "accounts": [asdict(account) for account in found.statement.accounts],
    }


@blueprint.get("/officer/months/<string:month>.csv")
@blueprint.response(200, FILE, content_type=CSV_TYPE)
@blueprint.alt_response(404, description="The month has not begun")
def get_month_csv(month: str) -> Response:
    """The same as a table for Excel."""
    found, counties, names = _found(month)
    table = month_table(found.statement, counties, names, language())
    response = Response(csv_bytes(table), mimetype=CSV_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="month-{found.statement.month}.csv"'
    return response


def _found(text: str) -> tuple[Shown, list[CountyMonth], dict[str, str]]:
    """The month, its counties that lie in the officer's region, and their names."""
    found = months.shown(database(), Month.of(text), running().clock())
    counties = [
        county for county in found.statement.counties if county.county.startswith(officer().region_code)
    ]
    if len(officer().region_code) <= len("52"):
        counties = list(found.statement.counties)
    names = regions.names(database(), [county.county for county in counties])
    return found, counties, names
