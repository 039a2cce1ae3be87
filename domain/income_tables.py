"""Statements and income reports as tables: headers in Chinese and English, one row a line, yuan beside fen."""

from collections.abc import Iterable, Sequence

from domain.income import Figures, GroupLine, LineState, PayoutState, Statement
from domain.money import yuan_text
from domain.payout_answers import SAID

Cell = str | int | None
Row = Sequence[Cell]

_STATEMENT_HEADERS = {
    "zh": (
        "类别",
        "日期",
        "证书编号",
        "订单号",
        "年度",
        "株数",
        "碳汇量（克）",
        "金额（分）",
        "金额（元）",
        "状态",
        "可发放日期",
    ),
    "en": (
        "kind",
        "day",
        "certificate",
        "order",
        "year",
        "trees",
        "sink_g",
        "amount_fen",
        "amount_yuan",
        "state",
        "payable_from",
    ),
}
_REPORT_HEADERS = {
    "zh": (
        "代码",
        "名称",
        "所在地",
        "户数",
        "有收入户数",
        "无收入户数",
        "售出株数",
        "碳汇量（克）",
        "应得（分）",
        "在途（分）",
        "已发（分）",
        "未发（分）",
        "最少（分）",
        "中位数（分）",
        "最多（分）",
        "应得（元）",
        "未发（元）",
        "人数",
        "人均应得（分）",
        "未收到发放户数",
        "未售株数",
    ),
    "en": (
        "code",
        "name",
        "place",
        "households",
        "households_with_income",
        "households_without_income",
        "trees_sold",
        "sink_g",
        "earned_fen",
        "in_transit_fen",
        "paid_fen",
        "balance_fen",
        "min_fen",
        "median_fen",
        "max_fen",
        "earned_yuan",
        "balance_yuan",
        "people",
        "per_person_fen",
        "households_never_paid",
        "trees_unsold",
    ),
}
LINE_STATES = {
    LineState.OWED: ("未发", "owed"),
    LineState.IN_TRANSIT: ("在途", "in transit"),
    LineState.PAID: ("已发", "paid"),
    LineState.REFUNDED: ("已退款", "refunded"),
}
PAYOUT_STATES = {
    PayoutState.RELEASED: ("已划出", "released"),
    PayoutState.ARRIVED: ("已到账", "arrived"),
    PayoutState.BOUNCED: ("退回", "bounced"),
    PayoutState.RETURNED: ("退汇", "returned"),
}
_KINDS = {"credit": ("收入", "credit"), "payout": ("发放", "payout")}
_TOTAL = ("合计", "total")


def statement_table(statement: Statement, language: str) -> list[Row]:
    """The header, then every credit and every payout of a household."""
    english = language == "en"
    rows: list[Row] = [_STATEMENT_HEADERS["en" if english else "zh"]]
    for line in statement.credits:
        rows.append(
            (
                _KINDS["credit"][english],
                line.day.isoformat(),
                line.certificate,
                line.order,
                line.year,
                line.trees,
                line.sink_g,
                line.amount_fen,
                yuan_text(line.amount_fen),
                LINE_STATES[line.state][english],
                line.payable_from.isoformat(),
            )
        )
    for payout in statement.payouts:
        rows.append(
            (
                _KINDS["payout"][english],
                payout.day.isoformat(),
                None,
                payout.batch,
                None,
                None,
                None,
                payout.amount_fen,
                yuan_text(payout.amount_fen),
                "; ".join(
                    (PAYOUT_STATES[payout.state][english], *(SAID[kind][english] for kind in payout.said))
                ),
                None,
            )
        )
    return rows


def report_table(lines: Iterable[GroupLine], total: Figures, scope: str, language: str) -> list[Row]:
    """The header, one row a line of the report, and the total."""
    english = language == "en"
    rows: list[Row] = [_REPORT_HEADERS["en" if english else "zh"]]
    rows += [_report_row(line.code, line.name, line.place, line.figures) for line in lines]
    rows.append(_report_row(scope, _TOTAL[english], None, total))
    return rows


def _report_row(code: str, name: str, place: str | None, figures: Figures) -> Row:
    spread, earnings = figures.distribution, figures.earnings
    return (
        code,
        name,
        place,
        spread.households,
        spread.households_with_income,
        spread.households_without_income,
        earnings.trees_sold,
        earnings.sink_g,
        earnings.earned_fen,
        earnings.in_transit_fen,
        earnings.paid_fen,
        earnings.balance_fen,
        spread.min_fen,
        spread.median_fen,
        spread.max_fen,
        yuan_text(earnings.earned_fen),
        yuan_text(earnings.balance_fen),
        spread.people,
        figures.per_person_fen,
        spread.households_never_paid,
        figures.trees_unsold,
    )
