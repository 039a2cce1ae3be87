"""The household's statement on paper."""

from dataclasses import replace
from datetime import date

import pypdfium2
import pytest

from domain.income import CreditLine, Earnings, LineState, PayoutLine, PayoutState, Statement
from gateways.fonts import missing_characters
from gateways.statement_pages import statement_pdf
from tests.support.clock import START

LINE = CreditLine(
    day=date(2026, 9, 1),
    certificate="7K3M-9QX2-VB8T-CN4Q",
    order="D2609017K3M9QX2VB8T",
    year=2026,
    trees=3,
    sink_g=30_000,
    amount_fen=900,
    state=LineState.OWED,
    payable_from=date(2026, 9, 8),
)
STATEMENT = Statement(
    public_id="H1",
    number="5223261072130001",
    name="韦*三",
    place="望谟县石屯镇岜赖村",
    as_of=START,
    trees=450,
    earnings=Earnings(
        trees_sold=3, sink_g=30_000, earned_fen=1_234_500, in_transit_fen=200_000, paid_fen=34_500
    ),
    ledger_balance_fen=1_000_000,
    credits=(LINE,),
    payouts=(),
)


def pages_of(statement: Statement, **more: bool) -> list[str]:
    document = pypdfium2.PdfDocument(statement_pdf(statement, **more))
    pages = ["".join(str(page.get_textpage().get_text_bounded()).split()) for page in document]
    document.close()
    return pages


def test_it_says_in_plain_words_what_was_sold_earned_paid_and_is_owed() -> None:
    [page] = pages_of(STATEMENT)
    for sentence in (
        "望谟县石屯镇岜赖村韦*三家",
        "截至2026年9月1日",
        "您家登记的树现有450株。",
        "一共卖出3株",
        "卖树的钱一共12,345.00元",
        "已经发给您家345.00元。",
        "正在发放2,000.00元。",
        "还没有发10,000.00元。",
        "2026年9月1日39.00未发7K3M-9QX2-VB8T-CN4Q",
    ):
        assert sentence in page
    assert "账本不一致" not in page


def test_its_type_is_large() -> None:
    document = pypdfium2.PdfDocument(statement_pdf(STATEMENT))
    sizes = [thing.get_bounds() for thing in document[0].get_objects()]
    heights = sorted(top - bottom for _, bottom, _, top in sizes if 4 < top - bottom < 40)
    assert heights[len(heights) // 2] > 10
    document.close()


def test_a_long_statement_goes_on_over_the_page_with_its_header() -> None:
    lines = tuple(replace(LINE, order=f"D{number}", trees=number) for number in range(1, 61))
    pages = pages_of(replace(STATEMENT, credits=lines))
    assert len(pages) == 3
    assert all("卖出日期株数元状态证书编号" in page for page in pages)
    assert "".join(pages).count("7K3M-9QX2-VB8T-CN4Q") == 60
    assert [f"第{number}页" in page for number, page in enumerate(pages, 1)] == [True] * 3


@pytest.mark.parametrize(("lines", "pages"), [(0, 1), (2000, 80)])
def test_any_number_of_sales_is_printed(lines: int, pages: int) -> None:
    printed = pages_of(replace(STATEMENT, credits=(LINE,) * lines))
    assert abs(len(printed) - pages) <= pages // 5
    assert ("还没有卖出树" in printed[0]) is (lines == 0)


def test_payments_and_what_came_back_are_listed() -> None:
    paid = PayoutLine(date(2026, 10, 1), "7", 34_500, PayoutState.RELEASED)
    back = PayoutLine(date(2026, 10, 9), "7", 34_500, PayoutState.BOUNCED)
    [page] = pages_of(replace(STATEMENT, payouts=(paid, back)))
    assert "2026年10月1日345.00已划出" in page
    assert "2026年10月9日345.00没到账，退回" in page


def test_figures_that_the_book_does_not_bear_out_are_marked() -> None:
    [page] = pages_of(replace(STATEMENT, ledger_balance_fen=1))
    assert "账本不一致" in page


def test_a_demonstration_says_so_on_every_page() -> None:
    pages = pages_of(replace(STATEMENT, credits=(LINE,) * 60), demo=True)
    assert all("演示数据，不是真实收入" in page for page in pages)


def test_the_same_facts_give_the_same_bytes() -> None:
    assert statement_pdf(STATEMENT) == statement_pdf(STATEMENT)


def test_every_word_of_it_can_be_printed() -> None:
    assert missing_characters("".join(pages_of(STATEMENT))) == []
