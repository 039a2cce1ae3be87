"""Selections, quotes and orders."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from blueprints.schemas.base import BaseSchema, Flag, Instant, Line, Whole
from domain.selections import MOST_NAMED, MOST_TREES
from domain.words import WordsState

STATUSES = ("pending", "paid", "closed", "refunding", "refunded")
WAYS = ("trees", "count", "budget_fen", "sink_g")


class SelectionArgs(BaseSchema):
    """Exactly one way of choosing, and where and what."""

    trees = fields.List(
        fields.String(validate=validate.Regexp(r"^[0-9A-Z]{6,16}\Z")),
        validate=validate.Length(min=1, max=MOST_NAMED),
    )
    count = Whole(low=1, high=MOST_TREES)
    budget_fen = Whole(low=1)
    sink_g = Whole(low=1)
    region = fields.String(validate=validate.Regexp(r"^(\d{2}|\d{4}|\d{6}|\d{9}|\d{12})\Z"))
    species = fields.String(validate=validate.Regexp(r"^[A-Z]{1,8}\Z"))
    year = Whole(low=2000, high=2200)

    @validates_schema
    def one_way(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse none or several ways at once."""
        given = [way for way in WAYS if way in data]
        if len(given) != 1:
            raise ValidationError(f"Give exactly one of {', '.join(WAYS)}.", "_selection")
        if given == ["trees"] and ("region" in data or "species" in data):
            raise ValidationError("Named trees take no region or species.", "_selection")


class QuoteAnswer(BaseSchema):
    """What a selection would cost."""

    count = fields.Integer(required=True)
    amount_fen = fields.Integer(required=True)
    sink_g = fields.Integer(required=True)
    year = fields.Integer(required=True)
    households = fields.Integer(required=True)


class OrderArgs(SelectionArgs):
    """An order."""

    purpose = fields.String(required=True, validate=validate.OneOf(["personal", "gift"]))
    holder_name = Line(required=True, longest=60)
    holder_public = Flag(load_default=False)
    message = Line(longest=200, shortest=0, load_default=None, allow_none=True)


class MoneyState(BaseSchema):
    """Where the money of an order is now."""

    to_households_fen = fields.Integer(required=True)
    paid_out_fen = fields.Integer(required=True)
    refunded_fen = fields.Integer(required=True)


class OrderAnswer(BaseSchema):
    """An order as its buyer sees it."""

    number = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    purpose = fields.String(required=True)
    count = fields.Integer(required=True)
    amount_fen = fields.Integer(required=True)
    sink_g = fields.Integer(required=True)
    year = fields.Integer(required=True)
    holder_name = fields.String(required=True)
    holder_public = fields.Boolean(required=True)
    message = fields.String(required=True, allow_none=True)
    words_state = fields.String(required=True, validate=validate.OneOf([state.value for state in WordsState]))
    created_at = Instant(required=True)
    expires_at = Instant(required=True)
    paid_at = Instant(required=True, allow_none=True)
    certificate = fields.String(required=True, allow_none=True)
    gift_code = fields.String(required=True, allow_none=True)
    gift_status = fields.String(required=True, allow_none=True)
    money = fields.Nested(MoneyState, required=True)


class OrderPage(BaseSchema):
    """A page of orders."""

    items = fields.List(fields.Nested(OrderAnswer), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class PaySheetAnswer(BaseSchema):
    """What wx.requestPayment or WeixinJSBridge is given."""

    appId = fields.String(required=True)  # noqa: N815 - WeChat's own spelling
    timeStamp = fields.String(required=True)  # noqa: N815 - WeChat's own spelling
    nonceStr = fields.String(required=True)  # noqa: N815 - WeChat's own spelling
    package = fields.String(required=True)
    signType = fields.String(required=True)  # noqa: N815 - WeChat's own spelling
    paySign = fields.String(required=True)  # noqa: N815 - WeChat's own spelling
