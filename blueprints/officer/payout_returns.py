"""The bank's answers to a batch: brought as files, booked row by row, and there to be read afterwards."""

import io
from typing import Any

from flask import Response, request

from blueprints.bodies import upload
from blueprints.downloads import FILE, download
from blueprints.failures import language
from blueprints.officer.guard import officer, officer_blueprint
from blueprints.pages_of import page, read_cursor
from blueprints.schemas.base import QUERY, PageArgs
from blueprints.schemas.payout_returns import (
    ReturnAnswer,
    ReturnForm,
    ReturnPage,
    ReturnRowArgs,
    ReturnRowPage,
)
from domain.payouts import batch_number
from domain.problem_tables import refused_table
from flows.payout_returns import LIMITS, bring
from flows.running import running
from gateways.statements import CSV_TYPE, csv_bytes
from models.base import database
from services import payout_return_views, payouts

blueprint = officer_blueprint("payout_returns", "What the bank says became of a batch's payments.")

RETURNS = "/officer/payout-batches/<int(max=9007199254740991):batch_id>/returns"
RETURN = f"{RETURNS}/<int(max=9007199254740991):return_id>"
#: What the parts of a multipart form may take beside the file.
AROUND = 16 * 1024


@blueprint.post(RETURNS)
@upload(LIMITS.file_bytes + AROUND)
@blueprint.arguments(ReturnForm, location="multipart")
@blueprint.response(200, ReturnAnswer)
@blueprint.alt_response(404, response="NOT_FOUND")
@blueprint.alt_response(409, description="The batch is not released, did not go to the bank, or is one's own")
@blueprint.alt_response(413, description="More than 8 MiB")
def post_return(form: dict[str, Any], batch_id: int) -> dict[str, Any]:
    """Book what the bank says of each payment; a row that does not echo its payment is refused and books nothing.

    The same file again changes nothing and is answered as the first time.
    """
    brought = bring(
        running(),
        io.BytesIO(form["file"].read()),
        batch_id,
        scope=officer().region_code,
        actor=officer().actor,
        officer_id=officer().id,
        address=request.remote_addr,
    )
    return _shown(brought.batch_id, brought.id)


@blueprint.get(RETURNS)
@blueprint.arguments(PageArgs, **QUERY)
@blueprint.response(200, ReturnPage)
@blueprint.alt_response(404, response="NOT_FOUND")
def get_returns(args: dict[str, Any], batch_id: int) -> dict[str, Any]:
    """The return files of a batch, newest first."""
    _in_scope(batch_id)
    key = read_cursor(args["cursor"], int)
    rows = payout_return_views.listed(
        database(), batch_id, before=key[0] if key else None, limit=args["limit"]
    )
    found = page(rows, args["limit"], lambda row: [row.id])
    return {**found, "items": payout_return_views.shown(database(), found["items"])}


@blueprint.get(RETURN)
@blueprint.response(200, ReturnAnswer)
@blueprint.alt_response(404, response="NOT_FOUND")
def get_return(batch_id: int, return_id: int) -> dict[str, Any]:
    """One return file with every row: what was booked, and what was refused and why."""
    _in_scope(batch_id)
    return _shown(batch_id, return_id)


@blueprint.get(f"{RETURN}/rows")
@blueprint.arguments(ReturnRowArgs, **QUERY)
@blueprint.response(200, ReturnRowPage)
@blueprint.alt_response(404, response="NOT_FOUND")
def get_return_rows(args: dict[str, Any], batch_id: int, return_id: int) -> dict[str, Any]:
    """The rows of a return file page by page, those of one outcome where one is asked for."""
    _in_scope(batch_id)
    found = payout_return_views.find(database(), batch_id, return_id)
    key = read_cursor(args["cursor"], int)
    rows = payout_return_views.rows(
        database(),
        found.id,
        language(),
        outcome=args["outcome"],
        after=key[0] if key else None,
        limit=args["limit"],
    )
    return page(rows, args["limit"], lambda shown: [shown.row.id])


@blueprint.get(f"{RETURN}/refused.csv")
@blueprint.response(200, FILE, content_type=CSV_TYPE)
@blueprint.alt_response(404, response="NOT_FOUND")
def get_refused_csv(batch_id: int, return_id: int) -> Response:
    """The rows that were refused as a table for Excel, in both languages: what to ask the bank about."""
    _in_scope(batch_id)
    found = payout_return_views.find(database(), batch_id, return_id)
    table = refused_table(payout_return_views.refused(database(), found.id))
    name = f"refused-{batch_number(batch_id)}-{found.id}.csv"
    return download(csv_bytes(table), CSV_TYPE, name)


def _in_scope(batch_id: int) -> None:
    payouts.find(database(), batch_id, officer().region_code)


def _shown(batch_id: int, return_id: int) -> dict[str, Any]:
    found = payout_return_views.find(database(), batch_id, return_id)
    rows = payout_return_views.rows(database(), found.id, language())
    return {**payout_return_views.shown(database(), [found])[0], "rows": rows}
