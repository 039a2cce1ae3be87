"""Reviews of years that are over, as they go in and out."""

from typing import Any

from marshmallow import fields, validate

from blueprints.schemas.base import BaseSchema, Instant, PageArgs, Whole
from blueprints.schemas.catalogue import FIRST_YEAR, LAST_YEAR, REGION
from blueprints.schemas.verifications import VerifiedRegion

_CODES = fields.String(validate=validate.Length(min=1, max=16))


class ReviewArgs(BaseSchema):
    """Which region and year to look back at."""

    region = fields.String(required=True, validate=REGION)
    year = Whole(required=True, low=FIRST_YEAR, high=LAST_YEAR)


class ReviewListArgs(PageArgs):
    """Narrows the list."""

    region = fields.String(validate=REGION)


class FindingsArgs(BaseSchema):
    """What became of the sample: every tree of it stands in one of the two lists."""

    growing = fields.List(_CODES, required=True, validate=validate.Length(max=5000))
    gone = fields.List(_CODES, required=True, validate=validate.Length(max=5000))


class ReviewAnswer(BaseSchema):
    """One review."""

    id = fields.Integer(required=True)
    region = fields.Nested(VerifiedRegion, required=True)
    year = fields.Integer(required=True)
    sold = fields.Integer(required=True)
    sample = fields.List(fields.String(), required=True)
    gone = fields.List(fields.String(), required=True)
    measured = fields.Integer(required=True)
    lapsed = fields.Integer(required=True)
    drawn_at = Instant(required=True)
    confirmed_at = Instant(required=True, allow_none=True)


class ReviewPage(BaseSchema):
    """A page of reviews."""

    items: Any = fields.List(fields.Nested(ReviewAnswer), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
