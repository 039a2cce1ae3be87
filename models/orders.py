"""Orders: what somebody asked for, at which price, and how far it has come."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from domain.certificates import Purpose
from domain.orders import OrderState
from domain.words import WordsState
from models.base import Base
from models.types import BigId, UTCDateTime, state_type

_PENDING = sa.text("state = 'pending'")
_IN_REVIEW = sa.text("words_state = 'review'")


class Order(Base):
    """One purchase of tree-years; `number` is also its out_trade_no at WeChat."""

    __tablename__ = "orders"
    __table_args__ = (
        sa.CheckConstraint("count > 0 AND amount_fen > 0 AND sink_g > 0", name="positive"),
        sa.Index("ix_orders_user_id_id", "user_id", "id"),
        sa.Index("ix_orders_words", "id", sqlite_where=_IN_REVIEW, postgresql_where=_IN_REVIEW),
        sa.Index("ix_orders_pending", "expires_at", sqlite_where=_PENDING, postgresql_where=_PENDING),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(32), unique=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    state: Mapped[OrderState] = mapped_column(state_type(OrderState, "order_state"))
    purpose: Mapped[Purpose] = mapped_column(state_type(Purpose, "order_purpose"))
    holder_name: Mapped[str] = mapped_column(sa.String(60))
    holder_public: Mapped[bool]
    message: Mapped[str | None] = mapped_column(sa.String(200))
    #: Of holder name and message, as far as they are this order's.
    words_state: Mapped[WordsState] = mapped_column(
        state_type(WordsState, "order_words_state"), default=WordsState.UNCHECKED
    )
    count: Mapped[int]
    amount_fen: Mapped[int] = mapped_column(sa.BigInteger)
    sink_g: Mapped[int] = mapped_column(sa.BigInteger)
    year: Mapped[int]
    #: What was asked for, as sent: trees by code, or a number in a region, of a species.
    selection: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    #: How the platform chose: the seed, K, the lanes as they stood and the outcome; None when the buyer chose.
    draw: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    #: Days after payment until what it earned may be paid out, as promised when it was placed.
    maturity_days: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    paid_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
