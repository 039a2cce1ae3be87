"""Return files as they come in and are answered for."""

from typing import Any

from marshmallow import fields, validate

from blueprints.schemas.base import BaseSchema, Instant, PageArgs, UploadedFile
from domain.payouts import BounceReason
from models.payout_returns import RowOutcome


class ReturnForm(BaseSchema):
    """The bank's answer to a batch: CSV (UTF-8 or GB18030) or XLSX of at most 8 MiB."""

    file = UploadedFile(required=True)


class ReturnRowArgs(PageArgs):
    """Narrows the rows."""

    outcome = fields.Enum(RowOutcome, by_value=True, load_default=None)


class ReturnRowAnswer(BaseSchema):
    """One row of a return file: what was booked, or why nothing was."""

    row = fields.Integer(
        required=True,
        attribute="row.row",
        metadata={"description": "As a spreadsheet counts it; 0 for a remark about the file as a whole."},
    )
    outcome = fields.Enum(RowOutcome, by_value=True, required=True, attribute="row.outcome")
    reference = fields.String(required=True, allow_none=True, attribute="row.reference")
    bounce_reason = fields.String(
        required=True,
        allow_none=True,
        attribute="row.bounce_reason",
        validate=validate.OneOf([reason.value for reason in BounceReason]),
    )
    column = fields.String(required=True, allow_none=True, attribute="row.column")
    value = fields.String(
        required=True,
        allow_none=True,
        attribute="row.value",
        metadata={"description": "What the cell says, with people and accounts masked."},
    )
    code = fields.String(required=True, allow_none=True, attribute="row.code")
    reason = fields.String(required=True, allow_none=True)


class ReturnLine(BaseSchema):
    """A return file: how many of its rows were booked as what, said nothing new, or were refused."""

    id = fields.Integer(required=True)
    sha256 = fields.String(required=True)
    brought_at = Instant(required=True)
    brought_by = fields.String(
        required=True, metadata={"description": "The officer's name, or `command` for one at a terminal."}
    )
    paid = fields.Integer(required=True)
    bounced = fields.Integer(required=True)
    returned = fields.Integer(required=True)
    unchanged = fields.Integer(required=True)
    refused = fields.Integer(required=True)


class ReturnAnswer(ReturnLine):
    """A return file with every row."""

    rows: Any = fields.List(fields.Nested(ReturnRowAnswer), required=True)


class ReturnPage(BaseSchema):
    """One page of return files, newest first."""

    items: Any = fields.List(fields.Nested(ReturnLine), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class ReturnRowPage(BaseSchema):
    """One page of rows."""

    items: Any = fields.List(fields.Nested(ReturnRowAnswer), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
