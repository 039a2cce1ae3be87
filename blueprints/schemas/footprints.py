"""Emission factors and footprints."""

import re
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, validate

from blueprints.schemas.base import BaseSchema
from blueprints.schemas.catalogue import InTwoLanguages
from domain.footprints import MOST_LINES

_NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?")


class Quantity(fields.Decimal):
    """A quantity: a JSON number, or a number as text so that no digit is lost on the way."""

    def _validated(self, value: Any) -> Decimal:
        if isinstance(value, bool) or (isinstance(value, str) and not _NUMBER.fullmatch(value)):
            raise ValidationError("Not a valid number.")
        number = super()._validated(value)
        assert isinstance(number, Decimal)
        return number


class FootprintItem(BaseSchema):
    """So much of one activity, in the unit of its factor."""

    factor = fields.String(required=True, validate=validate.Length(min=1, max=64))
    quantity = Quantity(
        required=True, metadata={"type": ["number", "string"], "pattern": f"^{_NUMBER.pattern}$"}
    )


class FootprintArgs(BaseSchema):
    """The activities to add up."""

    items = fields.List(
        fields.Nested(FootprintItem), required=True, validate=validate.Length(min=1, max=MOST_LINES)
    )


class FactorAnswer(BaseSchema):
    """One emission factor with its source; the figure as text, so that no digit is lost."""

    code = fields.String(required=True)
    category = fields.String(required=True)
    name_zh = fields.String(required=True)
    name_en = fields.String(required=True)
    unit = fields.String(required=True)
    kg_co2e_per_unit = fields.String(required=True)
    year = fields.Integer(required=True)
    region = fields.String(required=True)
    source = fields.String(required=True)
    source_zh = fields.String(required=True)
    confidence = fields.String(required=True)


class FactorPage(BaseSchema):
    """All factors; there is no second page."""

    items = fields.List(fields.Nested(FactorAnswer), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class FootprintLineAnswer(BaseSchema):
    """One activity and what it causes."""

    factor = fields.Nested(FactorAnswer, required=True)
    quantity = fields.String(required=True)
    co2e_g = fields.Integer(required=True)


class FootprintAnswer(BaseSchema):
    """A footprint, and the fewest trees of a year that equal it."""

    lines = fields.List(fields.Nested(FootprintLineAnswer), required=True)
    co2e_g = fields.Integer(required=True)
    trees = fields.Integer(required=True)
    tree_sink_g = fields.Integer(required=True)
    rounding = fields.Nested(InTwoLanguages, required=True)
