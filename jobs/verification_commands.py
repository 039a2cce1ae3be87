"""`flask verification`: approve measurements from the command line, in the name of a verifier."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from domain.errors import Refusal
from domain.messages import message
from domain.permissions import OfficerContext
from domain.roles import Role
from flows.running import running
from models import Verification
from models.base import database, transaction
from models.verifications import VerificationState
from services import officers, verification_views, verifications

verification_group = AppGroup("verification", help="Approve a region's measurements as sellable tree-years.")

_region = click.argument("region")
_year = click.argument("year", type=int)
_verifier = click.option("--verifier", "username", required=True, help="User name of the verifier.")


@verification_group.command("draft")
@_region
@_year
@_verifier
def draft(region: str, year: int, username: str) -> None:
    """Count what an approval would make sellable, and what it would leave out and why."""
    with _refusals(), transaction() as session:
        row = verifications.draft(
            session,
            verifier=_verifier_named(session, username, region),
            region_code=region,
            year=year,
            now=running().clock(),
        )
    _show(row)


@verification_group.command("approve")
@_region
@_year
@_verifier
def approve(region: str, year: int, username: str) -> None:
    """Approve the newest draft of the region and year; without one, draft and approve at once."""
    now = running().clock()
    with _refusals(), transaction() as session:
        verifier = _verifier_named(session, username, region)
        known = _in_state(session, region, year, VerificationState.DRAFT)
        chosen = (
            known[0]
            if known
            else verifications.draft(session, verifier=verifier, region_code=region, year=year, now=now)
        )
        row = verifications.approve(session, chosen.id, verifier=verifier, now=now)
    _show(row)


@verification_group.command("withdraw")
@_region
@_year
@_verifier
def withdraw(region: str, year: int, username: str) -> None:
    """Withdraw every approval of exactly this region and year; what is held or sold stands."""
    now = running().clock()
    with _refusals(), transaction() as session:
        verifier = _verifier_named(session, username, region)
        approved = _in_state(session, region, year, VerificationState.APPROVED)
        rows = [verifications.withdraw(session, row.id, verifier=verifier, now=now) for row in approved]
    if not rows:
        raise click.ClickException(f"no approval of {region} for {year}")
    for row in rows:
        _show(row)


def _verifier_named(session: Session, username: str, region: str) -> OfficerContext:
    context = officers.context_of(session, username, running().clock())
    context.need(Role.VERIFIER)
    context.in_scope(region)
    return context


def _in_state(session: Session, region: str, year: int, state: VerificationState) -> list[Verification]:
    return [row for row in verification_views.of_region(session, region, year) if row.state is state]


def _show(row: Verification) -> None:
    region = verification_views.shown(database(), row).region
    click.echo(
        f"verification {row.id}: {region.path} ({row.region_code}) {row.year} {row.state.value},"
        f" {row.units} tree-years, {row.buffer_units} of them kept as buffer"
    )
    for reason, trees in row.left_out.items():
        click.echo(f"  left out, {reason}: {trees}")


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except Refusal as refusal:
        shown = {**(refusal.fields or {}), **refusal.details}
        chinese, english = (message(refusal.code, language, shown) for language in ("zh", "en"))
        reasons = "".join(f"\n  {name}: {value}" for name, value in (refusal.fields or {}).items())
        raise click.ClickException(f"{chinese} {english}{reasons}") from refusal
