"""The day's bills as WeChat writes them: there from 10:00 on the next day, downloaded by a token of five minutes."""

import gzip
import hashlib
import sqlite3
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from domain.clock import SHANGHAI, business_day, day_span
from gateways.wechat.simulator import funds
from gateways.wechat.simulator.checking import refuse_parameter
from gateways.wechat.simulator.world import Refuse, World, token

READY_HOUR = 10
KEPT_DAYS = 92
TOKEN_SECONDS = 300
TRADE, FUND = "tradebill", "fundflowbill"
TRADE_KINDS, FUND_KINDS = ("ALL", "SUCCESS", "REFUND"), (funds.BASIC, funds.OPERATION, funds.FEES)

TRADE_NAMES = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,"
    "应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,"
    "手续费,费率,订单金额,申请退款金额,费率备注"
)
TRADE_TOTALS = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
REFUND_NAMES = frozenset(
    ("微信退款单号", "商户退款单号", "退款金额", "充值券退款金额", "退款类型", "退款状态", "申请退款金额")
)
FUND_NAMES = ",".join(
    (
        "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元)",
        "资金变更提交申请人,备注,业务凭证号",
    )
)
FUND_TOTALS = "资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额"


def apply(world: World, bill: str, day_text: str, kind: str, base_url: str) -> dict[str, object]:
    """Hash and address of a bill; the documented errors for days that have none (yet, any more, at all)."""
    day = _day(world, day_text)
    if kind not in (TRADE_KINDS if bill == TRADE else FUND_KINDS):
        raise refuse_parameter("bill_type" if bill == TRADE else "account_type", "账单类型不合法")
    text = write(world, bill, day, kind)
    if text is None:
        raise Refuse(400, "NO_STATEMENT_EXIST", "请求的账单文件不存在")
    name = token("", 64)
    world.storage.write(
        "INSERT INTO downloads VALUES (?, ?, ?, ?, ?)",
        name, bill, day_text, kind, world.now() + TOKEN_SECONDS,
    )  # fmt: skip
    return {
        "hash_type": "SHA1",
        "hash_value": hashlib.sha1(text, usedforsecurity=False).hexdigest(),
        "download_url": f"{base_url}/v3/billdownload/file?token={name}",
    }


def download(world: World, name: str) -> bytes:
    """A bill, compressed, by a token that is still good."""
    kept = world.storage.row("SELECT * FROM downloads WHERE token = ? AND expires_at > ?", name, world.now())
    text = write(world, kept["bill"], date.fromisoformat(kept["day"]), kept["kind"]) if kept else None
    if text is None:
        raise Refuse(400, "INVALID_REQUEST", "下载链接无效或已过期")
    return gzip.compress(text, mtime=0)


