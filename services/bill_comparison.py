"""A day's trade bill beside our payments and refunds: what is missing here, and what differs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from domain.bills import BillKind, TradeKind
from domain.clock import day_start
from domain.reconciliations import (
    BOOKED_NOW,
    Finding,
    PaymentBeside,
    RefundBeside,
    Source,
    Verdict,
    judge_payment,
    judge_refund,
)
from models import BillFile, Order, Payment, Refund, RefundAttempt, TradeLine
from models.payments import PaymentState
from models.refunds import AttemptOutcome
from services.differences import Found

#: Rows of one UPDATE by number.
CHUNK = 500


def trade_lines_of(day: date, kind: TradeKind) -> sa.ColumnElement[bool]:
    """The rows of one kind of a day's trade bill."""
    file = sa.select(BillFile.id).where(BillFile.day == day, BillFile.kind == BillKind.TRADE)
    return sa.and_(TradeLine.kind == kind, TradeLine.file_id.in_(file))


def _is_first(kind: TradeKind) -> sa.ColumnElement[bool]:
    """Whether a row is the first of any bill with its WeChat number."""
    other = aliased(TradeLine)
    same = (
        other.transaction_id == TradeLine.transaction_id
        if kind is TradeKind.PAYMENT
        else other.refund_id == TradeLine.refund_id
    )
    return ~sa.exists().where(other.kind == kind, same, other.id < TradeLine.id).correlate(TradeLine)


def unsettled(session: Session, day: date) -> Sequence[TradeLine]:
    """Payments of the bill for orders of ours that are not booked here, each transaction once."""
    return session.scalars(
        sa.select(TradeLine)
        .join(Order, Order.number == TradeLine.number)
        .outerjoin(Payment, Payment.order_id == Order.id)
        .where(
            trade_lines_of(day, TradeKind.PAYMENT),
            TradeLine.state == "SUCCESS",
            _is_first(TradeKind.PAYMENT),
            sa.or_(Payment.transaction_id.is_(None), Payment.transaction_id != TradeLine.transaction_id),
            ~sa.exists().where(Refund.transaction_id == TradeLine.transaction_id),
        )
        .order_by(TradeLine.id)
    ).all()


def note_booked(session: Session, line_id: int, verdict: Verdict) -> None:
    """Remember that a row's money was booked when the day was reconciled."""
    session.execute(sa.update(TradeLine).where(TradeLine.id == line_id).values(verdict=verdict))


def payments(session: Session, day: date, until: datetime) -> list[Found]:
    """Both sides' payments of a day; ours that the bill lacks are looked for up to `until`."""
    rows = session.execute(
        sa.select(
            TradeLine,
            Order.amount_fen,
            Payment.transaction_id,
            Payment.received_fen,
            _is_first(TradeKind.PAYMENT).label("is_first"),
            sa.exists().where(Refund.transaction_id == TradeLine.transaction_id).label("owed_back"),
        )
        .outerjoin(Order, Order.number == TradeLine.number)
        .outerjoin(Payment, Payment.order_id == Order.id)
        .where(trade_lines_of(day, TradeKind.PAYMENT))
        .order_by(TradeLine.id)
    ).all()
    found = []
    verdicts: dict[int, Verdict] = {}
    for line, total_fen, our_transaction, received_fen, is_first, owed_back in rows:
        if line.verdict in BOOKED_NOW:
            finding = Finding(line.verdict)
        else:
            finding = judge_payment(
                PaymentBeside(
                    transaction_id=line.transaction_id,
                    billed_fen=line.amount_fen,
                    repeated=not is_first,
                    order_total_fen=total_fen,
                    our_transaction_id=our_transaction,
                    our_received_fen=received_fen,
                )
            )
            if finding.incident == "second_transaction" and owed_back:
                # It is booked as owed back already, and nobody need act.
                finding = Finding(Verdict.DUPLICATE)
            verdicts[line.id] = finding.verdict
        if finding.verdict is not Verdict.BOTH:
            facts = {
                "transaction_id": line.transaction_id,
                "billed_fen": line.amount_fen,
                "order_total_fen": total_fen,
                "booked_fen": received_fen if our_transaction == line.transaction_id else None,
            }
            found.append(
                Found(day, Source.TRADE, finding.verdict, f"order:{line.number}", finding.incident, facts)
            )
    _write(session, verdicts)
    return found + list(_payments_not_billed(session, day, until))


