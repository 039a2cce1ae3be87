"""What a household said of each of its payments, for its statement."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.payout_answers import PayoutAnswerKind
from models import PayoutAnswer, PayoutLine


def said_by(session: Session, household_id: int) -> dict[str, tuple[PayoutAnswerKind, ...]]:
    """The kinds of a household's answers in the order they were given, by the payment's reference."""
    said: dict[str, tuple[PayoutAnswerKind, ...]] = {}
    for row in session.execute(
        sa.select(PayoutLine.reference, PayoutAnswer.kind)
        .join(PayoutLine, PayoutLine.id == PayoutAnswer.line_id)
        .where(PayoutLine.household_id == household_id)
        .order_by(PayoutAnswer.id)
    ):
        said[row.reference] = (*said.get(row.reference, ()), row.kind)
    return said
