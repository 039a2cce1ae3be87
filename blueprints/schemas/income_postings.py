"""The postings behind a household's figures."""

from marshmallow import fields

from blueprints.schemas.base import BaseSchema, Instant, PageArgs
from blueprints.schemas.income_reports import SpanArgs
from domain.ledger import Event


class PostingPageArgs(SpanArgs, PageArgs):
    """A page of the postings of a span."""


class PostingAnswer(BaseSchema):
    """One posting; `earned_fen`, `released_fen`, `paid_fen`, `trees` and `sink_g` say what it adds to a report."""

    id = fields.Integer(required=True)
    at = Instant(required=True)
    event = fields.Enum(Event, by_value=True, required=True)
    source = fields.String(required=True)
    destination = fields.String(required=True)
    amount_fen = fields.Integer(required=True)
    trees = fields.Integer(required=True)
    sink_g = fields.Integer(required=True)
    earned_fen = fields.Integer(required=True)
    released_fen = fields.Integer(
        required=True, metadata={"description": "In transit is what was released and is not paid."}
    )
    paid_fen = fields.Integer(required=True)
    order = fields.String(required=True, allow_none=True)
    certificate = fields.String(required=True, allow_none=True)
    reference = fields.String(required=True, allow_none=True)


class PostingPage(BaseSchema):
    """A page of postings, in the order of the book."""

    items = fields.List(fields.Nested(PostingAnswer), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
