"""`flask tree`: what happens to single trees, in the name of an officer."""

from contextlib import AbstractContextManager
from datetime import datetime

import click
from flask.cli import AppGroup

from domain.permissions import OfficerContext
from flows.running import running
from jobs.acting import acting
from models.base import database, transaction
from models.tree_losses import LossCause
from services import tree_loss_views, tree_losses

tree_group = AppGroup("tree", help="Report trees that were lost.")

_code = click.argument("code")
_officer = click.option("--officer", "username", required=True, help="User name of the officer.")


@tree_group.command("lost")
@_code
@click.option("--cause", type=click.Choice([cause.value for cause in LossCause]), required=True)
@click.option("--on", "happened_on", type=click.DateTime(["%Y-%m-%d"]), required=True)
@click.option("--reason", required=True)
@_officer
def lost(code: str, cause: str, happened_on: datetime, reason: str, username: str) -> None:
    """Report that a tree is gone."""
    with _acting(username, "loss") as officer, transaction() as session:
        tree_losses.report(
            session,
            code,
            cause=LossCause(cause),
            happened_on=happened_on.date(),
            reason=reason[:200],
            officer=officer,
            now=running().clock(),
        )
    _show(code, officer)


@tree_group.command("confirm-loss")
@_code
@_officer
def confirm_loss(code: str, username: str) -> None:
    """Agree, as a second person, that a tree is gone."""
    with _acting(username, "loss/confirm") as officer, transaction() as session:
        tree_losses.confirm(session, code, officer=officer, now=running().clock())
    _show(code, officer)


@tree_group.command("undo-loss")
@_code
@_officer
def undo_loss(code: str, username: str) -> None:
    """Take a report back that nobody has confirmed."""
    with _acting(username, "loss/undo") as officer, transaction() as session:
        tree_losses.undo(session, code, officer=officer, now=running().clock())
    click.echo(f"tree {code}: report undone")


def _acting(username: str, act: str) -> AbstractContextManager[OfficerContext]:
    return acting(username, f"/officer/trees/{{code}}/{act}")


def _show(code: str, officer: OfficerContext) -> None:
    found = tree_loss_views.shown(database(), tree_losses.find_tree(database(), code, officer))
    click.echo(f"tree {code}: {found.loss.cause.value} on {found.loss.happened_on}, {found.state}")
