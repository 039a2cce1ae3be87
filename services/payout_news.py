"""What became of a line that was released: told by a bank's file, by WeChat, or by a person, and booked exactly once.

Whoever brings the news calls these. The same news again changes nothing; news that does not fit what is known books
nothing and goes to people.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain import ledger
from domain.errors import NotFound, Raced
from domain.incidents import AMOUNT_DIFFERS, HELD_LINE, NEWS_DIFFERS, PAID_TWICE
from domain.ledger import Event
from domain.payouts import (
    OPEN_LINES,
    BatchEvent,
    BatchState,
    BounceReason,
    LineEvent,
    PayoutLineState,
    line_states_before,
)
from models import PayoutBatch, PayoutLine, PayoutLineCredit
from models.credits import CreditState
from services import audit, incidents, payout_disputes
from services import ledger as book
from services.payout_decisions import CASH_OF
from services.payouts import advance, move_credits

#: How many lines are moved by one statement.
AT_ONCE = 500


class News(StrEnum):
    """What came of news of a line."""

    MOVED = "moved"
    KNOWN = "known"
    DIFFERS = "differs"


def find_line(session: Session, reference: str) -> tuple[PayoutLine, PayoutBatch]:
    """A line by its reference, with its batch; raises NotFound payout_line_not_found."""
    row = session.execute(
        sa.select(PayoutLine, PayoutBatch)
        .join(PayoutBatch, PayoutBatch.id == PayoutLine.batch_id)
        .where(PayoutLine.reference == reference)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound("payout_line_not_found", reference=reference)
    return row[0], row[1]


def confirm_line(
    session: Session, reference: str, *, amount_fen: int, receipt: str | None, now: datetime, actor: str
) -> News:
    """The bank or WeChat has paid a line: its money leaves for good, its credits are paid.

    Books only exactly the amount of the line; another one opens an incident that two people resolve. Raises NotFound.
    """
    line, batch = find_line(session, reference)
    if amount_fen != line.amount_fen:
        _amount_differs(session, line, amount_fen, now)
        return News.DIFFERS
    if not _confirmed(session, batch, [line], now=now, actor=actor, receipt=receipt):
        return _not_new(session, line, PayoutLineState.PAID, now)
    _settle(session, batch, now)
    return News.MOVED


def confirm_lines(
    session: Session, batch: PayoutBatch, lines: Sequence[PayoutLine], *, now: datetime, actor: str
) -> None:
    """The bank has paid these lines of one batch, each in full; raises Raced unless all of them were under way."""
    for some in _parts(lines):
        if not _confirmed(session, batch, some, now=now, actor=actor, receipt=None):
            raise Raced()
    _settle(session, batch, now)


def _confirmed(
    session: Session,
    batch: PayoutBatch,
    lines: Sequence[PayoutLine],
    *,
    now: datetime,
    actor: str,
    receipt: str | None,
) -> bool:
    if not _move(session, lines, LineEvent.CONFIRM, PayoutLineState.PAID, paid_at=now, receipt=receipt):
        return False
    transit, cash = ledger.payout(batch.id), CASH_OF[batch.channel]
    _post(session, lines, Event.PAYOUT_CONFIRMED, lambda _: (transit, cash), now)
    move_credits(session, _credits(lines), CreditState.IN_TRANSIT, CreditState.PAID)
    _tell(session, lines, "payout_line_paid", now, actor)
    return True


def bounce_line(session: Session, reference: str, *, reason: BounceReason, now: datetime, actor: str) -> News:
    """A line did not arrive: its money is the household's again, and a follow-up may pay it. Raises NotFound."""
    line, batch = find_line(session, reference)
    if not _bounced(session, batch, [line], reason=reason, now=now, actor=actor):
        return _not_new(session, line, PayoutLineState.BOUNCED, now)
    _settle(session, batch, now)
    return News.MOVED


def bounce_lines(
    session: Session,
    batch: PayoutBatch,
    lines: Sequence[PayoutLine],
    *,
    reason: BounceReason,
    now: datetime,
    actor: str,
) -> None:
    """These lines of one batch did not arrive, for one reason; raises Raced unless all of them were under way."""
    for some in _parts(lines):
        if not _bounced(session, batch, some, reason=reason, now=now, actor=actor):
            raise Raced()
    _settle(session, batch, now)


