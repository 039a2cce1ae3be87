"""A day in figures: what the trade bill, the fund-flow bills and the book each say of it."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from domain import ledger
from domain.bills import DayFees, Movement, TradeKind
from domain.ledger import Event
from domain.reconciliations import Verdict
from models import Payment, Posting, RefundAttempt, TradeLine
from services.bill_comparison import trade_lines_of


def of_day(
    session: Session, day: date, fees: DayFees, funds: dict[str, int], moved_fen: dict[Movement, int]
) -> dict[str, Any]:
    """Each side's sums of a day: the trade bill's (`bill`), the fund-flow bills' (`fund`) and the book's (`book`)."""
    payments, refunds = (trade_lines_of(day, kind) for kind in (TradeKind.PAYMENT, TradeKind.REFUND))
    received = _booked_receipts(session, day)
    numbers = sa.select(TradeLine.refund_number).where(refunds)
    asked_fen = _total(session, RefundAttempt.amount_fen, RefundAttempt.number.in_(numbers))
    refunded_fen = _total(
        session, Posting.amount_fen, Posting.event == Event.REFUND_PAID, Posting.reference.in_(numbers)
    )
    booked = {
        event: session.scalar(
            sa.select(Posting.amount_fen).where(Posting.event == event, Posting.reference == day.isoformat())
        )
        or 0
        for event in (Event.FEE, Event.FEE_RETURNED)
    }
    bill = {kind: _sum_of(session, lines) for kind, lines in (("payments", payments), ("refunds", refunds))}
    verdicts = session.execute(
        sa.select(TradeLine.verdict, sa.func.count())
        .where(sa.or_(payments, refunds), TradeLine.verdict.is_not(None))
        .group_by(TradeLine.verdict)
    )
    return {
        "payments": {
            "bill_count": bill["payments"][0],
            "bill_fen": bill["payments"][1],
            "fund_fen": funds["received"],
            "book_fen": received,
        },
        "refunds": {
            "bill_count": bill["refunds"][0],
            "bill_fen": bill["refunds"][1],
            "fund_fen": funds["refunded"],
            "asked_fen": asked_fen,
            "book_fen": refunded_fen,
        },
        "fee": {
            "bill_yuan": str(fees.taken_yuan),
            "bill_fen": fees.taken_fen,
            "fund_fen": funds["fee"],
            "book_fen": booked[Event.FEE],
        },
        "fee_returned": {
            "bill_yuan": str(fees.returned_yuan),
            "bill_fen": fees.returned_fen,
            "fund_fen": funds["fee_returned"],
            "book_fen": booked[Event.FEE_RETURNED],
        },
        "settled": {"book_fen": moved_fen[Movement.SETTLED]},
        "topped_up": {"book_fen": moved_fen[Movement.TOPPED_UP]},
        "wechat": {
            "fund_fen": funds["net"],
            "book_fen": received
            - refunded_fen
            - booked[Event.FEE]
            + booked[Event.FEE_RETURNED]
            - moved_fen[Movement.SETTLED]
            + moved_fen[Movement.TOPPED_UP],
        },
        "verdicts": {verdict.value: count for verdict, count in verdicts if isinstance(verdict, Verdict)},
    }


def _sum_of(session: Session, lines: sa.ColumnElement[bool]) -> tuple[int, int]:
    count, fen = session.execute(
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(TradeLine.amount_fen), 0)).where(lines)
    ).one()
    return count, int(fen)


def _booked_receipts(session: Session, day: date) -> int:
    """What the book took in at WeChat by the payments of a day's bill, in fen."""
    numbers = sa.select(TradeLine.transaction_id).where(trade_lines_of(day, TradeKind.PAYMENT))
    orders = sa.select(Payment.order_id).where(Payment.transaction_id.in_(numbers))
    return _total(
        session,
        Posting.amount_fen,
        Posting.source == ledger.WECHAT,
        sa.or_(
            sa.and_(Posting.event == Event.ORDER_PAID, Posting.order_id.in_(orders)),
            sa.and_(Posting.event == Event.MONEY_UNPLACED, Posting.reference.in_(numbers)),
        ),
    )


def _total(session: Session, fen: InstrumentedAttribute[int], *which: sa.ColumnElement[bool]) -> int:
    return int(session.execute(sa.select(sa.func.coalesce(sa.func.sum(fen), 0)).where(*which)).scalar_one())
