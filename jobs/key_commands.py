"""`flask keys …`: the keys that certificates are signed with."""

import click
from flask.cli import AppGroup

from domain.clock import business_day
from domain.signing import KeyRingError, key_ring_text, parse_key_ring, rotate
from flows.running import running

keys_group = AppGroup("keys", help="Keys that certificates are signed with.")


@keys_group.command("show")
def show() -> None:
    """List the key ids with the days they may sign on; never a key itself."""
    for key in parse_key_ring(running().settings.certificate_keys):
        until = key.not_after.isoformat() if key.not_after else "now"
        signs = "signs" if key.private is not None else "retired"
        click.echo(f"{key.kid:<12} {key.not_before.isoformat()} to {until:<10} {signs}")


@keys_group.command("new")
def new_ring() -> None:
    """Print a first key ring, for CERTIFICATE_KEYS, and make nothing else."""
    parts = running()
    try:
        ring = rotate((), parts.random, business_day(parts.clock()), demo=False)
    except KeyRingError as error:
        raise click.ClickException(str(error)) from error
    click.echo(key_ring_text(ring))


@keys_group.command("rotate")
def rotate_keys() -> None:
    """Print a key ring with a new signing key and the old ones retired, for CERTIFICATE_KEYS.

    Old certificates stay valid: their public keys remain in the ring. Put the printed line into the settings and
    restart every process; nothing is stored here.
    """
    parts = running()
    try:
        ring = rotate(
            parse_key_ring(parts.settings.certificate_keys),
            parts.random,
            business_day(parts.clock()),
            demo=not parts.settings.production,
        )
    except KeyRingError as error:
        raise click.ClickException(str(error)) from error
    click.echo(key_ring_text(ring))
