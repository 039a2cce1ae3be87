"""What the bills put into the book: a day's fees, their return, and what moved to the bank or from it; each once."""

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain import ledger
from domain.bills import BillKind, Movement
from domain.ledger import Event
from models import BillFile, FundLine, Posting, Reconciliation
from services import incidents
from services import ledger as book
from services.bill_funds import unbooked
from services.differences import Found


def book_fees(session: Session, row: Reconciliation, now: datetime) -> bool:
    """Book a day's fees and their return, each once; False while the sponsor's account cannot bear the fee.

    A claim never falls below zero: a fee that is not covered waits, an incident says so, and the sales gate counts it.
    """
    if row.fee_booked_at is not None:
        return True
    assert row.fee_fen is not None
    assert row.fee_returned_fen is not None
    day = row.day.isoformat()
    # The oldest day stands for the sponsor's account: days booked side by side would each spend the same money.
    session.scalar(sa.select(Reconciliation.day).order_by(Reconciliation.day).limit(1).with_for_update())
    _book_once(
        session,
        Event.FEE_RETURNED,
        ledger.WECHAT,
        ledger.SPONSOR,
        row.fee_returned_fen,
        reference=day,
        now=now,
    )
    left = book.balance_of(session, ledger.SPONSOR)
    if left < row.fee_fen:
        incidents.open_incident(
            session,
            kind="sponsor_short",
            subject=f"day:{day}",
            now=now,
            facts={"day": day, "fee_fen": row.fee_fen, "balance_fen": left},
        )
        return False
    _book_once(session, Event.FEE, ledger.SPONSOR, ledger.WECHAT, row.fee_fen, reference=day, now=now)
    row.fee_booked_at = now
    incidents.resolve_gone(session, kind="sponsor_short", subject=f"day:{day}", now=now)
    session.flush()
    return True


def book_bank_moves(session: Session, day: date, now: datetime) -> tuple[dict[Movement, int], list[Found]]:
    """Book what WeChat settled to the bank on a day, and what was brought there from the bank, each number once.

    Returns the fen of each, and what could not be booked and is left to a person: more than the book holds where it
    comes from, or a number that was booked with another amount.
    """
    total, found = {}, []
    # What was brought first: it may be what was settled afterwards.
    for movement, event, source, destination in (
        (Movement.TOPPED_UP, Event.TOPPED_UP, ledger.WECHAT, ledger.BANK),
        (Movement.SETTLED, Event.SETTLED, ledger.BANK, ledger.WECHAT),
    ):
        total[movement] = 0
        lines = _fund_lines(session, day, movement)
        held = _held(session, destination) if lines else 0
        for line in lines:
            booked = _booked(session, event, line.number)
            if booked is None and line.amount_fen <= held:
                held -= line.amount_fen
                booked = line.amount_fen
                _book_once(
                    session, event, source, destination, line.amount_fen, reference=line.number, now=now
                )
            if booked == line.amount_fen:
                total[movement] += line.amount_fen
            else:
                found.append(unbooked(day, line))
    return total, found


def _fund_lines(session: Session, day: date, movement: Movement) -> Sequence[FundLine]:
    return session.scalars(
        sa.select(FundLine)
        .join(BillFile, BillFile.id == FundLine.file_id)
        .where(BillFile.day == day, BillFile.kind != BillKind.TRADE, FundLine.movement == movement)
        .order_by(FundLine.id)
    ).all()


def _held(session: Session, cash: str) -> int:
    """Fen that may leave a cash account: what the book has there, and at WeChat what it paid ahead of its bills."""
    ahead = book.ahead_of_bills(session) if cash == ledger.WECHAT else 0
    return ahead - book.balance_of(session, cash)


def _booked(session: Session, event: Event, reference: str) -> int | None:
    return session.scalar(
        sa.select(Posting.amount_fen).where(Posting.event == event, Posting.reference == reference)
    )


def _book_once(
    session: Session,
    event: Event,
    source: str,
    destination: str,
    amount_fen: int,
    *,
    reference: str,
    now: datetime,
) -> None:
    if amount_fen and _booked(session, event, reference) is None:
        posting = ledger.Posting(event, source, destination, amount_fen)
        book.post(session, [posting], now=now, reference=reference)
