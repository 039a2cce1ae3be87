"""A verifier's approval of one region's measurements for one year."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import BigId, UTCDateTime, state_type


class VerificationState(StrEnum):
    """Where an approval stands."""

    DRAFT = "draft"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"


class Verification(Base):
    """The measurements of a region that become sellable tree-years of `year`, with the method and terms frozen."""

    __tablename__ = "verifications"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    region_code: Mapped[str] = mapped_column(sa.ForeignKey("regions.code"), index=True)
    year: Mapped[int]
    state: Mapped[VerificationState] = mapped_column(state_type(VerificationState, "verification_state"))
    verifier_id: Mapped[int | None] = mapped_column(sa.ForeignKey("officers.id"))
    #: The name the public and the certificate show for who verified.
    verifier_name: Mapped[str] = mapped_column(sa.String(64))
    method_id: Mapped[str] = mapped_column(sa.String(32))
    method_version: Mapped[str] = mapped_column(sa.String(16))
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programmes.id"))
    #: The newest measurement the draft saw: what came later is not approved unseen.
    last_measurement_id: Mapped[int] = mapped_column(sa.BigInteger)
    units: Mapped[int]
    buffer_units: Mapped[int]
    #: Trees of the region that gave no unit, by reason: {"measurement_too_old": 3, …}.
    left_out: Mapped[dict[str, int]] = mapped_column(sa.JSON)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    approved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
