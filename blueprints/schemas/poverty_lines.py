"""Published poverty lines."""

import re
from typing import Any

from marshmallow import ValidationError, fields, validates

from blueprints.schemas.base import BaseSchema, Instant, Line, Whole
from domain.poverty_lines import LEAST_YUAN, MOST_YUAN

_LONG_NUMBER = re.compile(r"\d(?:[ -]?\d){10,}")


class PovertyLineFields(BaseSchema):
    """Yuan of net income for each person in a year; null where none is published."""

    year = fields.Integer(required=True)
    national_yuan = fields.Integer(required=True, allow_none=True)
    province_yuan = fields.Integer(required=True, allow_none=True)
    source = fields.String(required=True)


class PovertyLineAnswer(PovertyLineFields):
    """One year's line."""

    changed_at = Instant(required=True)


class PovertyLineList(BaseSchema):
    """Every year that has one, newest first."""

    items = fields.List(fields.Nested(PovertyLineAnswer), required=True)


class PovertyLineArgs(BaseSchema):
    """What was published for a year, and where; null for what was not."""

    national_yuan = Whole(required=True, allow_none=True, low=LEAST_YUAN, high=MOST_YUAN)
    province_yuan = Whole(required=True, allow_none=True, low=LEAST_YUAN, high=MOST_YUAN)
    source = Line(required=True, shortest=4, longest=200)

    @validates("source")
    def names_nobody(self, source: str, **_: Any) -> None:
        """Refuse a source that would carry somebody's number."""
        if _LONG_NUMBER.search(source):
            raise ValidationError("A source must not hold an identity, phone or account number.")
