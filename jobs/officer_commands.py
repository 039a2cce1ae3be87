"""`flask officers`: logins of officers, for whoever runs the installation."""

import sys

import click
from flask.cli import AppGroup

from domain.clock import rfc3339
from domain.errors import Refusal
from domain.messages import message
from domain.people import ProposalState
from domain.permissions import OfficerContext
from domain.roles import Role
from flows.running import running
from jobs.acting import acting
from models import OfficerRole
from models.base import database, transaction
from services import officers, people, people_views, proposals
from services.account_changes import Hands
from services.demo_officers import seed_demo_officers

officer_group = AppGroup("officers", help="Logins of officers, their roles and regions.")
ACTOR = "command"
PERSON, PROPOSAL = "/officer/people/{username}", "/officer/proposals/{proposal_id}"
_ROLE = click.Choice([role.value for role in Role])
_by = click.option("--officer", "by", required=True, help="User name of the administrator who asks.")


@officer_group.command("add")
@click.argument("username")
@click.option("--role", "roles", multiple=True, required=True, type=_ROLE)
@click.option("--region", required=True, help="Code of the division the officer sees, with all below it.")
@click.option("--name", "display_name", required=True, help="The person's name, as colleagues see it.")
@click.option(
    "--ask-identity", is_flag=True, help="Ask for the person's identity number; a keyed hash is kept."
)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add(
    username: str,
    *,
    roles: tuple[str, ...],
    region: str,
    display_name: str,
    ask_identity: bool,
    password_stdin: bool,
) -> None:
    """Give a person a login, in any roles: the first officers are made here, by whoever runs the installation."""
    parts, password = running(), _password(password_stdin)
    # Asked for, because what stands on a command line is kept in the shell's history.
    identity = str(click.prompt("Identity number", hide_input=True)) if ask_identity else None
    try:
        with transaction() as session:
            officers.add_officer(
                session,
                username=username,
                display_name=display_name,
                password=password,
                roles=[Role(role) for role in roles],
                region_code=region,
                actor=ACTOR,
                now=parts.clock(),
                random=parts.random,
                identity=identity,
            )
    except Refusal as refusal:
        raise _spoken(refusal) from refusal
    click.echo(f"officers: {username} added ({', '.join(sorted(roles))}; {region})")


@officer_group.command("list")
def list_all() -> None:
    """Show every login; a deputy's roles with their last moment."""
    now = running().clock()
    for officer in officers.list_officers(database()):
        roles = ",".join(
            row.role if row.ends_at is None else f"{row.role} until {rfc3339(row.ends_at)}"
            for row in officer.roles
            if row.ends_at is None or row.ends_at > now
        )
        state = f"ended {officer.ended_at:%Y-%m-%d}" if officer.ended_at else "active"
        click.echo(f"{officer.username}\t{officer.display_name}\t{officer.region_code}\t{roles}\t{state}")


@officer_group.command("end")
@click.argument("username")
def end(username: str) -> None:
    """End a login; every sign-in of it ends at once."""
    try:
        with transaction() as session:
            officers.end_officer(session, username, actor=ACTOR, now=running().clock())
    except Refusal as refusal:
        raise _spoken(refusal) from refusal
    click.echo(f"officers: {username} ended")


@officer_group.command("password")
@click.argument("username")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.option("--second-factor", is_flag=True, help="Forget the phone and the recovery codes too.")
def password(username: str, password_stdin: bool, second_factor: bool) -> None:
    """Give a login another password; every sign-in of it ends at once, and payouts are held from it for 72 hours."""
    parts, new = running(), _password(password_stdin)
    try:
        with transaction() as session:
            officers.change_password(
                session,
                username,
                new,
                actor=ACTOR,
                now=parts.clock(),
                random=parts.random,
                second_factor=second_factor,
            )
    except Refusal as refusal:
        raise _spoken(refusal) from refusal
    click.echo(f"officers: password of {username} changed")


