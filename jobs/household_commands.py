"""`flask household`: changes in households, proposed in one officer's name and decided in another's."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import click
from flask.cli import AppGroup

from domain.incidents import names_somebody
from flows.running import running
from jobs.acting import acting
from models import HouseholdChange
from models.base import database, transaction
from models.household_changes import ChangeKind
from services import household_change_views, household_changes, households
from services.household_changes import Wish

household_group = AppGroup(
    "household", help="A new head, a split, a merger, other contract dates: by two people."
)

CHANGES = "/officer/households/{public_id}/changes"
LONGEST_REASON = 200

_household = click.argument("household")
_change = click.argument("change_id", type=int)
_officer = click.option("--officer", "username", required=True, help="User name of the officer.")
_DAY = click.DateTime(["%Y-%m-%d"])


def _reason(_context: click.Context, _parameter: click.Parameter, said: str) -> str:
    if names_somebody(said):
        raise click.BadParameter("不能写号码 must not hold an identity, phone or account number")
    return said[:LONGEST_REASON]


def _proposal(command: Callable[..., Any]) -> Callable[..., Any]:
    """What every proposal says."""
    for option in (
        click.option("--reason", required=True, callback=_reason),
        click.option("--on", "effective_on", type=_DAY, required=True, help="From which day on."),
        _officer,
        _household,
    ):
        command = option(command)
    return command


@household_group.command("changes")
@_household
@_officer
def changes(household: str, username: str) -> None:
    """Show every change of HOUSEHOLD (its number, or its public id), newest first."""
    with acting(username, CHANGES, "GET") as officer:
        public_id = households.public_id_of(database(), officer, household)
        found = household_changes.listed(database(), officer, public_id)
    if not found:
        click.echo("没有变更。 There is no change.")
    _show(*found)


@household_group.command("succession")
@_proposal
@click.option(
    "--sale-consent-on", type=_DAY, help="The day the new head signed the form to sell, if they did."
)
def succession(sale_consent_on: datetime | None, **said: Any) -> None:
    """Propose a new head of HOUSEHOLD, who is asked for: what stands on a command line is kept in its history."""
    person: dict[str, Any] = {
        "head_name": str(click.prompt("户主姓名 name")),
        "identity": str(click.prompt("身份证号 identity number", hide_input=True)),
        "phone": str(click.prompt("联系电话 phone", default="", show_default=False)) or None,
    }
    signed_on = sale_consent_on.date() if sale_consent_on else None
    _propose(ChangeKind.SUCCESSION, **said, **person, sale_consent_on=signed_on)


@household_group.command("split")
@_proposal
@click.option("--to", required=True, help="The household the trees go to.")
@click.option("--tree", "trees", multiple=True, required=True, help="Code of a tree; say it for each.")
def split(**said: Any) -> None:
    """Propose that trees of HOUSEHOLD go to another household of its village."""
    _propose(ChangeKind.SPLIT, **said)


@household_group.command("merge")
@_proposal
@click.option("--to", required=True, help="The household it becomes part of.")
def merge(**said: Any) -> None:
    """Propose that HOUSEHOLD becomes part of another one of its village."""
    _propose(ChangeKind.MERGE, **said)


@household_group.command("contract")
@_proposal
@click.option("--from", "contract_from", type=_DAY, required=True)
@click.option("--until", "contract_to", type=_DAY, required=True)
def contract(contract_from: datetime, contract_to: datetime, **said: Any) -> None:
    """Propose other dates of the contract of HOUSEHOLD."""
    dates: dict[str, Any] = {"contract_from": contract_from.date(), "contract_to": contract_to.date()}
    _propose(ChangeKind.CONTRACT, **said, **dates)


@household_group.command("confirm")
@_household
@_change
@_officer
def confirm(household: str, change_id: int, username: str) -> None:
    """Put a change of HOUSEHOLD into force, as another person than who proposed it."""
    with acting(username, f"{CHANGES}/{{change_id}}/confirm") as officer, transaction() as session:
        public_id = households.public_id_of(session, officer, household)
        change = household_changes.confirm(session, officer, public_id, change_id, now=running().clock())
    _show(change)


@household_group.command("reject")
@_household
@_change
@_officer
def reject(household: str, change_id: int, username: str) -> None:
    """Turn a proposed change of HOUSEHOLD down, as another person than who proposed it."""
    with acting(username, f"{CHANGES}/{{change_id}}/reject") as officer, transaction() as session:
        public_id = households.public_id_of(session, officer, household)
        change = household_changes.reject(session, officer, public_id, change_id, now=running().clock())
    _show(change)


def _propose(
    kind: ChangeKind,
    *,
    household: str,
    username: str,
    effective_on: datetime,
    reason: str,
    to: str | None = None,
    trees: tuple[str, ...] = (),
    **parts: str | date | None,
) -> None:
    with acting(username, CHANGES) as officer, transaction() as session:
        public_id = households.public_id_of(session, officer, household)
        other = None if to is None else households.public_id_of(session, officer, to)
        wish: dict[str, Any] = {**parts, "to": other, "trees": trees}
        change = household_changes.propose(
            session,
            officer,
            public_id,
            Wish(kind=kind, effective_on=effective_on.date(), reason=reason, **wish),
            now=running().clock(),
        )
    _show(change)


def _show(*found: HouseholdChange) -> None:
    for one in household_change_views.shown(database(), found):
        parts = [
            f"change {one['id']}: {one['kind']} of {one['household']} on {one['effective_on']}, {one['state']}"
        ]
        parts += [f"to {one['to']}"] if one["to"] else []
        parts += [f"head {one['head_name']}"] if one["head_name"] else []
        parts += [f"contract {one['contract_from']} to {one['contract_to']}"] if one["contract_from"] else []
        outcome = one["outcome"]
        parts += [f"{name} {value}" for name, value in outcome.items()] if isinstance(outcome, dict) else []
        people = f"proposed by {one['proposed_by']}"
        parts.append(f"{people}, decided by {one['decided_by']}" if one["decided_by"] else people)
        click.echo(", ".join(parts))
