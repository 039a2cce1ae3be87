"""Tree-years: the one thing that is sold, and the lane each household stands in while the platform chooses."""

from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from domain.certificates import Basis
from models.base import Base
from models.types import BigId, state_type


class UnitState(StrEnum):
    """`taken` is held or sold: which of the two, the state of its order says."""

    FREE = "free"
    TAKEN = "taken"
    BUFFER = "buffer"
    WITHDRAWN = "withdrawn"


_FREE = sa.text("state = 'free'")
_ORDERED = sa.text("order_id IS NOT NULL")


class Unit(Base):
    """One tree in one year, with the price, the grams and the method frozen when it was verified."""

    __tablename__ = "units"
    __table_args__ = (
        sa.UniqueConstraint("tree_id", "year"),
        sa.CheckConstraint("(state = 'taken') = (order_id IS NOT NULL)", name="taken_has_order"),
        sa.CheckConstraint("price_fen > 0 AND sink_g > 0", name="positive"),
        sa.Index("ix_units_free", "household_id", "year", "id", sqlite_where=_FREE, postgresql_where=_FREE),
        sa.Index("ix_units_order_id", "order_id", sqlite_where=_ORDERED, postgresql_where=_ORDERED),
        # What the catalogue pages through: everything of a year, or what is on sale, or that of one species. The first
        # has the species last, so that a rare one is looked for without reading the rows.
        sa.Index("ix_units_listing", "year", "region_code", "id", "species_code"),
        sa.Index("ix_units_on_sale", "year", "region_code", "id", sqlite_where=_FREE, postgresql_where=_FREE),
        sa.Index(
            "ix_units_on_sale_species",
            "year",
            "species_code",
            "region_code",
            "id",
            sqlite_where=_FREE,
            postgresql_where=_FREE,
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    tree_id: Mapped[int] = mapped_column(sa.ForeignKey("trees.id"))
    year: Mapped[int]
    household_id: Mapped[int] = mapped_column(sa.ForeignKey("households.id"))
    region_code: Mapped[str] = mapped_column(sa.String(12))
    species_code: Mapped[str] = mapped_column(sa.String(8))
    measurement_id: Mapped[int] = mapped_column(sa.ForeignKey("measurements.id"))
    #: The measurement before it, where the grams come from the growth between the two.
    earlier_measurement_id: Mapped[int | None] = mapped_column(sa.ForeignKey("measurements.id"))
    verification_id: Mapped[int] = mapped_column(sa.ForeignKey("verifications.id"))
    price_fen: Mapped[int]
    sink_g: Mapped[int]
    basis: Mapped[Basis] = mapped_column(state_type(Basis, "unit_basis"))
    state: Mapped[UnitState] = mapped_column(state_type(UnitState, "unit_state"))
    order_id: Mapped[int | None] = mapped_column(sa.ForeignKey("orders.id"))


class Lane(Base):
    """One household's place in the fair turn of one year.

    `number` runs 1..L without gaps within a year, so that a lane can be drawn by number. `free` and `income_fen` move
    in the same statement that takes or frees the household's units, which makes the row the household's turnstile:
    whoever holds it may choose among its free units without meeting anybody.
    """

    __tablename__ = "lanes"
    __table_args__ = (
        sa.UniqueConstraint("year", "number"),
        sa.UniqueConstraint("household_id", "year"),
        sa.CheckConstraint("free >= 0 AND income_fen >= 0", name="not_negative"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    year: Mapped[int]
    number: Mapped[int]
    household_id: Mapped[int] = mapped_column(sa.ForeignKey("households.id"))
    region_code: Mapped[str] = mapped_column(sa.String(12))
    free: Mapped[int]
    #: The household's programme income of the year in fen, with what is held for it.
    income_fen: Mapped[int]
