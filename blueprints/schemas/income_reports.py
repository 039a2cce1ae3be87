"""Income reports."""

from datetime import date, timedelta
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from blueprints.schemas.base import BaseSchema, PageArgs
from blueprints.schemas.households import REGION, EarningsFields
from blueprints.schemas.poverty_lines import PovertyLineFields
from domain.income import GroupBy

FIRST_DAY = date(2018, 1, 1)
LAST_DAY = date(2199, 12, 31)
_NEXT = timedelta(days=1)


def _begins(day: date, group_by: GroupBy) -> bool:
    return day.day == 1 and (group_by is GroupBy.MONTH or day.month == 1)


class SpanArgs(BaseSchema):
    """Business days, both inclusive; an end that is left out is open."""

    first = fields.Date(
        load_default=None, data_key="from", validate=validate.Range(min=FIRST_DAY, max=LAST_DAY)
    )
    last = fields.Date(load_default=None, data_key="to", validate=validate.Range(min=FIRST_DAY, max=LAST_DAY))

    @validates_schema
    def in_order(self, given: dict[str, Any], **_: Any) -> None:
        """Refuse a span that ends before it begins."""
        first, last = given.get("first"), given.get("last")
        if first and last and last < first:
            raise ValidationError("The span ends before it begins.", "to")


class ReportArgs(SpanArgs):
    """By what to add up, where, and of which days."""

    group_by = fields.Enum(GroupBy, by_value=True, load_default=GroupBy.VILLAGE)
    region = fields.String(load_default=None, validate=REGION)

    @validates_schema
    def whole_lines(self, given: dict[str, Any], **_: Any) -> None:
        """Refuse a span that would cut a month or a year of a report by time."""
        first, last = given.get("first"), given.get("last")
        group_by = given["group_by"]
        if not group_by.is_of_time:
            return
        if first and not _begins(first, group_by):
            raise ValidationError("Not the first day of a whole month or year.", "from")
        if last and not _begins(last + _NEXT, group_by):
            raise ValidationError("Not the last day of a whole month or year.", "to")


class ReportPageArgs(ReportArgs, PageArgs):
    """A page of a report."""


class SpreadFields(EarningsFields):
    """Earnings of several households, and how evenly they fall; fen."""

    households = fields.Integer(required=True)
    people = fields.Integer(required=True)
    households_with_income = fields.Integer(required=True)
    households_without_income = fields.Integer(required=True)
    households_never_paid = fields.Integer(
        required=True, metadata={"description": "To whom nothing was paid in the span."}
    )
    trees_unsold = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Free tree-years of `unsold_year`, or of the line's year; null of a month."},
    )
    per_person_fen = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Earned for each person of the households, rounded down; tree income only."},
    )
    min_fen = fields.Integer(required=True)
    median_fen = fields.Integer(required=True)
    max_fen = fields.Integer(required=True)


class BelowFields(BaseSchema):
    """Where a line's figures come from: addresses that answer the next step down, null where there is none."""

    report = fields.String(required=True, allow_none=True)
    statement = fields.String(required=True, allow_none=True)
    postings = fields.String(required=True, allow_none=True)


class GroupAnswer(SpreadFields):
    """One division, one household by its number and masked name, one month or one year."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    place = fields.String(required=True)
    public_id = fields.String(required=True, allow_none=True)
    poverty_line = fields.Nested(
        PovertyLineFields,
        required=True,
        allow_none=True,
        metadata={"description": "Of a line that is a year: as published, or null where none is."},
    )
    below = fields.Nested(BelowFields, required=True)


class ReportAnswer(BaseSchema):
    """The lines of a report, and the same figures for the whole region."""

    region = fields.String(required=True)
    group_by = fields.Enum(GroupBy, by_value=True, required=True)
    first = fields.Date(required=True, allow_none=True, data_key="from")
    last = fields.Date(required=True, allow_none=True, data_key="to")
    unsold_year = fields.Integer(required=True)
    poverty_line = fields.Nested(
        PovertyLineFields,
        required=True,
        allow_none=True,
        metadata={
            "description": "Of the year the span lies in, as published; null where none is, or over years."
        },
    )
    totals = fields.Nested(SpreadFields, required=True)
    items = fields.List(fields.Nested(GroupAnswer), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
