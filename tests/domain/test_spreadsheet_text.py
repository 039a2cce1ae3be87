"""What a clumsy cell says, once its disguises are off."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.cell_errors import REASONS, CellError
from domain.spreadsheet_text import cleaned, is_blank, text_of, written

A_DAY_CELL = datetime(2026, 5, 1)  # noqa: DTZ001  spreadsheet readers give days without a zone


def reason_of(cell: object) -> str:
    with pytest.raises(CellError) as refusal:
        written(cell)
    return refusal.value.code


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("１２３４５", "12345"),
        ("ＳＭ", "SM"),
        ("胸径（ｃｍ）", "胸径(cm)"),
        ("\u3000 张 \u00a0 三\t", "张 三"),
        ("\ufeff\u200b7.3\u200d", "7.3"),
        ("\u202d13800000000\u202c", "13800000000"),
        ("two\r\nlines", "two lines"),
        (522326107213, "522326107213"),
        (5.9, "5.9"),
        (7.3 * 3 / 3, "7.3"),
        (0.1 + 0.2, "0.3"),
        (106.055738, "106.055738"),
        (0.00001, "0.00001"),
        (6.0, "6"),
        (float("nan"), ""),
        (float("inf"), ""),
        (None, ""),
        (A_DAY_CELL, "2026-05-01 00:00:00"),
        (date(2026, 5, 1), "2026-05-01"),
    ],
    ids=repr,
)
def test_a_cell_says_the_same_whatever_its_type_width_and_spaces(cell: object, said: str) -> None:
    assert text_of(cell) == said


@given(st.text(max_size=60))
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert cleaned(cleaned(text)) == cleaned(text)


@pytest.mark.parametrize(
    "cell",
    [
        None,
        "",
        "  ",
        "\u3000",
        "\u200b",
        "-",
        "——",
        "/",
        "\\",
        "无",
        "NaN",
        "NULL",
        "null",
        "None",
        "n/a",
        "－",
    ],
    ids=repr,
)
def test_what_looks_like_nothing_is_blank(cell: object) -> None:
    assert is_blank(cell)
    assert reason_of(cell) == "blank"


@pytest.mark.parametrize("cell", [0, "0", "否", "NA", False], ids=repr)
def test_what_says_something_is_not_blank(cell: object) -> None:
    assert not is_blank(cell)


@pytest.mark.parametrize("cell", ["1E+15", "5.22326E+15", "6.21799e18", "１Ｅ＋１５", " 1.E15 "], ids=repr)
def test_scientific_notation_is_refused_because_digits_are_gone(cell: str) -> None:
    assert reason_of(cell) == "scientific_notation"


@pytest.mark.parametrize(
    "cell", [6217990000000000311, 5223261072130001, 5.223261072130001e15, -1e15], ids=repr
)
def test_a_figure_of_more_than_fifteen_digits_is_refused_because_digits_are_gone(cell: float) -> None:
    assert reason_of(cell) == "digits_lost"


def test_a_figure_of_fifteen_digits_is_whole() -> None:
    assert written(999_999_999_999_999) == "999999999999999"


@pytest.mark.parametrize(
    "cell", ['="6217990000000000311"', "'6217990000000000311", "’6217990000000000311"], ids=repr
)
def test_digits_kept_as_text_by_a_trick_are_read(cell: str) -> None:
    assert written(cell) == "6217990000000000311"


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("#N/A", "formula_error"),
        ("#REF!", "formula_error"),
        ("=A1+1", "formula_error"),
        ('=""', "blank"),
        ("张\ufffd三", "broken_encoding"),
        ("张\x00三", "control_characters"),
        ("张\x9f三", "control_characters"),
    ],
    ids=repr,
)
def test_a_damaged_cell_is_refused_for_its_reason(cell: str, code: str) -> None:
    assert reason_of(cell) == code


def test_a_rare_character_of_an_old_font_is_let_through() -> None:
    assert written("张\ue863") == "张\ue863"


@given(st.one_of(st.text(max_size=40), st.floats(), st.integers(), st.booleans(), st.dates(), st.none()))
def test_any_cell_is_read_or_refused_for_a_known_reason(cell: object) -> None:
    try:
        said = written(cell)
    except CellError as error:
        said = error.code if error.code in REASONS else ""
    assert said == said.strip() != ""


@pytest.mark.parametrize("code", sorted(REASONS))
def test_every_reason_has_a_sentence_in_both_languages(code: str) -> None:
    details = {
        "most": 1,
        "low": 1,
        "high": 2,
        "step": 1,
        "unit": "cm",
        "length": 1,
        "choices": "a",
        "column": "b",
    }
    error = CellError(code, **details)
    chinese, english = error.reason(), error.reason("en")
    assert len(code) <= 40
    assert len(chinese) <= 300
    assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese)
    assert english.endswith(".")
    assert "{" not in chinese + english
