"""`flask reconcile`: compare a day with WeChat's bills, or the book with the bank's statement."""

from datetime import datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from domain.errors import Refusal
from domain.messages import message
from domain.reconciliations import DayState
from flows.bank_statements import bring
from flows.reconciliations import reconcile
from flows.running import running
from models import Difference, database
from services import reconciliations

reconcile_group = AppGroup("reconcile", help="Compare the book with WeChat's bills and the bank's statement.")

#: What one side of a figure is called on a terminal.
SIDES = (
    ("bill_fen", "交易账单 bill"),
    ("fund_fen", "资金账单 fund"),
    ("book_fen", "账本 book"),
)


@reconcile_group.command("day")
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
def reconcile_day(day: datetime) -> None:
    """Fetch what is missing of a DAY's bills, book what was missed, and show what differs.

    Ends with 1 while something needs a person, so that a timetable can notice.
    """
    try:
        reconcile(running(), day.date())
    except Refusal as refusal:
        raise _spoken(refusal) from refusal
    found = reconciliations.shown(database(), day.date())
    click.echo(f"{found.row.day}: {found.state.value}")
    if found.state is DayState.WAITING:
        kinds = ", ".join(kind.value for kind in found.missing)
        raise click.ClickException(f"账单尚未取到，稍后自动重试。 Bills not to be had yet: {kinds}")
    for name, sides in found.row.figures.items():
        shown = [f"{label} {sides[side]}" for side, label in SIDES if side in sides]
        if shown:
            click.echo(f"  {name:<13} {', '.join(shown)}")
    for one in found.differences:
        _show(one.difference)
    if found.row.fee_booked_at is None:
        click.echo(
            "  手续费未入账：资助账户余额不足。 The fee waits: the sponsor's account does not cover it."
        )
    if found.state is DayState.DIFFERS:
        raise click.ClickException("有差异待处理，见 flask incidents list。 Differences wait for a person.")


@reconcile_group.command("bank")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option(
    "--from",
    "since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The first day asked for, if nothing moved then.",
)
@click.option(
    "--to",
    "until",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The last day asked for; without it, the day of the last line may not be over.",
)
def reconcile_bank(file: Path, since: datetime | None, until: datetime | None) -> None:
    """Bring a bank statement (docs/bank-files.md) and show what differs from the book; nothing is booked."""
    try:
        with file.open("rb") as content:
            brought = bring(
                running(), content, "command", since=since and since.date(), until=until and until.date()
            )
    except Refusal as refusal:
        raise _spoken(refusal) from refusal
    click.echo(f"{brought.statement.row_count} 行 lines, {brought.span.first} – {brought.span.last}")
    for one in brought.found:
        facts = ", ".join(f"{name}={value}" for name, value in one.facts.items() if value is not None)
        click.echo(f"  {one.day} {one.verdict.value} {one.subject} {facts}")
    if brought.found:
        raise click.ClickException("有差异待处理，见 flask incidents list。 Differences wait for a person.")
    click.echo("与账本一致。 The statement and the book agree.")


def _show(difference: Difference) -> None:
    facts = ", ".join(f"{name}={value}" for name, value in difference.facts.items() if value is not None)
    click.echo(
        f"  {difference.verdict.value} {difference.subject} {facts}"
        + (f" -> {difference.incident}" if difference.incident else "")
    )


def _spoken(refusal: Refusal) -> click.ClickException:
    shown = {**(refusal.fields or {}), **refusal.details}
    chinese, english = (message(refusal.code, language, shown) for language in ("zh", "en"))
    return click.ClickException(f"{chinese} {english}")
