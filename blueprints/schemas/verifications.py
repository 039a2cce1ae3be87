"""Verifications as they go in and out."""

from typing import Any

from marshmallow import fields, validate

from blueprints.schemas.base import BaseSchema, Instant, PageArgs, QueryWhole, Whole
from blueprints.schemas.catalogue import FIRST_YEAR, LAST_YEAR, REGION
from domain.verifications import LeftOut
from models.verifications import VerificationState


class VerificationArgs(BaseSchema):
    """Which measurements to approve: of a division with all below it, for a year."""

    region = fields.String(required=True, validate=REGION)
    year = Whole(required=True, low=FIRST_YEAR, high=LAST_YEAR)


class VerificationListArgs(PageArgs):
    """Narrows the list."""

    region = fields.String(validate=REGION)
    year = QueryWhole(low=FIRST_YEAR, high=LAST_YEAR)


class VerifiedRegion(BaseSchema):
    """The division that was verified or looked back at."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    path = fields.String(required=True)


class VerifiedMethod(BaseSchema):
    """The methodology the grams were computed by."""

    id = fields.String(required=True, attribute="method_id")
    version = fields.String(required=True, attribute="method_version")


class VerificationAnswer(BaseSchema):
    """One verification: a draft to be looked at, an approval, or one withdrawn."""

    id = fields.Integer(required=True, attribute="verification.id")
    region = fields.Nested(VerifiedRegion, required=True)
    year = fields.Integer(required=True, attribute="verification.year")
    state = fields.Enum(VerificationState, by_value=True, required=True, attribute="verification.state")
    verifier = fields.String(required=True, attribute="verification.verifier_name")
    method = fields.Nested(VerifiedMethod, required=True, attribute="verification")
    price_fen = fields.Integer(required=True)
    flat_sink_g = fields.Integer(required=True)
    units = fields.Integer(
        required=True,
        attribute="verification.units",
        metadata={"description": "Trees that may sell the year, with those kept as buffer."},
    )
    buffer_units = fields.Integer(required=True, attribute="verification.buffer_units")
    left_out = fields.Dict(
        keys=fields.String(validate=validate.OneOf([reason.value for reason in LeftOut])),
        values=fields.Integer(),
        required=True,
        attribute="verification.left_out",
    )
    created_at = Instant(required=True, attribute="verification.created_at")
    approved_at = Instant(required=True, allow_none=True, attribute="verification.approved_at")
    withdrawn_at = Instant(required=True, allow_none=True, attribute="verification.withdrawn_at")


class VerificationPage(BaseSchema):
    """A page of verifications."""

    items: Any = fields.List(fields.Nested(VerificationAnswer), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
