"""Column types of our own: aware UTC instants, sealed personal data, and enums stored by value."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from domain.sealing import Vault

#: 64-bit identifiers; SQLite only numbers INTEGER primary keys by itself.
BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_vaults: list[Vault] = []


def use_vault(vault: Vault) -> None:
    """Set the process's key ring for sealed columns; the application does this once, before it opens a connection."""
    _vaults[:] = [vault]


def vault() -> Vault:
    """The key ring in use; LookupError before `use_vault`."""
    if not _vaults:
        raise LookupError("no key ring for personal data has been set")
    return _vaults[0]


class UTCDateTime(TypeDecorator[datetime]):
    """An aware instant, stored and returned in UTC by both engines; a naive one is refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime has no place in the database")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Sealed(TypeDecorator[str]):
    """Text that is encrypted before it leaves the process; `name` binds it to its column."""

    impl = sa.LargeBinary
    cache_ok = True

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002 - SQLAlchemy's signature
        return None if value is None else vault().seal(value, self.name)

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        return None if value is None else vault().open(bytes(value), self.name)


class SealedBytes(TypeDecorator[bytes]):
    """Bytes that are encrypted before they leave the process; `name` binds them to their column."""

    impl = sa.LargeBinary
    cache_ok = True

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002 - SQLAlchemy's signature
        return None if value is None else vault().seal_bytes(value, self.name)

    def process_result_value(self, value: Any, dialect: Dialect) -> bytes | None:  # noqa: ARG002 - SQLAlchemy's signature
        return None if value is None else vault().open_bytes(bytes(value), self.name)


def state_type(enum: type[StrEnum], name: str) -> sa.Enum:
    """An enum kept as its value in a short string column with a named check."""
    return sa.Enum(
        enum,
        name=name,
        native_enum=False,
        length=20,
        create_constraint=True,
        values_callable=lambda members: [member.value for member in members],
    )
