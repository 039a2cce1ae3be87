"""`flask sample`: the sample data of a demonstration."""

import click
from flask.cli import with_appcontext

from flows.running import running
from flows.sample import load_sample


@click.command("sample")
@with_appcontext
def sample() -> None:
    """Load two surveyed villages and three months of sales, once; set the demo officers' password."""
    parts = running()
    if not parts.settings.demo:
        raise click.ClickException("sample data is for demonstrations only; DEMO is off here")
    loaded = load_sample(parts, parts.settings.environ["DEMO_PASSWORD"])
    if loaded is None:
        click.echo("sample data: already there")
    else:
        click.echo(
            f"sample data: {loaded.households} households, {loaded.trees} trees, {loaded.orders} orders"
        )
