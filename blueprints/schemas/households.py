"""Households and trees as officers see them: masked, unless one field is asked for with a reason."""

import re
from typing import Any

from marshmallow import ValidationError, fields, validate, validates

from blueprints.schemas.base import BaseSchema, Instant, Line, PageArgs
from blueprints.schemas.officers import OfficerRegion
from domain.permissions import REVEALERS
from services.households import SORTS

REGION = validate.Regexp(r"^(\d{2}|\d{4}|\d{6}|\d{9}|\d{12})\Z", flags=re.ASCII)
#: A number that may be somebody's: of an identity card, a phone, an account.
LONG_NUMBER = re.compile(r"\d(?:[ -]?\d){6,}")


class HouseholdListArgs(PageArgs):
    """Which households, and in which order."""

    region = fields.String(load_default=None, validate=REGION)
    q = Line(
        load_default=None,
        longest=50,
        metadata={
            "description": "Exact full name, identity number, or beginning of a household number; audited."
        },
    )
    sort = fields.String(
        load_default="number", validate=validate.OneOf([sign + name for name in SORTS for sign in ("", "-")])
    )
    never_paid = fields.Boolean(load_default=False)


class EarningsFields(BaseSchema):
    """Net of refunds; `earned_fen - paid_fen - in_transit_fen = balance_fen`."""

    trees_sold = fields.Integer(required=True)
    sink_g = fields.Integer(required=True)
    earned_fen = fields.Integer(required=True)
    in_transit_fen = fields.Integer(required=True)
    paid_fen = fields.Integer(required=True)
    balance_fen = fields.Integer(required=True)


class HouseholdRow(BaseSchema):
    """A masked row; bank, account, sales and money are null for those who may not see them."""

    trees_sold = fields.Integer(required=True, allow_none=True)
    sink_g = fields.Integer(required=True, allow_none=True)
    earned_fen = fields.Integer(required=True, allow_none=True)
    in_transit_fen = fields.Integer(required=True, allow_none=True)
    paid_fen = fields.Integer(required=True, allow_none=True)
    balance_fen = fields.Integer(required=True, allow_none=True)
    public_id = fields.String(required=True)
    number = fields.String(required=True)
    region = fields.Nested(OfficerRegion, required=True)
    name = fields.String(required=True)
    identity = fields.String(required=True)
    phone = fields.String(required=True, allow_none=True)
    bank = fields.String(required=True, allow_none=True)
    account = fields.String(required=True, allow_none=True)
    people = fields.Integer(required=True)
    trees = fields.Integer(required=True)


class HouseholdPage(BaseSchema):
    """A page of households."""

    items = fields.List(fields.Nested(HouseholdRow), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class HouseholdAnswer(HouseholdRow):
    """One household, still masked."""

    forest_right = fields.String(required=True)
    income_per_person_yuan = fields.Integer(required=True, allow_none=True)
    sale_consent_on = fields.Date(required=True, allow_none=True)
    name_public = fields.Boolean(required=True)
    contract_from = fields.Date(required=True, allow_none=True)
    contract_to = fields.Date(required=True, allow_none=True)
    registered_at = Instant(required=True)


class PositionRevealArgs(BaseSchema):
    """Why a place is looked at."""

    reason = Line(required=True, shortest=4, longest=200)

    @validates("reason")
    def names_nobody(self, reason: str, **_: Any) -> None:
        """Refuse a reason that would carry a number of somebody's into the audit."""
        if LONG_NUMBER.search(reason):
            raise ValidationError("A reason must not hold an identity, phone or account number.")


class RevealArgs(PositionRevealArgs):
    """Which field, and why."""

    field = fields.String(required=True, validate=validate.OneOf(sorted(REVEALERS)))


class RevealAnswer(BaseSchema):
    """One field in full."""

    public_id = fields.String(required=True)
    field = fields.String(required=True)
    value = fields.String(required=True, allow_none=True)


class PositionAnswer(BaseSchema):
    """Where a tree stands, as it was measured: decimal degrees as text, so that no digit is lost or made up."""

    code = fields.String(required=True)
    longitude = fields.String(required=True)
    latitude = fields.String(required=True)
    datum = fields.String(required=True)


class OfficerSpecies(BaseSchema):
    """A species by its names."""

    code = fields.String(required=True)
    name_zh = fields.String(required=True)
    name_en = fields.String(required=True)
    latin = fields.String(required=True)


class OfficerPosition(BaseSchema):
    """A place to 0.001 degree."""

    longitude = fields.Float(required=True)
    latitude = fields.Float(required=True)
    datum = fields.String(required=True)


class OfficerTreeYear(BaseSchema):
    """What became of a tree in one year."""

    year = fields.Integer(required=True)
    status = fields.String(
        required=True, validate=validate.OneOf(["free", "held", "sold", "buffer", "withdrawn"])
    )
    price_fen = fields.Integer(required=True)
    sink_g = fields.Integer(required=True)


class OfficerMeasurement(BaseSchema):
    """Diameter at breast height and height on one day."""

    measured_on = fields.Date(required=True)
    dbh_mm = fields.Integer(required=True)
    height_cm = fields.Integer(required=True)


class TreeOwner(BaseSchema):
    """Whose tree it is."""

    public_id = fields.String(required=True)
    name = fields.String(required=True)


class OfficerTreeAnswer(BaseSchema):
    """A tree with what only officers know of it: its tag and its household."""

    code = fields.String(required=True)
    tag = fields.String(required=True)
    household = fields.Nested(TreeOwner, required=True)
    region = fields.Nested(OfficerRegion, required=True)
    species = fields.Nested(OfficerSpecies, required=True)
    planted_year = fields.Integer(required=True)
    project = fields.String(required=True)
    state = fields.String(required=True)
    photo_url = fields.String(required=True, allow_none=True)
    thumbnail_url = fields.String(required=True, allow_none=True)
    position = fields.Nested(OfficerPosition, required=True, allow_none=True)
    measurements = fields.List(fields.Nested(OfficerMeasurement), required=True)
    years = fields.List(fields.Nested(OfficerTreeYear), required=True)


class HouseholdTree(BaseSchema):
    """One tree of a household by the number on its tag."""

    code = fields.String(required=True)
    tag = fields.String(required=True)
    species = fields.Nested(OfficerSpecies, required=True)
    planted_year = fields.Integer(required=True)
    state = fields.String(required=True)
    years = fields.List(fields.Nested(OfficerTreeYear), required=True)


class HouseholdTreePage(BaseSchema):
    """A page of trees."""

    items = fields.List(fields.Nested(HouseholdTree), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
