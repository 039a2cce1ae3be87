"""An auditor's exports of a period in full: asked for, granted by a second person, taken once."""

from typing import Any

from flask import Response

from blueprints import limits
from blueprints.failures import language
from blueprints.officer.guard import officer, officer_blueprint
from blueprints.pages_of import page, read_cursor
from blueprints.schemas.base import QUERY, PageArgs
from blueprints.schemas.period_exports import PeriodExportAnswer, PeriodExportArgs, PeriodExportPage
from domain.period_exports import export_table
from flows.running import running
from gateways.statements import CSV_TYPE, csv_bytes
from models.base import database, transaction
from services import period_exports
from services.period_exports import ExportWanted

blueprint = officer_blueprint("period_exports", "Exports of a period in full, for auditors")

EXPORT = "/officer/period-exports/<int(max=9007199254740991):export_id>"


@blueprint.get("/officer/period-exports")
@blueprint.arguments(PageArgs, **QUERY)
@blueprint.response(200, PeriodExportPage)
def get_exports(args: dict[str, Any]) -> dict[str, Any]:
    """The requests of the officer's region, newest first."""
    key = read_cursor(args["cursor"], int)
    rows = period_exports.listed(
        database(),
        officer(),
        running().clock(),
        before=key[0] if key else None,
        limit=args["limit"] + 1,
    )
    return page(rows, args["limit"], lambda row: [row["id"]])


@blueprint.post("/officer/period-exports")
@limits.look_up
@blueprint.arguments(PeriodExportArgs)
@blueprint.response(201, PeriodExportAnswer)
@blueprint.alt_response(404, description="The region is not the officer's")
def post_export(args: dict[str, Any]) -> dict[str, Any]:
    """Ask for every credit and payment of a region in a period, with names and numbers in full."""
    wanted = ExportWanted(
        args["region"] or officer().region_code, args["first"], args["last"], args["reason"]
    )
    now = running().clock()
    with transaction() as session:
        row = period_exports.request(session, officer(), wanted, now)
        return period_exports.shown(session, row, now)


@blueprint.post(f"{EXPORT}/grant")
@blueprint.response(200, PeriodExportAnswer)
@blueprint.alt_response(404, response="NOT_FOUND")
@blueprint.alt_response(409, description="Decided, expired, or the officer's own request")
def post_grant(export_id: int) -> dict[str, Any]:
    """Grant a request, as a second person: for 48 hours it may be taken, once."""
    return _decided(export_id, grant=True)


@blueprint.post(f"{EXPORT}/refuse")
@blueprint.response(200, PeriodExportAnswer)
@blueprint.alt_response(404, response="NOT_FOUND")
@blueprint.alt_response(409, description="Decided, expired, or the officer's own request")
def post_refusal(export_id: int) -> dict[str, Any]:
    """Refuse a request."""
    return _decided(export_id, grant=False)


@blueprint.post(f"{EXPORT}/file.csv")
@limits.look_up
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type=CSV_TYPE)
@blueprint.alt_response(404, response="NOT_FOUND")
@blueprint.alt_response(409, description="Not granted, expired, taken already, or somebody else's")
def post_file(export_id: int) -> Response:
    """Take a granted export: once, watermarked on every row, and written down."""
    with transaction() as session:
        lines, watermark = period_exports.take(session, officer(), export_id, running().clock())
        content = csv_bytes(export_table(lines, watermark, language()))
    response = Response(content, mimetype=CSV_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="period-export-{export_id}.csv"'
    return response


def _decided(export_id: int, *, grant: bool) -> dict[str, Any]:
    now = running().clock()
    with transaction() as session:
        row = period_exports.decide(session, officer(), export_id, grant=grant, now=now)
        return period_exports.shown(session, row, now)
