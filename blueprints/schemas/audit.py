"""The audit as it is read."""

import re
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from blueprints.schemas.base import BaseSchema, Instant, PageArgs
from blueprints.schemas.income_reports import FIRST_DAY, LAST_DAY
from domain.audit_actions import ACTIONS

_NAME = validate.Regexp(r"^[a-z_]{1,30}(:[A-Za-z0-9._:-]{1,60})?\Z", flags=re.ASCII)
_ACTOR = validate.Regexp(r"^([a-z_]{1,30}(:[A-Za-z0-9._:-]{1,60})?|[a-z][a-z0-9._-]{1,31})\Z", flags=re.ASCII)


class AuditArgs(BaseSchema):
    """Narrows the audit; `actor` and `subject` as they stand in an entry, an officer by user name too."""

    actor = fields.String(load_default=None, validate=_ACTOR)
    action = fields.String(load_default=None, validate=validate.OneOf(sorted(ACTIONS)))
    subject = fields.String(load_default=None, validate=_NAME)
    first = fields.Date(
        load_default=None, data_key="from", validate=validate.Range(min=FIRST_DAY, max=LAST_DAY)
    )
    last = fields.Date(load_default=None, data_key="to", validate=validate.Range(min=FIRST_DAY, max=LAST_DAY))

    @validates_schema
    def in_order(self, given: dict[str, Any], **_: Any) -> None:
        """Refuse a span that ends before it begins."""
        first, last = given.get("first"), given.get("last")
        if first and last and last < first:
            raise ValidationError("The span ends before it begins.", "to")


class AuditListArgs(AuditArgs, PageArgs):
    """A page of the audit."""


class AuditEntryAnswer(BaseSchema):
    """Who did what to what, when and from where."""

    id = fields.Integer(required=True)
    at = Instant(required=True)
    actor = fields.String(required=True)
    username = fields.String(
        required=True, allow_none=True, metadata={"description": "The officer's, if it was one."}
    )
    action = fields.String(required=True)
    subject = fields.String(required=True)
    facts = fields.Dict(keys=fields.String(), required=True)
    names = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        metadata={
            "description": "What the subject and the facts name by a number or code, as people call it: officers by"
            " user name, kinds of incidents in the reader's language."
        },
    )
    address = fields.String(required=True, allow_none=True)
    sealed_at_position = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Its place in the chain; null until it is sealed."},
    )


class AuditPage(BaseSchema):
    """A page of the audit, newest first."""

    items = fields.List(fields.Nested(AuditEntryAnswer), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
