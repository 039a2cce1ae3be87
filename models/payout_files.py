"""What went to the bank for a payout batch: its file, frozen when it was released."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from domain.bank_files import BankFileEncoding
from models.base import Base
from models.types import SealedBytes, UTCDateTime, state_type


class PayoutFile(Base):
    """The bank file of a batch as it was released; a trigger lets nothing change but how often it was taken."""

    __tablename__ = "payout_files"
    __table_args__ = (
        sa.CheckConstraint("line_count > 0 AND amount_fen > 0", name="something"),
        sa.CheckConstraint("downloads >= 0", name="downloads"),
    )

    batch_id: Mapped[int] = mapped_column(
        sa.ForeignKey("payout_batches.id"), primary_key=True, autoincrement=False
    )
    encoding: Mapped[BankFileEncoding] = mapped_column(state_type(BankFileEncoding, "bank_file_encoding"))
    #: Of the bytes as the bank gets them, in hexadecimal.
    sha256: Mapped[str] = mapped_column(sa.String(64))
    content: Mapped[bytes] = mapped_column(SealedBytes("payout_files.content"))
    line_count: Mapped[int]
    amount_fen: Mapped[int] = mapped_column(sa.BigInteger)
    #: References of lines with a character that an old bank program may not read.
    rare_names: Mapped[list[str]] = mapped_column(sa.JSON)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: How often it was taken, and when first.
    downloads: Mapped[int]
    first_taken_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
