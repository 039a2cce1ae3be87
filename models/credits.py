"""Credits: every fen owed to a household, with the order and certificate it comes from."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import BigId, UTCDateTime, state_type


class CreditState(StrEnum):
    """`owed` until a refund cancels it, or a payout takes it.

    `reserved`: a batch that was submitted names it; the book has it at its household still. `in_transit`: the batch was
    released and the money has left the household's balance.
    """

    OWED = "owed"
    RESERVED = "reserved"
    IN_TRANSIT = "in_transit"
    PAID = "paid"
    CANCELLED = "cancelled"


class Credit(Base):
    """What one household earned by one order: the exact price of its trees in it."""

    __tablename__ = "credits"
    __table_args__ = (
        sa.UniqueConstraint("order_id", "household_id"),
        sa.CheckConstraint("amount_fen > 0 AND trees > 0", name="positive"),
        sa.Index("ix_credits_household_id_id", "household_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id"))
    household_id: Mapped[int] = mapped_column(sa.ForeignKey("households.id"))
    #: Whose trees earned it, where it has moved to another household since.
    earned_by_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    certificate_id: Mapped[int] = mapped_column(sa.ForeignKey("certificates.id"))
    year: Mapped[int]
    trees: Mapped[int]
    sink_g: Mapped[int] = mapped_column(sa.BigInteger)
    amount_fen: Mapped[int] = mapped_column(sa.BigInteger)
    state: Mapped[CreditState] = mapped_column(state_type(CreditState, "credit_state"))
    earned_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: From when it may be paid out: the refund window is over.
    matures_at: Mapped[datetime] = mapped_column(UTCDateTime)
