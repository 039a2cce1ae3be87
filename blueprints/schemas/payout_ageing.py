"""Money that has been payable for long, as it goes out."""

from marshmallow import fields

from blueprints.schemas.base import BaseSchema, Instant, PageArgs, QueryWhole
from blueprints.schemas.households import REGION
from domain.payouts import AGE_BUCKETS, PayoutChannel

#: Nothing here is older than the programme.
_MOST_DAYS = 36_500


class AgeingArgs(BaseSchema):
    """Which division, and the least number of days."""

    region = fields.String(load_default=None, validate=REGION)
    min_days = QueryWhole(
        low=0,
        high=_MOST_DAYS,
        load_default=AGE_BUCKETS[0],
        metadata={"description": "Households whose oldest money has been payable for so many days."},
    )


class AgeingPageArgs(AgeingArgs, PageArgs):
    """The same, page by page."""


class AgedSum(BaseSchema):
    """What has been payable for at least so many days; each sum holds the next ones too."""

    from_days = fields.Integer(required=True)
    households = fields.Integer(required=True)
    amount_fen = fields.Integer(required=True)


class AgedHousehold(BaseSchema):
    """A household with money that has been payable for long, masked."""

    public_id = fields.String(required=True)
    household_number = fields.String(required=True)
    name = fields.String(required=True)
    place = fields.String(required=True)
    payable_since = Instant(required=True)
    days = fields.Integer(required=True)
    amount_fen = fields.Integer(required=True, metadata={"description": "Of the money that is as old."})


class SilentBatch(BaseSchema):
    """A batch of which payments were released long ago and have no news."""

    id = fields.Integer(required=True)
    number = fields.String(required=True)
    place = fields.String(required=True)
    channel = fields.Enum(PayoutChannel, by_value=True, required=True)
    released_at = Instant(required=True)
    days = fields.Integer(required=True)
    households = fields.Integer(required=True)
    amount_fen = fields.Integer(required=True)


class AgeingAnswer(BaseSchema):
    """How old what is owed has become, the households page by page, and batches without news."""

    region = fields.String(required=True)
    as_of = Instant(required=True)
    buckets = fields.List(fields.Nested(AgedSum), required=True)
    without_news = fields.List(fields.Nested(SilentBatch), required=True)
    items = fields.List(fields.Nested(AgedHousehold), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
