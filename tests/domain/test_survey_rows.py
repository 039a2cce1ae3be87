"""Rows of survey sheets: what is read, what is refused, and where the finger points."""

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.cell_errors import REASONS
from domain.household_rows import household_reader
from domain.sheet_problems import SHEET_REASONS, SheetProblem, reason
from domain.spreadsheet_headers import HOUSEHOLD_COLUMNS, TREE_COLUMNS, match_headers
from domain.survey_headers import header_problems
from domain.survey_rows import RowReader
from domain.tree_rows import tree_reader
from tests.support.sheets import HOUSEHOLD_HEADER, TREE_HEADER, Row, household_row, tree_row

TODAY = date(2026, 9, 1)
SPECIES = {"SM": "SM", "杉木": "SM"}

CELLS = st.one_of(
    st.none(),
    st.text(max_size=30),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
    st.sampled_from(["1E+15", "=A1", "#N/A", "５２", "2026-13-01", "√", "\x00", "陈·国", "9" * 400, -0.0]),
)


def households(header: tuple[str, ...] = HOUSEHOLD_HEADER) -> RowReader:
    return household_reader(match_headers(header, HOUSEHOLD_COLUMNS), TODAY)


def trees(header: tuple[str, ...] = TREE_HEADER) -> RowReader:
    return tree_reader(match_headers(header, TREE_COLUMNS), TODAY, SPECIES)


def problems_of(reader: RowReader, row: Row, *more: object) -> list[tuple[str, str]]:
    _, problems = reader.read(2, [*row.values(), *more])
    return [(problem.column, problem.code) for problem in problems]


def test_a_good_household_row_is_read_into_exact_values() -> None:
    values, problems = households().read(2, [*household_row().values()])
    assert problems == []
    assert values["people"] == 4
    assert values["income_per_person_yuan"] == 3354
    assert values["sale_consent_on"] == date(2026, 3, 15)
    assert values["name_public"] is True


def test_a_good_tree_row_is_read_into_exact_values() -> None:
    day = datetime(2026, 5, 1)  # noqa: DTZ001 - a spreadsheet's days have no zone
    row = tree_row(树种代码="杉木", 胸径cm="６.５", 调查日期=day)
    values, problems = trees().read(2, [*row.values()])
    assert problems == []
    assert (values["dbh_mm"], values["height_cm"], values["planted_year"]) == (65, 590, 2015)
    assert values["species_code"] == "SM"
    assert f"{values['longitude']},{values['latitude']}" == "106.055738,25.320096"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"户编号": 5223261072130001}, [("户编号", "digits_lost")]),
        ({"户编号": "5.22326E+15"}, [("户编号", "scientific_notation")]),
        ({"户编号": "5223261072140001"}, [("户编号", "number_not_of_village")]),
        ({"户编号": ""}, [("户编号", "blank")]),
        ({"户主姓名": "陈国光1"}, [("户主姓名", "not_a_name")]),
        ({"身份证号": "522399195208254604"}, [("身份证号", "identity_number_check_digit")]),
        ({"身份证号": "1E+15"}, [("身份证号", "scientific_notation")]),
        ({"联系电话": ""}, []),
        ({"联系电话": "123"}, [("联系电话", "not_a_phone")]),
        ({"户属性": "建档立卡贫困户"}, [("户属性", "not_a_choice")]),
        ({"家庭人口": "0"}, [("家庭人口", "out_of_range")]),
        ({"家庭人口": "4人"}, []),
        ({"上年人均纯收入元": "-1"}, [("上年人均纯收入", "out_of_range")]),
        ({"上年人均纯收入元": ""}, []),
        ({"开户行": "", "银行账号": ""}, []),
        ({"开户行": ""}, [("开户行", "account_without_bank")]),
        ({"银行账号": ""}, [("银行账号", "bank_without_account")]),
        ({"银行账号": "6217990000000000312"}, [("银行账号", "account_number_check_digit")]),
        ({"林权证号": ""}, [("林权证号", "blank")]),
        ({"知情同意日期": "2026-09-02"}, [("知情同意日期", "date_out_of_range")]),
        ({"知情同意日期": ""}, [("知情同意日期", "consent_date_missing")]),
        ({"知情同意日期": "", "同意公开姓名": "否"}, []),
        ({"同意公开姓名": "也许"}, [("同意公开姓名", "not_yes_or_no")]),
        ({"户主姓名": "", "家庭人口": "x"}, [("户主姓名", "blank"), ("家庭人口", "not_a_number")]),
    ],
    ids=repr,
)
def test_a_household_row_is_refused_where_it_is_wrong(changes: Row, expected: list[tuple[str, str]]) -> None:
    assert problems_of(households(), household_row(**changes)) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"树牌号": ""}, [("树牌号", "blank")]),
        ({"树牌号": "一号树"}, [("树牌号", "tag_malformed")]),
        ({"树牌号": "A" * 41}, [("树牌号", "tag_malformed")]),
        ({"树牌号": "WM-17"}, []),
        ({"树牌号": "5223261072130002-001"}, [("树牌号", "tag_not_of_household")]),
        ({"树种代码": "XX"}, [("树种代码", "species_not_listed")]),
        ({"树种代码": "sm"}, []),
        ({"胸径cm": "4.9"}, [("胸径", "dbh_out_of_range")]),
        ({"胸径cm": "100.1"}, [("胸径", "dbh_out_of_range")]),
        ({"胸径cm": "6.55"}, [("胸径", "too_fine")]),
        ({"胸径cm": "6.5cm"}, []),
        ({"胸径cm": 6.5}, []),
        ({"树高m": "3.9"}, [("树高", "height_out_of_range")]),
        ({"树高m": "50.5"}, [("树高", "height_out_of_range")]),
        ({"栽植年份": "2027"}, [("栽植年份", "out_of_range")]),
        ({"栽植年份": "2026", "调查日期": "2025-05-01"}, [("栽植年份", "planted_after_survey")]),
        ({"起源": "天然"}, [("起源", "origin_not_planted")]),
        ({"造林项目": ""}, []),
        (
            {"经度": "25.320096", "纬度": "106.055738"},
            [("经度", "longitude_latitude_swapped"), ("纬度", "longitude_latitude_swapped")],
        ),
        ({"经度": "120"}, [("经度", "longitude_out_of_range")]),
        ({"纬度": ""}, [("纬度", "blank")]),
        ({"调查日期": "2026-09-02"}, [("调查日期", "date_out_of_range")]),
        ({"调查日期": 46143}, []),
        ({"调查员": ""}, [("调查员", "blank")]),
    ],
    ids=repr,
)
def test_a_tree_row_is_refused_where_it_is_wrong(changes: Row, expected: list[tuple[str, str]]) -> None:
    assert problems_of(trees(), tree_row(**changes)) == expected


