"""Published poverty lines: what income reports show beside their own figures, and nothing is computed from."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import UTCDateTime


class PovertyLine(Base):
    """The line of one year, in yuan of net income for each person; None where none is published."""

    __tablename__ = "poverty_lines"
    __table_args__ = (sa.CheckConstraint("national_yuan > 0 AND province_yuan > 0", name="positive"),)

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    national_yuan: Mapped[int | None]
    province_yuan: Mapped[int | None]
    #: Where the figures were published.
    source: Mapped[str] = mapped_column(sa.String(200))
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
