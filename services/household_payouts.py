"""A household's payments as it sees them: what left for it, what arrived, what came back, and what it said of each."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.errors import NotFound
from domain.household_words import payout_sentence
from domain.payout_answers import ANSWERABLE, PayoutAnswerKind
from domain.payouts import FAILED_LINES, OPEN_LINES, PayoutChannel, PayoutLineState, batch_number
from domain.transfers import TransferState
from models import PayoutBatch, PayoutLine, Transfer
from services import payout_answers

#: What a household is shown: money that has left for it. A draft is not yet anything.
_RELEASED = (*OPEN_LINES, PayoutLineState.PAID, *(FAILED_LINES - {PayoutLineState.WITHDRAWN}))


def listed(
    session: Session, household_id: int, *, before: int | None, limit: int, language: str
) -> list[dict[str, Any]]:
    """Up to limit + 1 payments of a household, newest first, before the one a page ended with."""
    wanted = (
        sa.select(PayoutLine, PayoutBatch.channel, PayoutBatch.released_at, Transfer.state.label("transfer"))
        .join(PayoutBatch, PayoutBatch.id == PayoutLine.batch_id)
        .outerjoin(Transfer, Transfer.out_bill_no == PayoutLine.reference)
        .where(PayoutLine.household_id == household_id, PayoutLine.state.in_(_RELEASED))
        .order_by(PayoutLine.id.desc())
        .limit(limit + 1)
    )
    if before is not None:
        wanted = wanted.where(PayoutLine.id < before)
    rows = session.execute(wanted).all()
    said = payout_answers.of_lines(session, [row.PayoutLine.id for row in rows])
    return [_shown(row, said.get(row.PayoutLine.id, {}), language) for row in rows]


def find(session: Session, household_id: int, line_id: int, language: str) -> dict[str, Any]:
    """One payment of a household; raises NotFound for another's."""
    found = listed(session, household_id, before=line_id + 1, limit=0, language=language)
    if not found or found[0]["id"] != line_id:
        raise NotFound("household_payout_not_found")
    return found[0]


def reference_of(session: Session, household_id: int, line_id: int) -> str:
    """The reference of one payment of a household, which is its number at WeChat; raises NotFound for another's."""
    reference = session.scalar(
        sa.select(PayoutLine.reference).where(
            PayoutLine.id == line_id, PayoutLine.household_id == household_id
        )
    )
    if reference is None:
        raise NotFound("household_payout_not_found")
    return reference


def _shown(row: Any, said: Any, language: str) -> dict[str, Any]:
    line: PayoutLine = row.PayoutLine
    to_collect = line.state in OPEN_LINES and row.transfer is TransferState.WAIT_USER_CONFIRM
    state = "to_collect" if to_collect else _STATES[line.state]
    confirmed, contested = (said.get(kind) for kind in PayoutAnswerKind)
    answerable = line.state in ANSWERABLE
    return {
        "id": line.id,
        "batch": batch_number(line.batch_id),
        "channel": row.channel,
        "amount_fen": line.amount_fen,
        "state": state,
        "sentence": payout_sentence(state, line.amount_fen, row.channel is PayoutChannel.WECHAT, language),
        "released_at": row.released_at,
        "paid_at": line.paid_at,
        "failed_at": line.failed_at,
        "bounce_reason": line.bounce_reason,
        "confirmed_at": None if confirmed is None else confirmed.answered_at,
        "contested_at": None if contested is None else contested.answered_at,
        "may_confirm": answerable and confirmed is None,
        "may_contest": answerable and contested is None,
    }


_STATES = {
    PayoutLineState.REQUESTED: "on_its_way",
    PayoutLineState.SENT: "on_its_way",
    PayoutLineState.PAID: "paid",
    PayoutLineState.BOUNCED: "came_back",
    PayoutLineState.RETURNED: "came_back",
}
