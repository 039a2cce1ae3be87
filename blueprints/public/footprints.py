"""What everyday activities emit, and how many trees equal it."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint

from blueprints.caching import REFERENCE, kept
from blueprints.schemas.base import QUERY
from blueprints.schemas.catalogue import NoArgs
from blueprints.schemas.footprints import FactorPage, FootprintAnswer, FootprintArgs
from domain.factors import load_factors
from domain.footprints import footprint
from flows.running import running
from models.base import database
from services.programmes import terms_of_year, year_on_sale

blueprint = Blueprint("footprints", __name__, description="Emission factors and the footprint calculator")


@blueprint.get("/factors")
@blueprint.arguments(NoArgs, **QUERY)
@blueprint.response(200, FactorPage)
def get_factors(_args: dict[str, Any]) -> Response:
    """The emission factors, with source, year and confidence."""
    items = [factor.as_dict() for factor in load_factors().values()]
    return kept(FactorPage(), {"items": items, "next_cursor": None}, REFERENCE)


@blueprint.post("/footprints")
@blueprint.arguments(FootprintArgs)
@blueprint.response(200, FootprintAnswer)
def post_footprint(args: dict[str, Any]) -> dict[str, object]:
    """Add activities up line by line, and say how many trees equal them; nothing is kept."""
    terms = terms_of_year(database(), year_on_sale(running().clock()))
    items = [(item["factor"], item["quantity"]) for item in args["items"]]
    return footprint(items, terms.flat_sink_g).as_dict()
