"""What a household agrees to."""

from marshmallow import fields, validate

from blueprints.schemas.base import BaseSchema, Instant, Line
from blueprints.schemas.income_reports import FIRST_DAY, LAST_DAY
from domain.consents import TEXTS, ConsentKind

_DAY = validate.Range(min=FIRST_DAY, max=LAST_DAY)


class ConsentArgs(BaseSchema):
    """What was agreed to, in which words, on which day and before whom."""

    kind = fields.Enum(ConsentKind, by_value=True, required=True)
    text_version = fields.String(required=True, validate=validate.OneOf(sorted(TEXTS)))
    given_on = fields.Date(required=True, validate=_DAY)
    witness = Line(required=True, shortest=2, longest=40)


class WithdrawalArgs(BaseSchema):
    """On which day it was taken back."""

    withdrawn_on = fields.Date(required=True, validate=_DAY)


class ConsentAnswer(BaseSchema):
    """One consent, standing or withdrawn; its witness masked."""

    kind = fields.Enum(ConsentKind, by_value=True, required=True)
    text_version = fields.String(required=True)
    given_on = fields.Date(required=True)
    witness = fields.String(required=True, allow_none=True)
    recorded_at = Instant(required=True)
    recorded_by = fields.String(required=True, metadata={"description": "`officer:<id>` or `import:<id>`."})
    withdrawn_on = fields.Date(required=True, allow_none=True)
    withdrawal_recorded_at = Instant(required=True, allow_none=True)
    withdrawal_recorded_by = fields.String(required=True, allow_none=True)


class ConsentState(BaseSchema):
    """Whether a household agrees to something now, and the words to ask it in."""

    kind = fields.Enum(ConsentKind, by_value=True, required=True)
    stands = fields.Boolean(required=True)
    text_version = fields.String(required=True)
    text = fields.String(required=True)


class ConsentsAnswer(BaseSchema):
    """The four consents as they stand, and all that was ever given or withdrawn, newest first."""

    public_id = fields.String(required=True)
    states = fields.List(fields.Nested(ConsentState), required=True)
    items = fields.List(fields.Nested(ConsentAnswer), required=True)
