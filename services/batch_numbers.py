"""Numbers of batches: a bank and WeChat know a payment by its reference, so none is given out twice.

What was drafted between a backup and the loss of the database is unknown to it, and may have been paid. Once the
backup has been brought back, numbers begin anew far beyond, after the next round one.
"""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import AuditEntry, Gate, PayoutBatch
from services.offers import RESTORED

#: More batches than anybody drafts between a backup and a loss.
ROUND = 10_000
#: Where the audit's entry of a restoration says from where on numbers are free.
FREE_AFTER = "batch_numbers_free_after"


def last_in_doubt(session: Session) -> int:
    """The number up to which batches may have been made that a backup just brought back does not know."""
    return (_newest(session) // ROUND + 1) * ROUND


def next_if_restored(session: Session) -> int | None:
    """The number of the first batch after a restoration; None where the database may count on by itself."""
    # Held to the end of the transaction: of two drafts at once the second one counts on.
    if session.get(Gate, RESTORED, with_for_update=True) is None:
        return None
    free_after = session.scalar(
        sa.select(AuditEntry.facts[FREE_AFTER].as_integer())
        .where(AuditEntry.action == RESTORED)
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )
    return free_after + 1 if free_after is not None and _newest(session) <= free_after else None


def _newest(session: Session) -> int:
    return session.scalar(sa.select(sa.func.max(PayoutBatch.id))) or 0
