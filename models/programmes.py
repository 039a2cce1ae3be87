"""The programme's parameters, versioned: a new version is a new row, never an edit."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import BigId, UTCDateTime


class Programme(Base):
    """One version of the programme's parameters, in force from `effective_on` until the next one is."""

    __tablename__ = "programmes"
    __table_args__ = (
        sa.CheckConstraint("price_fen > 0", name="price"),
        sa.CheckConstraint("flat_sink_g > 0", name="sink"),
        sa.CheckConstraint("fair_k >= 1", name="fair_k"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    effective_on: Mapped[date] = mapped_column(unique=True)
    price_fen: Mapped[int]
    flat_sink_g: Mapped[int]
    max_trees_per_mu: Mapped[int]
    max_trees_per_household: Mapped[int]
    min_dbh_mm: Mapped[int]
    max_dbh_mm: Mapped[int]
    contract_years: Mapped[int]
    measurement_valid_years: Mapped[int]
    #: Units of a village kept unsold to make good for trees that die, in thousandths.
    buffer_permille: Mapped[int]
    #: How many eligible households are drawn for each tree before the poorest is taken.
    fair_k: Mapped[int]
    #: Days after payment before a credit may be paid out, which is also the refund window.
    maturity_days: Mapped[int]
    sponsor: Mapped[str] = mapped_column(sa.String(128))
    merchant_of_record: Mapped[str] = mapped_column(sa.String(128))
    #: The document that recognises tree-years as offsets, where there is one.
    recognised_as: Mapped[str | None] = mapped_column(sa.String(200))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
