"""Whether the programme may sell right now, as last found out by the worker."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import UTCDateTime


class Gate(Base):
    """One switch by name; a switch nobody has set is open."""

    __tablename__ = "gates"

    name: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    open: Mapped[bool]
    reason: Mapped[str] = mapped_column(sa.String(200))
    set_at: Mapped[datetime] = mapped_column(UTCDateTime)