def _bounced(
    session: Session,
    batch: PayoutBatch,
    lines: Sequence[PayoutLine],
    *,
    reason: BounceReason,
    now: datetime,
    actor: str,
) -> bool:
    changes = {"failed_at": now, "bounce_reason": reason}
    if not _move(session, lines, LineEvent.BOUNCE, PayoutLineState.BOUNCED, **changes):
        return False
    transit = ledger.payout(batch.id)
    _post(
        session, lines, Event.PAYOUT_BOUNCED, lambda line: (transit, ledger.household(line.household_id)), now
    )
    _owe_again(session, lines, CreditState.IN_TRANSIT)
    _tell(session, lines, "payout_line_bounced", now, actor, reason=reason.value)
    return True


def return_line_after_confirmation(
    session: Session,
    reference: str,
    *,
    amount_fen: int,
    reason: BounceReason,
    now: datetime,
    actor: str,
) -> News:
    """A line that was confirmed has come back (退汇): the channel holds its money again, and the household is owed it.

    Books only exactly the amount of the line; another one opens an incident. Raises NotFound.
    """
    line, batch = find_line(session, reference)
    if amount_fen != line.amount_fen:
        _amount_differs(session, line, amount_fen, now)
        return News.DIFFERS
    changes = {"failed_at": now, "bounce_reason": reason}
    if not _move(session, [line], LineEvent.RETURN, PayoutLineState.RETURNED, **changes):
        return _not_new(session, line, PayoutLineState.RETURNED, now)
    cash, home = CASH_OF[batch.channel], ledger.household(line.household_id)
    _post(session, [line], Event.PAYOUT_RETURNED, lambda _: (cash, home), now)
    _owe_again(session, [line], CreditState.PAID)
    _tell(session, [line], "payout_line_returned", now, actor, reason=reason.value)
    return News.MOVED


def correct_line(session: Session, reference: str, *, now: datetime, actor: str) -> News:
    """A line that was booked as bounced had arrived: the bounce is reversed, and the line confirmed.

    Two people have settled so before; a trigger asks the same. Raises NotFound, Conflict payout_stale where what it
    left owed has been taken up elsewhere.
    """
    line, batch = find_line(session, reference)
    changes = {"paid_at": now, "failed_at": None, "bounce_reason": None}
    if not _move(session, [line], LineEvent.CORRECT, PayoutLineState.PAID, **changes):
        return _not_new(session, line, PayoutLineState.PAID, now)
    home, transit = ledger.household(line.household_id), ledger.payout(batch.id)
    _post(session, [line], Event.REVERSAL, lambda _: (home, transit), now)
    _post(session, [line], Event.PAYOUT_CONFIRMED, lambda _: (transit, CASH_OF[batch.channel]), now)
    move_credits(session, _credits([line]), CreditState.OWED, CreditState.PAID)
    _hold_credits(session, [line], reserved=True)
    _tell(session, [line], "payout_line_corrected", now, actor)
    return News.MOVED


def paid_again(session: Session, reference: str, *, batch: str, now: datetime) -> None:
    """The bank says that a line arrived whose money has gone out again with another batch: two people look into it.

    Once they have, the same news opens nothing more, until the bank has said the opposite. Raises NotFound.
    """
    line, _ = find_line(session, reference)
    known = payout_disputes.found_paid_twice().where(PayoutLine.id == line.id)
    if session.scalar(known) is not None:
        return
    incidents.open_incident(
        session,
        kind=PAID_TWICE,
        subject=f"{HELD_LINE}{line.reference}",
        now=now,
        facts={
            "reference": line.reference,
            "number": batch,
            "our_fen": line.amount_fen,
            "state": line.state.value,
            "said": PayoutLineState.PAID.value,
        },
    )


def contradict_line(session: Session, reference: str, *, said: PayoutLineState, now: datetime) -> News:
    """The bank says of a line what cannot be true beside what is booked: two people look into it. Raises NotFound."""
    line, _ = find_line(session, reference)
    return _not_new(session, line, said, now)


