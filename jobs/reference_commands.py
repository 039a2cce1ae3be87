"""`flask seed`: the reference figures every installation needs before anything else."""

import click
from flask.cli import with_appcontext

from flows.running import running
from models.base import transaction
from services.reference import seed_reference


@click.command("seed")
@with_appcontext
def seed() -> None:
    """Load divisions, species, poverty lines and the first programme parameters; doing it again changes nothing."""
    parts = running()
    with transaction() as session:
        done = seed_reference(
            session,
            parts.clock(),
            sponsor=parts.settings.sponsor,
            merchant_of_record=parts.settings.merchant_of_record,
        )
    click.echo(
        f"seed: {done.regions} divisions, {done.species} species, {done.programmes} programme,"
        f" {done.poverty_lines} poverty lines written"
    )
