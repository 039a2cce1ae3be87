"""Refunds: money owed to a payer, and each number under which WeChat was asked to give it back."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from domain.refunds import RefundCause, RefundState
from models.base import Base
from models.types import BigId, UTCDateTime, state_type

#: A transaction is given back in full once; goodwill may come in parts.
_WHOLE = sa.text("cause <> 'goodwill'")
_UNDER_WAY = sa.text("state IN ('requested', 'submitted', 'processing', 'abnormal')")
_OPEN = sa.text("outcome = 'open'")


class Refund(Base):
    """One amount owed to one payer; its state is the queue the worker takes from."""

    __tablename__ = "refunds"
    __table_args__ = (
        sa.CheckConstraint("amount_fen > 0 AND amount_fen <= total_fen", name="within_payment"),
        sa.Index(
            "uq_refunds_whole", "transaction_id", unique=True, sqlite_where=_WHOLE, postgresql_where=_WHOLE
        ),
        sa.Index("ix_refunds_due", "next_try_at", sqlite_where=_UNDER_WAY, postgresql_where=_UNDER_WAY),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id"), index=True)
    cause: Mapped[RefundCause] = mapped_column(state_type(RefundCause, "refund_cause"))
    state: Mapped[RefundState] = mapped_column(state_type(RefundState, "refund_state"))
    #: What was paid under `transaction_id`, and how much of it goes back.
    transaction_id: Mapped[str] = mapped_column(sa.String(32))
    total_fen: Mapped[int] = mapped_column(sa.BigInteger)
    amount_fen: Mapped[int] = mapped_column(sa.BigInteger)
    #: Why, in the words of whoever asked.
    reason: Mapped[str | None] = mapped_column(sa.String(80))
    requested_at: Mapped[datetime] = mapped_column(UTCDateTime)
    next_try_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: How often it was tried since it came to its state.
    tries: Mapped[int]
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class AttemptOutcome(StrEnum):
    """`open` until it is known how the number ended."""

    OPEN = "open"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class RefundAttempt(Base):
    """One number at WeChat; its parameters are frozen, because the same number is only taken with the same ones."""

    __tablename__ = "refund_attempts"
    __table_args__ = (
        sa.Index(
            "uq_refund_attempts_open", "refund_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    refund_id: Mapped[int] = mapped_column(sa.ForeignKey("refunds.id"), index=True)
    #: Its out_refund_no.
    number: Mapped[str] = mapped_column(sa.String(64), unique=True)
    outcome: Mapped[AttemptOutcome] = mapped_column(state_type(AttemptOutcome, "attempt_outcome"))
    transaction_id: Mapped[str] = mapped_column(sa.String(32))
    total_fen: Mapped[int] = mapped_column(sa.BigInteger)
    amount_fen: Mapped[int] = mapped_column(sa.BigInteger)
    reason: Mapped[str] = mapped_column(sa.String(80))
    notify_url: Mapped[str | None] = mapped_column(sa.String(255))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: When it first went out, WeChat's own number once accepted, and what WeChat said last.
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    wechat_refund_id: Mapped[str | None] = mapped_column(sa.String(64))
    said: Mapped[str | None] = mapped_column(sa.String(64))
    request_id: Mapped[str | None] = mapped_column(sa.String(80))
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
