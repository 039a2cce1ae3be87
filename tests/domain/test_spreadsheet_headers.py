"""Columns are found by any of their names; a header that would be misread is refused."""

import csv
import gzip
from datetime import date
from pathlib import Path

import pytest

from domain import spreadsheet_people as people
from domain import spreadsheet_values as values
from domain.reference_tables import REFERENCE_FOLDER
from domain.spreadsheet_headers import (
    HOUSEHOLD_COLUMNS,
    TREE_COLUMNS,
    Column,
    canonical_header,
    find_header,
    match_headers,
)

SURVEY = REFERENCE_FOLDER / "survey_wangmo"
TREE_HEADER = [
    "户编号",
    "树牌号",
    "树种代码",
    "胸径cm",
    "树高m",
    "栽植年份",
    "起源",
    "造林项目",
    "经度",
    "纬度",
    "调查日期",
    "调查员",
]


def sheet(path: Path) -> list[list[str]]:
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8")
    return list(csv.reader(text.splitlines()))


def with_header(place: int, header: str) -> list[str]:
    return [*TREE_HEADER[:place], header, *TREE_HEADER[place + 1 :]]


def codes(row: list[str], columns: tuple[Column, ...] = TREE_COLUMNS) -> list[str]:
    return [problem.error.code for problem in match_headers(row, columns).problems]


def test_the_sample_sheets_are_read_with_their_byte_order_mark() -> None:
    for path, columns in (
        (SURVEY / "households.csv", HOUSEHOLD_COLUMNS),
        (SURVEY / "trees.csv.gz", TREE_COLUMNS),
    ):
        found = match_headers(sheet(path)[0], columns)
        assert found.problems == ()
        assert found.ignored == ()
        assert list(found.places.values()) == list(range(len(columns)))


@pytest.mark.parametrize(
    "header",
    [
        "胸径",
        "胸径(cm)",
        "胸径（厘米）",
        "胸径/cm",
        " 胸 径 cm",
        "*胸径(cm)必填",
        "DBH",
        "dbh_cm",
        "ＤＢＨ（CM）",
    ],
    ids=repr,
)
def test_a_column_is_found_by_any_of_its_names(header: str) -> None:
    found = match_headers(with_header(3, header), TREE_COLUMNS)
    assert found.problems == ()
    assert found.places["dbh_mm"] == 3


@pytest.mark.parametrize(
    "header", ["胸围", "胸围cm", "周长(cm)", "树干围径", "Girth_cm", "胸 围", "胸径(周长)"], ids=repr
)
def test_a_girth_is_refused_and_not_called_a_missing_diameter(header: str) -> None:
    (problem,) = match_headers(with_header(3, header), TREE_COLUMNS).problems
    assert (problem.place, problem.error.code) == (3, "header_girth")
    assert "胸围" in problem.error.reason()


@pytest.mark.parametrize(
    ("place", "header", "code"),
    [
        (3, "地径cm", "header_not_dbh"),
        (3, "米径", "header_not_dbh"),
        (3, "胸径mm", "header_wrong_unit"),
        (3, "DBH(m)", "header_wrong_unit"),
        (4, "树高cm", "header_wrong_unit"),
        (4, "树高(尺)", "header_wrong_unit"),
        (1, "编号", "header_missing"),
        (3, "胸径测量人", "header_missing"),
    ],
    ids=repr,
)
def test_a_header_that_would_be_misread_is_refused(place: int, header: str, code: str) -> None:
    assert codes(with_header(place, header)) == [code]


def test_a_column_that_stands_twice_is_refused_under_either_name() -> None:
    assert codes([*TREE_HEADER, "胸径"]) == ["header_repeated"]
    assert codes([*TREE_HEADER, "DBH(cm)"]) == ["header_repeated"]


def test_every_problem_of_a_header_is_told_at_once() -> None:
    row = ["树牌号", "胸围", "树高cm", "树牌号"]
    assert codes(row) == [
        "header_girth",
        "header_wrong_unit",
        "header_repeated",
        *["header_missing"] * 8,
    ]


def test_optional_columns_may_be_missing_and_others_are_ignored_by_name() -> None:
    row = [header for header in TREE_HEADER if header != "造林项目"] + ["备注", "", None]
    found = match_headers(row, TREE_COLUMNS)
    assert found.problems == ()
    assert "project" not in found.places
    assert found.ignored == ("备注",)


def test_a_header_that_comes_again_further_down_is_known() -> None:
    found = match_headers(TREE_HEADER, TREE_COLUMNS)
    assert found.repeated_by([f" {header}" for header in TREE_HEADER])
    assert not found.repeated_by(["5223261072130001", *TREE_HEADER[1:]])
    assert not found.repeated_by(TREE_HEADER[:5])
    assert not match_headers(["备注"], TREE_COLUMNS).repeated_by(["备注"])


def test_a_title_above_the_header_is_skipped() -> None:
    rows: list[list[object]] = [
        ["望谟县单株碳汇调查表", None],
        [None, None],
        list(TREE_HEADER),
        ["5223261072130001"],
    ]
    place, found = find_header(rows, TREE_COLUMNS)
    assert place == 2
    assert found.problems == ()


def test_a_sheet_without_rows_has_no_header() -> None:
    with pytest.raises(ValueError, match="without rows"):
        find_header([], TREE_COLUMNS)


def test_names_of_one_table_never_name_two_columns() -> None:
    for columns in (HOUSEHOLD_COLUMNS, TREE_COLUMNS):
        names = [canonical_header(name) for column in columns for name in column.names]
        assert len(names) == len(set(names))


def test_every_row_of_the_sample_households_is_read() -> None:
    rows = sheet(SURVEY / "households.csv")[1:]
    assert len(rows) == 265
    for row in rows:
        assert values.digits(row[0], 16).startswith(values.digits(row[1], 12))
        assert people.person_name(row[2]) == row[2]
        assert people.identity_number(row[3], date(2026, 7, 1)) == row[3]
        assert people.phone(row[4]) == row[4]
        assert 1 <= values.integer(row[6], 1, 30) <= 7
        assert values.fen(row[7]) > 0
        assert people.account_number(row[9]) == row[9]
        assert values.day(row[11]) == date(2026, 3, 15)
        assert values.yes_no(row[12]) is (row[12] == "是")


def test_every_tree_of_the_sample_is_read() -> None:
    rows = sheet(SURVEY / "trees.csv.gz")[1:]
    assert len(rows) == 92_850
    millimetres = [values.dbh_mm(row[3]) for row in rows]
    centimetres = [values.height_cm(row[4]) for row in rows]
    days = [values.day(row[10]) for row in rows]
    assert (min(millimetres), max(millimetres)) == (50, 80)
    assert (min(centimetres), max(centimetres)) == (400, 700)
    assert (min(days), max(days)) == (date(2026, 3, 1), date(2026, 6, 28))
    assert str(min(values.longitude(row[8]) for row in rows)) == "106.039402"
    assert str(max(values.latitude(row[9]) for row in rows)) == "25.362615"
