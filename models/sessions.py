"""Sign-ins of buyers and officers; only the hash of a token is kept."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import BigId, UTCDateTime, state_type


class Audience(StrEnum):
    """Who a token was made for; one made for a buyer opens nothing of an officer's."""

    BUYER = "buyer"
    OFFICER = "officer"


class SignInSession(Base):
    """One sign-in, from its first to its last moment."""

    __tablename__ = "sign_in_sessions"
    __table_args__ = (
        sa.CheckConstraint(
            "(audience = 'buyer' AND user_id IS NOT NULL AND identity_id IS NOT NULL AND officer_id IS NULL)"
            " OR (audience = 'officer' AND officer_id IS NOT NULL AND user_id IS NULL)",
            name="one_person",
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32), unique=True)
    audience: Mapped[Audience] = mapped_column(state_type(Audience, "session_audience"))
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"), index=True)
    #: The WeChat identity that signed in: a payment must use the payer's own (appid, openid).
    identity_id: Mapped[int | None] = mapped_column(sa.ForeignKey("wechat_identities.id"))
    officer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("officers.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: When an officer showed a one-time code or recovery code in this sign-in.
    second_factor_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
