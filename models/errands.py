"""What is still to be done after a payment, one row a thing."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from domain.errands import ErrandKind, ErrandState
from models.base import Base
from models.types import BigId, UTCDateTime, state_type

_DUE = sa.text("state = 'due'")


class Errand(Base):
    """One errand for one certificate; the state is the queue."""

    __tablename__ = "errands"
    __table_args__ = (
        sa.UniqueConstraint("certificate_id", "kind"),
        sa.Index("ix_errands_due", "next_try_at", sqlite_where=_DUE, postgresql_where=_DUE),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    certificate_id: Mapped[int] = mapped_column(sa.ForeignKey("certificates.id"))
    kind: Mapped[ErrandKind] = mapped_column(state_type(ErrandKind, "errand_kind"))
    state: Mapped[ErrandState] = mapped_column(state_type(ErrandState, "errand_state"))
    attempts: Mapped[int]
    next_try_at: Mapped[datetime] = mapped_column(UTCDateTime)
    planned_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: Our word for how the last try went.
    outcome: Mapped[str | None] = mapped_column(sa.String(40))
