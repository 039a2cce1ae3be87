"""A household's WeChat: the code that binds it, the binding, and how often somebody has guessed."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import BigId, UTCDateTime, state_type


class BindingCodeState(StrEnum):
    """Whether a code may still be used; its time and its tries end it too."""

    OPEN = "open"
    USED = "used"
    WITHDRAWN = "withdrawn"


_OPEN = sa.text("state = 'open'")
_PRESENT = sa.text("ended_at IS NULL")


class BindingCode(Base):
    """One code, kept as keyed hashes only; a household has one open code at most."""

    __tablename__ = "binding_codes"
    __table_args__ = (
        sa.CheckConstraint("tries BETWEEN 0 AND 5", name="tries"),
        sa.Index(
            "uq_binding_codes_open", "household_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
        ),
        sa.Index("ix_binding_codes_beginning", "beginning_hash", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    household_id: Mapped[int] = mapped_column(sa.ForeignKey("households.id"))
    code_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32), unique=True)
    #: Of the first group, so that a wrong try can be counted against the codes that begin like it.
    beginning_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    state: Mapped[BindingCodeState] = mapped_column(state_type(BindingCodeState, "binding_code_state"))
    #: Wrong tries at codes that begin like this one, while it was open.
    tries: Mapped[int]
    issuer_id: Mapped[int] = mapped_column(sa.ForeignKey("officers.id"))
    issued_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class HouseholdBinding(Base):
    """One household bound to one WeChat user; the one without `ended_at` is the present one, on both sides."""

    __tablename__ = "household_bindings"
    __table_args__ = (
        sa.CheckConstraint("ended_at IS NOT NULL OR account_id IS NOT NULL", name="has_an_account"),
        sa.Index(
            "uq_household_bindings_household",
            "household_id",
            unique=True,
            sqlite_where=_PRESENT,
            postgresql_where=_PRESENT,
        ),
        sa.Index(
            "uq_household_bindings_user",
            "user_id",
            unique=True,
            sqlite_where=_PRESENT,
            postgresql_where=_PRESENT,
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    household_id: Mapped[int] = mapped_column(sa.ForeignKey("households.id"))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    #: The WeChat identity that used the code: money goes to its own (appid, openid).
    identity_id: Mapped[int] = mapped_column(sa.ForeignKey("wechat_identities.id"))
    code_id: Mapped[int] = mapped_column(sa.ForeignKey("binding_codes.id"), unique=True)
    #: The account version it proposes: the code's issuer is its editor, and a second officer confirms it.
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("household_accounts.id"), unique=True)
    bound_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: `officer:<id>`, or `user:<id>` for a user who has left.
    ended_by: Mapped[str | None] = mapped_column(sa.String(32))


class BindingTry(Base):
    """Wrong codes of one user in a row; at the fifth the user rests for a day."""

    __tablename__ = "binding_tries"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True, autoincrement=False)
    failures: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(UTCDateTime)
    locked_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
