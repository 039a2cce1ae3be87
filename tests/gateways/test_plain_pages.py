"""The household's sheet in big numbers."""

import ctypes
from dataclasses import replace
from datetime import date
from typing import Any

import pypdfium2
import pytest

from domain.income import Earnings, LineState, PayoutLine, PayoutState, Statement
from domain.plain_statements import plain
from gateways.fonts import missing_characters
from gateways.plain_pages import plain_pdf
from tests.gateways.test_statement_pages import LINE, STATEMENT

RIPE = replace(LINE, payable_from=date(2026, 8, 20), amount_fen=500_000)
PAYOUTS = (
    PayoutLine(date(2026, 8, 1), "1", 34_500, PayoutState.RELEASED),
    PayoutLine(date(2026, 8, 3), "1", 34_500, PayoutState.ARRIVED),
    PayoutLine(date(2026, 8, 28), "2", 200_000, PayoutState.RELEASED),
)
BOUNCED = PayoutLine(date(2026, 8, 30), "2", 200_000, PayoutState.BOUNCED)
FULL = replace(STATEMENT, credits=(LINE, RIPE), payouts=PAYOUTS)
EMPTY = replace(STATEMENT, trees=0, earnings=Earnings(), ledger_balance_fen=0, credits=(), payouts=())


def words_of(statement: Statement) -> list[str]:
    sheet = plain(statement)
    said = [part for block in sheet.blocks for part in (block.label, block.yuan, *block.notes)]
    return [*said, *sheet.warnings]


def opened(statement: Statement, **more: bool) -> Any:
    return pypdfium2.PdfDocument(plain_pdf(plain(statement), **more))


def test_it_says_what_was_earned_paid_is_on_its_way_and_is_to_come() -> None:
    assert words_of(FULL) == [
        "一共挣了",
        "12,345.00",
        "卖了 3 株树，一株树卖一年算一株。",
        "已经到账",
        "345.00",
        "最近一次是2026年8月3日。",
        "正在路上",
        "2,000.00",
        "2026年8月28日划出，还不知道到没到账。",
        "还没有发",
        "10,000.00",
        "其中 5,000.00 元可以发了，等下一批。",
        "其余的从2026年9月8日起可以发。",
    ]


def test_a_household_that_has_sold_nothing_is_told_so_and_promised_nothing() -> None:
    assert words_of(EMPTY) == [
        "一共挣了",
        "0.00",
        "还没有卖出树。",
        "已经到账",
        "0.00",
        "正在路上",
        "0.00",
        "还没有发",
        "0.00",
    ]


def test_money_that_came_back_is_said_until_it_is_sent_again() -> None:
    back = replace(FULL, payouts=(*PAYOUTS, BOUNCED))
    [warning] = plain(back).warnings
    assert warning == "2026年8月30日有 2,000.00 元没有到账，退回来了。请去核对收款账户。"
    again = PayoutLine(date(2026, 8, 31), "3", 200_000, PayoutState.RELEASED)
    assert plain(replace(FULL, payouts=(*PAYOUTS, BOUNCED, again))).warnings == ()


def test_a_sum_the_book_does_not_know_is_never_handed_out_unsaid() -> None:
    [warning] = plain(replace(FULL, ledger_balance_fen=1)).warnings
    assert warning.startswith("以上数目与账本不一致")


def test_what_was_refunded_may_not_be_paid_later() -> None:
    gone = replace(FULL, credits=(replace(LINE, state=LineState.REFUNDED), RIPE))
    assert not [word for word in words_of(gone) if "其余" in word]


@pytest.mark.parametrize("statement", [FULL, EMPTY, replace(FULL, payouts=(*PAYOUTS, BOUNCED))])
def test_it_is_one_page_without_small_print(statement: Statement) -> None:
    document = opened(statement, demo=True)
    assert len(document) == 1
    size, sizes = ctypes.c_float(), set[int]()
    for part in document[0].get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_TEXT]):
        pypdfium2.raw.FPDFTextObj_GetFontSize(part.raw, ctypes.byref(size))
        sizes.add(round(size.value))
    assert min(sizes) >= 18
    assert max(sizes) >= 40
    text = "".join(str(document[0].get_textpage().get_text_bounded()).split())
    document.close()
    for said in (*words_of(statement), "请问村干部", "演示数据"):
        assert "".join(said.split()) in text


def test_every_character_has_a_glyph() -> None:
    sheet = plain(replace(FULL, payouts=(*PAYOUTS, BOUNCED), ledger_balance_fen=1))
    words = [*words_of(FULL), *sheet.warnings, *sheet.closing, sheet.title, sheet.owner, sheet.day]
    assert missing_characters("".join(words)) == []


def test_the_same_facts_give_the_same_bytes() -> None:
    assert plain_pdf(plain(FULL)) == plain_pdf(plain(FULL))


def test_much_to_say_goes_on_on_another_page() -> None:
    sheet = replace(plain(FULL), warnings=("一" * 400,))
    document = pypdfium2.PdfDocument(plain_pdf(sheet))
    assert len(document) == 2
    document.close()
