"""What a household sees of itself: masked, and without certificates or buyers."""

from marshmallow import fields, validate

from blueprints.schemas.base import BaseSchema, Instant, Line
from blueprints.schemas.households import EarningsFields
from domain.payout_answers import PayoutAnswerKind
from domain.payouts import BounceReason, PayoutChannel
from domain.transfers import AuthorizationState
from models.trees import TreeState


class OwnMonth(EarningsFields):
    """What was earned by the sales of one month, and where that money is."""

    month = fields.String(required=True, metadata={"description": "YYYY-MM in Asia/Shanghai"})


class OwnYear(EarningsFields):
    """What was earned by the sales of one year, newest month first."""

    year = fields.Integer(required=True)
    months = fields.List(fields.Nested(OwnMonth), required=True)


class OwnBinding(BaseSchema):
    """Since when this WeChat is bound, and from when money may come here."""

    bound_at = Instant(required=True)
    confirmed_at = Instant(required=True, allow_none=True)
    payable_from = Instant(required=True, allow_none=True)


class OwnIncomeAnswer(EarningsFields):
    """A household's own income; `sentences` say the same in plain words."""

    name = fields.String(required=True)
    place = fields.String(required=True)
    as_of = Instant(required=True)
    trees = fields.Integer(required=True)
    sentences = fields.List(fields.String(), required=True)
    years = fields.List(fields.Nested(OwnYear), required=True)
    binding = fields.Nested(OwnBinding, required=True)


class OwnSpecies(BaseSchema):
    """A species by its names."""

    code = fields.String(required=True)
    name_zh = fields.String(required=True)
    name_en = fields.String(required=True)


class OwnTreeYear(BaseSchema):
    """What became of a tree in one year."""

    year = fields.Integer(required=True)
    status = fields.String(required=True, validate=validate.OneOf(["sold", "held", "for_sale", "kept_back"]))
    earned_fen = fields.Integer(required=True)


class OwnTree(BaseSchema):
    """A tree by the number on its tag."""

    tag = fields.String(required=True)
    species = fields.Nested(OwnSpecies, required=True)
    planted_year = fields.Integer(required=True)
    state = fields.String(required=True, validate=validate.OneOf([state.value for state in TreeState]))
    years = fields.List(fields.Nested(OwnTreeYear), required=True)


class OwnTreePage(BaseSchema):
    """A page of trees."""

    items = fields.List(fields.Nested(OwnTree), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class TransferSheet(BaseSchema):
    """What wx.requestMerchantTransfer is given."""

    mchId = fields.String(required=True)  # noqa: N815 - WeChat's own spelling
    appId = fields.String(required=True)  # noqa: N815 - WeChat's own spelling
    package = fields.String(required=True)


class PermissionAnswer(BaseSchema):
    """A permission to be paid without confirming; `sheet` while it waits to be given in WeChat."""

    state = fields.Enum(AuthorizationState, by_value=True, required=True, allow_none=True)
    sheet = fields.Nested(TransferSheet, required=True, allow_none=True)


class OwnPayout(BaseSchema):
    """One payment; `sentence` says how it stands in plain words."""

    id = fields.Integer(required=True)
    batch = fields.String(required=True)
    channel = fields.Enum(PayoutChannel, by_value=True, required=True)
    amount_fen = fields.Integer(required=True)
    state = fields.String(
        required=True, validate=validate.OneOf(["on_its_way", "to_collect", "paid", "came_back"])
    )
    sentence = fields.String(required=True)
    released_at = Instant(required=True)
    paid_at = Instant(required=True, allow_none=True)
    failed_at = Instant(required=True, allow_none=True)
    bounce_reason = fields.Enum(BounceReason, by_value=True, required=True, allow_none=True)
    confirmed_at = Instant(required=True, allow_none=True)
    contested_at = Instant(required=True, allow_none=True)
    may_confirm = fields.Boolean(required=True)
    may_contest = fields.Boolean(required=True)


class OwnPayoutPage(BaseSchema):
    """A page of payments."""

    items = fields.List(fields.Nested(OwnPayout), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class ContestArgs(BaseSchema):
    """What is wrong, in the household's own words; kept encrypted."""

    reason = Line(required=True, longest=200)


class PayoutAnswerRow(BaseSchema):
    """What a household said of one payment, as an officer reads it."""

    batch = fields.String(required=True)
    reference = fields.String(required=True)
    amount_fen = fields.Integer(required=True)
    kind = fields.Enum(PayoutAnswerKind, by_value=True, required=True)
    reason = fields.String(required=True, allow_none=True)
    answered_at = Instant(required=True)


class PayoutAnswers(BaseSchema):
    """What a household said of its payments, newest first."""

    items = fields.List(fields.Nested(PayoutAnswerRow), required=True)
