"""Payments at WeChat, and the notices about them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import BigId, UTCDateTime, state_type


class PaymentState(StrEnum):
    """`asked` until WeChat says what became of it."""

    ASKED = "asked"
    PAID = "paid"
    CLOSED = "closed"


class Payment(Base):
    """The one payment of an order; its parameters are frozen, because WeChat refuses the same number with others."""

    __tablename__ = "payments"
    __table_args__ = (
        sa.Index(
            "ix_payments_paid_at",
            "paid_at",
            sqlite_where=sa.text("paid_at IS NOT NULL"),
            postgresql_where=sa.text("paid_at IS NOT NULL"),
        ),
        sa.Index(
            "ix_payments_asked",
            "asked_at",
            sqlite_where=sa.text("state = 'asked'"),
            postgresql_where=sa.text("state = 'asked'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id"), unique=True)
    state: Mapped[PaymentState] = mapped_column(state_type(PaymentState, "payment_state"))
    appid: Mapped[str] = mapped_column(sa.String(32))
    openid: Mapped[str] = mapped_column(sa.String(64))
    amount_fen: Mapped[int] = mapped_column(sa.BigInteger)
    description: Mapped[str] = mapped_column(sa.String(127))
    notify_url: Mapped[str] = mapped_column(sa.String(255))
    time_expire: Mapped[datetime] = mapped_column(UTCDateTime)
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    prepay_id: Mapped[str | None] = mapped_column(sa.String(64))
    prepay_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: When the worker may next ask WeChat about it, and how often it has.
    next_query_at: Mapped[datetime] = mapped_column(UTCDateTime)
    queries: Mapped[int]
    transaction_id: Mapped[str | None] = mapped_column(sa.String(32), unique=True)
    received_fen: Mapped[int | None] = mapped_column(sa.BigInteger)
    paid_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Notice(Base):
    """One notice WeChat sent, once, whatever came of it."""

    __tablename__ = "notices"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    notice_id: Mapped[str] = mapped_column(sa.String(64), unique=True)
    event_type: Mapped[str] = mapped_column(sa.String(64))
    subject: Mapped[str] = mapped_column(sa.String(64), index=True)
    outcome: Mapped[str] = mapped_column(sa.String(40))
    #: What it told, as far as it is needed to settle it again: numbers, amounts, times, and nobody but the openid.
    facts: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