def test_a_problem_carries_a_masked_value_and_can_be_told_in_both_languages() -> None:
    _, (problem,) = households().read(7, [*household_row(身份证号="522399195208254604").values()])
    assert problem == SheetProblem(7, "身份证号", "522***********4604", "identity_number_check_digit")
    assert reason(problem.code, problem.details) == "身份证号校验位不对，请核对原件。"
    assert "check digit" in reason(problem.code, problem.details, "en")


def test_a_cell_without_a_header_tells_of_a_shifted_row_without_showing_it() -> None:
    reader = households()
    cells = [*household_row().values(), "522399195208254603"]
    _, (problem,) = reader.read(2, cells)
    assert (problem.column, problem.code, problem.value) == ("#14", "cell_without_header", "")
    assert reader.read(3, [*household_row().values(), "", None, " "])[1] == []


def test_the_header_again_is_one_problem() -> None:
    _, problems = trees().read(9, list(TREE_HEADER))
    assert [problem.code for problem in problems] == ["header_row_again"]


def test_a_true_cell_is_no_number_one() -> None:
    reader = households()
    assert problems_of(reader, household_row(同意公开姓名="1")) == []
    assert problems_of(reader, household_row(家庭人口=True)) == [("家庭人口", "not_a_number")]


def header_codes(header: list[Any], columns: Any = HOUSEHOLD_COLUMNS) -> list[tuple[str, str, bool]]:
    found = header_problems(1, match_headers(header, columns), columns, 2)
    return [(problem.column, problem.code, problem.blocks) for problem in found]


def test_headers_are_judged_column_by_column() -> None:
    good = list(HOUSEHOLD_HEADER)
    assert header_codes(good) == []
    assert header_codes([*good, "备注"]) == [("备注", "header_unknown", False)]
    assert header_codes([name for name in good if name != "联系电话"]) == []
    assert header_codes([name for name in good if name != "身份证号"]) == [
        ("身份证号", "header_missing", True)
    ]
    assert header_codes([*good, "姓名"]) == [("姓名", "header_repeated", True)]


def test_an_unknown_column_beside_a_missing_optional_one_may_be_that_one() -> None:
    misspelt = ["银行账户" if name == "银行账号" else name for name in HOUSEHOLD_HEADER]
    assert header_codes(misspelt) == [("银行账户", "header_perhaps_misspelt", True)]


def test_a_girth_is_never_taken_for_a_diameter() -> None:
    girth = ["胸围cm" if name == "胸径cm" else name for name in TREE_HEADER]
    assert header_codes(girth, TREE_COLUMNS) == [("胸围cm", "header_girth", True)]


def test_data_where_the_header_should_be_is_not_shown() -> None:
    found = header_problems(
        1, match_headers([*household_row().values()], HOUSEHOLD_COLUMNS), HOUSEHOLD_COLUMNS, 2
    )
    assert [(problem.code, problem.column, problem.value) for problem in found] == [
        ("header_row_missing", "", "")
    ]


def test_every_reason_has_two_languages_and_one_meaning() -> None:
    assert not SHEET_REASONS.keys() & REASONS.keys()
    for code, (chinese, english) in SHEET_REASONS.items():
        assert chinese.endswith("。"), code
        assert english.endswith("."), code
        assert reason(code, {}) != reason(code, {}, "en")


@given(st.lists(CELLS, max_size=15))
def test_no_cells_make_a_household_row_fail_otherwise(cells: list[object]) -> None:
    values, problems = households().read(2, cells)
    assert problems
    assert values.keys() == {column.field for column in HOUSEHOLD_COLUMNS}
    assert all(reason(problem.code, problem.details) for problem in problems)


@given(st.lists(CELLS, max_size=15))
def test_no_cells_make_a_tree_row_fail_otherwise(cells: list[object]) -> None:
    values, problems = trees().read(2, cells)
    assert problems
    assert values.keys() == {column.field for column in TREE_COLUMNS}
    assert all(reason(problem.code, problem.details) for problem in problems)
