"""Certificates and verdicts."""

from marshmallow import fields

from blueprints.schemas.base import BaseSchema, Flag, Instant, Line


class CertificateFacts(BaseSchema):
    """What a certificate says, as this reader may see it."""

    serial = fields.String(required=True)
    holder = fields.String(required=True)
    holder_verified = fields.Boolean(required=True)
    purpose = fields.String(required=True)
    count = fields.Integer(required=True)
    years = fields.List(fields.Integer(), required=True)
    basis = fields.String(required=True)
    sink_g = fields.Integer(required=True)
    villages = fields.List(fields.String(), required=True)
    households = fields.Integer(required=True)
    issued_on = fields.Date(required=True)
    claim = fields.String(required=True)
    method = fields.String(required=True)
    verifier = fields.String(required=True)
    status = fields.String(required=True)
    lost = fields.Integer(
        required=True,
        metadata={"description": "Trees that were confirmed lost before their year was over."},
    )
    made_good = fields.Integer(
        required=True, metadata={"description": "For how many of them a tree of the village stands in."}
    )
    revoked_on = fields.Date(required=True, allow_none=True)


class SignatureFacts(BaseSchema):
    """The signed token of a certificate's QR code."""

    alg = fields.String(required=True)
    kid = fields.String(required=True)
    token = fields.String(required=True)


class CertificateMoney(BaseSchema):
    """Where the money is: only for the owner or whoever holds the QR code."""

    to_households_fen = fields.Integer(required=True)
    paid_out_fen = fields.Integer(required=True)
    fee_borne_by = fields.String(required=True)


class VerdictAnswer(BaseSchema):
    """What a scanner is told."""

    verdict = fields.String(required=True)
    certificate = fields.Nested(CertificateFacts)
    signature = fields.Nested(SignatureFacts)
    money = fields.Nested(CertificateMoney)


class VerdictArgs(BaseSchema):
    """The token beside a serial number."""

    t = fields.String(load_default=None)


class MyCertificate(BaseSchema):
    """One of a buyer's certificates."""

    serial = fields.String(required=True, allow_none=True)
    order = fields.String(required=True, allow_none=True)
    relation = fields.String(required=True)
    holder_name = fields.String(required=True)
    holder_public = fields.Boolean(required=True)
    purpose = fields.String(required=True)
    count = fields.Integer(required=True)
    sink_g = fields.Integer(required=True)
    year = fields.Integer(required=True)
    basis = fields.String(required=True)
    issued_on = fields.Date(required=True, allow_none=True)
    status = fields.String(required=True)
    url = fields.String(required=True, allow_none=True)


class MyCertificatePage(BaseSchema):
    """A page of a buyer's certificates."""

    items = fields.List(fields.Nested(MyCertificate), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class ClaimArgs(BaseSchema):
    """Who claims a gift, and how the name is shown."""

    holder_name = Line(required=True, longest=60)
    holder_public = Flag(load_default=False)


class ClaimAnswer(BaseSchema):
    """A gift that has become a certificate."""

    serial = fields.String(required=True)
    url = fields.String(required=True)
    count = fields.Integer(required=True)
    sink_g = fields.Integer(required=True)
    year = fields.Integer(required=True)
    message = fields.String(required=True, allow_none=True)
    claimed_at = Instant(required=True)
