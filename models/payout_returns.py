"""What the bank says became of a batch's payments: every return file, row by row."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import BigId, UTCDateTime, state_type


class PayoutReturn(Base):
    """One return file about one batch; the same bytes again are the same row."""

    __tablename__ = "payout_returns"
    __table_args__ = (sa.UniqueConstraint("batch_id", "sha256"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    batch_id: Mapped[int] = mapped_column(sa.ForeignKey("payout_batches.id"))
    sha256: Mapped[str] = mapped_column(sa.String(64))
    #: `officer:<id>` or `command`.
    brought_by: Mapped[str] = mapped_column(sa.String(32))
    brought_at: Mapped[datetime] = mapped_column(UTCDateTime)
    paid: Mapped[int]
    bounced: Mapped[int]
    returned: Mapped[int]
    #: Rows that say what was booked before.
    unchanged: Mapped[int]
    refused: Mapped[int]


class RowOutcome(StrEnum):
    """What followed from one row of a return file; a `remark` is about the file as a whole."""

    PAID = "paid"
    BOUNCED = "bounced"
    RETURNED = "returned"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    REMARK = "remark"


class PayoutReturnRow(Base):
    """One row of a return file and what followed from it; values are masked. Only ever added."""

    __tablename__ = "payout_return_rows"
    __table_args__ = (
        sa.Index("ix_payout_return_rows_return_id_id", "return_id", "id"),
        sa.CheckConstraint("(outcome IN ('refused', 'remark')) = (code IS NOT NULL)", name="reason"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    return_id: Mapped[int] = mapped_column(sa.ForeignKey("payout_returns.id"))
    #: As the spreadsheet counts it; 0 for the file.
    row: Mapped[int]
    outcome: Mapped[RowOutcome] = mapped_column(state_type(RowOutcome, "return_row_outcome"))
    #: Only where it is one of the batch's.
    reference: Mapped[str | None] = mapped_column(sa.String(32))
    bounce_reason: Mapped[str | None] = mapped_column(sa.String(20))
    column: Mapped[str | None] = mapped_column(sa.String(20))
    value: Mapped[str | None] = mapped_column(sa.String(80))
    code: Mapped[str | None] = mapped_column(sa.String(40))
    details: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
