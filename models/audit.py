"""Who did what, when, and from where; never about whom in plain words."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import BigId, UTCDateTime


class AuditEntry(Base):
    """One act; only ever added."""

    __tablename__ = "audit_entries"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: `officer:<id>`, `user:<id>`, `command`, `worker`.
    actor: Mapped[str] = mapped_column(sa.String(32), index=True)
    action: Mapped[str] = mapped_column(sa.String(40), index=True)
    subject: Mapped[str] = mapped_column(sa.String(80), index=True)
    facts: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    address: Mapped[str | None] = mapped_column(sa.String(45))


class AuditSeal(Base):
    """One link of the chain over the audit; only ever added. What is hashed: domain/audit.py."""

    __tablename__ = "audit_seals"

    #: 1, 2, 3 … without a gap: the order in which entries were sealed.
    position: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("audit_entries.id"), unique=True)
    #: SHA-256 over the seal before and the entry.
    seal: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    sealed_at: Mapped[datetime] = mapped_column(UTCDateTime)
