"""What households say of their payments; only ever added, which triggers keep."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from domain.payout_answers import PayoutAnswerKind
from models.base import Base
from models.types import BigId, Sealed, UTCDateTime, state_type


class PayoutAnswer(Base):
    """One household's word about one payment: each kind once."""

    __tablename__ = "payout_answers"
    __table_args__ = (
        sa.UniqueConstraint("line_id", "kind"),
        sa.CheckConstraint("(kind = 'contested') = (reason IS NOT NULL)", name="contested_for_a_reason"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    line_id: Mapped[int] = mapped_column(sa.ForeignKey("payout_lines.id"))
    #: Through which binding, so through which WeChat, it was said.
    binding_id: Mapped[int] = mapped_column(sa.ForeignKey("household_bindings.id"))
    kind: Mapped[PayoutAnswerKind] = mapped_column(state_type(PayoutAnswerKind, "payout_answer_kind"))
    #: In the household's own words, which may name people.
    reason: Mapped[str | None] = mapped_column(Sealed("payout_answers.reason"))
    answered_at: Mapped[datetime] = mapped_column(UTCDateTime)