@officer_group.command("roles")
@click.argument("username")
@_by
@click.option(
    "--role", "roles", multiple=True, type=_ROLE, help="A role the officer is to have; say it for each."
)
@click.option("--region", help="Code of the division the officer is to see, if another one.")
def roles_of(username: str, by: str, roles: tuple[str, ...], region: str | None) -> None:
    """Show USERNAME's roles; with --role, give exactly these for good.

    What adds a role that pays or looks after people, or moves one elsewhere, waits for a second administrator.
    """
    if region is not None and not roles:
        raise click.UsageError("--region takes the roles too: say --role for each")
    if roles:
        wanted = frozenset(Role(role) for role in roles)
        with acting(by, f"{PERSON}/roles") as officer, transaction() as session:
            proposal = people.change_roles(session, username, wanted, region, _hands(officer)).proposal
            done = " from now on" if proposal is None else f"; proposal {proposal.id} waits for a second"
        click.echo(f"officers: {', '.join(sorted(wanted))} for {username}{done}")
        return
    with acting(by, PERSON, "GET") as officer:
        now = running().clock()
        person = people_views.shown(database(), people.find(database(), username, officer).id)
        for row in sorted(person.roles(now), key=lambda row: row.role):
            click.echo(f"{row.role}\t{_days(row)}")
        if person.proposal_id is not None:
            click.echo(f"proposal {person.proposal_id} waits for a second administrator")


@officer_group.command("proposals")
@_by
@click.option("--all", "decided", is_flag=True, help="Those that are decided too.")
def list_proposals(by: str, decided: bool) -> None:
    """Show what waits for a second administrator, the newest hundred: number, kind, whose account, by whom, what."""
    state = None if decided else ProposalState.OPEN
    with acting(by, "/officer/proposals", "GET") as officer:
        for row in proposals.listed(database(), officer, state=state, before=None, limit=100):
            facts = " ".join(f"{name}={_fact(value)}" for name, value in sorted(row.proposal.facts.items()))
            click.echo(
                f"{row.proposal.id}\t{row.proposal.kind}\t{row.username}\tby {row.proposed_by}"
                f"\t{row.proposal.state}\t{facts}"
            )


@officer_group.command("confirm")
@click.argument("proposal_id", type=int)
@_by
def confirm(proposal_id: int, by: str) -> None:
    """Do what another administrator has proposed; a link to choose a password is shown once."""
    with acting(by, f"{PROPOSAL}/confirm") as officer, transaction() as session:
        changed, link = proposals.confirm(session, proposal_id, _hands(officer))
        username = changed.username
    click.echo(f"officers: proposal {proposal_id} for {username} confirmed")
    if link is not None:
        click.echo(f"token {link.token}, good until {rfc3339(link.expires_at)}")


@officer_group.command("refuse")
@click.argument("proposal_id", type=int)
@_by
def refuse(proposal_id: int, by: str) -> None:
    """Let nothing come of a proposal, one's own too."""
    with acting(by, f"{PROPOSAL}/refuse") as officer, transaction() as session:
        username = proposals.refuse(session, proposal_id, _hands(officer)).username
    click.echo(f"officers: proposal {proposal_id} for {username} refused")


@officer_group.command("demo")
def demo() -> None:
    """Add the officers of the sample data, all with DEMO_PASSWORD; refused in production."""
    parts = running()
    chosen = parts.settings.environ.get("DEMO_PASSWORD", "")
    if not parts.settings.demo or not chosen:
        raise click.ClickException("demo officers are for demo mode only, and need DEMO_PASSWORD")
    with transaction() as session:
        names = seed_demo_officers(session, chosen, parts.clock(), parts.random)
    click.echo(f"officers: {', '.join(names)} ready")


def _hands(officer: OfficerContext) -> Hands:
    return Hands(officer, running().clock(), running().random)


def _days(row: OfficerRole) -> str:
    if row.ends_at is None:
        return "for good"
    return f"deputy until {rfc3339(row.ends_at)}"


def _fact(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))


def _spoken(refusal: Refusal) -> click.ClickException:
    shown = {**(refusal.fields or {}), **refusal.details}
    chinese, english = (message(refusal.code, language, shown) for language in ("zh", "en"))
    return click.ClickException(f"{chinese} {english}")