def _day(world: World, text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise refuse_parameter("bill_date", "账单日期格式不正确") from None
    now = datetime.fromtimestamp(world.now(), UTC).astimezone(SHANGHAI)
    if day >= business_day(now) or day < business_day(now) - timedelta(days=KEPT_DAYS):
        raise refuse_parameter("bill_date", "账单日期不合法，仅支持三个月内且不包括今天的账单")
    if day == business_day(now) - timedelta(days=1) and now.hour < READY_HOUR:
        raise Refuse(400, "STATEMENT_CREATING", "账单正在生成中，请稍后再试")
    return day


def write(world: World, bill: str, day: date, kind: str) -> bytes | None:
    """A bill as bytes with its mark in front, or None for a day on which nothing happened."""
    begin, end = (int(instant.timestamp()) for instant in day_span(day, day))
    lines = _trade(world, begin, end, kind) if bill == TRADE else _fund(world, begin, end, kind)
    return None if lines is None else ("\ufeff" + "\r\n".join(lines) + "\r\n").encode()


def _trade(world: World, begin: int, end: int, kind: str) -> list[str] | None:
    paid = world.storage.rows(
        "SELECT * FROM orders WHERE paid_at >= ? AND paid_at < ? ORDER BY paid_at, rowid", begin, end
    )
    refunded = world.storage.rows(
        "SELECT refunds.*, appid, transaction_id, paid_by, paid_fen, description, attach"
        " FROM refunds JOIN orders USING (out_trade_no)"
        " WHERE refunds.created_at >= ? AND refunds.created_at < ? ORDER BY refunds.created_at, refunds.rowid",
        begin,
        end,
    )
    rows = [_paid_row(world, order) for order in paid] if kind != "REFUND" else []
    rows += [_refund_row(world, refund) for refund in refunded] if kind != "SUCCESS" else []
    if not rows:
        return None
    names = [name for name in TRADE_NAMES.split(",") if kind != "SUCCESS" or name not in REFUND_NAMES]
    total = {
        name: sum((Decimal(row[name]) for row in rows), Decimal(0))
        for name in ("应结订单金额", "退款金额", "充值券退款金额", "手续费", "订单金额", "申请退款金额")
    }
    totals = [Decimal(len(rows)), *total.values()]
    return [
        ",".join(names),
        *(_line(row[name] for name in names) for row in rows),
        TRADE_TOTALS,
        _line(map(str, totals)),
    ]


def _paid_row(world: World, order: sqlite3.Row) -> dict[str, str]:
    yuan = _yuan(order["paid_fen"])
    return _row(world, order, order["paid_at"]) | {
        "交易状态": "SUCCESS",
        "应结订单金额": yuan,
        "订单金额": yuan,
        "手续费": _fee(world, order["paid_fen"]),
    }


def _refund_row(world: World, refund: sqlite3.Row) -> dict[str, str]:
    yuan = _yuan(refund["refund_fen"])
    fee = (
        _fee(world, refund["refund_fen"])
        if world.setting("fee_fractions")
        else f"{refund['fee_fen'] / 100:.5f}"
    )
    return _row(world, refund, refund["created_at"]) | {
        "交易状态": "REFUND",
        "微信退款单号": refund["refund_id"],
        "商户退款单号": refund["out_refund_no"],
        "退款金额": yuan,
        "退款类型": "ORIGINAL",
        # Written when the refund begins and never changed, whatever becomes of it.
        "退款状态": "PROCESSING",
        "申请退款金额": yuan,
        "手续费": f"-{fee}",
    }


def _row(world: World, order: sqlite3.Row, at: int) -> dict[str, str]:
    return dict.fromkeys(TRADE_NAMES.split(","), "") | {
        "交易时间": _time(at),
        "公众账号ID": order["appid"],
        "商户号": world.keys.merchant_id,
        "特约商户号": "0",
        "微信订单号": order["transaction_id"],
        "商户订单号": order["out_trade_no"],
        "用户标识": order["paid_by"],
        "交易类型": "JSAPI",
        "付款银行": "OTHERS",
        "货币种类": "CNY",
        "应结订单金额": "0.00",
        "代金券金额": "0.00",
        "微信退款单号": "0",
        "商户退款单号": "0",
        "退款金额": "0.00",
        "充值券退款金额": "0.00",
        "商品名称": _escaped(order["description"]),
        "商户数据包": _escaped(order["attach"] or ""),
        "费率": f"{Decimal(world.whole('fee_rate_bp')) / 100:.2f}%",
        "订单金额": "0.00",
        "申请退款金额": "0.00",
    }


def _fund(world: World, begin: int, end: int, account: str) -> list[str] | None:
    moves = world.storage.rows(
        "SELECT * FROM funds WHERE account = ? AND at >= ? AND at < ? ORDER BY id", account, begin, end
    )
    if not moves:
        return None
    rows = [
        (
            _time(move["at"]),
            move["business_number"],
            f"1{move['id']:019}",
            move["name"],
            move["kind"],
            "收入" if move["amount_fen"] > 0 else "支出",
            _yuan(abs(move["amount_fen"])),
            _yuan(move["balance_fen"]),
            "system",
            "",
            move["voucher"],
        )
        for move in moves
    ]
    income = [move["amount_fen"] for move in moves if move["amount_fen"] > 0]
    expense = [-move["amount_fen"] for move in moves if move["amount_fen"] < 0]
    totals = (len(moves), len(income), _yuan(sum(income)), len(expense), _yuan(sum(expense)))
    return [FUND_NAMES, *map(_line, rows), FUND_TOTALS, _line(map(str, totals))]


def _line(values: Iterable[str]) -> str:
    return ",".join(f"`{value}" for value in values)


def _escaped(text: str) -> str:
    return text.replace(",", "\\ ").replace("\r", " ").replace("\n", " ")


def _yuan(fen: int) -> str:
    return f"{Decimal(fen) / 100:.2f}"


def _fee(world: World, fen: int) -> str:
    if world.setting("fee_fractions"):
        return f"{funds.fee_yuan(world, fen):.5f}"
    return f"{Decimal(funds.fee_fen(world, fen)) / 100:.5f}"


def _time(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
