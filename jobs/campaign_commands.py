"""`flask campaign …`: a generated campaign of the published size, for measuring and trying out."""

import click
from flask.cli import AppGroup

from domain.campaign import published_campaign
from domain.errors import Refusal
from domain.messages import message
from flows import campaign
from flows.running import running

campaign_group = AppGroup("campaign", help="A generated campaign of the published size.")


@campaign_group.command("generate")
@click.option(
    "--trees", type=click.IntRange(min=50), help="So many trees, the rest in proportion; all if left out."
)
def generate(trees: int | None) -> None:
    """Fill an empty, seeded PostgreSQL database with invented households, trees and a year of sales."""
    parts = running()
    if parts.settings.production:
        raise click.ClickException("invented households have no place in production")
    wanted = published_campaign() if trees is None else published_campaign().scaled(trees)
    try:
        campaign.generate(parts, wanted, click.echo)
    except Refusal as refusal:
        raise click.ClickException(message(refusal.code, "en", refusal.details)) from refusal
