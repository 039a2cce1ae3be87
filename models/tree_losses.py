"""Trees that were lost, and the tree-years that made good for what had been sold of them."""

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import BigId, UTCDateTime, state_type

_STANDS = sa.text("undone_at IS NULL")


class LossCause(StrEnum):
    """Why a tree does not stand any more: it died, somebody cut it, or it is not to be found."""

    DEAD = "dead"
    FELLED = "felled"
    LOST = "lost"


class TreeLoss(Base):
    """One report that a tree is gone: reported by one person and confirmed by another, or undone."""

    __tablename__ = "tree_losses"
    __table_args__ = (
        sa.CheckConstraint("confirmer_id IS NULL OR confirmer_id <> reporter_id", name="two_people"),
        sa.CheckConstraint("confirmed_at IS NULL OR undone_at IS NULL", name="one_end"),
        sa.Index(
            "uq_tree_losses_standing", "tree_id", unique=True, sqlite_where=_STANDS, postgresql_where=_STANDS
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    tree_id: Mapped[int] = mapped_column(sa.ForeignKey("trees.id"))
    cause: Mapped[LossCause] = mapped_column(state_type(LossCause, "tree_loss_cause"))
    happened_on: Mapped[date]
    reason: Mapped[str] = mapped_column(sa.String(200))
    reporter_id: Mapped[int] = mapped_column(sa.ForeignKey("officers.id"))
    reported_at: Mapped[datetime] = mapped_column(UTCDateTime)
    confirmer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("officers.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    undoer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("officers.id"))
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class MakeGood(Base):
    """A sold tree-year whose tree was lost, and the buffer tree-year that the sponsor bought for it."""

    __tablename__ = "make_goods"

    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"), primary_key=True, autoincrement=False)
    substitute_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"), unique=True)
    #: The sponsor's order that holds the substitute.
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id"), index=True)
    made_good_at: Mapped[datetime] = mapped_column(UTCDateTime)
