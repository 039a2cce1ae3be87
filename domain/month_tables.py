"""A month of the book as a table for a file: counties, their sum, then the accounts of the whole."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from domain.ledger import CASH
from domain.money import yuan_text
from domain.months import CountyMonth, MonthStatement, totals

Row = Sequence[str | int | None]

_FIGURES = {
    "start_fen": ("期初应付", "start"),
    "earned_fen": ("本月收入", "earned"),
    "refunded_fen": ("退款", "refunded"),
    "moved_in_fen": ("并入", "moved in"),
    "moved_out_fen": ("转出", "moved out"),
    "released_fen": ("划出发放", "released"),
    "bounced_fen": ("退回", "bounced"),
    "returned_fen": ("退汇", "returned"),
    "corrected_fen": ("更正", "corrected"),
    "end_fen": ("期末应付", "end"),
    "in_transit_start_fen": ("期初在途", "in transit at the start"),
    "paid_fen": ("发放到账", "paid"),
    "in_transit_end_fen": ("期末在途", "in transit at the end"),
}
_ACCOUNTS = {
    "wechat": ("微信支付账户存款", "held at WeChat"),
    "bank": ("银行账户存款", "held at the bank"),
    "refunds:due": ("应退款", "refunds due"),
    "sponsor": ("手续费资助款", "sponsor"),
}
_SEVERAL = ("多个县", "several counties")
_TOTAL = ("合计", "total")
_ACCOUNT_HEAD = (
    ("全项目科目", "期初（元）", "增加（元）", "减少（元）", "期末（元）"),
    ("account of the whole", "start_yuan", "in_yuan", "out_yuan", "end_yuan"),
)


def month_table(
    made: MonthStatement, counties: Sequence[CountyMonth], names: Mapping[str, str], language: str
) -> list[Row]:
    """The counties given with their sum, in yuan, and the accounts of the whole programme."""
    english = language == "en"
    unit = " (yuan)" if english else "（元）"
    head = [("county", "name") if english else ("县代码", "县"), tuple(
        words[english] + unit for words in _FIGURES.values()
    )]  # fmt: skip
    rows: list[Row] = [(*head[0], *head[1])]
    for county in counties:
        said = asdict(county)
        name = names.get(county.county, _SEVERAL[english])
        rows.append((county.county, name, *(yuan_text(said[figure]) for figure in _FIGURES)))
    sums = totals(counties)
    rows.append(("", _TOTAL[english], *(yuan_text(sums[figure]) for figure in _FIGURES)))
    rows += [(), _ACCOUNT_HEAD[english]]
    for account in made.accounts:
        name = _ACCOUNTS.get(account.account, (account.account,) * 2)[english]
        figures = (account.start_fen, account.in_fen, account.out_fen, account.end_fen)
        if account.account in CASH:
            # The book keeps cash below zero; here it is the money that lies there.
            figures = (-account.start_fen, account.out_fen, account.in_fen, -account.end_fen)
        rows.append((name, *(yuan_text(fen) for fen in figures)))
    return rows
