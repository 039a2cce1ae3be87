"""Every time WeChat was asked to prepare a payment, and what it said."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import BigId, UTCDateTime


class PrepayAttempt(Base):
    """One prepay call under an order's number; `outcome` is `prepared`, or WeChat's code for why it was not."""

    __tablename__ = "prepay_attempts"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    payment_id: Mapped[int] = mapped_column(sa.ForeignKey("payments.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    outcome: Mapped[str] = mapped_column(sa.String(64))
    request_id: Mapped[str | None] = mapped_column(sa.String(80))
