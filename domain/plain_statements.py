"""A household's statement in a few big numbers and plain words: what was earned, paid, is on its way, is still to come.

For people who may not read small print, and to be read aloud. Chinese only: it is handed to the household itself.
"""

from dataclasses import dataclass
from datetime import date

from domain.clock import business_day
from domain.income import LineState, PayoutState, Statement
from domain.money import yuan_text


@dataclass(frozen=True, slots=True)
class Block:
    """One big number in yuan with what it is, and what there is to say about it."""

    label: str
    yuan: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlainStatement:
    """The sheet from above: whose it is, the numbers, and whom to ask."""

    title: str
    owner: str
    day: str
    blocks: tuple[Block, ...]
    warnings: tuple[str, ...]
    closing: tuple[str, ...]


def plain(statement: Statement) -> PlainStatement:
    """The statement in plain words."""
    earnings = statement.earnings
    sold = (
        f"卖了 {earnings.trees_sold:,} 株树，一株树卖一年算一株。"
        if earnings.trees_sold
        else "还没有卖出树。"
    )
    return PlainStatement(
        title="您家卖树的钱",
        owner=f"{statement.place}　{statement.name} 家",
        day=f"到{_day(business_day(statement.as_of))}为止",
        blocks=(
            Block("一共挣了", _yuan(earnings.earned_fen), (sold,)),
            Block("已经到账", _yuan(earnings.paid_fen), _paid(statement)),
            Block("正在路上", _yuan(earnings.in_transit_fen), _under_way(statement)),
            Block("还没有发", _yuan(earnings.balance_fen), _to_come(statement)),
        ),
        warnings=tuple(_warnings(statement)),
        closing=(
            "卖树的钱全部归您家。谁向您要手续费、要好处，都不对，请告诉县里。",
            "数目不对，或者没收到钱，请问村干部，或者问县里的登记人员。",
            f"户编号 {statement.number}",
        ),
    )


def _paid(statement: Statement) -> tuple[str, ...]:
    day = _last(statement, PayoutState.ARRIVED)
    return () if day is None or not statement.earnings.paid_fen else (f"最近一次是{_day(day)}。",)


def _under_way(statement: Statement) -> tuple[str, ...]:
    day = _last(statement, PayoutState.RELEASED)
    if day is None or not statement.earnings.in_transit_fen:
        return ()
    return (f"{_day(day)}划出，还不知道到没到账。",)


def _to_come(statement: Statement) -> tuple[str, ...]:
    """From when what is owed may be paid: the buyer can no longer take it back."""
    if not statement.earnings.balance_fen:
        return ()
    today = business_day(statement.as_of)
    owed = [line for line in statement.credits if line.state is LineState.OWED]
    ready = sum(line.amount_fen for line in owed if line.payable_from <= today)
    later = [line.payable_from for line in owed if line.payable_from > today]
    notes = [f"其中 {_yuan(ready)} 元可以发了，等下一批。"] if ready else []
    if later:
        notes.append(f"{'其余的' if ready else '最早'}从{_day(min(later))}起可以发。")
    return tuple(notes)


def _warnings(statement: Statement) -> list[str]:
    said = []
    if statement.payouts and statement.payouts[-1].state in (PayoutState.BOUNCED, PayoutState.RETURNED):
        came_back = statement.payouts[-1]
        said.append(
            f"{_day(came_back.day)}有 {_yuan(came_back.amount_fen)} 元没有到账，退回来了。请去核对收款账户。"
        )
    if not statement.agrees_with_ledger:
        said.append("以上数目与账本不一致，请先找县里的登记人员核对。")
    return said


def _last(statement: Statement, state: PayoutState) -> date | None:
    days = [line.day for line in statement.payouts if line.state is state]
    return max(days, default=None)


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _yuan(fen: int) -> str:
    whole, _, rest = yuan_text(fen).partition(".")
    return f"{int(whole):,}.{rest}"
