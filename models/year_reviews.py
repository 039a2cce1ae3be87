"""A verifier's look back at a year that is over: the trees drawn, and what was found."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.regions import Region
from models.types import BigId, UTCDateTime


class YearReview(Base):
    """One review of what a region sold of a year; it is confirmed once, by the verifier who drew it or another."""

    __tablename__ = "year_reviews"
    __table_args__ = (
        sa.CheckConstraint("(verifier_id IS NULL) = (confirmed_at IS NULL)", name="confirmed_by_somebody"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    region_code: Mapped[str] = mapped_column(sa.ForeignKey("regions.code"), index=True)
    year: Mapped[int]
    #: Tree-years sold when the sample was drawn, and the codes of the trees to be looked at.
    sold: Mapped[int]
    sample: Mapped[list[str]] = mapped_column(sa.JSON)
    gone: Mapped[list[str]] = mapped_column(sa.JSON)
    #: Tree-years that became measured, and unsold ones that lapsed.
    measured: Mapped[int]
    lapsed: Mapped[int]
    drawn_by_id: Mapped[int] = mapped_column(sa.ForeignKey("officers.id"))
    drawn_at: Mapped[datetime] = mapped_column(UTCDateTime)
    verifier_id: Mapped[int | None] = mapped_column(sa.ForeignKey("officers.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    region: Mapped[Region] = relationship(lazy="joined", innerjoin=True)
