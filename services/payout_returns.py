"""Return files of a batch: each row booked or refused, and kept as what it was."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.bank_returns import read_return
from domain.errors import Conflict, Invalid, Raced
from domain.payouts import BatchState, BounceReason, PayoutChannel, PayoutLineState, batch_number
from domain.return_headers import ReturnSheet
from domain.return_lines import AnsweredLine, LineStanding, Reading, RefusedLine, SentLine
from domain.return_reasons import BankAnswer
from domain.sheet_problems import SheetProblem
from models import PayoutBatch, PayoutLine, PayoutReturn, PayoutReturnRow, RowOutcome
from services import audit, payout_disputes, payout_news, payouts

#: Payments of one batch by reference.
Lines = Mapping[str, PayoutLine]

CHUNK = 500

_STANDINGS = {
    PayoutLineState.REQUESTED: LineStanding.UNDER_WAY,
    PayoutLineState.SENT: LineStanding.UNDER_WAY,
    PayoutLineState.PAID: LineStanding.PAID,
    PayoutLineState.BOUNCED: LineStanding.BOUNCED,
    PayoutLineState.RETURNED: LineStanding.RETURNED,
}
_SAID = {
    BankAnswer.PAID: PayoutLineState.PAID,
    BankAnswer.BOUNCED: PayoutLineState.BOUNCED,
    BankAnswer.RETURNED: PayoutLineState.RETURNED,
}
_OUTCOMES = {
    BankAnswer.PAID: RowOutcome.PAID,
    BankAnswer.BOUNCED: RowOutcome.BOUNCED,
    BankAnswer.RETURNED: RowOutcome.RETURNED,
}


def bring(
    session: Session,
    batch_id: int,
    sheet: ReturnSheet,
    *,
    sha256: str,
    scope: str,
    actor: str,
    now: datetime,
    officer_id: int | None = None,
    address: str | None = None,
) -> PayoutReturn:
    """Book what a return file says of a batch, row by row; the same file again is answered as the first time.

    Another amount than was sent, or the opposite of what is booked, opens an incident that two people settle. Raises
    NotFound outside the scope, Conflict unless the batch went to the bank or where its own maker brings the file,
    Invalid where the file says that it is another batch's.
    """
    batch = _sent_batch(session, batch_id, scope)
    if officer_id is not None:
        payouts.need_another_than_maker(session, batch, officer_id)
    known = session.scalar(
        sa.select(PayoutReturn).where(PayoutReturn.batch_id == batch.id, PayoutReturn.sha256 == sha256)
    )
    if known is not None:
        return known
    lines = _lines(session, batch.id)
    reading = read_return(
        sheet,
        _sent(session, batch.id, lines.values()),
        batch_number=batch_number(batch.id),
        elsewhere=_elsewhere(session, sheet.references() - lines.keys(), scope),
    )
    _book(session, batch, reading.answered, lines, now=now, actor=actor)
    _tell(session, reading.refused, now, actor)
    kept = _keep(session, batch.id, reading, sha256=sha256, actor=actor, now=now)
    audit.record(
        session,
        actor=actor,
        action="payout_return_brought",
        subject=f"payout:{batch.id}",
        now=now,
        facts={
            "sha256": sha256,
            "paid": kept.paid,
            "bounced": kept.bounced,
            "returned": kept.returned,
            "unchanged": kept.unchanged,
            "refused": kept.refused,
        },
        address=address,
    )
    return kept


def batch_of(session: Session, sheet: ReturnSheet) -> int:
    """The one batch that the references of a file belong to; raises Invalid("return_batch_unclear") for none or two."""
    asked, found = sorted(sheet.references()), set[int]()
    for start in range(0, len(asked), CHUNK):
        found |= set(
            session.scalars(
                sa.select(PayoutLine.batch_id)
                .where(PayoutLine.reference.in_(asked[start : start + CHUNK]))
                .distinct()
            )
        )
    if len(found) != 1:
        raise Invalid("return_batch_unclear", {"batches": len(found)})
    return found.pop()


def _sent_batch(session: Session, batch_id: int, scope: str) -> PayoutBatch:
    # Locked first, so that two files about one batch come one after the other.
    batch = payouts.find(session, batch_id, scope, lock=True)
    if batch.channel is not PayoutChannel.BANK:
        raise Conflict("payout_not_by_bank")
    if batch.state not in (BatchState.RELEASED, BatchState.SETTLED):
        raise Conflict("payout_state", {"state": batch.state.value}, state=batch.state.value)
    return batch


def _lines(session: Session, batch_id: int) -> Lines:
    """The lines that were released, by reference."""
    rows = session.scalars(
        sa.select(PayoutLine)
        .where(PayoutLine.batch_id == batch_id, PayoutLine.state.in_(_STANDINGS))
        .execution_options(populate_existing=True)
    )
    return {line.reference: line for line in rows}


def _sent(session: Session, batch_id: int, lines: Collection[PayoutLine]) -> dict[str, SentLine]:
    looked_into = set(session.scalars(payout_disputes.looked_into()))
    failed = set(session.scalars(payout_disputes.found_failed()))
    arrived = set(session.scalars(payout_disputes.found_arrived()))
    next_attempts = payout_disputes.next_attempts(session, batch_id)
    return {
        line.reference: SentLine(
            reference=line.reference,
            name=line.payee_name,
            account=line.account,
            amount_fen=line.amount_fen,
            standing=_STANDINGS[line.state],
            under_incident=line.reference in looked_into,
            found_failed=line.reference in failed,
            found_arrived=line.reference in arrived,
            next_attempt=next_attempts.get(line.id),
        )
        for line in lines
    }


def _elsewhere(session: Session, references: Collection[str], scope: str) -> set[str]:
    """Which references are payments of other batches; of another county's nobody here hears."""
    asked, found = sorted(references), set[str]()
    for start in range(0, len(asked), CHUNK):
        found |= set(
            session.scalars(
                sa.select(PayoutLine.reference)
                .join(PayoutBatch, PayoutBatch.id == PayoutLine.batch_id)
                .where(
                    PayoutLine.reference.in_(asked[start : start + CHUNK]),
                    PayoutBatch.region_code.startswith(scope, autoescape=True),
                )
            )
        )
    return found


