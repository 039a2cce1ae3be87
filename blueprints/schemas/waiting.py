"""What waits for an officer."""

from marshmallow import fields, validate

from blueprints.schemas.base import BaseSchema, Instant
from services.waiting import KINDS, NAMED


class SubjectAnswer(BaseSchema):
    """What one thing that waits is about."""

    subject = fields.String(
        required=True,
        metadata={
            "description": "A household's public id, a tree's code, or else the number of the thing itself."
        },
    )
    name = fields.String(
        required=True, allow_none=True, metadata={"description": "The household's head, masked."}
    )
    since = Instant(required=True)


class WaitingKind(BaseSchema):
    """So many things of one kind."""

    kind = fields.String(required=True, validate=validate.OneOf(list(KINDS)))
    count = fields.Integer(required=True)
    first = fields.List(
        fields.Nested(SubjectAnswer), required=True, metadata={"description": f"The oldest, {NAMED} at most."}
    )


class WaitingAnswer(BaseSchema):
    """Everything that waits; a kind of which nothing waits is left out."""

    items = fields.List(fields.Nested(WaitingKind), required=True)
