"""Reading WeChat's bills: text as it comes, typed rows out.

A bill is UTF-8, perhaps with a byte order mark: a header, rows whose every field begins with a backtick, a
second header and one summary row. Columns differ between kinds of bill, so they are found by name. Amounts
are yuan; those of orders and refunds are whole fen, fees have five decimals and stay decimal yuan.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

from domain.clock import SHANGHAI
from gateways.wechat.fields import Malformed


@dataclass(frozen=True)
class TradeRow:
    """One payment or one refund as the trade bill tells it; a refund's row is written when it starts and
    never changed.

    `order_fen` is what was asked of the buyer (compare this with our total); `settlement_fen` is less by
    coupons.
    """

    at: datetime
    appid: str
    merchant_id: str
    transaction_id: str
    out_trade_no: str
    openid: str
    trade_type: str
    trade_state: str
    bank: str
    currency: str
    settlement_fen: int
    order_fen: int
    refund_id: str
    out_refund_no: str
    refund_fen: int
    refund_asked_fen: int
    refund_type: str
    refund_status: str
    description: str
    attach: str
    fee_yuan: Decimal
    rate: str


@dataclass(frozen=True)
class TradeSummary:
    """The totals the trade bill ends with."""

    count: int
    settlement_fen: int
    refund_fen: int
    fee_yuan: Decimal
    order_fen: int
    refund_asked_fen: int


@dataclass(frozen=True)
class TradeBill:
    """A day's payments and refunds; `sha1` of the bytes they were read from, None for a day without a bill."""

    rows: tuple[TradeRow, ...]
    summary: TradeSummary
    sha1: str | None = None


@dataclass(frozen=True)
class FundRow:
    """One movement of an account; `amount_fen` is positive, `is_income` says which way it went."""

    at: datetime
    business_number: str
    flow_number: str
    business_name: str
    business_type: str
    is_income: bool
    amount_fen: int
    balance_fen: int
    applicant: str
    note: str
    voucher_number: str


@dataclass(frozen=True)
class FundSummary:
    """The totals the fund-flow bill ends with."""

    count: int
    income_count: int
    income_fen: int
    expense_count: int
    expense_fen: int


@dataclass(frozen=True)
class FundBill:
    """A day's movements of one account; payouts appear only here. `sha1` as for the trade bill."""

    rows: tuple[FundRow, ...]
    summary: FundSummary
    sha1: str | None = None


EMPTY_TRADE_BILL = TradeBill((), TradeSummary(0, 0, 0, Decimal(0), 0, 0))
EMPTY_FUND_BILL = FundBill((), FundSummary(0, 0, 0, 0, 0))

Row = Mapping[str, str]


def read_trade_bill(raw: bytes) -> TradeBill:
    """The trade bill of any kind (ALL, SUCCESS, REFUND); Malformed when rows and summary do not agree."""
    rows, summary = _split(raw)
    read = tuple(_trade_row(row) for row in rows)
    told = TradeSummary(
        count=_count(summary, "总交易单数"),
        settlement_fen=_fen(summary, "应结订单总金额"),
        refund_fen=_fen(summary, "退款总金额"),
        fee_yuan=_yuan(summary, "手续费总金额"),
        order_fen=_fen(summary, "订单总金额"),
        refund_asked_fen=_fen(summary, "申请退款总金额"),
    )
    if told.count != len(read):
        raise Malformed(f"the bill speaks of {told.count} rows and has {len(read)}")
    if told.order_fen != sum(row.order_fen for row in read):
        raise Malformed("the bill's order total is not the sum of its rows")
    return TradeBill(read, told, _sha1(raw))


def read_fund_bill(raw: bytes) -> FundBill:
    """The fund-flow bill of one account; Malformed when rows and summary do not agree."""
    rows, summary = _split(raw)
    read = tuple(_fund_row(row) for row in rows)
    told = FundSummary(
        count=_count(summary, "资金流水总笔数"),
        income_count=_count(summary, "收入笔数"),
        income_fen=_fen(summary, "收入金额"),
        expense_count=_count(summary, "支出笔数"),
        expense_fen=_fen(summary, "支出金额"),
    )
    if told.count != len(read):
        raise Malformed(f"the bill speaks of {told.count} rows and has {len(read)}")
    if told.income_fen != sum(row.amount_fen for row in read if row.is_income):
        raise Malformed("the bill's income is not the sum of its rows")
    return FundBill(read, told, _sha1(raw))


