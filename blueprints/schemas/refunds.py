"""Refunds a buyer asks for."""

from marshmallow import fields, validate

from blueprints.schemas.base import BaseSchema, Instant, Line
from blueprints.schemas.orders import STATUSES
from domain.refunds import RefundState


class RefundArgs(BaseSchema):
    """Why the money is asked back."""

    reason = Line(required=True, longest=80)


class RefundAnswer(BaseSchema):
    """A refund on its way, and how its order stands."""

    number = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    amount_fen = fields.Integer(required=True)
    refund_number = fields.String(required=True)
    refund_status = fields.String(
        required=True, validate=validate.OneOf([state.value for state in RefundState])
    )
    reason = fields.String(required=True)
    requested_at = Instant(required=True)