def _parts(lines: Sequence[PayoutLine]) -> Iterator[Sequence[PayoutLine]]:
    return (lines[start : start + AT_ONCE] for start in range(0, len(lines), AT_ONCE))


def _move(
    session: Session, lines: Sequence[PayoutLine], event: LineEvent, after: PayoutLineState, **values: object
) -> bool:
    """Move lines on; False where not all of them could be, and whoever wanted more than one gives up."""
    moved = session.scalars(
        sa.update(PayoutLine)
        .where(
            PayoutLine.id.in_([line.id for line in lines]), PayoutLine.state.in_(line_states_before(event))
        )
        .values(state=after, **values)
        .returning(PayoutLine)
        .execution_options(synchronize_session=False, populate_existing=True)
    ).all()
    return len(moved) == len(lines)


def _credits(lines: Sequence[PayoutLine]) -> sa.Select[int]:
    return sa.select(PayoutLineCredit.credit_id).where(_credited(lines))


def _credited(lines: Sequence[PayoutLine]) -> sa.ColumnElement[bool]:
    return PayoutLineCredit.line_id.in_([line.id for line in lines])


def _owe_again(session: Session, lines: Sequence[PayoutLine], before: CreditState) -> None:
    move_credits(session, _credits(lines), before, CreditState.OWED)
    _hold_credits(session, lines, reserved=False)


def _hold_credits(session: Session, lines: Sequence[PayoutLine], *, reserved: bool) -> None:
    session.execute(
        sa.update(PayoutLineCredit)
        .where(_credited(lines))
        .values(reserved=reserved)
        .execution_options(synchronize_session=False)
    )


def _post(
    session: Session,
    lines: Sequence[PayoutLine],
    event: Event,
    way: Callable[[PayoutLine], tuple[str, str]],
    now: datetime,
) -> None:
    postings = {line.reference: ledger.Posting(event, *way(line), line.amount_fen) for line in lines}
    book.post_named(session, postings, now=now)


def _settle(session: Session, batch: PayoutBatch, now: datetime) -> None:
    """End a batch of which no line is open any more."""
    # Two who end the last two lines at the same time must not both see the other's as open.
    session.execute(sa.select(PayoutBatch.id).where(PayoutBatch.id == batch.id).with_for_update())
    session.refresh(batch)
    still_open = sa.exists().where(PayoutLine.batch_id == batch.id, PayoutLine.state.in_(sorted(OPEN_LINES)))
    if batch.state is BatchState.RELEASED and not session.scalar(sa.select(still_open)):
        advance(session, batch, BatchEvent.SETTLE, ended_at=now)


def _not_new(session: Session, line: PayoutLine, said: PayoutLineState, now: datetime) -> News:
    """The same news again, or news that contradicts what is booked and goes to two people."""
    session.refresh(line)
    if line.state is said or (said, line.state) == (PayoutLineState.PAID, PayoutLineState.RETURNED):
        return News.KNOWN
    incidents.open_incident(
        session,
        kind=NEWS_DIFFERS,
        subject=f"{HELD_LINE}{line.reference}",
        now=now,
        facts={"reference": line.reference, "state": line.state.value, "said": said.value},
    )
    return News.DIFFERS


def _amount_differs(session: Session, line: PayoutLine, amount_fen: int, now: datetime) -> None:
    incidents.open_incident(
        session,
        kind=AMOUNT_DIFFERS,
        subject=f"{HELD_LINE}{line.reference}",
        now=now,
        facts={"reference": line.reference, "our_fen": line.amount_fen, "actual_fen": amount_fen},
    )


def _tell(
    session: Session,
    lines: Sequence[PayoutLine],
    action: str,
    now: datetime,
    actor: str,
    **facts: object,
) -> None:
    for line in lines:
        audit.record(
            session,
            actor=actor,
            action=action,
            subject=f"payout:{line.batch_id}",
            now=now,
            facts={"reference": line.reference, "amount_fen": line.amount_fen, **facts},
        )
