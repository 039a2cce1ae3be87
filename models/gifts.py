"""Gifts: certificates that wait for whoever is given the code."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import BigId, Sealed, UTCDateTime, state_type


class GiftState(StrEnum):
    """Whether a gift may still be claimed."""

    OFFERED = "offered"
    CLAIMED = "claimed"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class Gift(Base):
    """The gift of one order: looked up by the hash of its code; the giver may read the code again, sealed here."""

    __tablename__ = "gifts"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id"), unique=True)
    code_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32), unique=True)
    code: Mapped[str] = mapped_column(Sealed("gifts.code"))
    state: Mapped[GiftState] = mapped_column(state_type(GiftState, "gift_state"))
    offered_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    claimed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"), index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