def _sha1(raw: bytes) -> str:
    """The hash WeChat names its bills by."""
    return hashlib.sha1(raw, usedforsecurity=False).hexdigest()


def _trade_row(row: Row) -> TradeRow:
    return TradeRow(
        at=_time(row, "交易时间"),
        appid=_text(row, "公众账号ID"),
        merchant_id=_text(row, "商户号"),
        transaction_id=_text(row, "微信订单号"),
        out_trade_no=_text(row, "商户订单号"),
        openid=_text(row, "用户标识"),
        trade_type=_text(row, "交易类型"),
        trade_state=_text(row, "交易状态"),
        bank=_text(row, "付款银行"),
        currency=_text(row, "货币种类"),
        settlement_fen=_fen(row, "应结订单金额"),
        order_fen=_fen(row, "订单金额"),
        refund_id=_number(row, "微信退款单号"),
        out_refund_no=_number(row, "商户退款单号"),
        refund_fen=_fen(row, "退款金额"),
        refund_asked_fen=_fen(row, "申请退款金额"),
        refund_type=row.get("退款类型", ""),
        refund_status=row.get("退款状态", ""),
        description=_text(row, "商品名称"),
        attach=_text(row, "商户数据包"),
        fee_yuan=_yuan(row, "手续费"),
        rate=_text(row, "费率"),
    )


def _fund_row(row: Row) -> FundRow:
    direction = _text(row, "收支类型")
    if direction not in ("收入", "支出"):
        raise Malformed(f"收支类型 {direction} is neither income nor expense")
    return FundRow(
        at=_time(row, "记账时间"),
        business_number=_text(row, "微信支付业务单号"),
        flow_number=_text(row, "资金流水单号"),
        business_name=_text(row, "业务名称"),
        business_type=_text(row, "业务类型"),
        is_income=direction == "收入",
        amount_fen=_fen(row, "收支金额(元)"),
        balance_fen=_fen(row, "账户结余(元)"),
        applicant=_text(row, "资金变更提交申请人"),
        note=_text(row, "备注"),
        voucher_number=_text(row, "业务凭证号"),
    )


def _split(raw: bytes) -> tuple[list[Row], Row]:
    """The rows and the summary by column name."""
    try:
        lines = [line for line in raw.decode("utf-8-sig").splitlines() if line.strip()]
    except ValueError:
        raise Malformed("the bill is not UTF-8") from None
    headers = [n for n, line in enumerate(lines) if not line.startswith("`")]
    if len(headers) != 2 or headers[0] != 0 or headers[1] != len(lines) - 2:
        raise Malformed("the bill is not header, rows, header and one summary row")
    names, totals = (lines[n].split(",") for n in headers)
    rows = [_by_name(names, line) for line in lines[1 : headers[1]]]
    return rows, _by_name(totals, lines[-1])


def _by_name(names: list[str], line: str) -> Row:
    # Splitting at comma and backtick keeps a comma that somebody forgot to escape inside its field.
    values = [value.strip() for value in line[1:].split(",`")]
    if len(values) != len(names):
        raise Malformed(f"a row has {len(values)} fields under {len(names)} names")
    return {name.strip(): value.replace("\\ ", ",") for name, value in zip(names, values, strict=True)}


def _text(row: Row, name: str) -> str:
    if name not in row:
        raise Malformed(f"the bill has no column {name}")
    return row[name]


def _number(row: Row, name: str) -> str:
    """A number that some bills leave out and others fill with 0 where there is none."""
    value = row.get(name, "")
    return "" if value == "0" else value


def _time(row: Row, name: str) -> datetime:
    try:
        return datetime.strptime(_text(row, name), "%Y-%m-%d %H:%M:%S").replace(tzinfo=SHANGHAI)
    except ValueError:
        raise Malformed(f"{name} is not a time") from None


def _yuan(row: Row, name: str) -> Decimal:
    try:
        amount = Decimal(_text(row, name))
    except InvalidOperation:
        raise Malformed(f"{name} is not an amount") from None
    if not amount.is_finite():
        raise Malformed(f"{name} is not an amount")
    return amount


def _fen(row: Row, name: str) -> int:
    """Whole fen; a bill that leaves the column out means none."""
    if name not in row:
        return 0
    fen = _yuan(row, name) * 100
    if fen != fen.to_integral_value():
        raise Malformed(f"{name} is not whole fen")
    return int(fen)


def _count(row: Row, name: str) -> int:
    count = _yuan(row, name)
    if count != count.to_integral_value():
        raise Malformed(f"{name} is not a whole number")
    return int(count)
