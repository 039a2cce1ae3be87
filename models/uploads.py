"""Sheets that came through the officers' calls: their bytes until they are checked, how far that is, their villages."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import SealedBytes, UTCDateTime


class Upload(Base):
    """An import that was uploaded: whoever checks it holds the lease, and knows it by the number of its try."""

    __tablename__ = "uploads"
    __table_args__ = (sa.CheckConstraint("size_bytes >= 0 AND tries >= 0", name="sizes"),)

    import_id: Mapped[int] = mapped_column(sa.ForeignKey("imports.id"), primary_key=True, autoincrement=False)
    size_bytes: Mapped[int]
    #: The last row read so far, and about how many there are, if that is known.
    rows_read: Mapped[int]
    rows_expected: Mapped[int | None]
    tries: Mapped[int]
    leased_until: Mapped[datetime | None] = mapped_column(UTCDateTime)


class UploadPiece(Base):
    """One piece of an uploaded file, sealed; deleted as soon as the check has ended."""

    __tablename__ = "upload_pieces"

    import_id: Mapped[int] = mapped_column(sa.ForeignKey("uploads.import_id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(SealedBytes("upload_pieces.content"))


class ImportVillage(Base):
    """The part of a checked sheet that belongs to one village, accepted as a whole or not at all."""

    __tablename__ = "import_villages"

    import_id: Mapped[int] = mapped_column(sa.ForeignKey("imports.id"), primary_key=True)
    #: As the sheet has it; such a village need not exist where the part is blocked.
    region_code: Mapped[str] = mapped_column(sa.String(12), primary_key=True)
    rows: Mapped[int]
    added: Mapped[int]
    unchanged: Mapped[int]
    #: Whether a problem keeps this village out.
    blocked: Mapped[bool]
    accepted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
