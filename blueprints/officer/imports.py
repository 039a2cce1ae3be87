"""Survey sheets: uploaded, checked as a whole before anything is written, accepted village by village."""

from typing import Any

from flask import Response, request

from blueprints.bodies import upload
from blueprints.failures import language
from blueprints.officer.guard import officer, officer_blueprint
from blueprints.pages_of import page, read_cursor
from blueprints.schemas.base import QUERY, PageArgs
from blueprints.schemas.imports import (
    AcceptArgs,
    ImportAnswer,
    ImportForm,
    ImportListArgs,
    ImportPage,
    ProblemPage,
)
from domain.problem_tables import problem_table
from flows.imports import accept_import
from flows.running import running
from flows.uploads import take_upload
from gateways.spreadsheets import UPLOAD_LIMITS
from gateways.statements import CSV_TYPE, csv_bytes
from models.base import database, transaction
from services import imports

blueprint = officer_blueprint("imports", "Survey sheets on their way into the registry.")

IMPORT = "/officer/imports/<int(max=9007199254740991):import_id>"
#: What the parts of a multipart form may take beside the file.
AROUND = 16 * 1024


@blueprint.post("/officer/imports")
@upload(UPLOAD_LIMITS.file_bytes + AROUND)
@blueprint.arguments(ImportForm, location="multipart")
@blueprint.response(201, ImportAnswer)
@blueprint.alt_response(403, description="Sheets of this kind are not the officer's to bring")
@blueprint.alt_response(409, description="Too many sheets of the officer wait for their check")
@blueprint.alt_response(413, description="More than 32 MiB")
def post_import(form: dict[str, Any]) -> Any:
    """Upload a sheet and have it checked; nothing is registered before it is accepted.

    A small sheet comes back checked. A large one comes back `checking`: ask again until it is not.
    """
    sent = form["file"]
    import_id = take_upload(
        running(),
        sent.read(),
        kind=form["kind"],
        file_name=sent.filename or "",
        officer=officer(),
        address=request.remote_addr,
    )
    return _shown(import_id)


@blueprint.get("/officer/imports")
@blueprint.arguments(ImportListArgs, **QUERY)
@blueprint.response(200, ImportPage)
def get_imports(args: dict[str, Any]) -> dict[str, Any]:
    """The sheets of the officer's region, newest first."""
    key = read_cursor(args["cursor"], int)
    rows = imports.listed(
        database(), officer(), kind=args["kind"], before=key[0] if key else None, limit=args["limit"]
    )
    return page(rows, args["limit"], lambda one: [one.row.id])


@blueprint.get(IMPORT)
@blueprint.response(200, ImportAnswer)
@blueprint.alt_response(404, response="NOT_FOUND")
def get_import(import_id: int) -> Any:
    """One sheet: how far its check is, and what it would bring each village."""
    return _shown(import_id)


@blueprint.get(f"{IMPORT}/problems")
@blueprint.arguments(PageArgs, **QUERY)
@blueprint.response(200, ProblemPage)
@blueprint.alt_response(404, response="NOT_FOUND")
def get_problems(args: dict[str, Any], import_id: int) -> dict[str, Any]:
    """What is wrong with a sheet, row by row; the first 10,000 problems are kept."""
    found = imports.find(database(), import_id, officer())
    key = read_cursor(args["cursor"], int, int)
    rows = imports.problem_page(
        database(),
        found.id,
        after=(key[0], key[1]) if key else None,
        limit=args["limit"],
        language=language(),
    )
    return page(rows, args["limit"], lambda one: [one.told.row, one.id])


@blueprint.get(f"{IMPORT}/problems.csv")
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type=CSV_TYPE)
@blueprint.alt_response(404, response="NOT_FOUND")
def get_problems_csv(import_id: int) -> Response:
    """The same as a table for Excel, in both languages."""
    found = imports.find(database(), import_id, officer())
    chinese, english = (imports.problems(database(), found.id, language) for language in ("zh", "en"))
    response = Response(csv_bytes(problem_table(chinese, english)), mimetype=CSV_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="problems-{import_id}.csv"'
    return response


@blueprint.post(f"{IMPORT}/accept")
@blueprint.arguments(AcceptArgs, required=False)
@blueprint.response(200, ImportAnswer)
@blueprint.alt_response(404, response="NOT_FOUND")
@blueprint.alt_response(
    409, description="Not checked yet, kept out by problems, or overtaken by the registry"
)
def post_acceptance(args: dict[str, Any], import_id: int) -> Any:
    """Register what the sheet brings the villages of a division, or every village that no problem keeps out."""
    imports.find_to_change(database(), import_id, officer())
    accept_import(import_id, now=running().clock(), actor=officer().actor, region=args.get("region"))
    return _shown(import_id)


@blueprint.post(f"{IMPORT}/discard")
@blueprint.response(200, ImportAnswer)
@blueprint.alt_response(404, response="NOT_FOUND")
@blueprint.alt_response(409, description="It has come to its end already")
def post_discard(import_id: int) -> Any:
    """Let a sheet go, or what is left of it; villages that were accepted stand."""
    with transaction() as session:
        imports.throw_away(
            session,
            imports.find_to_change(session, import_id, officer()),
            officer=officer(),
            now=running().clock(),
            address=request.remote_addr,
        )
    return _shown(import_id)


def _shown(import_id: int) -> Any:
    return imports.shown(database(), imports.find(database(), import_id, officer()))
