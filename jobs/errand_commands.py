"""`flask errands`: what WeChat is still to be told after payments."""

import click
from flask.cli import AppGroup

from flows.running import running
from models.base import database, transaction
from services import errands

errand_group = AppGroup("errands", help="What WeChat and buyers are still to be told after payments.")


@errand_group.command("list")
def list_waiting() -> None:
    """Show errands that are due or were given up, oldest first."""
    for number, errand in errands.waiting(database()):
        when = f"next {errand.next_try_at:%Y-%m-%d %H:%M}" if errand.ended_at is None else "given up"
        click.echo(
            f"{number}\t{errand.kind.value}\t{errand.state.value}\t{errand.attempts} tries"
            f"\t{errand.outcome or '-'}\t{when}"
        )


@errand_group.command("retry")
@click.argument("number")
def retry(number: str) -> None:
    """Try the errands of an order that were given up again, from now on."""
    with transaction() as session:
        again = errands.retry(session, number, running().clock())
    if not again:
        raise click.ClickException(f"order {number} has no errand that was given up")
    click.echo(f"errands: {again} of order {number} will be tried again")
