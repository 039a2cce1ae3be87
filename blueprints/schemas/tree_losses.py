"""Reports that a tree is gone."""

from datetime import date
from typing import Any

from marshmallow import ValidationError, fields, validates

from blueprints.schemas.base import BaseSchema, Instant, Line
from domain.incidents import names_somebody
from models.tree_losses import LossCause


class LossArgs(BaseSchema):
    """What happened to the tree, when, and how one knows; nobody's number belongs into the reason."""

    cause = fields.Enum(LossCause, by_value=True, required=True)
    happened_on: fields.Field[date] = fields.Date(required=True)
    reason = Line(required=True, shortest=4, longest=200)

    @validates("reason")
    def _names_nobody(self, reason: str, **_more: Any) -> None:
        if names_somebody(reason):
            raise ValidationError("Holds what looks like a person's number.")


class LossYear(BaseSchema):
    """A sold year that the loss took away."""

    year = fields.Integer(required=True)
    made_good = fields.Boolean(required=True)


class LossAnswer(BaseSchema):
    """One report; `years` are those that had been sold, and whether another tree stands in."""

    code = fields.String(required=True)
    cause = fields.Enum(LossCause, by_value=True, required=True, attribute="loss.cause")
    happened_on = fields.Date(required=True, attribute="loss.happened_on")
    reason = fields.String(required=True, attribute="loss.reason")
    state = fields.String(required=True)
    reported_at = Instant(required=True, attribute="loss.reported_at")
    reported_by = fields.String(required=True)
    confirmed_at = Instant(required=True, allow_none=True, attribute="loss.confirmed_at")
    confirmed_by = fields.String(required=True, allow_none=True)
    years: Any = fields.List(fields.Nested(LossYear), required=True)
