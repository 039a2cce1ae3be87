"""The second thing an officer shows at sign-in: the secret in a phone, and the recovery codes on paper."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import Sealed, UTCDateTime


class OneTimeSecret(Base):
    """The secret of one officer's phone, and the one of a new phone until its first code has been shown."""

    __tablename__ = "one_time_secrets"
    __table_args__ = (
        sa.CheckConstraint("(secret IS NULL) = (confirmed_at IS NULL)", name="confirmed"),
        sa.CheckConstraint("secret IS NULL OR last_step IS NOT NULL", name="used_once"),
    )

    officer_id: Mapped[int] = mapped_column(
        sa.ForeignKey("officers.id"), primary_key=True, autoincrement=False
    )
    secret: Mapped[str | None] = mapped_column(Sealed("one_time_secrets.secret"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: The step of the last code that was taken; its code and those before it are good no more.
    last_step: Mapped[int | None] = mapped_column(sa.BigInteger)
    pending: Mapped[str | None] = mapped_column(Sealed("one_time_secrets.pending"))
    pending_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class RecoveryCode(Base):
    """One code that stands in for a one-time code, once; only its keyed hash is kept."""

    __tablename__ = "recovery_codes"

    officer_id: Mapped[int] = mapped_column(
        sa.ForeignKey("officers.id"), primary_key=True, autoincrement=False
    )
    code_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32), primary_key=True)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
