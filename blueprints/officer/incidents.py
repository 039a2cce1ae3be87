"""What needs a person, and the days that were compared with WeChat and the bank."""

from datetime import date
from typing import Any

from flask import request

from blueprints.failures import language
from blueprints.officer.guard import officer, officer_blueprint
from blueprints.pages_of import page, read_cursor
from blueprints.schemas.base import QUERY
from blueprints.schemas.incidents import (
    AssignArgs,
    AssigneesAnswer,
    IncidentAnswer,
    IncidentListArgs,
    IncidentPage,
    ReconciliationAnswer,
    ResolveArgs,
)
from domain.errors import NotFound
from domain.incidents import shown_facts
from flows.running import running
from models import Incident
from models.base import database, transaction
from services import incident_views, incidents, reconciliations

blueprint = officer_blueprint("incidents", "Incidents and reconciliation")

INCIDENT = "/officer/incidents/<int(max=9007199254740991):incident_id>"


@blueprint.get("/officer/incidents")
@blueprint.arguments(IncidentListArgs, **QUERY)
@blueprint.response(200, IncidentPage)
def get_incidents(args: dict[str, Any]) -> dict[str, Any]:
    """Incidents of the programme, newest first; those that are not resolved unless a state is asked for."""
    key = read_cursor(args["cursor"], int)
    rows = incidents.listed(
        database(),
        state=args["state"],
        kind=args["kind"],
        before=key[0] if key else None,
        limit=args["limit"],
    )
    found = page(rows, args["limit"], lambda row: [row.id])
    return {**found, "items": _shown(found["items"])}


@blueprint.get(INCIDENT)
@blueprint.response(200, IncidentAnswer)
@blueprint.alt_response(404, response="NOT_FOUND")
def get_incident(incident_id: int) -> dict[str, object]:
    """One incident."""
    return _shown([incidents.find(database(), incident_id)])[0]


@blueprint.get(f"{INCIDENT}/assignees")
@blueprint.response(200, AssigneesAnswer)
@blueprint.alt_response(404, response="NOT_FOUND")
def get_assignees(incident_id: int) -> dict[str, object]:
    """The officers an incident may be given to; nobody once it has been resolved."""
    return {"items": incidents.assignees(database(), incident_id, running().clock())}


@blueprint.post(f"{INCIDENT}/assign")
@blueprint.arguments(AssignArgs)
@blueprint.response(200, IncidentAnswer)
@blueprint.alt_response(404, response="NOT_FOUND")
@blueprint.alt_response(409, description="It has been resolved")
def post_assignment(args: dict[str, Any], incident_id: int) -> dict[str, object]:
    """Give an incident to an officer who looks after it from now on."""
    with transaction() as session:
        incident = incidents.assign(
            session,
            incident_id,
            args["username"],
            officer=officer(),
            now=running().clock(),
            address=request.remote_addr,
        )
        return _shown([incident])[0]


@blueprint.post(f"{INCIDENT}/resolve")
@blueprint.arguments(ResolveArgs)
@blueprint.response(200, IncidentAnswer)
@blueprint.alt_response(404, response="NOT_FOUND")
@blueprint.alt_response(409, description="It has been resolved, or must be by another person")
def post_resolution(args: dict[str, Any], incident_id: int) -> dict[str, object]:
    """Say how an incident was settled; some kinds are settled only when a second person agrees."""
    with transaction() as session:
        incident = incidents.resolve(
            session,
            incident_id,
            args["resolution"],
            officer=officer(),
            now=running().clock(),
            address=request.remote_addr,
        )
        return _shown([incident])[0]


@blueprint.get("/officer/reconciliations/<string:day>")
@blueprint.response(200, ReconciliationAnswer)
@blueprint.alt_response(404, description="No such day, or nobody has begun it")
def get_reconciliation(day: str) -> dict[str, Any]:
    """A business day (YYYY-MM-DD) beside WeChat's bills and the bank's statement, with what differs."""
    found = reconciliations.shown(database(), _day(day))
    by_number = {
        one.incident.id: shown
        for one, shown in zip(
            [one for one in found.differences if one.incident is not None],
            _shown([one.incident for one in found.differences if one.incident is not None]),
            strict=True,
        )
        if one.incident is not None
    }
    return {
        "day": found.row.day,
        "state": found.state,
        "bills_missing": [kind.value for kind in found.missing],
        "reconciled_at": found.row.reconciled_at,
        "runs": found.row.runs,
        "fee_booked_at": found.row.fee_booked_at,
        "figures": found.row.figures,
        "differences": [
            {
                "source": one.difference.source,
                "verdict": one.difference.verdict,
                "subject": one.difference.subject,
                "facts": shown_facts(one.difference.facts),
                "incident": None if one.incident is None else by_number[one.incident.id],
            }
            for one in found.differences
        ],
    }


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFound("reconciliation_not_found") from None


def _shown(rows: list[Incident]) -> list[dict[str, object]]:
    return incident_views.shown(database(), rows, running().clock(), language())
