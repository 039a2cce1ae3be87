"""`flask backup FILE`, `flask restore FILE` and `flask reopen`."""

import base64
import binascii
from pathlib import Path

import click
from flask.cli import with_appcontext

from domain.clock import rfc3339
from domain.errors import Refusal
from domain.messages import message
from flows import backups, photos, recovery
from flows.running import running
from models import database
from services import officers


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def backup(file: Path) -> None:
    """Write the whole database, and the photos of its trees, to FILE, encrypted with BACKUP_KEY, while everything goes
    on.
    """
    if file.exists():
        raise click.ClickException(f"{file} is there already; a backup is never written over another")
    parts = running()
    taken = backups.take(file, _key(), parts.clock(), photos.folder_of(parts))
    click.echo(f"{file}: {taken.size:,} bytes, {taken.photos} photos")
    if taken.missing:
        click.echo(
            f"{taken.missing} photos that trees name are not in {photos.folder_of(parts)}: on a machine that does not "
            "share this folder, back up where it lies",
            err=True,
        )


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def restore(file: Path) -> None:
    """Fill an empty, migrated database from FILE, and write its photos back. It starts closed: see docs/runbook.md for
    how to open it.
    """
    try:
        parts = running()
        taken_at = backups.restore(file, _key(), parts.clock(), photos.folder_of(parts))
    except Refusal as refusal:
        told = message(refusal.code, "en", {**(refusal.fields or {}), **refusal.details})
        raise click.ClickException(told) from refusal
    click.echo(f"restored the backup of {rfc3339(taken_at)}; sales, refunds and payouts are closed")


@click.command("reopen")
@click.option("--by", "username", required=True, help="The administrator who opens it.")
@click.option(
    "--nothing-at-bank", is_flag=True, help="The bank was asked: it has no payment in hand any more."
)
@with_appcontext
def reopen(username: str, nothing_at_bank: bool) -> None:
    """Replay WeChat's bills since the backup, and open a restored installation once nothing stands in the way."""
    try:
        officer = officers.find_officer(database(), username)
        in_the_way = recovery.reopen(running(), f"officer:{officer.id}", nothing_at_bank=nothing_at_bank)
    except Refusal as refusal:
        told = message(refusal.code, "en", {**(refusal.fields or {}), **refusal.details})
        raise click.ClickException(told) from refusal
    for line in in_the_way:
        click.echo(line, err=True)
    if in_the_way:
        raise click.ClickException("still closed")
    click.echo("open: sales, refunds and payouts go on")


def _key() -> bytes:
    text = running().settings.backup_key
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != 32:
        raise click.ClickException(
            "BACKUP_KEY must be set to the base64 of 32 bytes, kept apart from the other keys"
        )
    return key
