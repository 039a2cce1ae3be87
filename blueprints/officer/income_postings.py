"""What a household's figures are made of: its postings."""

from typing import Any

from blueprints.officer.guard import officer, officer_blueprint
from blueprints.pages_of import page, read_cursor
from blueprints.schemas.base import QUERY
from blueprints.schemas.income_postings import PostingPage, PostingPageArgs
from domain.income_periods import Span
from models.base import database
from services.income_postings import postings_of

blueprint = officer_blueprint("officer_income_postings", "Households' income: postings")


@blueprint.get("/officer/households/<string:public_id>/postings")
@blueprint.arguments(PostingPageArgs, **QUERY)
@blueprint.response(200, PostingPage)
@blueprint.alt_response(404, description="No such household in the officer's region")
def get_postings(args: dict[str, Any], public_id: str) -> dict[str, Any]:
    """Every posting that a household's figures of a span are made of, in the order of the book."""
    key = read_cursor(args["cursor"], int)
    rows = postings_of(
        database(),
        officer(),
        public_id,
        Span(args["first"], args["last"]),
        after=key[0] if key else 0,
        limit=args["limit"] + 1,
    )
    return page(rows, args["limit"], lambda row: [row.id])
