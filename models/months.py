"""Months of the book that were closed; only ever added."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import UTCDateTime


class MonthClose(Base):
    """One closed month: its statement as it was hashed, and where the audit stood."""

    __tablename__ = "month_closes"

    #: YYYY-MM.
    month: Mapped[str] = mapped_column(sa.String(7), primary_key=True)
    #: Canonical JSON (domain/months.py).
    statement: Mapped[str] = mapped_column(sa.Text)
    #: SHA-256 of the statement.
    sha256: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    #: Whatever is posted after the month has this id or a greater one.
    next_posting_id: Mapped[int] = mapped_column(sa.BigInteger)
    #: The head of the audit when the month was closed.
    audit_position: Mapped[int] = mapped_column(sa.BigInteger)
    audit_seal: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    closed_at: Mapped[datetime] = mapped_column(UTCDateTime)
