"""The audit as it may be read: by an auditor for their region, by an administrator for acts about officers."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.clock import day_span, day_start
from domain.errors import Invalid
from domain.incidents import TITLES, title
from domain.permissions import OfficerContext
from domain.regions import RegionLevel, level_of, village_bounds
from domain.roles import Role
from models import AuditEntry, AuditSeal, Household, Officer, PeriodExport, Verification
from services import audit

#: Rows of one file.
LONGEST_FILE = 50_000
_OFFICER = re.compile(r"officer:(\d{1,15})", re.ASCII)


@dataclass(frozen=True, slots=True)
class AuditWanted:
    """Which entries: by actor (or an officer's user name), action, subject, business days first..last; None is all."""

    actor: str | None = None
    action: str | None = None
    subject: str | None = None
    first: date | None = None
    last: date | None = None


def listed(
    session: Session, officer: OfficerContext, wanted: AuditWanted, *, before: int | None, limit: int
) -> Sequence[dict[str, Any]]:
    """Up to `limit` entries, newest first, that the officer may see, each with its place in the chain."""
    rows = (
        sa.select(AuditEntry, AuditSeal.position, Officer.username)
        .outerjoin(AuditSeal, AuditSeal.entry_id == AuditEntry.id)
        .outerjoin(Officer, AuditEntry.actor == _named("officer:", sa.cast(Officer.id, sa.String)))
        .where(*_seen_by(officer), *_conditions(wanted))
        .order_by(AuditEntry.id.desc())
        .limit(limit)
    )
    if before is not None:
        rows = rows.where(AuditEntry.id < before)
    return [
        {
            "id": entry.id,
            "at": entry.at,
            "actor": entry.actor,
            "username": username,
            "action": entry.action,
            "subject": entry.subject,
            "facts": entry.facts,
            "address": entry.address,
            "sealed_at_position": position,
        }
        for entry, position, username in session.execute(rows)
    ]


def with_names(session: Session, entries: Sequence[Mapping[str, Any]], language: str) -> list[dict[str, Any]]:
    """Entries with `names`: what their subject and facts name by a number or code, as people call it.

    Officers by user name, kinds of incidents by what they say in `zh` or `en`.
    """
    named = [
        {word for word in (entry["subject"], *entry["facts"].values()) if isinstance(word, str)}
        for entry in entries
    ]
    numbers = {int(found[1]) for words in named for word in words if (found := _OFFICER.fullmatch(word))}
    officers = session.execute(sa.select(Officer.id, Officer.username).where(Officer.id.in_(numbers)))
    names = {f"officer:{number}": username for number, username in officers}
    names |= {kind: title(kind, language) for kind in TITLES}
    return [
        {**entry, "names": {word: names[word] for word in words if word in names}}
        for entry, words in zip(entries, named, strict=True)
    ]


def exported(
    session: Session, officer: OfficerContext, wanted: AuditWanted, now: datetime
) -> Sequence[dict[str, Any]]:
    """All of these entries for a file, which is an act of its own; raises Invalid when there are too many."""
    rows = listed(session, officer, wanted, before=None, limit=LONGEST_FILE + 1)
    if len(rows) > LONGEST_FILE:
        raise Invalid("file_too_long", {"rows": LONGEST_FILE}, rows=LONGEST_FILE)
    audit.record(
        session,
        actor=officer.actor,
        action="audit_exported",
        subject="audit",
        now=now,
        facts={
            "rows": len(rows),
            **{
                name: str(value)
                for name in ("actor", "action", "subject", "first", "last")
                if (value := getattr(wanted, name)) is not None
            },
        },
        address=officer.address,
    )
    return rows


def _conditions(wanted: AuditWanted) -> list[sa.ColumnElement[bool]]:
    columns = {"action": AuditEntry.action, "subject": AuditEntry.subject}
    found = [
        column == value for name, column in columns.items() if (value := getattr(wanted, name)) is not None
    ]
    if wanted.actor is not None:
        by_name = sa.select(_named("officer:", sa.cast(Officer.id, sa.String))).where(
            Officer.username == wanted.actor
        )
        found.append(sa.or_(AuditEntry.actor == wanted.actor, AuditEntry.actor.in_(by_name)))
    if wanted.first is not None:
        found.append(AuditEntry.at >= day_start(wanted.first))
    if wanted.last is not None:
        found.append(AuditEntry.at < day_span(wanted.last, wanted.last)[1])
    return found


def _seen_by(officer: OfficerContext) -> list[sa.ColumnElement[bool]]:
    """What of the audit exists for this officer.

    The province sees all of it. Below it, an entry belongs to a region when an officer of the region did it, or when it
    is about one of its officers, households or verifications; what the programme itself did (worker, commands,
    buyers) belongs to no county.
    """
    conditions: list[sa.ColumnElement[bool]] = []
    if not officer.may_be({Role.AUDITOR}):
        conditions.append(AuditEntry.subject.startswith("officer:"))
    if level_of(officer.region_code) is RegionLevel.PROVINCE:
        return conditions
    colleague = Officer.region_code.startswith(officer.region_code, autoescape=True)
    officer_name = _named("officer:", sa.cast(Officer.id, sa.String))
    here = Household.region_code.between(*village_bounds(officer.region_code))
    verified = Verification.region_code.startswith(officer.region_code, autoescape=True)
    asked = PeriodExport.region_code.startswith(officer.region_code, autoescape=True)
    about = [
        # Few officers and verifications, so their names are listed; many households, so one is looked for.
        AuditEntry.actor.in_(sa.select(officer_name).where(colleague)),
        AuditEntry.subject.in_(sa.select(officer_name).where(colleague)),
        AuditEntry.subject.in_(
            sa.select(_named("verification:", sa.cast(Verification.id, sa.String))).where(verified)
        ),
        AuditEntry.subject.in_(
            sa.select(_named("period_export:", sa.cast(PeriodExport.id, sa.String))).where(asked)
        ),
        sa.and_(
            AuditEntry.subject.startswith("household:"),
            sa.exists().where(
                Household.public_id == sa.func.substr(AuditEntry.subject, len("household:") + 1), here
            ),
        ),
    ]
    return [*conditions, sa.or_(*about)]


def _named(kind: str, number: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    return sa.literal(kind, sa.String) + number
