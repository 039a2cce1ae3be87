"""`flask income …`: the sums that reports of income are read from."""

import click
from flask.cli import AppGroup

from flows import income
from models import database, transaction
from services import income_sums

income_group = AppGroup("income", help="Sums of what households earned and were paid.")


@income_group.command("fold")
def fold() -> None:
    """Add new postings to the sums, as the worker does every few seconds."""
    click.echo(f"{income.fold_due()} postings folded")


@income_group.command("rebuild")
def rebuild() -> None:
    """Make the sums anew from the postings; reports show the old ones until that is done."""
    with transaction() as session:
        begun = income_sums.rebuild(session)
    if not begun:
        raise click.ClickException("a worker is folding at this moment: try again")
    click.echo("the sums are made anew")


@income_group.command("verify")
def verify() -> None:
    """Prove that the sums are what the postings come to."""
    findings = income_sums.verify(database())
    for finding in findings:
        click.echo(f"{finding.rule}: {finding.subject}: {finding.detail}", err=True)
    if findings:
        raise click.ClickException(f"{len(findings)} findings: `flask income rebuild` makes the sums anew")
    click.echo("the sums are what the postings come to")
