"""An auditor's exports of a period in full."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates, validates_schema

from blueprints.schemas.base import BaseSchema, Instant, Line
from blueprints.schemas.households import LONG_NUMBER, REGION
from blueprints.schemas.income_reports import FIRST_DAY, LAST_DAY
from domain.period_exports import EXPIRED, ExportState

_DAY = validate.Range(min=FIRST_DAY, max=LAST_DAY)


class PeriodExportArgs(BaseSchema):
    """Which region (the officer's own when none is given), which days, and why."""

    region = fields.String(load_default=None, validate=REGION)
    first = fields.Date(required=True, data_key="from", validate=_DAY)
    last = fields.Date(required=True, data_key="to", validate=_DAY)
    reason = Line(required=True, shortest=8, longest=200)

    @validates_schema
    def in_order(self, given: dict[str, Any], **_: Any) -> None:
        """Refuse a period that ends before it begins."""
        first, last = given.get("first"), given.get("last")
        if first and last and last < first:
            raise ValidationError("The period ends before it begins.", "to")

    @validates("reason")
    def names_nobody(self, reason: str, **_: Any) -> None:
        """Refuse a reason that would carry a number of somebody's into the audit and onto every row."""
        if LONG_NUMBER.search(reason):
            raise ValidationError("A reason must not hold an identity, phone or account number.")


class PeriodExportAnswer(BaseSchema):
    """One request: who asked, who decided, and until when something may be done with it."""

    id = fields.Integer(required=True)
    region = fields.String(required=True)
    first = fields.Date(required=True, data_key="from")
    last = fields.Date(required=True, data_key="to")
    reason = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf([*ExportState, EXPIRED]))
    requested_by = fields.String(required=True)
    requested_at = Instant(required=True)
    decided_by = fields.String(required=True, allow_none=True)
    decided_at = Instant(required=True, allow_none=True)
    expires_at = Instant(required=True)
    taken_at = Instant(required=True, allow_none=True)


class PeriodExportPage(BaseSchema):
    """A page of requests, newest first."""

    items = fields.List(fields.Nested(PeriodExportAnswer), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
