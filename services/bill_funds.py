"""A day's fund-flow bills beside its trade bill and the book: totals, fees, and movements nobody knows."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from domain import ledger
from domain.bills import BillKind, DayFees, Movement, TradeKind, day_fees, ready_at
from domain.clock import day_start
from domain.ledger import Event
from domain.reconciliations import Source, Verdict
from models import BillFile, FundLine, Posting, TradeLine
from services.bill_comparison import trade_lines_of
from services.differences import Found

#: A payee has a day to take a transfer; until then money that has left the account is not in the book.
TRANSFER_TIME = timedelta(days=2)
#: The trade bill's own total of fees has two decimals, its rows five.
TOTAL_TOLERANCE = Decimal("0.01")


@dataclass(slots=True)
class Funds:
    """What the fund-flow bills show: figures in fen, what was found, and whether some of it is not decided yet."""

    figures: dict[str, int] = field(default_factory=dict)
    found: list[Found] = field(default_factory=list)
    undecided: bool = False


def fees_of(session: Session, day: date) -> DayFees:
    """The fees of a day by its trade bill."""
    texts = session.scalars(
        sa.select(TradeLine.fee_yuan)
        .join(BillFile, BillFile.id == TradeLine.file_id)
        .where(BillFile.day == day, BillFile.kind == BillKind.TRADE)
    )
    return day_fees(Decimal(text) for text in texts)


def fee_total(session: Session, day: date, fees: DayFees) -> list[Found]:
    """What is wrong when the trade bill's fee total is not the sum of its rows."""
    summary = session.scalar(
        sa.select(BillFile.summary).where(BillFile.day == day, BillFile.kind == BillKind.TRADE)
    )
    told = Decimal((summary or {}).get("fee_yuan", "0"))
    summed = fees.taken_yuan - fees.returned_yuan
    if abs(told - summed) < TOTAL_TOLERANCE:
        return []
    facts = {"billed_yuan": str(told), "summed_yuan": str(summed)}
    subject = f"bill:{day.isoformat()}:trade"
    return [Found(day, Source.TRADE, Verdict.TOTAL_DIFFERS, subject, "bill_total_differs", facts)]


def compare(session: Session, day: date, fees: DayFees, until: datetime, now: datetime) -> Funds:
    """The fund-flow bills of a day, row for row by WeChat's numbers; what happened after `until` is not missed yet."""
    funds = Funds()
    for movement, billed_fen, fund_fen, waiting in _totals(session, day, fees, until):
        funds.figures[movement.value] = fund_fen
        if billed_fen == fund_fen:
            continue
        if waiting:
            funds.undecided = True
            continue
        is_fee = movement in (Movement.FEE, Movement.FEE_RETURNED)
        funds.found.append(
            Found(
                day,
                Source.FUND,
                Verdict.FEE_DIFFERS if is_fee else Verdict.TOTAL_DIFFERS,
                f"fund:{day.isoformat()}:{movement.value}",
                "fee_differs" if is_fee else "fund_differs",
                {
                    "movement": movement.value,
                    "billed_fen": billed_fen,
                    "fund_fen": fund_fen,
                },
            )
        )
    funds.found += _unknown(session, day, until)
    _transfers(session, day, now, funds)
    funds.figures["net"] = _net(session, day)
    return funds


