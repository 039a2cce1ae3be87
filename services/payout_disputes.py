"""Payments in dispute: which two people look into, what they found, and what pays a bounced one again."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from domain.incidents import HELD_LINE, HOLDS_LINE, NEWS_DIFFERS, PAID_TWICE
from domain.payouts import PayoutLineState, batch_number
from domain.return_lines import NextAttempt
from models import Incident, PayoutLine, PayoutLineCredit, PayoutReturn, PayoutReturnRow, RowOutcome

_about_lines = Incident.subject.startswith(HELD_LINE)
#: The reference of the payment an incident is about; only where `_about_lines` holds.
_reference = sa.func.substr(Incident.subject, len(HELD_LINE) + 1)
_said = Incident.facts["said"].as_string()


def looked_into() -> sa.Select[str]:
    """The references of payments that two people have still to settle an incident about."""
    return sa.select(_reference).where(
        _about_lines, Incident.kind.in_(sorted(HOLDS_LINE)), Incident.resolved_at.is_(None)
    )


def found_failed() -> sa.Select[str]:
    """The references of paid payments of which two people have settled that they did not arrive, until it is booked.

    A later file in which the bank says once more that such a payment arrived takes it off the list.
    """
    return _found((NEWS_DIFFERS,), said=PayoutLineState.BOUNCED, of=PayoutLineState.PAID)


def found_arrived() -> sa.Select[str]:
    """The references of bounced payments of which two people have settled that they arrived, until it is booked.

    A later file in which the bank says once more that such a payment failed takes it off the list.
    """
    return _found((NEWS_DIFFERS, PAID_TWICE), said=PayoutLineState.PAID, of=PayoutLineState.BOUNCED)


def found_paid_twice() -> sa.Select[str]:
    """Those of `found_arrived` of which two people know already that they were paid a second time."""
    return _found((PAID_TWICE,), said=PayoutLineState.PAID, of=PayoutLineState.BOUNCED)


def _found(kinds: Sequence[str], *, said: PayoutLineState, of: PayoutLineState) -> sa.Select[str]:
    """Payments in one state of which two people have settled that the bank, which said another, may be believed."""
    said_since = sa.exists().where(
        PayoutReturn.batch_id == PayoutLine.batch_id,
        PayoutReturn.brought_at > Incident.resolved_at,
        PayoutReturnRow.return_id == PayoutReturn.id,
        PayoutReturnRow.reference == PayoutLine.reference,
        PayoutReturnRow.outcome == RowOutcome.UNCHANGED,
    )
    return (
        sa.select(PayoutLine.reference)
        .join(Incident, _reference == PayoutLine.reference)
        .where(
            _about_lines,
            Incident.kind.in_(kinds),
            Incident.resolved_at.is_not(None),
            Incident.seconded_by_id.is_not(None),
            _said == said.value,
            PayoutLine.state == of,
            ~said_since,
        )
    )


def next_attempts(session: Session, batch_id: int) -> dict[int, NextAttempt]:
    """What holds the credits of a batch's bounced payments now, by the bounced line; released before promised."""
    named, other = aliased(PayoutLineCredit), aliased(PayoutLine)
    rows = session.execute(
        sa.select(PayoutLine.id, other.batch_id, other.state)
        .join(named, named.line_id == PayoutLine.id)
        .join(PayoutLineCredit, PayoutLineCredit.credit_id == named.credit_id)
        .join(other, other.id == PayoutLineCredit.line_id)
        .where(
            PayoutLine.batch_id == batch_id,
            PayoutLine.state == PayoutLineState.BOUNCED,
            PayoutLineCredit.reserved,
        )
        .distinct()
    )
    found: dict[int, NextAttempt] = {}
    for line_id, other_batch, state in rows:
        attempt = NextAttempt(batch_number(other_batch), released=state is not PayoutLineState.PREPARED)
        if attempt.released or line_id not in found:
            found[line_id] = attempt
    return found
