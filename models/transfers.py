"""Merchant transfers to WeChat wallets, and the permissions to make them without asking each time."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from domain.transfers import AuthorizationState, TransferState
from models.base import Base
from models.types import BigId, Sealed, UTCDateTime, state_type

_UNDER_WAY = sa.text("state NOT IN ('success', 'fail', 'cancelled')")
_NOT_CLOSED = sa.text("state <> 'closed'")


class TransferAuthorization(Base):
    """One person's permission to be paid without confirming each transfer; one at a time for an app and scene."""

    __tablename__ = "transfer_authorizations"
    __table_args__ = (
        sa.Index(
            "uq_transfer_authorizations_person",
            "appid",
            "openid",
            "scene_id",
            unique=True,
            sqlite_where=_NOT_CLOSED,
            postgresql_where=_NOT_CLOSED,
        ),
        sa.Index(
            "ix_transfer_authorizations_due",
            "next_at",
            sqlite_where=_NOT_CLOSED,
            postgresql_where=_NOT_CLOSED,
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    out_authorization_no: Mapped[str] = mapped_column(sa.String(32), unique=True)
    appid: Mapped[str] = mapped_column(sa.String(32))
    openid: Mapped[str] = mapped_column(sa.String(64))
    scene_id: Mapped[str] = mapped_column(sa.String(36))
    user_display_name: Mapped[str] = mapped_column(Sealed("transfer_authorizations.user_display_name"))
    state: Mapped[AuthorizationState] = mapped_column(state_type(AuthorizationState, "authorization_state"))
    #: With which the user permits; comes in the first answer only.
    package_info: Mapped[str | None] = mapped_column(sa.Text)
    #: WeChat's number of it.
    authorization_id: Mapped[str | None] = mapped_column(sa.String(64))
    tries: Mapped[int]
    next_at: Mapped[datetime] = mapped_column(UTCDateTime)
    requested_at: Mapped[datetime] = mapped_column(UTCDateTime)
    asked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    authorized_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    close_reason: Mapped[str | None] = mapped_column(sa.String(64))


class Transfer(Base):
    """One transfer; its parameters are frozen, because WeChat takes the same number only with the same ones."""

    __tablename__ = "transfers"
    __table_args__ = (
        sa.CheckConstraint("amount_fen > 0", name="positive"),
        sa.Index("ix_transfers_due", "next_at", sqlite_where=_UNDER_WAY, postgresql_where=_UNDER_WAY),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    out_bill_no: Mapped[str] = mapped_column(sa.String(32), unique=True)
    #: What it pays for: `<kind>:<id>`; whoever asked for it is told the end by its kind.
    subject: Mapped[str] = mapped_column(sa.String(80), index=True)
    state: Mapped[TransferState] = mapped_column(state_type(TransferState, "transfer_state"))
    appid: Mapped[str] = mapped_column(sa.String(32))
    openid: Mapped[str] = mapped_column(sa.String(64))
    amount_fen: Mapped[int] = mapped_column(sa.BigInteger)
    remark: Mapped[str] = mapped_column(sa.String(32))
    scene_id: Mapped[str] = mapped_column(sa.String(36))
    report: Mapped[list[str]] = mapped_column(sa.JSON)
    user_name: Mapped[str | None] = mapped_column(Sealed("transfers.user_name"))
    notify_url: Mapped[str] = mapped_column(sa.String(255))
    #: The permission it is made under; None where the user confirms.
    authorization_id: Mapped[int | None] = mapped_column(sa.ForeignKey("transfer_authorizations.id"))
    #: With which the user confirms; comes in the first answer only, and is kept whatever the state is by then.
    package_info: Mapped[str | None] = mapped_column(sa.Text)
    transfer_bill_no: Mapped[str | None] = mapped_column(sa.String(64))
    fail_reason: Mapped[str | None] = mapped_column(sa.String(64))
    tries: Mapped[int]
    #: When the worker may next send it, or ask after it.
    next_at: Mapped[datetime] = mapped_column(UTCDateTime)
    requested_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: When it was first sent; from then on WeChat may know it, whatever it answered.
    asked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
