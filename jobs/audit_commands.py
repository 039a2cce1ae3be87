"""`flask audit …`: seal what has been written down, and prove that nothing of it was changed."""

import re

import click
from flask.cli import AppGroup

from domain.audit_actions import ACTIONS
from domain.clock import rfc3339
from jobs.audit_tasks import seal_audit
from models import database
from services import audit_seals
from services.audit_seals import Head

audit_group = AppGroup("audit", help="Who did what, chained by hashes.")

_NOTED = re.compile(r"(\d{1,18}):([0-9a-f]{64})", re.ASCII)
_SAID = {
    "seal_missing": "a seal is missing",
    "entry_missing": "the entry is gone",
    "entry_changed": "the entry or its seal was changed",
    "not_as_noted": "the chain is not the one that was noted",
}


def _noted(_context: click.Context, _option: click.Parameter, value: str | None) -> Head | None:
    if value is None:
        return None
    found = _NOTED.fullmatch(value)
    if found is None:
        raise click.BadParameter("a head is written POSITION:SEAL, as `flask audit verify` prints it")
    return Head(int(found[1]), bytes.fromhex(found[2]))


@audit_group.command("verify")
@click.option("--noted", callback=_noted, help="A head POSITION:SEAL that was noted earlier, elsewhere.")
def verify(noted: Head | None) -> None:
    """Prove the chain from its first entry; names the first that does not hold, and ends with 1."""
    proof = audit_seals.verify(database(), noted)
    click.echo(f"head {proof.head.position}:{proof.head.seal.hex()}")
    since = "" if proof.unsealed_since is None else f", the oldest of {rfc3339(proof.unsealed_since)}"
    click.echo(f"{proof.unsealed} not sealed yet{since}")
    if proof.broken is not None:
        entry = "" if proof.broken.entry_id is None else f", entry {proof.broken.entry_id}"
        said = _SAID[proof.broken.rule]
        raise click.ClickException(f"broken at position {proof.broken.position}{entry}: {said}")
    click.echo(f"the chain holds: {proof.head.position} entries")


@audit_group.command("seal")
def seal() -> None:
    """Seal what has no seal yet, however old, without waiting for the worker."""
    click.echo(f"{seal_audit(whole=True)} sealed")
    head = audit_seals.head(database())
    click.echo(f"head {head.position}:{head.seal.hex()}")


@audit_group.command("actions")
def actions() -> None:
    """List every act that is written down, with its subject."""
    for name, (subject, chinese, english) in sorted(ACTIONS.items()):
        click.echo(f"{name:<32} {subject:<16} {chinese}  {english}")
