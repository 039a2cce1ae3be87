"""What households have agreed to; a withdrawal ends a consent, and the row stays."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from domain.consents import ConsentKind
from models.base import Base
from models.types import BigId, Sealed, UTCDateTime, state_type

_STANDING = sa.text("withdrawn_on IS NULL")


class Consent(Base):
    """One consent of one household, from the day it was given to the day it was withdrawn."""

    __tablename__ = "consents"
    __table_args__ = (
        sa.Index(
            "uq_consents_standing",
            "household_id",
            "kind",
            unique=True,
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        ),
        sa.CheckConstraint("withdrawn_on IS NULL OR withdrawn_on >= given_on", name="in_order"),
        sa.CheckConstraint(
            "(withdrawn_on IS NULL) = (withdrawal_recorded_at IS NULL)", name="withdrawn_once"
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    household_id: Mapped[int] = mapped_column(sa.ForeignKey("households.id"), index=True)
    kind: Mapped[ConsentKind] = mapped_column(state_type(ConsentKind, "consent_kind"))
    text_version: Mapped[str] = mapped_column(sa.String(16))
    given_on: Mapped[date]
    witness: Mapped[str | None] = mapped_column(Sealed("consents.witness"))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: Who wrote it down: an officer, or a sheet.
    officer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("officers.id"))
    import_id: Mapped[int | None] = mapped_column(sa.ForeignKey("imports.id"))
    withdrawn_on: Mapped[date | None]
    withdrawal_recorded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    withdrawal_officer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("officers.id"))
