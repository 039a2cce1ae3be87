"""Payee accounts of households, one row a version."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from domain.payouts import AccountOrigin, AccountState, PayoutChannel
from models.base import Base
from models.types import BigId, Sealed, UTCDateTime, state_type

_PRESENT = sa.text("state = 'confirmed' AND ended_at IS NULL")
_PROPOSED = sa.text("state = 'proposed'")


class HouseholdAccount(Base):
    """One version of where a household is paid by a channel; the confirmed one without `ended_at` is the present one.

    Triggers keep what was said once: whose it is, the account, who edited it, who decided on it.
    """

    __tablename__ = "household_accounts"
    __table_args__ = (
        sa.Index(
            "uq_household_accounts_present",
            "household_id",
            "channel",
            unique=True,
            sqlite_where=_PRESENT,
            postgresql_where=_PRESENT,
        ),
        sa.Index(
            "uq_household_accounts_proposed",
            "household_id",
            "channel",
            unique=True,
            sqlite_where=_PROPOSED,
            postgresql_where=_PROPOSED,
        ),
        sa.Index("ix_household_accounts_household_id", "household_id"),
        sa.CheckConstraint("confirmer_id IS NULL OR confirmer_id <> editor_id", name="two_people"),
        sa.CheckConstraint("origin = 'registration' OR editor_id IS NOT NULL", name="edited_by_somebody"),
        sa.CheckConstraint(
            "state <> 'confirmed' OR started_at IS NOT NULL"
            " AND (origin = 'registration' OR confirmer_id IS NOT NULL)",
            name="confirmed_by_a_second",
        ),
        sa.CheckConstraint(
            "state <> 'proposed' OR started_at IS NULL AND ended_at IS NULL AND confirmer_id IS NULL",
            name="proposed_is_undecided",
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    household_id: Mapped[int] = mapped_column(sa.ForeignKey("households.id"))
    channel: Mapped[PayoutChannel] = mapped_column(state_type(PayoutChannel, "account_channel"))
    bank: Mapped[str] = mapped_column(sa.String(64))
    #: Whose account it is by the bank; sealed like the head's name, so that one is copied from the other unopened.
    holder_name: Mapped[str] = mapped_column(Sealed("households.head_name"))
    holder_name_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    account: Mapped[str] = mapped_column(Sealed("household_accounts.account"))
    account_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32), index=True)
    origin: Mapped[AccountOrigin] = mapped_column(state_type(AccountOrigin, "account_origin"))
    state: Mapped[AccountState] = mapped_column(state_type(AccountState, "account_state"))
    #: Who entered it: None where the register was imported from the command line.
    editor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("officers.id"))
    #: Who confirmed or refused it; None for what came with the register, or was withdrawn by its editor.
    confirmer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("officers.id"))
    #: Why it was edited.
    reason: Mapped[str | None] = mapped_column(sa.String(200))
    proposed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: The sheet it came in with, where it did not come alone; all of them may be confirmed together.
    import_id: Mapped[int | None] = mapped_column(sa.ForeignKey("imports.id"), index=True)
    #: From when to when it was in force; a refused one has only an end.
    started_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