def _totals(
    session: Session, day: date, fees: DayFees, until: datetime
) -> Iterator[tuple[Movement, int, int, bool]]:
    """For each movement that the trade bill tells too: its fen there and here, and whether rows may yet come."""
    payments, refunds = (trade_lines_of(day, kind) for kind in (TradeKind.PAYMENT, TradeKind.REFUND))
    settled_fen = sa.select(sa.func.coalesce(sa.func.sum(TradeLine.settlement_fen), 0))
    received = int(session.execute(settled_fen.where(payments)).scalar_one())
    refunded = int(session.execute(settled_fen.where(refunds)).scalar_one())
    of_payments = sa.select(TradeLine.transaction_id).where(payments)
    of_refunds = sa.select(TradeLine.refund_id).where(refunds)
    late = bool(
        session.scalar(
            sa.select(sa.func.count())
            .select_from(TradeLine)
            .where(sa.or_(payments, refunds), TradeLine.at >= until)
        )
    )
    for movement, billed_fen, numbers in (
        (Movement.RECEIVED, received, of_payments),
        (Movement.FEE, fees.taken_fen, of_payments),
        (Movement.REFUNDED, refunded, of_refunds),
        (Movement.FEE_RETURNED, fees.returned_fen, of_refunds),
    ):
        fund_fen = session.execute(
            sa.select(sa.func.coalesce(sa.func.sum(FundLine.amount_fen), 0)).where(
                FundLine.movement == movement, FundLine.number.in_(numbers)
            )
        ).scalar_one()
        yield movement, billed_fen, int(fund_fen), late


def _lines_of(day: date) -> sa.ColumnElement[bool]:
    files = sa.select(BillFile.id).where(BillFile.day == day, BillFile.kind != BillKind.TRADE)
    return FundLine.file_id.in_(files)


def _unknown(session: Session, day: date, until: datetime) -> Iterator[Found]:
    """Movements that no trade bill explains and that this programme never makes by itself."""
    known = sa.case(
        (
            FundLine.movement.in_((Movement.RECEIVED, Movement.FEE)),
            sa.exists().where(
                TradeLine.kind == TradeKind.PAYMENT, TradeLine.transaction_id == FundLine.number
            ),
        ),
        (
            FundLine.movement.in_((Movement.REFUNDED, Movement.REFUND_RETURNED, Movement.FEE_RETURNED)),
            sa.exists().where(TradeLine.kind == TradeKind.REFUND, TradeLine.refund_id == FundLine.number),
        ),
        (FundLine.movement == Movement.OTHER, sa.false()),
        else_=sa.true(),
    )
    lines = session.scalars(
        sa.select(FundLine)
        .where(_lines_of(day), FundLine.at >= day_start(day), FundLine.at < until, ~known)
        .order_by(FundLine.id)
    )
    for line in lines:
        yield unbooked(day, line)


def unbooked(day: date, line: FundLine) -> Found:
    """A movement that is not in the book."""
    facts = {
        "business_type": line.business_type,
        "number": line.number,
        "fund_fen": line.amount_fen,
    }
    subject = f"fund:{line.flow_number}"
    return Found(day, Source.FUND, Verdict.THEIRS_ONLY, subject, "movement_unbooked", facts)


def _transfers(session: Session, day: date, now: datetime, funds: Funds) -> None:
    """Payouts that left the account: in the book by the number of either side, or come back, or not decided yet."""
    back = aliased(FundLine)
    returned = sa.exists().where(back.movement == Movement.PAYOUT_RETURNED, back.number == FundLine.number)
    booked = sa.exists().where(
        Posting.event == Event.PAYOUT_CONFIRMED,
        Posting.destination == ledger.WECHAT,
        Posting.reference.in_((FundLine.number, FundLine.voucher)),
    )
    lines = session.scalars(
        sa.select(FundLine)
        .where(_lines_of(day), FundLine.movement == Movement.PAID_OUT, ~returned, ~booked)
        .order_by(FundLine.id)
    ).all()
    if lines and now < ready_at(day) + TRANSFER_TIME:
        funds.undecided = True
        return
    funds.found += [unbooked(day, line) for line in lines]


def _net(session: Session, day: date) -> int:
    """By how much the merchant's accounts grew on a day, in fen."""
    signed = sa.case((FundLine.is_income, FundLine.amount_fen), else_=-FundLine.amount_fen)
    return int(
        session.execute(
            sa.select(sa.func.coalesce(sa.func.sum(signed), 0)).where(_lines_of(day))
        ).scalar_one()
    )
