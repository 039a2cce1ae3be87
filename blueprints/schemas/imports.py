"""Survey sheets as they come in and are answered for."""

from typing import Any

from marshmallow import fields, validate

from blueprints.schemas.base import BaseSchema, Instant, PageArgs, UploadedFile
from blueprints.schemas.catalogue import REGION
from domain.sheet_problems import SheetKind
from models.imports import ImportState


class ImportForm(BaseSchema):
    """A sheet and what it holds: CSV (plain or gzip) or XLSX of at most 32 MiB."""

    kind = fields.Enum(SheetKind, by_value=True, required=True)
    file = UploadedFile(required=True)


class ImportListArgs(PageArgs):
    """Narrows the list."""

    kind = fields.Enum(SheetKind, by_value=True, load_default=None)


class AcceptArgs(BaseSchema):
    """Which villages to accept: those of a division; without one, every village that no problem keeps out."""

    region = fields.String(load_default=None, validate=REGION, allow_none=True)


class ImportVillageAnswer(BaseSchema):
    """What a sheet brings one village, and whether that may be accepted."""

    code = fields.String(required=True, attribute="row.region_code")
    name = fields.String(required=True, allow_none=True, attribute="region.path", dump_default=None)
    state = fields.String(required=True, validate=validate.OneOf(["ready", "blocked", "accepted"]))
    rows = fields.Integer(required=True, attribute="row.rows")
    added = fields.Integer(required=True, attribute="row.added")
    unchanged = fields.Integer(required=True, attribute="row.unchanged")
    accepted_at = Instant(required=True, allow_none=True, attribute="row.accepted_at")


class ImportLine(BaseSchema):
    """One sheet: how far its check is, and what it found."""

    id = fields.Integer(required=True, attribute="row.id")
    kind = fields.String(required=True, attribute="row.kind")
    file_name = fields.String(required=True, attribute="row.file_name")
    sha256 = fields.String(required=True, attribute="row.sha256")
    state = fields.Enum(ImportState, by_value=True, required=True, attribute="row.state")
    officer = fields.String(
        required=True, allow_none=True, metadata={"description": "User name; null for the command line."}
    )
    rows_read = fields.Integer(
        required=True, metadata={"description": "The last row read, for a bar while the state is `checking`."}
    )
    rows_expected = fields.Integer(required=True, allow_none=True)
    rows = fields.Integer(required=True, attribute="row.rows")
    added = fields.Integer(required=True, attribute="row.added")
    unchanged = fields.Integer(required=True, attribute="row.unchanged")
    problems = fields.Integer(required=True, attribute="row.problem_count")
    warnings = fields.Integer(required=True, attribute="row.warning_count")
    created_at = Instant(required=True, attribute="row.created_at")
    accepted_at = Instant(required=True, allow_none=True, attribute="row.accepted_at")


class ImportAnswer(ImportLine):
    """One sheet with its villages."""

    villages: Any = fields.List(fields.Nested(ImportVillageAnswer), required=True)


class ImportPage(BaseSchema):
    """A page of imports."""

    items: Any = fields.List(fields.Nested(ImportLine), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class ProblemAnswer(BaseSchema):
    """One problem: row 0 is the file itself; a sensitive value is masked."""

    row = fields.Integer(required=True, attribute="told.row")
    column = fields.String(required=True, attribute="told.column")
    value = fields.String(required=True, attribute="told.value")
    code = fields.String(required=True, attribute="told.code")
    reason = fields.String(required=True, attribute="told.reason")
    blocks = fields.Boolean(required=True, attribute="told.blocks")


class ProblemPage(BaseSchema):
    """A page of problems in the order of the rows."""

    items: Any = fields.List(fields.Nested(ProblemAnswer), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
