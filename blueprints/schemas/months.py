"""A month of the book."""

from marshmallow import fields

from blueprints.schemas.base import BaseSchema, Instant


class CountyMonthAnswer(BaseSchema):
    """A county's households, and what is under way to them; fen.

    start + earned - refunded + moved in - moved out - released + bounced + returned + corrected = end.
    """

    county = fields.String(
        required=True, metadata={"description": "Six digits; empty for batches that pay several."}
    )
    name = fields.String(required=True, allow_none=True)
    start_fen = fields.Integer(required=True)
    earned_fen = fields.Integer(required=True)
    refunded_fen = fields.Integer(required=True)
    moved_in_fen = fields.Integer(required=True)
    moved_out_fen = fields.Integer(required=True)
    released_fen = fields.Integer(required=True)
    bounced_fen = fields.Integer(required=True)
    returned_fen = fields.Integer(required=True)
    corrected_fen = fields.Integer(required=True)
    end_fen = fields.Integer(required=True)
    in_transit_start_fen = fields.Integer(required=True)
    paid_fen = fields.Integer(required=True)
    in_transit_end_fen = fields.Integer(required=True)


class AccountMonthAnswer(BaseSchema):
    """An account of the whole programme; minus the end of `wechat` and `bank` is the money that lies there."""

    account = fields.String(required=True)
    start_fen = fields.Integer(required=True)
    in_fen = fields.Integer(required=True)
    out_fen = fields.Integer(required=True)
    end_fen = fields.Integer(required=True)


class MonthAnswer(BaseSchema):
    """A month as it was closed, or, with `closed_at` null, as it stands so far."""

    month = fields.String(required=True)
    closed_at = Instant(required=True, allow_none=True)
    sha256 = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Of the whole statement, all counties included; null until it is closed."},
    )
    sum_fen = fields.Integer(
        required=True,
        metadata={"description": "All balances of the whole at its end: 0, or the book does not hold."},
    )
    counties = fields.List(fields.Nested(CountyMonthAnswer), required=True)
    accounts = fields.List(fields.Nested(AccountMonthAnswer), required=True)


class ClosedMonth(BaseSchema):
    """A month that was closed for good."""

    month = fields.String(required=True)
    closed_at = Instant(required=True)
    sha256 = fields.String(required=True, metadata={"description": "Of its whole statement."})


class MonthPage(BaseSchema):
    """A page of closed months, the newest first."""

    items = fields.List(fields.Nested(ClosedMonth), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
