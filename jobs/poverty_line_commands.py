"""`flask poverty-lines …`: the published lines that income reports show."""

import click
from flask.cli import AppGroup

from domain.poverty_lines import FIRST_YEAR, LAST_YEAR, LEAST_YUAN, MOST_YUAN, Line
from flows.running import running
from models import database, transaction
from services import poverty_lines

poverty_line_group = AppGroup("poverty-lines", help="Published poverty lines, by year.")
_YUAN = click.IntRange(LEAST_YUAN, MOST_YUAN)


@poverty_line_group.command("list")
def list_all() -> None:
    """Show every year that has a line."""
    for row in poverty_lines.listed(database()):
        click.echo(f"{row.year}\t{row.national_yuan or '-'}\t{row.province_yuan or '-'}\t{row.source}")


@poverty_line_group.command("set")
@click.argument("year", type=click.IntRange(FIRST_YEAR, LAST_YEAR))
@click.option("--national", type=_YUAN, help="Yuan for each person; left out where none is published.")
@click.option("--province", type=_YUAN, help="The province's own.")
@click.option("--source", required=True, help="Where it was published.")
def set_line(year: int, national: int | None, province: int | None, source: str) -> None:
    """Set the line of YEAR as it was published; without figures it says that there is none."""
    with transaction() as session:
        poverty_lines.set_line(
            session,
            Line(year, national, province, source[:200]),
            actor="command",
            now=running().clock(),
        )
    click.echo(f"poverty line of {year}: national {national or '-'}, province {province or '-'} yuan")
