"""What must hold between payouts, the credits they pay and the book: each statement finds (subject, detail) of what
breaks its rule.
"""

from typing import Any

import sqlalchemy as sa

from domain.ledger import Event
from domain.payouts import OPEN_LINES, PayoutLineState
from models import Credit, PayoutBatch, PayoutLine, PayoutLineCredit, Posting
from models.credits import CreditState
from models.ledger import LINE_EVENTS

_OPEN = sorted(OPEN_LINES)

#: How the credits of a line stand while they are reserved for it, and the postings it has, by its state.
_CREDITS_OF = {
    PayoutLineState.PREPARED: CreditState.RESERVED,
    PayoutLineState.REQUESTED: CreditState.IN_TRANSIT,
    PayoutLineState.SENT: CreditState.IN_TRANSIT,
    PayoutLineState.PAID: CreditState.PAID,
}
_POSTINGS_OF = {
    PayoutLineState.PREPARED: (),
    PayoutLineState.WITHDRAWN: (),
    PayoutLineState.REQUESTED: (Event.BATCH_RELEASED,),
    PayoutLineState.SENT: (Event.BATCH_RELEASED,),
    PayoutLineState.PAID: (Event.BATCH_RELEASED, Event.PAYOUT_CONFIRMED),
    PayoutLineState.BOUNCED: (Event.BATCH_RELEASED, Event.PAYOUT_BOUNCED),
    PayoutLineState.RETURNED: (Event.BATCH_RELEASED, Event.PAYOUT_CONFIRMED, Event.PAYOUT_RETURNED),
}

_named = (
    sa.select(PayoutLineCredit.line_id, sa.func.sum(Credit.amount_fen).label("fen"))
    .join(Credit, Credit.id == PayoutLineCredit.credit_id)
    .group_by(PayoutLineCredit.line_id)
    .subquery()
)
_taken = (
    sa.select(PayoutLineCredit.credit_id, PayoutLine.state, PayoutLine.reference)
    .join(PayoutLine, PayoutLine.id == PayoutLineCredit.line_id)
    .where(PayoutLineCredit.reserved)
    .subquery()
)
_open = (
    sa.select(
        (sa.literal("payout:") + sa.cast(PayoutLine.batch_id, sa.String)).label("account"),
        sa.func.sum(PayoutLine.amount_fen).label("fen"),
    )
    .where(PayoutLine.state.in_(_OPEN))
    .group_by(PayoutLine.batch_id)
    .subquery()
)
_sides = sa.union_all(
    sa.select(Posting.destination.label("account"), Posting.amount_fen.label("fen")),
    sa.select(Posting.source, -Posting.amount_fen),
).subquery()
_held = (
    sa.select(_sides.c.account, sa.func.sum(_sides.c.fen).label("fen"))
    .where(sa.func.substr(_sides.c.account, 1, 7) == "payout:")
    .group_by(_sides.c.account)
    .subquery()
)
_booked = (
    sa.select(
        Posting.reference,
        sa.func.count().label("postings"),
        sa.func.min(Posting.amount_fen).label("least"),
        sa.func.max(Posting.amount_fen).label("most"),
        *(
            sa.func.sum(sa.case((Posting.event == event, 1), else_=0)).label(event.value)
            for event in LINE_EVENTS
        ),
    )
    .where(Posting.event.in_(LINE_EVENTS))
    .group_by(Posting.reference)
    .subquery()
)


def _count(event: Event) -> sa.ColumnElement[int]:
    return sa.func.coalesce(_booked.c[event.value], 0)


def _corrected(state: PayoutLineState, event: Event) -> bool:
    """Whether an event is a bounce, or its reversal, of a line that may have arrived after all: both or neither."""
    arrived = state in (PayoutLineState.PAID, PayoutLineState.RETURNED)
    return arrived and event in (Event.PAYOUT_BOUNCED, Event.REVERSAL)


def _right_postings() -> sa.ColumnElement[bool]:
    """The condition that a line has exactly the postings of its state, each of its amount."""
    cases = []
    for state, events in _POSTINGS_OF.items():
        counts = [
            _count(event) == (_count(Event.REVERSAL) if _corrected(state, event) else int(event in events))
            for event in LINE_EVENTS
        ]
        cases.append(sa.and_(PayoutLine.state == state, *counts))
    amounts = sa.or_(
        _booked.c.postings.is_(None),
        sa.and_(_booked.c.least == PayoutLine.amount_fen, _booked.c.most == PayoutLine.amount_fen),
    )
    return sa.and_(sa.or_(*cases), amounts)


#: Lines that are not the sum of the credits they name.
UNEQUAL_LINES = (
    sa.select(PayoutLine.reference, sa.cast(sa.func.coalesce(_named.c.fen, 0), sa.String))
    .outerjoin(_named, _named.c.line_id == PayoutLine.id)
    .where(sa.func.coalesce(_named.c.fen, 0) != PayoutLine.amount_fen)
)

PAYOUT_TRACES: dict[str, sa.Select[Any, str]] = {
    "payout_line_is_its_credits": UNEQUAL_LINES,
    "taken_credit_is_in_a_line": sa.select(sa.cast(Credit.id, sa.String), sa.cast(Credit.state, sa.String))
    .outerjoin(_taken, _taken.c.credit_id == Credit.id)
    .where(
        sa.or_(
            sa.and_(
                Credit.state.in_((CreditState.RESERVED, CreditState.IN_TRANSIT, CreditState.PAID)),
                sa.not_(
                    sa.func.coalesce(
                        sa.or_(
                            *(
                                sa.and_(_taken.c.state == line, Credit.state == credit)
                                for line, credit in _CREDITS_OF.items()
                            )
                        ),
                        sa.false(),
                    )
                ),
            ),
            sa.and_(
                Credit.state.in_((CreditState.OWED, CreditState.CANCELLED)), _taken.c.credit_id.is_not(None)
            ),
        )
    ),
    "payout_account_is_its_open_lines": sa.select(
        sa.func.coalesce(_held.c.account, _open.c.account),
        sa.cast(sa.func.coalesce(_held.c.fen, 0), sa.String),
    )
    .select_from(sa.join(_held, _open, _open.c.account == _held.c.account, full=True))
    .where(sa.func.coalesce(_held.c.fen, 0) != sa.func.coalesce(_open.c.fen, 0)),
    "payout_line_has_its_postings": sa.select(PayoutLine.reference, sa.cast(PayoutLine.state, sa.String))
    .outerjoin(_booked, _booked.c.reference == PayoutLine.reference)
    .where(sa.not_(_right_postings())),
    "payout_posting_has_its_line": sa.select(sa.cast(Posting.id, sa.String), Posting.source)
    .outerjoin(PayoutLine, PayoutLine.reference == Posting.reference)
    .where(Posting.event.in_(LINE_EVENTS), PayoutLine.id.is_(None)),
    "batch_is_its_lines": sa.select(
        sa.cast(PayoutBatch.id, sa.String), sa.cast(PayoutBatch.amount_fen, sa.String)
    )
    .outerjoin(
        PayoutLine,
        sa.and_(PayoutLine.batch_id == PayoutBatch.id, PayoutLine.state != PayoutLineState.WITHDRAWN),
    )
    .where(PayoutBatch.ended_by_id.is_(None))
    .group_by(PayoutBatch.id)
    .having(sa.func.coalesce(sa.func.sum(PayoutLine.amount_fen), 0) != PayoutBatch.amount_fen),
}
