"""`flask data-keys …`: which keys personal data is sealed with, and sealing it anew with the current one."""

import sys

import click
from flask.cli import AppGroup
from sqlalchemy.exc import DBAPIError

from flows.running import running
from models import database, end_reading, transaction
from models.types import vault
from services import audit, resealing
from services.resealing import SealedTable

data_keys_group = AppGroup("data-keys", help="Keys that personal data is sealed with.")

#: Numbers of rows that are named when they do not open.
_NAMED = 20


@data_keys_group.command("show")
def show() -> None:
    """Show how many values each key has sealed, and which keys of the ring are no longer needed; never a key."""
    used = resealing.keys_in_use(database())
    ring = vault()
    for kid in sorted(used.keys() | ring.keys.keys()):
        columns = used.get(kid, {})
        state = "seals" if kid == ring.current else "opens" if kid in ring.keys else "NOT IN THE RING"
        click.echo(f"key {kid}: {state}, {sum(columns.values())} values")
        for name, count in sorted(columns.items()):
            click.echo(f"    {name:<44} {count}")
    spare = [kid for kid in ring.keys if kid not in used and kid != ring.current]
    if spare:
        named = ", ".join(str(kid) for kid in spare)
        click.echo(f"no row needs key {named}: it may leave DATA_KEYS; backups made before still need it")
    missing = sorted(used.keys() - ring.keys.keys())
    if missing:
        raise click.ClickException(f"values are sealed with keys that are not in DATA_KEYS: {missing}")


@data_keys_group.command("reseal")
def reseal() -> None:
    """Seal everything anew that is not sealed with the last key of DATA_KEYS; may be stopped and run again."""
    done, bad = 0, 0
    for table in resealing.sealed_tables():
        resealed, broken = _table(table)
        done += resealed
        bad += broken
    with transaction() as session:
        audit.record(
            session,
            actor="command",
            action="data_resealed",
            subject=f"data_key:{vault().current}",
            now=running().clock(),
            facts={"rows": done, "broken": bad},
        )
    click.echo(f"{done} rows are sealed with key {vault().current} now")
    if bad:
        raise click.ClickException(f"{bad} rows were left as they are")


def _table(table: SealedTable) -> tuple[int, int]:
    """Seal one table anew; how many rows, and how many could not be."""
    done, bad = 0, 0
    after: tuple[object, ...] | None = None
    while True:
        try:
            with transaction() as session:
                chunk = resealing.reseal(session, vault(), table, after)
        except DBAPIError as error:
            click.echo(f"{table.name}: refused by the database: {type(error.orig).__name__}", err=True)
            return done, bad + 1
        done += chunk.resealed
        bad += len(chunk.broken)
        for number in chunk.broken[:_NAMED]:
            click.echo(f"{table.name} {number}: does not open with any key of the ring", err=True)
        if chunk.resealed and sys.stderr.isatty():
            click.echo(f"\r{table.name}: {done} rows", nl=False, err=True)
        if chunk.last is None:
            break
        after = chunk.last
    if done:
        click.echo(f"{table.name}: {done} rows")
    end_reading()
    return done, bad
