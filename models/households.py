"""Households: whose trees they are, and to whom the whole price belongs."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import BigId, Sealed, UTCDateTime


class Household(Base):
    """One registered household; everything that names its people is sealed."""

    __tablename__ = "households"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(16), unique=True)
    #: The register's own number (户编号).
    number: Mapped[str] = mapped_column(sa.String(32), unique=True)
    region_code: Mapped[str] = mapped_column(sa.ForeignKey("regions.code"), index=True)
    head_name: Mapped[str] = mapped_column(Sealed("households.head_name"))
    head_name_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32), index=True)
    identity: Mapped[str] = mapped_column(Sealed("households.identity"))
    identity_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32), unique=True)
    phone: Mapped[str | None] = mapped_column(Sealed("households.phone"))
    category: Mapped[str] = mapped_column(Sealed("households.category"))
    people: Mapped[int]
    income_per_person_yuan: Mapped[int | None]
    forest_right: Mapped[str] = mapped_column(sa.String(64))
    sale_consent_on: Mapped[date | None]
    name_public: Mapped[bool]
    #: The masked name the public may see, and only with the household's consent.
    display_name: Mapped[str | None] = mapped_column(sa.String(32))
    contract_from: Mapped[date | None]
    contract_to: Mapped[date | None]
    #: Keyed hash of the sheet row it came from, so that the same row again is seen to change nothing.
    row_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    import_id: Mapped[int | None] = mapped_column(sa.ForeignKey("imports.id"))
