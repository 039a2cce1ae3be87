"""Officers' sign-ins as they go in and out."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from blueprints.schemas.base import BaseSchema, Instant
from domain.roles import Role
from domain.sheet_problems import SheetKind
from services.passwords import LONGEST

_SIX_DIGITS = validate.Regexp(r"^[0-9]{6}\Z", error="Six digits.")
_CSRF = "Beside a cookie: what `X-CSRF-Token` shows in every call that changes something. Otherwise null."


def _one_code(given: dict[str, Any]) -> None:
    if "totp" in given and "recovery_code" in given:
        raise ValidationError("Give one of the two codes.", "recovery_code")


class OfficerSignInArgs(BaseSchema):
    """What an officer types to sign in."""

    username = fields.String(required=True, validate=validate.Length(min=1, max=32))
    password = fields.String(required=True, validate=validate.Length(min=1, max=LONGEST))
    totp = fields.String(validate=_SIX_DIGITS)
    recovery_code = fields.String(validate=validate.Length(min=1, max=32))
    cookie = fields.Boolean(
        load_default=False,
        metadata={"description": "Put the token into a cookie that no script can read, not into the answer."},
    )

    @validates_schema
    def one_code(self, given: dict[str, Any], **_: Any) -> None:
        """Refuse two codes at once."""
        _one_code(given)


class OfficerSignInAnswer(BaseSchema):
    """A fresh sign-in; its token is shown once, or not at all where a cookie holds it."""

    token = fields.String(required=True, allow_none=True)
    csrf_token = fields.String(required=True, allow_none=True, metadata={"description": _CSRF})
    expires_at = Instant(required=True)
    second_factor = fields.Boolean(required=True)
    must_set_up_code = fields.Boolean(
        required=True,
        metadata={"description": "Nothing but setting up a one-time code is open to this sign-in."},
    )


class EnrolmentArgs(BaseSchema):
    """One's password and, where a phone is in use already, a code of it."""

    password = fields.String(required=True, validate=validate.Length(min=1, max=LONGEST))
    totp = fields.String(validate=_SIX_DIGITS)
    recovery_code = fields.String(validate=validate.Length(min=1, max=32))

    @validates_schema
    def one_code(self, given: dict[str, Any], **_: Any) -> None:
        """Refuse two codes at once."""
        _one_code(given)


class EnrolmentAnswer(BaseSchema):
    """A phone's secret for typing, as an otpauth link, and as a QR code; shown once."""

    secret = fields.String(required=True)
    uri = fields.String(required=True)
    qr_svg = fields.String(required=True)


class FirstCodeArgs(BaseSchema):
    """The first code of a new phone."""

    totp = fields.String(required=True, validate=_SIX_DIGITS)


class RecoveryCodesAnswer(BaseSchema):
    """Codes for the day the phone is lost, each good once; shown once."""

    recovery_codes = fields.List(fields.String(), required=True)


class PasswordArgs(EnrolmentArgs):
    """The old password, a code where one is set up, and the new password."""

    new_password = fields.String(required=True, validate=validate.Length(min=1, max=LONGEST))


class SignInRow(BaseSchema):
    """One sign-in that is not over."""

    id = fields.Integer(required=True)
    created_at = Instant(required=True)
    used_at = Instant(required=True)
    expires_at = Instant(required=True)
    second_factor = fields.Boolean(required=True)
    current = fields.Boolean(required=True)


class SignInList(BaseSchema):
    """Every sign-in of one officer that is not over; there are few."""

    items = fields.List(fields.Nested(SignInRow), required=True)


class OfficerRegion(BaseSchema):
    """The division an officer sees, with all below it."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    path = fields.String(required=True)


class OfficerAnswer(BaseSchema):
    """Who is signed in."""

    username = fields.String(required=True)
    display_name = fields.String(required=True)
    roles = fields.List(fields.Enum(Role, by_value=True), required=True)
    region = fields.Nested(OfficerRegion, required=True)
    second_factor = fields.Boolean(required=True)
    must_set_up_code = fields.Boolean(required=True)
    recovery_codes_left = fields.Integer(required=True)
    may = fields.List(
        fields.String(),
        required=True,
        metadata={
            "description": "The calls that the roles open, such as `GET /officer/households/{public_id}`, so that a"
            " page shows nobody what is closed to them. What a call is about may still be out of reach."
        },
    )
    sheets = fields.List(
        fields.Enum(SheetKind, by_value=True),
        required=True,
        metadata={"description": "The kinds of survey sheets that the roles may bring and accept."},
    )
    csrf_token = fields.String(required=True, allow_none=True, metadata={"description": _CSRF})
