"""The verifier's look back at a year that is over."""

from typing import Any

from blueprints.officer.guard import in_scope, officer, officer_blueprint
from blueprints.pages_of import page, read_cursor
from blueprints.schemas.base import QUERY
from blueprints.schemas.year_reviews import (
    FindingsArgs,
    ReviewAnswer,
    ReviewArgs,
    ReviewListArgs,
    ReviewPage,
)
from flows.running import running
from models import YearReview
from models.base import database, transaction
from services import year_reviews

blueprint = officer_blueprint("year_reviews", "Reviews of years that are over.")

REVIEWS = "/officer/year-reviews"
REVIEW = f"{REVIEWS}/<int(max=9007199254740991):review_id>"


@blueprint.get(REVIEWS)
@blueprint.arguments(ReviewListArgs, **QUERY)
@blueprint.response(200, ReviewPage)
@blueprint.alt_response(404, response="NOT_FOUND")
def get_reviews(args: dict[str, Any]) -> dict[str, Any]:
    """The reviews of the officer's region, newest first."""
    key = read_cursor(args["cursor"], int)
    rows = year_reviews.listed(
        database(), in_scope(args.get("region")), before=key[0] if key else None, limit=args["limit"]
    )
    return page(rows, args["limit"], lambda row: [row.id])


@blueprint.post(REVIEWS)
@blueprint.arguments(ReviewArgs)
@blueprint.response(201, ReviewAnswer)
@blueprint.alt_response(404, response="NOT_FOUND")
@blueprint.alt_response(409, description="Nothing expected was sold")
def post_review(args: dict[str, Any]) -> YearReview:
    """Draw the trees to look at; nobody chooses them."""
    with transaction() as session:
        return year_reviews.begin(
            session,
            verifier=officer(),
            region_code=args["region"],
            year=args["year"],
            seed=running().random(16).hex(),
            now=running().clock(),
        )


@blueprint.get(REVIEW)
@blueprint.response(200, ReviewAnswer)
@blueprint.alt_response(404, response="NOT_FOUND")
def get_review(review_id: int) -> YearReview:
    """One review with its sample."""
    return year_reviews.find(database(), review_id, officer().region_code)


@blueprint.post(f"{REVIEW}/confirm")
@blueprint.arguments(FindingsArgs)
@blueprint.response(200, ReviewAnswer)
@blueprint.alt_response(404, response="NOT_FOUND")
@blueprint.alt_response(
    409, description="Too many are gone, a loss is not confirmed, or it has been confirmed"
)
def post_findings(args: dict[str, Any], review_id: int) -> YearReview:
    """Say what became of the sample: what was sold becomes measured, what was not lapses."""
    with transaction() as session:
        return year_reviews.confirm(session, review_id, **args, verifier=officer(), now=running().clock())
