"""Changes in households, proposed by one officer and decided by another."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates

from blueprints.schemas.base import BaseSchema, Instant, Line
from domain.incidents import names_somebody
from models.household_changes import ChangeKind, ChangeState

MOST_TREES = 450


class ChangeArgs(BaseSchema):
    """What is to change; a succession names the new head, a split the trees, a split or merge where they go."""

    kind = fields.Enum(ChangeKind, by_value=True, required=True)
    effective_on: Any = fields.Date(required=True)
    reason = Line(required=True, shortest=4, longest=200)
    to = fields.String(validate=validate.Length(min=1, max=16))
    trees = fields.List(
        fields.String(validate=validate.Length(min=1, max=16)),
        validate=validate.Length(min=1, max=MOST_TREES),
    )
    head_name = Line(longest=50)
    identity = Line(longest=30)
    phone = Line(longest=30)
    sale_consent_on: Any = fields.Date()
    contract_from: Any = fields.Date()
    contract_to: Any = fields.Date()

    @validates("reason")
    def _names_nobody(self, reason: str, **_more: Any) -> None:
        if names_somebody(reason):
            raise ValidationError("Holds what looks like a person's number.")


class ChangeAnswer(BaseSchema):
    """One change; people stand in it masked."""

    id = fields.Integer(required=True)
    kind = fields.Enum(ChangeKind, by_value=True, required=True)
    state = fields.Enum(ChangeState, by_value=True, required=True)
    effective_on = fields.Date(required=True)
    reason = fields.String(required=True)
    household = fields.String(required=True)
    to = fields.String(required=True, allow_none=True)
    trees = fields.List(fields.String(), required=True)
    head_name = fields.String(required=True, allow_none=True)
    identity = fields.String(required=True, allow_none=True)
    contract_from = fields.Date(required=True, allow_none=True)
    contract_to = fields.Date(required=True, allow_none=True)
    outcome = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    proposed_by = fields.String(required=True)
    proposed_at = Instant(required=True)
    decided_by = fields.String(required=True, allow_none=True)
    decided_at = Instant(required=True, allow_none=True)


class ChangeList(BaseSchema):
    """All changes of a household, newest first."""

    items: Any = fields.List(fields.Nested(ChangeAnswer), required=True)
