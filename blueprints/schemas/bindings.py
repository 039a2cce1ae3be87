"""Binding a household's WeChat, as the household and the officers see it."""

import re
from typing import Any

from marshmallow import ValidationError, fields, validates

from blueprints.schemas.base import BaseSchema, Instant, Line
from domain.incidents import names_somebody

_SPACES = re.compile(r"\s+")


class BindArgs(BaseSchema):
    """The code as it was read out or handed over."""

    code = Line(required=True, longest=64)


class BoundAnswer(BaseSchema):
    """A binding; money may come here from `payable_from` on, which is set once a second officer has confirmed it."""

    bound_at = Instant(required=True)
    confirmed_at = Instant(required=True, allow_none=True)
    payable_from = Instant(required=True, allow_none=True)


class BindingCodeAnswer(BaseSchema):
    """A fresh code; shown this once."""

    code = fields.String(required=True)
    expires_at = Instant(required=True)


class OpenCode(BaseSchema):
    """A code that can still be used; never the code itself."""

    issued_by = fields.String(required=True)
    issued_at = Instant(required=True)
    expires_at = Instant(required=True)
    tries = fields.Integer(required=True)


class OfficerBinding(BoundAnswer):
    """A present binding with the two people of it."""

    issued_by = fields.String(required=True)
    confirmed_by = fields.String(required=True, allow_none=True)


class BindingAnswer(BaseSchema):
    """How a household's binding stands."""

    public_id = fields.String(required=True)
    code = fields.Nested(OpenCode, required=True, allow_none=True)
    binding = fields.Nested(OfficerBinding, required=True, allow_none=True)


class UnbindArgs(BaseSchema):
    """Why a binding is ended."""

    reason = Line(required=True, shortest=4, longest=200)

    @validates("reason")
    def names_nobody(self, reason: str, **_: Any) -> None:
        """Refuse a reason that would carry a number of somebody's into the audit."""
        if names_somebody(_SPACES.sub("", reason)) or names_somebody(reason):
            raise ValidationError("A reason must not hold an identity, phone or account number.")
