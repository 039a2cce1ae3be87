"""`flask incidents`: what needs a person, from the command line."""

import click
from flask.cli import AppGroup

from domain.errors import Refusal
from domain.incidents import IncidentState
from domain.messages import message
from flows.running import running
from models import Incident, database, transaction
from services import incident_views, incidents, officers

incident_group = AppGroup("incidents", help="What needs a person.")

#: Incidents of one printout.
MOST = 200


@incident_group.command("list")
@click.option("--all", "everything", is_flag=True, help="Also those that are resolved.")
def list_incidents(everything: bool) -> None:
    """Show open incidents, newest first."""
    states = [None, IncidentState.RESOLVED] if everything else [None]
    rows = [
        row
        for state in states
        for row in incidents.listed(database(), state=state, kind=None, before=None, limit=MOST)[:MOST]
    ]
    for row in rows:
        _show(row)
    click.echo(f"{incidents.count_open(database())} 项待处理 open")


@incident_group.command("show")
@click.argument("incident_id", type=int)
def show(incident_id: int) -> None:
    """Show one incident."""
    try:
        _show(incidents.find(database(), incident_id))
    except Refusal as refusal:
        raise _spoken(refusal) from refusal


@incident_group.command("assign")
@click.argument("incident_id", type=int)
@click.option("--by", "username", required=True, help="The officer in whose name this is done.")
@click.option("--to", "owner", required=True, help="The officer who is to look after it.")
def assign(incident_id: int, username: str, owner: str) -> None:
    """Give an incident to an officer."""
    try:
        with transaction() as session:
            by = officers.context_of(session, username, running().clock())
            by.need_call("POST", "/officer/incidents/{incident_id}/assign")
            row = incidents.assign(session, incident_id, owner, officer=by, now=running().clock())
    except Refusal as refusal:
        raise _spoken(refusal) from refusal
    _show(row)


@incident_group.command("resolve")
@click.argument("incident_id", type=int)
@click.option("--by", "--as", "username", required=True, help="The officer in whose name this is done.")
@click.option(
    "--reason",
    "--resolution",
    "reason",
    required=True,
    help="How it was settled; numbers and amounts, no person.",
)
def resolve(incident_id: int, username: str, reason: str) -> None:
    """Say how an incident was settled; some kinds need a second officer to agree."""
    try:
        with transaction() as session:
            by = officers.context_of(session, username, running().clock())
            row = incidents.resolve(
                session, incident_id, reason.strip()[:140], officer=by, now=running().clock()
            )
    except Refusal as refusal:
        raise _spoken(refusal) from refusal
    _show(row)


def _show(row: Incident) -> None:
    shown = incident_views.shown(database(), [row], running().clock(), "zh")[0]
    for line in incident_views.told(shown):
        click.echo(line)


def _spoken(refusal: Refusal) -> click.ClickException:
    shown = {**(refusal.fields or {}), **refusal.details}
    chinese, english = (message(refusal.code, language, shown) for language in ("zh", "en"))
    return click.ClickException(f"{chinese} {english}")
