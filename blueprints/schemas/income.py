"""Statements of income."""

from marshmallow import fields

from blueprints.schemas.base import BaseSchema, Instant
from blueprints.schemas.households import EarningsFields
from domain.income import LineState, PayoutState
from domain.payout_answers import PayoutAnswerKind


class CreditLineAnswer(BaseSchema):
    """What one order brought the household."""

    day = fields.Date(required=True)
    certificate = fields.String(required=True)
    order = fields.String(required=True)
    year = fields.Integer(required=True)
    trees = fields.Integer(required=True)
    sink_g = fields.Integer(required=True)
    amount_fen = fields.Integer(required=True)
    state = fields.Enum(LineState, by_value=True, required=True)
    payable_from = fields.Date(required=True)


class PayoutLineAnswer(BaseSchema):
    """Money that left for the household's account, or came back."""

    day = fields.Date(required=True)
    batch = fields.String(required=True)
    amount_fen = fields.Integer(required=True)
    state = fields.Enum(PayoutState, by_value=True, required=True)
    said = fields.List(fields.Enum(PayoutAnswerKind, by_value=True), required=True)


class StatementAnswer(EarningsFields):
    """A household's income in full."""

    public_id = fields.String(required=True)
    number = fields.String(required=True)
    name = fields.String(required=True)
    place = fields.String(required=True)
    as_of = Instant(required=True)
    trees = fields.Integer(required=True)
    ledger_balance_fen = fields.Integer(required=True)
    agrees_with_ledger = fields.Boolean(required=True)
    credits = fields.List(fields.Nested(CreditLineAnswer), required=True)
    payouts = fields.List(fields.Nested(PayoutLineAnswer), required=True)
