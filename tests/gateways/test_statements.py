"""Tables as files: no cell becomes a formula, no long number loses a digit."""

import csv
import io
from typing import Any

import pytest
from openpyxl import load_workbook

from gateways.statements import csv_bytes, safe_text, xlsx_bytes

FORMULAS = [
    '=HYPERLINK("http://evil.example","x")',
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    " =1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    "\u200b=1+1",
    "\ufeff=1+1",
    "\u3000=1+1",
]


def read_csv(written: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_could_be_a_formula_begins_with_an_apostrophe(text: str) -> None:
    assert safe_text(text) == "'" + text
    assert read_csv(csv_bytes([[text]])) == [["'" + text]]


@pytest.mark.parametrize("text", ["韦*三", "7K3M-9QX2-VB8T-CN4Q", "3.00", "2026-09-01", "a=b", ""])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert safe_text(text) == text


def test_excel_knows_the_csv_for_utf8_and_reads_its_lines() -> None:
    written = csv_bytes([["名称", "元"], ['打狼村,"新"', 3]])
    assert written.startswith(b"\xef\xbb\xbf")
    assert written.count(b"\r\n") == 2
    assert read_csv(written) == [["名称", "元"], ['打狼村,"新"', "3"]]


def test_a_household_number_keeps_its_last_digit_in_excel() -> None:
    [[number, village]] = read_csv(csv_bytes([["5223261072130001", "522326107213"]]))
    assert number == "5223261072130001\t"
    assert village == "522326107213"


def test_a_negative_number_stays_a_number() -> None:
    assert read_csv(csv_bytes([[-5, None]])) == [["-5", ""]]


def sheet_of(written: bytes) -> Any:
    return load_workbook(io.BytesIO(written)).active


@pytest.mark.parametrize("text", [*FORMULAS[:4], "5223261072130001"])
def test_a_workbook_keeps_texts_as_texts(text: str) -> None:
    sheet = sheet_of(xlsx_bytes("income", [["名称"], [text]]))
    assert sheet["A2"].data_type == "s"
    assert sheet["A2"].value == text


def test_a_workbook_keeps_numbers_as_numbers() -> None:
    sheet = sheet_of(xlsx_bytes("income", [["名称", "分"], ["打狼村", 4_458_000_00], ["新合村", None]]))
    assert (sheet["B2"].data_type, sheet["B2"].value) == ("n", 4_458_000_00)
    assert sheet["B3"].value is None
    assert sheet.title == "income"
    assert sheet.freeze_panes == "A2"
    assert sheet["A1"].font.bold


def test_a_character_that_xml_cannot_hold_is_left_out() -> None:
    assert sheet_of(xlsx_bytes("income", [["a\x00\x0bb"]]))["A1"].value == "ab"
