"""Incidents and reconciled days as officers see them."""

import re

from marshmallow import fields, validate

from blueprints.schemas.base import BaseSchema, Instant, Line, PageArgs
from domain.incidents import IncidentState
from domain.reconciliations import DayState, Source, Verdict

_KIND = validate.Regexp(r"^[a-z][a-z_]{1,39}\Z", flags=re.ASCII)


class IncidentListArgs(PageArgs):
    """Narrows the list; without a state, what is not resolved."""

    state = fields.Enum(IncidentState, by_value=True, load_default=None)
    kind = fields.String(load_default=None, validate=_KIND)


class IncidentAnswer(BaseSchema):
    """One incident: numbers, amounts and days, and no person but the officers who look after it."""

    id = fields.Integer(required=True)
    kind = fields.String(required=True)
    title = fields.String(required=True)
    subject = fields.String(required=True)
    facts = fields.Dict(keys=fields.String(), required=True)
    state = fields.String(required=True, validate=validate.OneOf([state.value for state in IncidentState]))
    first_seen_at = Instant(required=True)
    last_seen_at = Instant(required=True)
    seen = fields.Integer(required=True)
    age_days = fields.Integer(required=True)
    people_needed = fields.Integer(required=True)
    owner = fields.String(required=True, allow_none=True)
    resolution = fields.String(required=True, allow_none=True)
    resolved_by = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "User names; empty where the cause went away by itself."},
    )
    resolved_at = Instant(required=True, allow_none=True)


class IncidentPage(BaseSchema):
    """A page of incidents, newest first."""

    items = fields.List(fields.Nested(IncidentAnswer), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class AssigneeAnswer(BaseSchema):
    """An officer an incident may be given to."""

    username = fields.String(required=True)
    display_name = fields.String(required=True)


class AssigneesAnswer(BaseSchema):
    """All of them, by user name."""

    items = fields.List(fields.Nested(AssigneeAnswer), required=True)


class AssignArgs(BaseSchema):
    """Who is to look after it."""

    username = Line(required=True, longest=32)


class ResolveArgs(BaseSchema):
    """How it was settled."""

    resolution = Line(required=True, shortest=4, longest=140)


class DifferenceAnswer(BaseSchema):
    """Something that the two sides tell differently, or that was made good when they were compared."""

    source = fields.Enum(Source, by_value=True, required=True)
    verdict = fields.Enum(Verdict, by_value=True, required=True)
    subject = fields.String(required=True)
    facts = fields.Dict(keys=fields.String(), required=True)
    incident = fields.Nested(IncidentAnswer, required=True, allow_none=True)


class ReconciliationAnswer(BaseSchema):
    """One business day beside WeChat's bills and the bank's statement."""

    day = fields.Date(required=True)
    state = fields.Enum(DayState, by_value=True, required=True)
    bills_missing = fields.List(fields.String(), required=True)
    reconciled_at = Instant(required=True, allow_none=True)
    runs = fields.Integer(required=True)
    fee_booked_at = Instant(required=True, allow_none=True)
    figures = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={
            "description": "Sums in fen by side: the trade bill (bill), the fund-flow bills (fund), the book (book)."
        },
    )
    differences = fields.List(fields.Nested(DifferenceAnswer), required=True)
