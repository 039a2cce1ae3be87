"""Cells about people are read into one written form, and refusals never hold what the cell says."""

from collections.abc import Callable
from datetime import date

import pytest

from domain import spreadsheet_people as people
from domain.cell_errors import CellError

TODAY = date(2026, 7, 1)


def identity(cell: object) -> str:
    return people.identity_number(cell, TODAY)


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("张三", "张三"),
        ("张 三", "张三"),
        ("\u3000张\u3000小三 ", "张小三"),
        ("阿布都•热西提", "阿布都·热西提"),
        ("阿布都・热西提", "阿布都·热西提"),
        ("𬱟小明", "𬱟小明"),
        ("张\ue863", "张\ue863"),
        ("Mary Anne O'Neil", "Mary Anne O'Neil"),
    ],
    ids=repr,
)
def test_a_name_is_read_in_one_form(cell: str, name: str) -> None:
    assert people.person_name(cell) == name


@pytest.mark.parametrize(
    "cell", ["张", "张*三", "张三1", "13812341234", "张三/李四", "·张三", "张·", 5], ids=repr
)
def test_what_is_no_name_is_refused(cell: object) -> None:
    with pytest.raises(CellError) as refusal:
        people.person_name(cell)
    assert refusal.value.code == "not_a_name"


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("13812341234", "13812341234"),
        (13812341234, "13812341234"),
        (13812341234.0, "13812341234"),
        ("138 1234 1234", "13812341234"),
        ("+86 138-1234-1234", "13812341234"),
        ("8613812341234", "13812341234"),
        ("１３８１２３４１２３４", "13812341234"),
        ("\u202d13812341234\u202c", "13812341234"),
        ("0859-4661234", "0859-4661234"),
        ("(0859)4661234", "0859-4661234"),
        ("010 62345678", "010-62345678"),
        ("02162345678", "021-62345678"),
    ],
    ids=repr,
)
def test_a_phone_number_is_read_in_one_form(cell: object, number: str) -> None:
    assert people.phone(cell) == number


@pytest.mark.parametrize(
    "cell", ["1381234123", "12812341234", "4661234", "13812341234/13912341234", "110", "电话"], ids=repr
)
def test_what_is_no_single_phone_number_is_refused(cell: str) -> None:
    with pytest.raises(CellError) as refusal:
        people.phone(cell)
    assert refusal.value.code == "not_a_phone"


def test_an_account_is_read_without_spaces() -> None:
    assert people.account_number("6217 9900 0000 0000 311") == "6217990000000000311"


def test_an_identity_number_is_read_with_an_upper_case_x() -> None:
    assert identity("110105 19491231 002x") == "11010519491231002X"
    assert identity("１１０１０５１９４９１２３１００２Ｘ") == "11010519491231002X"


@pytest.mark.parametrize(
    ("parse", "cell", "code"),
    [
        (people.account_number, 6217990000000000311, "digits_lost"),
        (people.account_number, "6.21799E+18", "scientific_notation"),
        (people.account_number, "6217990000000000312", "account_number_check_digit"),
        (people.account_number, "12345", "account_number_length"),
        (people.account_number, "现金", "account_number_characters"),
        (people.account_number, "无", "blank"),
        (identity, 522399195208254603, "digits_lost"),
        (identity, "5.22399E+17", "scientific_notation"),
        (identity, "110105194912310021", "identity_number_check_digit"),
        (identity, "110105491231002", "identity_number_length"),
        (identity, "11010520270101001X", "identity_number_birth_date"),
    ],
    ids=lambda given: getattr(given, "__name__", repr(given)),
)
def test_a_number_that_cannot_be_right_is_refused_without_being_told(
    parse: Callable[[object], str], cell: object, code: str
) -> None:
    with pytest.raises(CellError) as refusal:
        parse(cell)
    assert refusal.value.code == code
    told = refusal.value.reason() + refusal.value.reason("en") + repr(refusal.value)
    assert code == "blank" or str(cell) not in told
