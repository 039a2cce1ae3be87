"""Fetching WeChat's bills: claim what is due, ask WeChat outside any transaction, keep what came."""

import logging
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date

from domain.bills import BillKind, TradeKind, movement_of
from flows.running import Running
from gateways.wechat import BillClient
from gateways.wechat.errors import NotReady, PayError, Refused
from gateways.wechat.pay.bill_rows import FundRow, TradeRow
from models import BillFile, transaction
from services import bills
from services.bills import FetchedBill

log = logging.getLogger("danzhu.bills")

#: The account whose movements each fund-flow bill tells.
ACCOUNTS = {BillKind.BASIC: "BASIC", BillKind.OPERATION: "OPERATION", BillKind.FEES: "FEES"}


def fetch_due(parts: Running) -> int:
    """Fetch every bill whose turn it is; how many came."""
    with transaction() as session:
        bills.plan(session, parts.clock())
        due = bills.claim_due(session, parts.clock())
    return _fetch(parts, due)


def fetch_day(parts: Running, day: date) -> int:
    """Fetch what is still missing of a day's bills; raises Conflict for a day that has none yet, or no more."""
    with transaction() as session:
        due = bills.claim_day(session, day, parts.clock())
    return _fetch(parts, due)


def _fetch(parts: Running, due: Iterable[BillFile]) -> int:
    return sum(_fetch_one(parts, file) for file in due)


def _fetch_one(parts: Running, file: BillFile) -> bool:
    try:
        bill = _ask(parts.wechat.bills, file.kind, file.day)
    except PayError as error:
        # Still being made is the one answer that is no trouble at all.
        definite = isinstance(error, Refused) and not isinstance(error, NotReady)
        log.warning("bill not had", extra={"day": str(file.day), "kind": file.kind.value, "code": error.code})
        with transaction() as session:
            bills.note_problem(session, file.id, error.code[:64], definite=definite, now=parts.clock())
        return False
    with transaction() as session:
        return bills.store(session, file.id, bill, parts.clock())


def _ask(client: BillClient, kind: BillKind, day: date) -> FetchedBill:
    if kind is BillKind.TRADE:
        trade = client.trade_bill(day)
        summary = asdict(trade.summary) | {"fee_yuan": str(trade.summary.fee_yuan)}
        return FetchedBill(trade.sha1, summary, [_trade_columns(row) for row in trade.rows])
    fund = client.fund_bill(day, ACCOUNTS[kind])
    return FetchedBill(fund.sha1, asdict(fund.summary), fund_lines(fund.rows))


def _trade_columns(row: TradeRow) -> dict[str, object]:
    refund = bool(row.refund_id or row.out_refund_no)
    return {
        "kind": TradeKind.REFUND if refund else TradeKind.PAYMENT,
        "at": row.at,
        "number": row.out_trade_no,
        "transaction_id": row.transaction_id,
        "refund_number": row.out_refund_no if refund else None,
        "refund_id": row.refund_id if refund else None,
        # Some bills leave the column out and tell the refund only under its older name.
        "amount_fen": (row.refund_asked_fen or row.refund_fen) if refund else row.order_fen,
        "settlement_fen": row.refund_fen if refund else row.settlement_fen,
        "fee_yuan": str(row.fee_yuan),
        "merchant_id": row.merchant_id,
        "appid": row.appid,
        "openid": row.openid,
        "currency": row.currency,
        "state": row.trade_state,
        "verdict": None,
    }


def fund_lines(rows: Iterable[FundRow]) -> list[dict[str, object]]:
    """The lines, told apart: one that nobody knows waits for a person under its number, and would hide another."""
    met: Counter[str] = Counter()
    lines = []
    for row in rows:
        met[row.flow_number] += 1
        again = met[row.flow_number]
        number = row.flow_number if row.flow_number and again == 1 else f"{row.flow_number}#{again}"
        lines.append({**_fund_columns(row), "flow_number": number})
    return lines


def _fund_columns(row: FundRow) -> dict[str, object]:
    return {
        "at": row.at,
        "number": row.business_number,
        "voucher": row.voucher_number,
        "movement": movement_of(row.business_type, row.is_income),
        "business_type": row.business_type,
        "is_income": row.is_income,
        "amount_fen": row.amount_fen,
        "balance_fen": row.balance_fen,
    }
