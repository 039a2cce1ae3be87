"""The trees on sale, where they stand, and on which terms."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint

from blueprints.caching import PROGRAMME, REFERENCE, SALES, kept
from blueprints.figures import recent_statistics
from blueprints.pages_of import page, read_cursor
from blueprints.schemas.base import QUERY
from blueprints.schemas.catalogue import (
    NoArgs,
    ProgrammeAnswer,
    RegionListArgs,
    RegionPage,
    SpeciesPage,
    StatisticsAnswer,
    TreeAnswer,
    TreeArgs,
    TreeListArgs,
    TreePage,
)
from flows.running import running
from models.base import database
from services import catalogue, catalogue_views, regions
from services.programmes import terms_of_year, year_on_sale

blueprint = Blueprint("catalogue", __name__, description="Trees on sale, where they stand, on which terms")


@blueprint.get("/regions")
@blueprint.arguments(RegionListArgs, **QUERY)
@blueprint.response(200, RegionPage)
@blueprint.alt_response(404, description="No such division")
def get_regions(args: dict[str, Any]) -> Response:
    """The divisions right below `parent`; without one, the province."""
    key = read_cursor(args["cursor"], str)
    rows = regions.children(
        database(),
        args.get("parent"),
        year=year_on_sale(running().clock()),
        after=key[0] if key else None,
        limit=args["limit"],
    )
    return kept(RegionPage(), page(rows, args["limit"], lambda row: [row.code]), PROGRAMME)


@blueprint.get("/species")
@blueprint.arguments(NoArgs, **QUERY)
@blueprint.response(200, SpeciesPage)
def get_species(_args: dict[str, Any]) -> Response:
    """The species of the methodology, with their parameters and sources."""
    items = catalogue_views.species_items()
    return kept(SpeciesPage(), {"items": items, "next_cursor": None}, REFERENCE)


@blueprint.get("/programme")
@blueprint.arguments(NoArgs, **QUERY)
@blueprint.response(200, ProgrammeAnswer)
def get_programme(_args: dict[str, Any]) -> Response:
    """Price, caps, sponsor, merchant of record and the K of the fair turn, for the year on sale."""
    year = year_on_sale(running().clock())
    programme = terms_of_year(database(), year)
    return kept(ProgrammeAnswer(), catalogue_views.programme(programme, year), PROGRAMME)


@blueprint.get("/trees")
@blueprint.arguments(TreeListArgs, **QUERY)
@blueprint.response(200, TreePage)
def get_trees(args: dict[str, Any]) -> Response:
    """Trees of a year by village; `available=true` leaves out what is held or sold."""
    wanted = catalogue.Wanted(
        year=args.get("year") or year_on_sale(running().clock()),
        region=args.get("region"),
        species=args.get("species"),
        available=args["available"],
    )
    rows = catalogue.listed(
        database(), wanted, after=read_cursor(args["cursor"], str, int), limit=args["limit"]
    )
    shown = page(rows, args["limit"], lambda row: [row.region_code, row.id])
    return kept(
        TreePage(), {**shown, "items": [catalogue_views.tree_item(row) for row in shown["items"]]}, SALES
    )


@blueprint.get("/trees/<string:code>")
@blueprint.arguments(TreeArgs, **QUERY)
@blueprint.response(200, TreeAnswer)
@blueprint.alt_response(404, description="No such tree, or its household does not consent to its sale")
def get_tree(args: dict[str, Any], code: str) -> Response:
    """One tree: its measurements, how its grams came about, who verified them, and its years."""
    year = args.get("year") or year_on_sale(running().clock())
    return kept(TreeAnswer(), catalogue_views.tree_page(catalogue.find(database(), code), year), SALES)


@blueprint.get("/stats")
@blueprint.arguments(NoArgs, **QUERY)
@blueprint.response(200, StatisticsAnswer)
def get_stats(_args: dict[str, Any]) -> Response:
    """The programme in figures; null where fewer than five households stand behind one."""
    return kept(StatisticsAnswer(), recent_statistics(), SALES)
