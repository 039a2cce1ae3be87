"""Seal personal data anew with the current key: table by table, in short transactions, beside whoever else writes.

A row is only changed if it still is what was read, so a value that somebody writes meanwhile, sealed with the current
key anyway, is never overwritten. There is nothing to remember between runs: what is not sealed with the current key
is what is left to do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.sealing import SealBroken, Vault
from models import Base
from models.types import Sealed, SealedBytes

#: Rows of one transaction.
CHUNK = 1000
#: In a sealed value the key's id is the second byte.
_KEY_ID = 2


@dataclass(frozen=True, slots=True)
class SealedTable:
    """A table with sealed columns: as it is stored, and the name that each column's values are bound to."""

    name: str
    stored: sa.Table
    columns: Mapping[str, str]

    @property
    def key(self) -> list[sa.Column[Any]]:
        """The columns of its primary key."""
        return list(self.stored.primary_key)


@dataclass(frozen=True, slots=True)
class Chunk:
    """What one transaction did: how many rows, which of them do not open, and where the next one begins."""

    resealed: int
    broken: Sequence[tuple[Any, ...]] = field(default=())
    last: tuple[Any, ...] | None = None


def sealed_tables() -> list[SealedTable]:
    """Every table of the database that keeps sealed values."""
    found = []
    for table in Base.metadata.sorted_tables:
        columns = {
            column.name: column.type.name
            for column in table.columns
            if isinstance(column.type, Sealed | SealedBytes)
        }
        if columns:
            stored = sa.Table(
                table.name,
                sa.MetaData(),
                *(
                    sa.Column(column.name, _stored(column), primary_key=column.primary_key)
                    for column in table.columns
                    if column.primary_key or column.name in columns
                ),
            )
            found.append(SealedTable(table.name, stored, columns))
    return found


def keys_in_use(session: Session) -> dict[int, dict[str, int]]:
    """How many values each key has sealed, by key id and `table.column`."""
    used: dict[int, dict[str, int]] = {}
    for table in sealed_tables():
        for name in table.columns:
            column = table.stored.c[name]
            kid = sa.func.substr(column, _KEY_ID, 1)
            rows = session.execute(sa.select(kid, sa.func.count()).where(column.is_not(None)).group_by(kid))
            for byte, count in rows:
                used.setdefault(int(bytes(byte)[0]), {})[f"{table.name}.{name}"] = count
    return used


def reseal(session: Session, vault: Vault, table: SealedTable, after: tuple[Any, ...] | None) -> Chunk:
    """Seal up to CHUNK rows behind `after` (in the order of the primary key) anew; `last` is None at the end."""
    key, current = table.key, bytes([vault.current])
    old = sa.or_(*(sa.func.substr(table.stored.c[name], _KEY_ID, 1) != current for name in table.columns))
    wanted = sa.select(table.stored).where(old).order_by(*key).limit(CHUNK)
    if after is not None:
        wanted = wanted.where(sa.tuple_(*key) > sa.tuple_(*after))
    rows = session.execute(wanted).all()
    changes, broken = [], []
    for row in rows:
        found = row._mapping
        number = tuple(found[column.name] for column in key)
        try:
            changes.append(_anew(vault, table, found))
        except SealBroken:
            broken.append(number)
    changed = _change(session, table, changes)
    last = tuple(rows[-1]._mapping[column.name] for column in key) if len(rows) == CHUNK else None
    return Chunk(changed, broken, last)


def _anew(vault: Vault, table: SealedTable, found: Mapping[Any, Any]) -> dict[str, Any]:
    """The row's values as they are (`was_…`) and as they are to be (`new_…`), with its key (`key_…`)."""
    change: dict[str, Any] = {f"key_{column.name}": found[column.name] for column in table.key}
    for name, bound in table.columns.items():
        was = None if found[name] is None else bytes(found[name])
        change[f"was_{name}"] = was
        change[f"new_{name}"] = None if was is None else vault.seal_bytes(vault.open_bytes(was, bound), bound)
    return change


def _change(session: Session, table: SealedTable, changes: Sequence[Mapping[str, Any]]) -> int:
    if not changes:
        return 0
    columns = table.stored.c
    same = [columns[column.name] == sa.bindparam(f"key_{column.name}") for column in table.key]
    same += [columns[name].is_not_distinct_from(_given(columns[name], "was")) for name in table.columns]
    update = (
        sa.update(table.stored)
        .where(*same)
        .values({columns[name]: _given(columns[name], "new") for name in table.columns})
    )
    result = session.execute(update, list(changes))
    return int(result.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


def _given(column: sa.Column[Any], which: str) -> sa.BindParameter[Any]:
    return sa.bindparam(f"{which}_{column.name}", type_=column.type)


def _stored(column: sa.Column[Any]) -> sa.types.TypeEngine[Any]:
    return sa.LargeBinary() if isinstance(column.type, Sealed | SealedBytes) else column.type
