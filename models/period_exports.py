"""An auditor's exports of a named period in full: asked for, granted by a second person, taken once."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from domain.period_exports import ExportState
from models.base import Base
from models.types import BigId, UTCDateTime, state_type


class PeriodExport(Base):
    """One request; the file itself is made when it is taken, and kept nowhere."""

    __tablename__ = "period_exports"
    __table_args__ = (
        sa.CheckConstraint("first_day <= last_day", name="in_order"),
        sa.CheckConstraint("decider_id IS NULL OR decider_id <> requester_id", name="two_people"),
        sa.CheckConstraint("state = 'requested' OR decider_id IS NOT NULL", name="decided_by_somebody"),
        sa.CheckConstraint("(state = 'taken') = (taken_at IS NOT NULL)", name="taken_once"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    region_code: Mapped[str] = mapped_column(sa.ForeignKey("regions.code"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    reason: Mapped[str] = mapped_column(sa.String(200))
    state: Mapped[ExportState] = mapped_column(state_type(ExportState, "period_export_state"))
    requester_id: Mapped[int] = mapped_column(sa.ForeignKey("officers.id"))
    requested_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decider_id: Mapped[int | None] = mapped_column(sa.ForeignKey("officers.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: Until when it may be granted, or, once granted, taken.
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    taken_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
