"""Words people write on certificates and gifts: what came of looking at them, and what a person then decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.errors import Conflict
from domain.orders import OrderState
from domain.words import IN_DOUBT, WordsState
from models import Certificate, Incident, Order, WeChatIdentity
from services import audit, incidents, orders

INCIDENT = "words_to_review"
_SETTLED = {
    WordsState.PASSED: ("words_passed", "文字经人工核对通过。 The words were looked at and passed."),
    WordsState.REFUSED: (
        "words_refused",
        "文字经人工核对不予展示。 The words were looked at and are not shown.",
    ),
}


@dataclass(frozen=True, slots=True)
class Doubtful:
    """The words of one paid order that a person has to look at; None where they are not in doubt."""

    number: str
    holder_name: str | None
    message: str | None


def writer(session: Session, user_id: int, identity_id: int, appid: str) -> tuple[str | None, bool]:
    """A buyer's openid in the app that checks words, if they have one, and whether they are signed in through it."""
    rows = session.execute(
        sa.select(WeChatIdentity.id, WeChatIdentity.openid).where(
            WeChatIdentity.user_id == user_id, WeChatIdentity.appid == appid
        )
    ).all()
    for row in rows:
        if row.id == identity_id:
            return row.openid, True
    return (rows[0].openid if rows else None), False


def note(session: Session, order_id: int, state: WordsState) -> None:
    """Write down what came of looking at an order's words; the first look counts."""
    session.execute(
        sa.update(Order)
        .where(Order.id == order_id, Order.words_state == WordsState.UNCHECKED)
        .values(words_state=state)
    )


def in_doubt(session: Session, most: int = 200) -> list[Doubtful]:
    """What a person has to look at, oldest first: words of paid orders only, the others never show."""
    return [
        Doubtful(
            number=row.number,
            holder_name=row.holder_name if row.name_state in IN_DOUBT else None,
            message=row.message if row.message_state in IN_DOUBT else None,
        )
        for row in session.execute(_doubtful().limit(most))
    ]


def open_incidents(session: Session, now: datetime) -> int:
    """Tell a person of words in doubt, once for each order; returns how many are new."""
    told = sa.exists().where(Incident.kind == INCIDENT, Incident.subject == "order:" + Order.number)
    numbers = [row.number for row in session.execute(_doubtful().where(~told))]
    for number in numbers:
        incidents.open_incident(
            session, kind=INCIDENT, subject=f"order:{number}", now=now, facts={"number": number}
        )
    return len(numbers)


def decide(session: Session, number: str, state: WordsState, *, actor: str, now: datetime) -> None:
    """Let the words of an order that are in doubt pass, or keep them hidden; raises NotFound, Conflict."""
    action, resolution = _SETTLED[state]
    order = orders.by_number(session, number)
    settled: Sequence[int] = (
        *session.scalars(
            sa.update(Order)
            .where(Order.id == order.id, Order.words_state.in_(IN_DOUBT))
            .values(words_state=state)
            .returning(Order.id)
        ),
        *session.scalars(
            sa.update(Certificate)
            .where(Certificate.order_id == order.id, Certificate.words_state.in_(IN_DOUBT))
            .values(words_state=state)
            .returning(Certificate.id)
        ),
    )
    if not settled:
        raise Conflict("words_settled")
    audit.record(session, actor=actor, action=action, subject=f"order:{number}", now=now)
    incidents.resolve_gone(session, kind=INCIDENT, subject=f"order:{number}", now=now, resolution=resolution)


def _doubtful() -> sa.Select[str, str, WordsState, str | None, WordsState]:
    """Paid orders with words in doubt: the holder's name stands on the certificate, the message on the order."""
    by_certificate = sa.select(Certificate.order_id).where(Certificate.words_state.in_(IN_DOUBT))
    by_order = sa.select(Order.id).where(
        Order.words_state == WordsState.REVIEW, Order.message.is_not(None), Order.state == OrderState.PAID
    )
    return (
        sa.select(
            Order.number,
            Certificate.holder_name,
            Certificate.words_state.label("name_state"),
            Order.message,
            Order.words_state.label("message_state"),
        )
        .join(Certificate, Certificate.order_id == Order.id)
        .where(Order.id.in_(sa.union_all(by_certificate, by_order)), Order.state == OrderState.PAID)
        .order_by(Certificate.id)
    )
