"""What is read of a bank statement, and what is refused."""

from collections.abc import Sequence
from datetime import date

import pytest

from domain.bank_lines import BankMovement, Span, read_lines, span_of
from domain.errors import Invalid

HEADER = ("交易日期", "流水号", "收入金额", "支出金额", "对方户名", "对方账号", "附言")


def read(*rows: Sequence[object], header: Sequence[object] = HEADER) -> list[BankMovement]:
    return read_lines(enumerate([header, *rows], start=1))


def test_a_line_is_a_day_two_numbers_and_an_amount() -> None:
    assert read(
        ("2026-09-02", "B1", "1,193.00", "", "财付通支付科技有限公司", "62", "提现 1217000000000001")
    ) == [BankMovement(date(2026, 9, 2), "B1", "1217000000000001", True, 119_300)]
    assert read(("2026/9/2", "B2", None, "3.5", "韦某", "", "")) == [
        BankMovement(date(2026, 9, 2), "B2", None, False, 350)
    ]


def test_a_column_of_references_goes_before_the_memo() -> None:
    header = ("日期", "流水号", "收入", "支出", "参考号", "附言")
    row = ("20260902", "B1", "1", "", "REF-2026-001", "又见 OTHER-000001")
    assert read(row, header=header)[0].reference == "REF-2026-001"


def test_words_of_a_memo_are_not_kept() -> None:
    assert read(("2026-09-02", "B1", "1", "", "", "", "韦大山的手续费"))[0].reference is None


def test_titles_above_and_totals_below_are_passed_over() -> None:
    rows = [("某银行对账单",), (), HEADER, ("2026-09-02", "B1", "1", ""), ("合计", "", "1", "0")]
    assert [line.serial for line in read_lines(enumerate(rows, start=1))] == ["B1"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (("不是日期", "B1", "1", ""), "bank_line_wrong"),
        (("2026-09-02", "B1", "一元", ""), "bank_line_wrong"),
        (("2026-09-02", "B1", "0.001", ""), "bank_line_wrong"),
        (("2026-09-02", 1e30, "1", ""), "bank_line_wrong"),
        (("2026-09-02", "B1", "1", "1"), "bank_line_amount"),
        (("2026-09-02", "B1", "0", "0"), "bank_line_amount"),
        (("2026-09-02", "B1", "-1", ""), "bank_line_amount"),
    ],
)
def test_a_line_that_cannot_be_meant_is_refused_with_its_row(row: Sequence[object], code: str) -> None:
    with pytest.raises(Invalid, match=code) as refused:
        read(row)
    assert (refused.value.fields or {})["row"] == 2


def test_a_number_of_the_banks_stands_in_a_file_once() -> None:
    with pytest.raises(Invalid, match="bank_serial_twice"):
        read(("2026-09-02", "B1", "1", ""), ("2026-09-03", "B1", "1", ""))


@pytest.mark.parametrize("header", [("日期", "收入", "支出"), ("a", "b"), ()])
def test_a_file_without_its_columns_is_refused(header: Sequence[object]) -> None:
    with pytest.raises(Invalid, match="bank_file_unreadable"):
        read(("2026-09-02", "B1", "1"), header=header)


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(Invalid, match="bank_file_unreadable"):
        read_lines([])


@pytest.mark.parametrize(
    ("days", "since", "until", "span"),
    [
        ((3, 5), None, None, (3, 5, 4)),
        ((5, 3), 1, None, (1, 5, 4)),
        ((3, 5), None, 8, (3, 8, 8)),
        ((3,), None, 10, (3, 10, 9)),
        ((), 1, 8, (1, 8, 8)),
        ((), 10, 10, (10, 10, 9)),
        ((), None, 8, None),
    ],
)
def test_the_days_of_a_statement(
    days: tuple[int, ...], since: int | None, until: int | None, span: tuple[int, int, int] | None
) -> None:
    def day(n: int | None) -> date | None:
        return None if n is None else date(2026, 9, n)

    lines = [BankMovement(date(2026, 9, n), f"B{n}", None, True, 100) for n in days]
    found = span_of(lines, since=day(since), until=day(until), today=date(2026, 9, 10))
    assert found == (None if span is None else Span(*(date(2026, 9, n) for n in span)))
