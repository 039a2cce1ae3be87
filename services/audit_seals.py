"""Chain the audit: seal what has been written down, and prove that nothing of it was changed since.

Entries are sealed after they were committed, in the order of their ids among those that are there; one that was
committed late simply comes later in the chain. So whoever writes an entry waits for nobody
(docs/decisions/0021-audit-seals.md).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.audit import GENESIS, Entry, seal_after
from models import AuditEntry, AuditSeal, table_of

#: Entries of one transaction, and of one round trip when the chain is read.
MOST = 2000
#: Ids below the highest sealed one among which the worker looks for entries that were committed late.
LATE_IDS = 10_000
_SEALS = table_of(AuditSeal)


@dataclass(frozen=True, slots=True)
class Head:
    """The newest seal, or position 0 when there is none."""

    position: int
    seal: bytes


@dataclass(frozen=True, slots=True)
class Broken:
    """Where the chain does not hold: the position, the entry that should stand there, and what is wrong with it."""

    position: int
    entry_id: int | None
    rule: str


@dataclass(frozen=True, slots=True)
class Proof:
    """What a verification found: how far the chain holds, and what is not sealed yet."""

    head: Head
    broken: Broken | None
    unsealed: int
    unsealed_since: datetime | None


def head(session: Session) -> Head:
    """The newest seal."""
    last = session.execute(
        sa.select(AuditSeal.position, AuditSeal.seal).order_by(AuditSeal.position.desc()).limit(1)
    ).first()
    return Head(0, GENESIS) if last is None else Head(last.position, bytes(last.seal))


def seal(session: Session, now: datetime, *, whole: bool = False, most: int = MOST) -> int:
    """Seal up to `most` entries that have no seal, and tell how many; `whole` looks among all ids, however old."""
    if session.get_bind().dialect.name == "postgresql":
        # Sealers take turns; readers, and whoever writes entries, do not wait for them.
        session.execute(sa.text("LOCK TABLE audit_seals IN SHARE ROW EXCLUSIVE MODE"))
    last = head(session)
    position, previous = last.position, last.seal
    rows = []
    for entry in _without_seal(session, whole=whole, most=most):
        position += 1
        previous = seal_after(previous, position, entry)
        rows.append({"position": position, "entry_id": entry.id, "seal": previous, "sealed_at": now})
    if rows:
        session.execute(sa.insert(_SEALS), rows)
    return len(rows)


def verify(session: Session, noted: Head | None = None) -> Proof:
    """Read the whole chain again from its first entry; stops at the first that does not hold.

    `noted` is a head that was written down elsewhere: the chain must still pass through it, which shows whether its
    end was cut off, or all of it written anew.
    """
    position, previous, broken = 0, GENESIS, None
    for link_position, link_seal, entry_id, entry in _links(session):
        if link_position != position + 1:
            broken = Broken(position + 1, None, "seal_missing")
        elif entry is None:
            broken = Broken(link_position, entry_id, "entry_missing")
        elif seal_after(previous, link_position, entry) != link_seal:
            broken = Broken(link_position, entry_id, "entry_changed")
        elif noted is not None and noted.position == link_position and noted.seal != link_seal:
            broken = Broken(link_position, entry_id, "not_as_noted")
        if broken is not None:
            break
        position, previous = link_position, link_seal
    if broken is None and noted is not None and noted.position > position:
        broken = Broken(position + 1, None, "seal_missing")
    count, since = session.execute(
        sa.select(sa.func.count(), sa.func.min(AuditEntry.at)).where(_has_no_seal())
    ).one()
    return Proof(Head(position, previous), broken, count, since)


def _has_no_seal() -> sa.ColumnElement[bool]:
    return ~sa.exists().where(AuditSeal.entry_id == AuditEntry.id)


def _without_seal(session: Session, *, whole: bool, most: int) -> Iterable[Entry]:
    wanted = sa.select(AuditEntry).where(_has_no_seal()).order_by(AuditEntry.id).limit(most)
    if not whole:
        highest = sa.select(sa.func.coalesce(sa.func.max(AuditSeal.entry_id), 0)).scalar_subquery()
        wanted = wanted.where(AuditEntry.id > highest - LATE_IDS)
    return [_as_hashed(row) for row in session.scalars(wanted)]


def _links(session: Session) -> Iterable[tuple[int, bytes, int, Entry | None]]:
    """Every seal in order with the entry it stands for, or None where that is gone."""
    chain = (
        sa.select(AuditSeal.position, AuditSeal.seal, AuditSeal.entry_id, *table_of(AuditEntry).columns)
        .outerjoin(AuditEntry, AuditEntry.id == AuditSeal.entry_id)
        .order_by(AuditSeal.position)
    )
    with session.execute(chain, execution_options={"yield_per": MOST}) as rows:
        for position, link_seal, entry_id, *columns in rows:
            entry = None if columns[0] is None else Entry(*columns)
            yield position, bytes(link_seal), entry_id, entry


def _as_hashed(row: AuditEntry) -> Entry:
    return Entry(row.id, row.at, row.actor, row.action, row.subject, row.facts, row.address)
