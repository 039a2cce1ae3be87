"""Buyers and their sign-ins."""

from marshmallow import fields, validate

from blueprints.schemas.base import BaseSchema, Flag, Instant, Line


class SignInArgs(BaseSchema):
    """A code from WeChat."""

    code = Line(required=True, longest=128)
    channel = fields.String(
        load_default="miniprogram", validate=validate.OneOf(["miniprogram", "official_account"])
    )
    #: What came back from the official account's sign-in page along with the code.
    state = Line(load_default=None, allow_none=True, longest=128)


class UserBrief(BaseSchema):
    """A buyer in an answer."""

    id = fields.Integer(required=True)
    nickname = fields.String(required=True)


class SignInAnswer(BaseSchema):
    """A fresh sign-in."""

    token = fields.String(required=True)
    expires_at = Instant(required=True)
    user = fields.Nested(UserBrief, required=True)


class ProfileArgs(BaseSchema):
    """What a buyer may change."""

    nickname = Line(longest=32)
    language = fields.String(validate=validate.OneOf(["zh", "en"]))
    name_public = Flag()


class Profile(BaseSchema):
    """A buyer's own profile."""

    id = fields.Integer(required=True)
    nickname = fields.String(required=True)
    language = fields.String(required=True)
    name_public = fields.Boolean(required=True)
    created_at = Instant(required=True)


class Summary(BaseSchema):
    """What a buyer has done so far."""

    trees = fields.Integer(required=True)
    sink_g = fields.Integer(required=True)
    spent_fen = fields.Integer(required=True)
    paid_out_fen = fields.Integer(required=True)
    households = fields.Integer(required=True)
    villages = fields.List(fields.String(), required=True)
    orders = fields.Integer(required=True)
    certificates = fields.Integer(required=True)
    gifts_given = fields.Integer(required=True)
    gifts_received = fields.Integer(required=True)
