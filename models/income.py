"""Income added up: what postings did to each household, for everything, each year and each month."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class IncomeSum(Base):
    """The postings up to the mark that concern one household in one period, added up; made from them, never by hand."""

    __tablename__ = "income_sums"
    __table_args__ = (sa.Index("ix_income_sums_household_id_period", "household_id", "period"),)

    #: 0 for everything, 2026 for a year, 202603 for a month (Asia/Shanghai).
    period: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    household_id: Mapped[int] = mapped_column(
        sa.ForeignKey("households.id"), primary_key=True, autoincrement=False
    )
    trees: Mapped[int]
    sink_g: Mapped[int] = mapped_column(sa.BigInteger)
    earned_fen: Mapped[int] = mapped_column(sa.BigInteger)
    #: Left for the payee, less what came back; `released_fen - paid_fen` is in transit.
    released_fen: Mapped[int] = mapped_column(sa.BigInteger)
    paid_fen: Mapped[int] = mapped_column(sa.BigInteger)


class IncomeMark(Base):
    """How far the postings are added up: one row, moved together with the sums."""

    __tablename__ = "income_marks"
    __table_args__ = (sa.CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: The greatest posting id that the sums hold.
    folded_to: Mapped[int] = mapped_column(sa.BigInteger)
