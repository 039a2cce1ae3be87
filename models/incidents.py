"""What needs a person."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import BigId, UTCDateTime

_OPEN = sa.text("resolved_at IS NULL")


class Incident(Base):
    """One thing that the system will not settle by itself; `kind` and `subject` together are open once."""

    __tablename__ = "incidents"
    __table_args__ = (
        sa.Index(
            "uq_incidents_open", "kind", "subject", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
        ),
        sa.CheckConstraint("seconded_by_id IS NULL OR seconded_by_id <> resolved_by_id", name="two_people"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(40))
    #: What it is about: `order:<number>`, `notice:<id>`, `day:<day>`, …
    subject: Mapped[str] = mapped_column(sa.String(80))
    facts: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: When the same thing was last found, and how often, while this was open.
    last_seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen: Mapped[int]
    #: Who looks after it.
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("officers.id"))
    assigned_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: How it was settled and by whom; `resolved_by_id` stays empty where the cause went away by itself.
    resolution: Mapped[str | None] = mapped_column(sa.String(300))
    resolved_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("officers.id"))
    #: The second person, for the kinds that need two.
    seconded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("officers.id"))
    resolved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
