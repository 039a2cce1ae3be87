"""`flask transfers`: transfers to WeChat wallets that have no end yet."""

import click
from flask.cli import AppGroup

from domain.errors import Refusal
from domain.messages import message
from flows import transfers as flow
from flows.running import running
from models.base import database
from services import transfers

transfer_group = AppGroup("transfers", help="Transfers to WeChat wallets.")


@transfer_group.command("list")
def list_under_way() -> None:
    """Show transfers without an end yet, oldest first: number, state, fen, what they pay for."""
    for one in transfers.under_way(database()):
        click.echo(
            f"{one.out_bill_no}\t{one.state.value}\t{one.amount_fen}\t{one.subject}\t{one.tries} tries"
            f"\tsince {one.requested_at:%Y-%m-%d %H:%M}"
        )


@transfer_group.command("cancel")
@click.argument("number")
def cancel(number: str) -> None:
    """Withdraw a transfer that nobody has confirmed; it is over when its state says cancelled."""
    try:
        state = flow.cancel(running(), number)
    except Refusal as refusal:
        shown = {**(refusal.fields or {}), **refusal.details}
        chinese, english = (message(refusal.code, language, shown) for language in ("zh", "en"))
        raise click.ClickException(f"{chinese} {english}") from refusal
    click.echo(f"transfers: {number} is {state.value}")
