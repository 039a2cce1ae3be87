"""What trees would cost: asked before anybody signs in."""

from typing import Any

from flask_smorest import Blueprint

from blueprints import limits
from blueprints.schemas.orders import QuoteAnswer, SelectionArgs
from blueprints.selections import selection_of
from flows.running import running
from models.base import database
from services import quotes

blueprint = Blueprint("quotes", __name__, description="What a selection of trees would cost")


@blueprint.post("/quotes")
@limits.quotes
@blueprint.arguments(SelectionArgs)
@blueprint.response(200, QuoteAnswer)
@blueprint.alt_response(409, description="Not enough trees, or some are taken")
def post_quote(args: dict[str, Any]) -> quotes.Quote:
    """Price a selection; nothing is reserved."""
    parts = running()
    return quotes.quote(database(), selection_of(args, parts.clock), parts.clock(), parts.random)
