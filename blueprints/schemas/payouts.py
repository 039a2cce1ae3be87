"""Payout batches as they go in and out."""

from datetime import date
from typing import Any

from marshmallow import ValidationError, fields, validate, validates

from blueprints.schemas.base import BaseSchema, Flag, Instant, Line, PageArgs, Whole
from blueprints.schemas.households import REGION
from blueprints.schemas.officers import OfficerRegion
from domain.incidents import names_somebody
from domain.payouts import BatchState, BounceReason, PayoutChannel, PayoutLineState, SoftLock

_FIRST_DAY = date(2018, 1, 1)


class PayoutBatchArgs(BaseSchema):
    """Whom to pay: a division, the last business day of earning, the least amount for a household, and by what."""

    region = fields.String(required=True, validate=REGION)
    up_to = fields.Date(required=True, validate=validate.Range(min=_FIRST_DAY))
    threshold_fen = Whole(required=True, low=1)
    channel = fields.Enum(PayoutChannel, by_value=True, required=True)
    year_end = Flag(
        load_default=False,
        metadata={"description": "The sweep at a year's end: pays any amount, below the threshold too."},
    )


class PayoutListArgs(PageArgs):
    """Narrows the list."""

    region = fields.String(load_default=None, validate=REGION)
    state = fields.Enum(BatchState, by_value=True, load_default=None)


class SignOffArgs(BaseSchema):
    """Who is to sign."""

    all = fields.Boolean(
        load_default=False,
        truthy={"true"},
        falsy={"false"},
        metadata={"description": "Also households that have bound a phone, and can confirm there."},
    )


class PayoutReasonArgs(BaseSchema):
    """Why a batch does not go on."""

    reason = Line(required=True, shortest=2, longest=200)

    @validates("reason")
    def names_nobody(self, reason: str, **_: Any) -> None:
        """Refuse a reason that would carry a number of somebody's into the audit."""
        if names_somebody(reason):
            raise ValidationError("A reason must not hold an identity, phone or account number.")


class PayoutPerson(BaseSchema):
    """Who did something for a batch."""

    username = fields.String(required=True)
    display_name = fields.String(required=True)


class PayoutSum(BaseSchema):
    """So many households, and fen."""

    households = fields.Integer(required=True)
    amount_fen = fields.Integer(required=True)


class PayoutBatchRow(BaseSchema):
    """One batch; amounts are of the lines that were not withdrawn."""

    id = fields.Integer(required=True, attribute="batch.id")
    number = fields.String(required=True)
    region = fields.Nested(OfficerRegion, required=True)
    state = fields.Enum(BatchState, by_value=True, required=True, attribute="batch.state")
    channel = fields.Enum(PayoutChannel, by_value=True, required=True, attribute="batch.channel")
    up_to = fields.Date(required=True, attribute="batch.up_to")
    threshold_fen = fields.Integer(required=True, attribute="batch.threshold_fen")
    year_end = fields.Boolean(required=True, attribute="batch.year_end")
    households = fields.Integer(required=True)
    amount_fen = fields.Integer(required=True, attribute="batch.amount_fen")
    approvals_needed = fields.Integer(required=True, attribute="batch.approvals_needed")
    maker = fields.Nested(PayoutPerson, required=True, allow_none=True)
    approvers = fields.List(fields.Nested(PayoutPerson), required=True)
    releaser = fields.Nested(PayoutPerson, required=True, allow_none=True)
    drafted_at = Instant(required=True, attribute="batch.drafted_at")
    submitted_at = Instant(required=True, allow_none=True, attribute="batch.submitted_at")
    objections_until = Instant(required=True, allow_none=True, attribute="batch.objections_until")
    approved_at = Instant(required=True, allow_none=True, attribute="batch.approved_at")
    released_at = Instant(required=True, allow_none=True, attribute="batch.released_at")
    ended_at = Instant(required=True, allow_none=True, attribute="batch.ended_at")
    reason = fields.String(required=True, allow_none=True, attribute="batch.reason")


class PayoutBatchAnswer(PayoutBatchRow):
    """One batch with its lines by state and the households left out by reason."""

    lines = fields.Dict(
        keys=fields.String(validate=validate.OneOf([state.value for state in PayoutLineState])),
        values=fields.Nested(PayoutSum),
        required=True,
    )
    left_out = fields.Dict(
        keys=fields.String(validate=validate.OneOf([lock.value for lock in SoftLock])),
        values=fields.Nested(PayoutSum),
        required=True,
    )
    ended_by = fields.Nested(
        PayoutPerson,
        required=True,
        allow_none=True,
        metadata={"description": "Who rejected it, or its maker who took it back."},
    )


class PayoutBatchPage(BaseSchema):
    """A page of batches."""

    items = fields.List(fields.Nested(PayoutBatchRow), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class PayoutLineRow(BaseSchema):
    """What a batch pays one household, masked."""

    reference = fields.String(required=True, attribute="line.reference")
    public_id = fields.String(required=True)
    household_number = fields.String(required=True)
    place = fields.String(required=True)
    name = fields.String(required=True)
    bank = fields.String(required=True, attribute="line.bank")
    account = fields.String(required=True, allow_none=True)
    amount_fen = fields.Integer(required=True, attribute="line.amount_fen")
    state = fields.Enum(PayoutLineState, by_value=True, required=True, attribute="line.state")
    sent_at = Instant(required=True, allow_none=True, attribute="line.sent_at")
    paid_at = Instant(required=True, allow_none=True, attribute="line.paid_at")
    failed_at = Instant(required=True, allow_none=True, attribute="line.failed_at")
    bounce_reason = fields.Enum(
        BounceReason, by_value=True, required=True, allow_none=True, attribute="line.bounce_reason"
    )
    withdrawn_for = fields.Enum(
        SoftLock, by_value=True, required=True, allow_none=True, attribute="line.withdrawn_for"
    )


class PayoutLinePage(BaseSchema):
    """A page of lines."""

    items = fields.List(fields.Nested(PayoutLineRow), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class LeftOutRow(BaseSchema):
    """A household that a batch left out, masked, and why."""

    public_id = fields.String(required=True)
    household_number = fields.String(required=True)
    place = fields.String(required=True)
    name = fields.String(required=True)
    reason = fields.Enum(SoftLock, by_value=True, required=True)
    amount_fen = fields.Integer(required=True)


class LeftOutPage(BaseSchema):
    """A page of households left out."""

    items = fields.List(fields.Nested(LeftOutRow), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
