"""`flask payouts`: batches that are not over, what banks say of them, and money that has been payable for long."""

from pathlib import Path

import click
from flask.cli import AppGroup

from domain.errors import Refusal
from domain.messages import message
from domain.money import yuan_text
from domain.payouts import BatchState, batch_number
from domain.regions import PROGRAMME
from flows.payout_returns import bring_wherever
from flows.running import running
from models import RowOutcome, transaction
from models.base import database
from services import payout_ageing, payout_return_views, payout_views

payout_group = AppGroup("payouts", help="Money on its way to households.")

#: Every household of the programme.


@payout_group.command("list")
@click.option("--all", "ended", is_flag=True, help="Those that have been settled or rejected too.")
@click.option("--region", default=PROGRAMME, show_default=True, help="A division code and all below it.")
def list_batches(ended: bool, region: str) -> None:
    """Show batches, newest first: number, state, division, households, yuan, since when."""
    before = None
    while True:
        rows = payout_views.listed(database(), payout_views.BatchesWanted(region, before=before), 100)
        for row in rows[:100]:
            batch = row["batch"]
            if ended or batch.state not in (BatchState.SETTLED, BatchState.REJECTED):
                click.echo(
                    f"{batch_number(batch.id)}\t{batch.state.value}\t{batch.region_code}\t{batch.line_count}"
                    f"\t{yuan_text(batch.amount_fen)}\tsince {batch.drafted_at:%Y-%m-%d %H:%M}"
                )
        if len(rows) <= 100:
            return
        before = rows[99]["batch"].id


@payout_group.command("ageing")
@click.option("--region", default=PROGRAMME, show_default=True, help="A division code and all below it.")
def ageing(region: str) -> None:
    """Show how much has been payable for 0, 30, 60 and 90 days and more, and tell people of what is over age."""
    now = running().clock()
    for aged in payout_ageing.buckets(database(), region, now):
        click.echo(f"{aged.from_days}+ days\t{aged.households} households\t{yuan_text(aged.amount_fen)}")
    with transaction() as session:
        told = payout_ageing.watch(session, now)
    click.echo(f"payouts: {told} incidents open")


@payout_group.command("read-returns")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
def read_returns(file: Path) -> None:
    """Book what a return FILE (docs/bank-files.md) says of the payments of one batch, and show what was refused.

    Ends with 1 while a row was refused, so that a timetable can notice. The same file again changes nothing.
    """
    try:
        with file.open("rb") as content:
            brought = bring_wherever(running(), content, scope=PROGRAMME, actor="command")
    except Refusal as refusal:
        shown = {**(refusal.fields or {}), **refusal.details}
        chinese, english = (message(refusal.code, language, shown) for language in ("zh", "en"))
        raise click.ClickException(f"{chinese} {english}") from refusal
    click.echo(
        f"批次 batch {brought.batch_id}: 到账 paid {brought.paid}, 退回 bounced {brought.bounced}, "
        f"退汇 returned {brought.returned}, 无变化 unchanged {brought.unchanged}, 拒绝 refused {brought.refused}"
    )
    for outcome in (RowOutcome.REMARK, RowOutcome.REFUSED):
        for one in payout_return_views.rows(database(), brought.id, "zh", outcome=outcome):
            cell = " ".join(part for part in (one.row.column, one.row.value) if part)
            click.echo(f"  {one.row.row} {cell} {one.reason}")
    if brought.refused:
        raise click.ClickException("有行被拒绝，未入账。 Rows were refused; nothing was booked for them.")
