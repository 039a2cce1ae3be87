"""Payouts: batches, who did what for each, their lines, the credits each line pays, and who was left out."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from domain.payouts import BatchState, BounceReason, Duty, PayoutChannel, PayoutLineState, SoftLock
from models.base import Base
from models.types import BigId, Sealed, UTCDateTime, state_type

_RESERVED = sa.text("reserved")
_OPEN = sa.text("state IN ('requested', 'sent')")
_ONE_MAKER = sa.text("duty = 'maker'")
_ONE_RELEASER = sa.text("duty = 'releaser'")


class PayoutBatch(Base):
    """Money on its way to the households of one division, by one channel. Triggers keep its moves and its people."""

    __tablename__ = "payout_batches"
    __table_args__ = (
        sa.CheckConstraint("amount_fen >= 0 AND line_count >= 0 AND threshold_fen >= 0", name="whole"),
        sa.CheckConstraint("approvals_needed IN (1, 2)", name="approvals"),
        sa.CheckConstraint("state IN ('draft', 'rejected') OR objections_until IS NOT NULL", name="noticed"),
        sa.CheckConstraint("state <> 'rejected' OR reason IS NOT NULL", name="rejected_for_a_reason"),
        sa.Index("ix_payout_batches_region_code_id", "region_code", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    region_code: Mapped[str] = mapped_column(sa.ForeignKey("regions.code"))
    channel: Mapped[PayoutChannel] = mapped_column(state_type(PayoutChannel, "payout_channel"))
    #: The last business day whose earnings it pays, and the least it pays a household; a year's end pays any amount.
    up_to: Mapped[date]
    threshold_fen: Mapped[int] = mapped_column(sa.BigInteger)
    year_end: Mapped[bool]
    state: Mapped[BatchState] = mapped_column(state_type(BatchState, "payout_batch_state"))
    #: Of the lines that were not withdrawn.
    amount_fen: Mapped[int] = mapped_column(sa.BigInteger)
    line_count: Mapped[int]
    #: How many people must approve it; fixed when it is submitted.
    approvals_needed: Mapped[int]
    drafted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: Until when anybody may object to the public notice; nobody can approve before.
    objections_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    approved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    released_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: When it was settled or rejected, why rejected, and by whom.
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reason: Mapped[str | None] = mapped_column(sa.String(200))
    ended_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("officers.id"))


class PayoutDuty(Base):
    """What one person did for one batch. One row a person: its primary key keeps duties separate.

    Rows are only ever added. The maker, the approvers and the releaser of a batch are these rows and nothing else.
    """

    __tablename__ = "payout_duties"
    __table_args__ = (
        sa.Index(
            "uq_payout_duties_maker",
            "batch_id",
            unique=True,
            sqlite_where=_ONE_MAKER,
            postgresql_where=_ONE_MAKER,
        ),
        sa.Index(
            "uq_payout_duties_releaser",
            "batch_id",
            unique=True,
            sqlite_where=_ONE_RELEASER,
            postgresql_where=_ONE_RELEASER,
        ),
    )

    batch_id: Mapped[int] = mapped_column(sa.ForeignKey("payout_batches.id"), primary_key=True)
    officer_id: Mapped[int] = mapped_column(sa.ForeignKey("officers.id"), primary_key=True)
    duty: Mapped[Duty] = mapped_column(state_type(Duty, "payout_duty"))
    done_at: Mapped[datetime] = mapped_column(UTCDateTime)


class PayoutLine(Base):
    """What one batch pays one household, with the payee as it was when the batch was drafted."""

    __tablename__ = "payout_lines"
    __table_args__ = (
        sa.UniqueConstraint("batch_id", "household_id"),
        sa.CheckConstraint("amount_fen > 0", name="positive"),
        sa.CheckConstraint(
            "(state IN ('bounced', 'returned')) = (bounce_reason IS NOT NULL)", name="bounced_for_a_reason"
        ),
        # One at a time: nothing more is sent to a household before it is known what became of the last.
        sa.Index(
            "uq_payout_lines_open", "household_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
        ),
        sa.Index("ix_payout_lines_household_id", "household_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    batch_id: Mapped[int] = mapped_column(sa.ForeignKey("payout_batches.id"))
    household_id: Mapped[int] = mapped_column(sa.ForeignKey("households.id"))
    #: What the bank or WeChat gives back with its news.
    reference: Mapped[str] = mapped_column(sa.String(32), unique=True)
    amount_fen: Mapped[int] = mapped_column(sa.BigInteger)
    #: The account version it pays, and who edited and confirmed that.
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("household_accounts.id"), index=True)
    editor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("officers.id"))
    confirmer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("officers.id"))
    #: Sealed like the columns they were copied from, unopened.
    payee_name: Mapped[str] = mapped_column(Sealed("households.head_name"))
    bank: Mapped[str] = mapped_column(sa.String(64))
    account: Mapped[str] = mapped_column(Sealed("household_accounts.account"))
    account_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    state: Mapped[PayoutLineState] = mapped_column(state_type(PayoutLineState, "payout_line_state"))
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: When it was known to be paid, and the bank's or WeChat's own number of it.
    paid_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    receipt: Mapped[str | None] = mapped_column(sa.String(64))
    #: When it failed, and why; a line that was withdrawn because of its household says which lock.
    failed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    bounce_reason: Mapped[BounceReason | None] = mapped_column(state_type(BounceReason, "bounce_reason"))
    withdrawn_for: Mapped[SoftLock | None] = mapped_column(state_type(SoftLock, "withdrawn_for"))


class PayoutLineCredit(Base):
    """A credit that a line pays. While `reserved` no other line can: from submission until the line has failed."""

    __tablename__ = "payout_line_credits"
    __table_args__ = (
        sa.Index(
            "uq_payout_line_credits_reserved",
            "credit_id",
            unique=True,
            sqlite_where=_RESERVED,
            postgresql_where=_RESERVED,
        ),
        sa.Index("ix_payout_line_credits_credit_id", "credit_id"),
    )

    line_id: Mapped[int] = mapped_column(sa.ForeignKey("payout_lines.id"), primary_key=True)
    credit_id: Mapped[int] = mapped_column(sa.ForeignKey("credits.id"), primary_key=True)
    reserved: Mapped[bool]


class PayoutOmission(Base):
    """A household with money to be paid that a batch left out, and why."""

    __tablename__ = "payout_omissions"
    __table_args__ = (sa.CheckConstraint("amount_fen > 0", name="positive"),)

    batch_id: Mapped[int] = mapped_column(sa.ForeignKey("payout_batches.id"), primary_key=True)
    household_id: Mapped[int] = mapped_column(sa.ForeignKey("households.id"), primary_key=True)
    reason: Mapped[SoftLock] = mapped_column(state_type(SoftLock, "soft_lock"))
    amount_fen: Mapped[int] = mapped_column(sa.BigInteger)
