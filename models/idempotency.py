"""Answers already given, so that the same request twice is done once."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import BigId, UTCDateTime


class IdempotencyKey(Base):
    """One key of one actor, what it was used for, and the first answer."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (sa.UniqueConstraint("actor", "key"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    actor: Mapped[str] = mapped_column(sa.String(32))
    key: Mapped[str] = mapped_column(sa.String(128))
    #: SHA-256 over method, path and canonical body.
    request_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    status: Mapped[int]
    answer: Mapped[Any] = mapped_column(sa.JSON)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