def _book(
    session: Session,
    batch: PayoutBatch,
    answered: Sequence[AnsweredLine],
    lines: Lines,
    *,
    now: datetime,
    actor: str,
) -> None:
    """Book the news: what arrived and what bounced together, for there may be ten thousand; corrections one by one."""
    paid, bounced = list[PayoutLine](), dict[BounceReason, list[PayoutLine]]()
    for answer in answered:
        line = lines[answer.reference]
        if not answer.is_news:
            continue
        if answer.answer is BankAnswer.PAID and line.state is not PayoutLineState.BOUNCED:
            paid.append(line)
        elif answer.answer is BankAnswer.BOUNCED:
            bounced.setdefault(_why(answer), []).append(line)
        else:
            _correct(session, answer, line, now, actor)
    payout_news.confirm_lines(session, batch, paid, now=now, actor=actor)
    for reason, some in bounced.items():
        payout_news.bounce_lines(session, batch, some, reason=reason, now=now, actor=actor)


def _correct(session: Session, answer: AnsweredLine, line: PayoutLine, now: datetime, actor: str) -> None:
    """Book that a payment which had ended ended otherwise: it arrived after all, or came back."""
    if answer.answer is BankAnswer.PAID:
        news = payout_news.correct_line(session, line.reference, now=now, actor=actor)
    else:
        news = payout_news.return_line_after_confirmation(
            session,
            line.reference,
            amount_fen=line.amount_fen,
            reason=_why(answer),
            now=now,
            actor=actor,
        )
    # The batch is locked and its lines were read behind the lock: somebody changed one past it.
    if news is not payout_news.News.MOVED:
        raise Raced()


def _why(answer: AnsweredLine) -> BounceReason:
    assert answer.why is not None
    return answer.why


def _tell(session: Session, refused: Sequence[RefusedLine], now: datetime, actor: str) -> None:
    """Have an incident opened for every amount or outcome that differs; nothing is booked by that."""
    for row in refused:
        if row.reference is None:
            continue
        if row.received_fen is not None:
            payout_news.confirm_line(
                session, row.reference, amount_fen=row.received_fen, receipt=None, now=now, actor=actor
            )
        if row.paid_again is not None:
            payout_news.paid_again(session, row.reference, batch=row.paid_again, now=now)
        if row.against is not None:
            payout_news.contradict_line(session, row.reference, said=_SAID[row.against], now=now)


def _keep(
    session: Session, batch_id: int, reading: Reading, *, sha256: str, actor: str, now: datetime
) -> PayoutReturn:
    rows = [
        *(_answered_row(line) for line in reading.answered),
        *(_problem_row(line.problem, RowOutcome.REFUSED, line.reference) for line in reading.refused),
        *(_problem_row(remark, RowOutcome.REMARK, None) for remark in reading.remarks),
    ]
    counted = {outcome: sum(row["outcome"] is outcome for row in rows) for outcome in RowOutcome}
    kept = PayoutReturn(
        batch_id=batch_id,
        sha256=sha256,
        brought_by=actor,
        brought_at=now,
        paid=counted[RowOutcome.PAID],
        bounced=counted[RowOutcome.BOUNCED],
        returned=counted[RowOutcome.RETURNED],
        unchanged=counted[RowOutcome.UNCHANGED],
        refused=counted[RowOutcome.REFUSED],
    )
    session.add(kept)
    session.flush()
    rows.sort(key=lambda row: int(row["row"]))
    session.execute(sa.insert(PayoutReturnRow), [{**row, "return_id": kept.id} for row in rows])
    return kept


def _answered_row(line: AnsweredLine) -> dict[str, Any]:
    return {
        "row": line.row,
        "outcome": _OUTCOMES[line.answer] if line.is_news else RowOutcome.UNCHANGED,
        "reference": line.reference,
        "bounce_reason": None if line.why is None else line.why.value,
        "column": None,
        "value": None,
        "code": None,
        "details": {},
    }


def _problem_row(problem: SheetProblem, outcome: RowOutcome, reference: str | None) -> dict[str, Any]:
    return {
        "row": problem.row,
        "outcome": outcome,
        "reference": reference,
        "bounce_reason": None,
        "column": problem.column or None,
        "value": problem.value or None,
        "code": problem.code,
        "details": dict(problem.details),
    }
