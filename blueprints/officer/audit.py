"""Who did what: the audit as a list and as a file."""

from typing import Any

from flask import Response

from blueprints import limits
from blueprints.failures import language
from blueprints.officer.guard import officer, officer_blueprint
from blueprints.pages_of import page, read_cursor
from blueprints.schemas.audit import AuditArgs, AuditListArgs, AuditPage
from blueprints.schemas.base import QUERY
from domain.audit_tables import audit_table
from flows.running import running
from gateways.statements import CSV_TYPE, csv_bytes
from models.base import database, transaction
from services import audit_views
from services.audit_views import AuditWanted

blueprint = officer_blueprint("officer_audit", "Who did what, when and from where")

FILE = {"type": "string", "format": "binary"}


@blueprint.get("/officer/audit")
@blueprint.arguments(AuditListArgs, **QUERY)
@blueprint.response(200, AuditPage)
def get_audit(args: dict[str, Any]) -> dict[str, Any]:
    """The audit of the officer's region, newest first; an administrator sees what was done about officers."""
    key = read_cursor(args["cursor"], int)
    rows = audit_views.listed(
        database(), officer(), _wanted(args), before=key[0] if key else None, limit=args["limit"] + 1
    )
    found = page(rows, args["limit"], lambda row: [row["id"]])
    return {**found, "items": audit_views.with_names(database(), found["items"], language())}


@blueprint.get("/officer/audit.csv")
@limits.look_up
@blueprint.arguments(AuditArgs, **QUERY)
@blueprint.response(200, FILE, content_type=CSV_TYPE)
def get_audit_csv(args: dict[str, Any]) -> Response:
    """The same as a table for Excel; taking it along is written down too."""
    with transaction() as session:
        rows = audit_views.exported(session, officer(), _wanted(args), running().clock())
    response = Response(csv_bytes(audit_table(rows, language())), mimetype=CSV_TYPE)
    response.headers["Content-Disposition"] = 'attachment; filename="audit.csv"'
    return response


def _wanted(args: dict[str, Any]) -> AuditWanted:
    return AuditWanted(args["actor"], args["action"], args["subject"], args["first"], args["last"])
