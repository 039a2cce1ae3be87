"""WeChat's bills as fetched: one file a day and kind, and its rows as WeChat wrote them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from domain.bills import BillKind, Movement, TradeKind
from domain.reconciliations import Verdict
from models.base import Base
from models.types import BigId, UTCDateTime, state_type

_DUE = sa.text("state = 'due'")


class BillState(StrEnum):
    """`due` until WeChat has given it; a day on which nothing happened is `fetched` with no rows."""

    DUE = "due"
    FETCHED = "fetched"


class BillFile(Base):
    """The bill of one kind of one business day; `due` rows are the queue the worker takes from."""

    __tablename__ = "bill_files"
    __table_args__ = (
        sa.UniqueConstraint("day", "kind"),
        sa.Index("ix_bill_files_due", "next_try_at", sqlite_where=_DUE, postgresql_where=_DUE),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    day: Mapped[date] = mapped_column(sa.Date)
    kind: Mapped[BillKind] = mapped_column(state_type(BillKind, "bill_kind"))
    state: Mapped[BillState] = mapped_column(state_type(BillState, "bill_state"))
    #: When a worker may ask for it; put off first, so that no other asks meanwhile.
    next_try_at: Mapped[datetime] = mapped_column(UTCDateTime)
    tries: Mapped[int]
    #: WeChat's word for why it could not be had last time.
    problem: Mapped[str | None] = mapped_column(sa.String(64))
    fetched_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: Of the bytes before compression, as WeChat told it; None for a day without a bill.
    sha1: Mapped[str | None] = mapped_column(sa.String(40))
    row_count: Mapped[int | None]
    #: The totals the bill ends with.
    summary: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))


class TradeLine(Base):
    """One payment or refund of a trade bill."""

    __tablename__ = "trade_lines"
    __table_args__ = (
        sa.UniqueConstraint("file_id", "line"),
        sa.CheckConstraint("amount_fen >= 0 AND settlement_fen >= 0", name="not_negative"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    file_id: Mapped[int] = mapped_column(sa.ForeignKey("bill_files.id"))
    line: Mapped[int]
    kind: Mapped[TradeKind] = mapped_column(state_type(TradeKind, "trade_kind"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    number: Mapped[str] = mapped_column(sa.String(64), index=True)
    transaction_id: Mapped[str] = mapped_column(sa.String(64), index=True)
    #: Our number of the refund, and WeChat's; None for a payment.
    refund_number: Mapped[str | None] = mapped_column(sa.String(64), index=True)
    refund_id: Mapped[str | None] = mapped_column(sa.String(64), index=True)
    #: 订单金额 or 申请退款金额, and what of it moves the merchant's balance (less coupons).
    amount_fen: Mapped[int] = mapped_column(sa.BigInteger)
    settlement_fen: Mapped[int] = mapped_column(sa.BigInteger)
    #: Yuan, exactly as written; below zero where a fee is returned.
    fee_yuan: Mapped[str] = mapped_column(sa.String(24))
    merchant_id: Mapped[str] = mapped_column(sa.String(32))
    appid: Mapped[str] = mapped_column(sa.String(32))
    openid: Mapped[str] = mapped_column(sa.String(128))
    currency: Mapped[str] = mapped_column(sa.String(16))
    state: Mapped[str] = mapped_column(sa.String(32))
    verdict: Mapped[Verdict | None] = mapped_column(state_type(Verdict, "trade_verdict"))


class FundLine(Base):
    """One movement of one of the merchant's accounts at WeChat."""

    __tablename__ = "fund_lines"
    __table_args__ = (
        sa.UniqueConstraint("file_id", "line"),
        sa.CheckConstraint("amount_fen >= 0", name="not_negative"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    file_id: Mapped[int] = mapped_column(sa.ForeignKey("bill_files.id"))
    line: Mapped[int]
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: 微信支付业务单号: the payment's, the refund's, the withdrawal's or the transfer's number at WeChat.
    number: Mapped[str] = mapped_column(sa.String(64), index=True)
    flow_number: Mapped[str] = mapped_column(sa.String(64))
    #: 业务凭证号: our own number of the same thing, where there is one.
    voucher: Mapped[str] = mapped_column(sa.String(64))
    movement: Mapped[Movement] = mapped_column(state_type(Movement, "fund_movement"))
    business_type: Mapped[str] = mapped_column(sa.String(64))
    is_income: Mapped[bool]
    amount_fen: Mapped[int] = mapped_column(sa.BigInteger)
    balance_fen: Mapped[int] = mapped_column(sa.BigInteger)
