"""Officers: who works for the programme, where, and in which roles."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.roles import Role
from models.base import Base
from models.types import BigId, UTCDateTime, state_type

_CONFIRMED_ROLES = "role NOT IN ('maker', 'approver', 'releaser', 'administrator')"
_HERE = sa.text("ended_at IS NULL")


class OfficerRole(Base):
    """One role of one officer, for good or, with `ends_at`, as somebody's deputy; in force from `starts_at` on.

    Whoever gave it is somebody else, and a role that moves money or says who may was confirmed by a third person. What
    whoever runs the installation gives at a terminal names nobody.
    """

    __tablename__ = "officer_roles"
    __table_args__ = (
        sa.CheckConstraint("granted_by_id <> officer_id", name="not_oneself"),
        sa.CheckConstraint(
            "confirmed_by_id <> officer_id AND confirmed_by_id <> granted_by_id", name="second_person"
        ),
        sa.CheckConstraint(
            f"{_CONFIRMED_ROLES} OR granted_by_id IS NULL OR confirmed_by_id IS NOT NULL", name="confirmed"
        ),
        sa.CheckConstraint(
            "ends_at IS NULL OR (starts_at IS NOT NULL AND starts_at < ends_at)", name="deputy"
        ),
    )

    officer_id: Mapped[int] = mapped_column(sa.ForeignKey("officers.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(state_type(Role, "officer_role"), primary_key=True)
    starts_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    granted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("officers.id"))
    confirmed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("officers.id"))


class Officer(Base):
    """One person with one login, who sees `region_code` and all below it."""

    __tablename__ = "officers"
    __table_args__ = (
        sa.Index(
            "uq_officers_person", "person_hash", unique=True, sqlite_where=_HERE, postgresql_where=_HERE
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    username: Mapped[str] = mapped_column(sa.String(32), unique=True)
    display_name: Mapped[str] = mapped_column(sa.String(32))
    password_hash: Mapped[str] = mapped_column(sa.String(200))
    region_code: Mapped[str] = mapped_column(sa.ForeignKey("regions.code"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: Keyed hash of the person's identity number, which is kept nowhere: nobody has two logins at a time.
    person_hash: Mapped[bytes | None] = mapped_column(sa.LargeBinary(32))
    #: Until then payouts are not for this officer: the account was reset.
    payouts_held_until: Mapped[datetime | None] = mapped_column(UTCDateTime)

    roles: Mapped[list[OfficerRole]] = relationship(
        lazy="selectin", foreign_keys=OfficerRole.officer_id, order_by=OfficerRole.role
    )


class SignInLock(Base):
    """Failed sign-ins under one user name, or from one address.

    A name is counted whether or not an officer has it, so that a lock tells nobody who exists.
    """

    __tablename__ = "sign_in_locks"

    #: Keyed hash of the name or the address: people type passwords into the wrong field.
    subject_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32), primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    locked_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
