"""Certificates: the proof of a retired purchase; and the units that left one again."""

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from domain.certificates import Basis, Purpose
from domain.words import WordsState
from models.base import Base
from models.types import BigId, UTCDateTime, state_type


class CertificateState(StrEnum):
    """`reserved` is a gift nobody has claimed yet: the money is booked on it, its face is not made out."""

    RESERVED = "reserved"
    ISSUED = "issued"
    REVOKED = "revoked"


_IN_DOUBT = sa.text("words_state IN ('unchecked', 'review')")


class Certificate(Base):
    """One certificate of one paid order; its units are those that name the order."""

    __tablename__ = "certificates"
    __table_args__ = (
        sa.Index("ix_certificates_words", "id", sqlite_where=_IN_DOUBT, postgresql_where=_IN_DOUBT),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    serial: Mapped[str] = mapped_column(sa.String(24), unique=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id"), unique=True)
    #: Whose certificate it is: the buyer, or whoever claimed the gift.
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    state: Mapped[CertificateState] = mapped_column(state_type(CertificateState, "certificate_state"))
    holder_name: Mapped[str] = mapped_column(sa.String(60))
    #: The name as its token says it; stays when the holder's own name goes with an account.
    holder_masked: Mapped[str] = mapped_column(sa.String(60))
    holder_public: Mapped[bool]
    #: Of the holder's name; only one that has passed is shown.
    words_state: Mapped[WordsState] = mapped_column(
        state_type(WordsState, "certificate_words_state"), default=WordsState.UNCHECKED
    )
    purpose: Mapped[Purpose] = mapped_column(state_type(Purpose, "certificate_purpose"))
    count: Mapped[int]
    sink_g: Mapped[int] = mapped_column(sa.BigInteger)
    amount_fen: Mapped[int] = mapped_column(sa.BigInteger)
    year: Mapped[int]
    basis: Mapped[Basis] = mapped_column(state_type(Basis, "certificate_basis"))
    issued_on: Mapped[date]
    #: The signed token of its QR code; made when the face is made out.
    token: Mapped[str | None] = mapped_column(sa.Text)
    kid: Mapped[str | None] = mapped_column(sa.String(32))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revoked_reason: Mapped[str | None] = mapped_column(sa.String(40))


class UnitRelease(Base):
    """A unit that left an order after payment, kept so that a revoked certificate can still say what it was for."""

    __tablename__ = "unit_releases"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"))
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id"), index=True)
    released_at: Mapped[datetime] = mapped_column(UTCDateTime)
