"""What comparing a day with WeChat's bills and the bank's statement came to."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from domain.reconciliations import DayState, Source, Verdict
from models.base import Base
from models.types import BigId, UTCDateTime, state_type

_AGAIN = sa.text("look_again_at IS NOT NULL")


class Reconciliation(Base):
    """One business day; `look_again_at` is the queue the worker takes from."""

    __tablename__ = "reconciliations"
    __table_args__ = (
        sa.Index("ix_reconciliations_again", "look_again_at", sqlite_where=_AGAIN, postgresql_where=_AGAIN),
    )

    day: Mapped[date] = mapped_column(sa.Date, primary_key=True)
    state: Mapped[DayState] = mapped_column(state_type(DayState, "day_state"))
    look_again_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reconciled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: Times the day was gone through.
    runs: Mapped[int]
    figures: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    #: The day's fees by its trade bill in whole fen; None until the bill is in.
    fee_fen: Mapped[int | None] = mapped_column(sa.BigInteger)
    fee_returned_fen: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: When they were booked; a fee waits while the sponsor's account cannot bear it.
    fee_booked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Difference(Base):
    """One thing of a day that the two sides tell differently, or that was made good when they were compared."""

    __tablename__ = "differences"
    __table_args__ = (sa.UniqueConstraint("day", "source", "verdict", "subject"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    day: Mapped[date] = mapped_column(sa.Date, index=True)
    source: Mapped[Source] = mapped_column(state_type(Source, "difference_source"))
    verdict: Mapped[Verdict] = mapped_column(state_type(Verdict, "difference_verdict"))
    #: `order:<number>`, `refund:<number>`, `fund:<number>`, `bank:<serial>`, `day:<day>`.
    subject: Mapped[str] = mapped_column(sa.String(80))
    #: The kind of the incident it opened under the same subject; None where nobody need act.
    incident: Mapped[str | None] = mapped_column(sa.String(40))
    facts: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
