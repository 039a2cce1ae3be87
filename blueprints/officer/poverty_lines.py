"""Published poverty lines: shown beside income, set by an administrator."""

from typing import Any

from blueprints.officer.guard import officer, officer_blueprint
from blueprints.schemas.poverty_lines import PovertyLineAnswer, PovertyLineArgs, PovertyLineList
from domain.errors import NotFound
from domain.poverty_lines import FIRST_YEAR, LAST_YEAR, Line
from flows.running import running
from models import PovertyLine
from models.base import database, transaction
from services import poverty_lines

blueprint = officer_blueprint("officer_poverty_lines", "Published poverty lines")


@blueprint.get("/officer/poverty-lines")
@blueprint.response(200, PovertyLineList)
def get_poverty_lines() -> dict[str, Any]:
    """The published poverty line of every year that has one."""
    return {"items": poverty_lines.listed(database())}


@blueprint.put("/officer/poverty-lines/<int(max=9999):year>")
@blueprint.arguments(PovertyLineArgs)
@blueprint.response(200, PovertyLineAnswer)
@blueprint.alt_response(403, description="The officer's region is not the whole programme")
@blueprint.alt_response(404, response="NOT_FOUND")
def put_poverty_line(args: dict[str, Any], year: int) -> PovertyLine:
    """Set the line of a year as it was published, or say that there is none; written down with what it was before."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise NotFound("not_found")
    with transaction() as session:
        line = Line(year, args["national_yuan"], args["province_yuan"], args["source"])
        return poverty_lines.set_by_officer(session, line, officer(), running().clock())