def _payments_not_billed(session: Session, day: date, until: datetime) -> Iterator[Found]:
    billed = sa.exists().where(
        TradeLine.kind == TradeKind.PAYMENT, TradeLine.transaction_id == Payment.transaction_id
    )
    rows = session.execute(
        sa.select(Order.number, Payment.transaction_id, Payment.received_fen)
        .join(Order, Order.id == Payment.order_id)
        .where(
            Payment.state == PaymentState.PAID,
            Payment.paid_at >= day_start(day),
            Payment.paid_at < until,
            ~billed,
        )
        .order_by(Payment.id)
    )
    for number, transaction_id, received_fen in rows:
        facts = {"transaction_id": transaction_id, "booked_fen": received_fen}
        yield Found(day, Source.TRADE, Verdict.OURS_ONLY, f"order:{number}", "payment_not_billed", facts)


def refunds(session: Session, day: date, until: datetime) -> list[Found]:
    """Both sides' refunds of a day.

    The bill has a refund on the day it begins; ours are looked for on the day they succeeded, by when the bill of that
    day or an earlier one must have them.
    """
    rows = session.execute(
        sa.select(
            TradeLine,
            RefundAttempt.amount_fen,
            _is_first(TradeKind.REFUND).label("is_first"),
        )
        .outerjoin(RefundAttempt, RefundAttempt.number == TradeLine.refund_number)
        .where(trade_lines_of(day, TradeKind.REFUND))
        .order_by(TradeLine.id)
    ).all()
    found = []
    verdicts: dict[int, Verdict] = {}
    for line, our_fen, is_first in rows:
        finding = judge_refund(RefundBeside(line.amount_fen, not is_first, our_fen))
        verdicts[line.id] = finding.verdict
        if finding.verdict is not Verdict.BOTH:
            facts = {
                "number": line.number,
                "refund_id": line.refund_id,
                "billed_fen": line.amount_fen,
                "our_fen": our_fen,
            }
            subject = f"refund:{line.refund_number or line.refund_id}"
            found.append(Found(day, Source.TRADE, finding.verdict, subject, finding.incident, facts))
    _write(session, verdicts)
    return found + list(_refunds_not_billed(session, day, until))


def refunds_under_way(session: Session, day: date) -> bool:
    """Whether refunds of a day's bill have not ended yet, so that the book will still move."""
    numbers = sa.select(TradeLine.refund_number).where(trade_lines_of(day, TradeKind.REFUND))
    under_way = sa.exists().where(
        RefundAttempt.number.in_(numbers), RefundAttempt.outcome == AttemptOutcome.OPEN
    )
    return bool(session.scalar(sa.select(under_way)))


def _refunds_not_billed(session: Session, day: date, until: datetime) -> Iterator[Found]:
    rows = session.execute(
        sa.select(RefundAttempt.number, RefundAttempt.amount_fen)
        .where(
            RefundAttempt.outcome == AttemptOutcome.SUCCEEDED,
            RefundAttempt.ended_at >= day_start(day),
            RefundAttempt.ended_at < until,
            ~sa.exists().where(TradeLine.refund_number == RefundAttempt.number),
        )
        .order_by(RefundAttempt.id)
    )
    for number, our_fen in rows:
        facts = {"our_fen": our_fen}
        yield Found(day, Source.TRADE, Verdict.OURS_ONLY, f"refund:{number}", "refund_not_billed", facts)


def _write(session: Session, verdicts: Mapping[int, Verdict]) -> None:
    """Write verdicts down, a handful of statements for each."""
    for verdict in set(verdicts.values()):
        numbers = [number for number, given in verdicts.items() if given is verdict]
        for chunk in _chunks(numbers):
            session.execute(
                sa.update(TradeLine)
                .where(TradeLine.id.in_(chunk))
                .values(verdict=verdict)
                .execution_options(synchronize_session=False)
            )


def _chunks(numbers: Sequence[int]) -> Iterable[Sequence[int]]:
    return (numbers[start : start + CHUNK] for start in range(0, len(numbers), CHUNK))
