"""Clumsy cells become exact values, or are refused for a reason a surveyor can act on."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import spreadsheet_values as values
from domain.cell_errors import REASONS, CellError

A_DAY_CELL = datetime(2026, 5, 1, 13, 30)  # noqa: DTZ001  spreadsheet readers give days without a zone
A_FAR_DAY_CELL = datetime(2100, 1, 1)  # noqa: DTZ001  spreadsheet readers give days without a zone


def reason_of(parse: Callable[[object], object], cell: object) -> str:
    with pytest.raises(CellError) as refusal:
        parse(cell)
    assert refusal.value.reason()
    assert refusal.value.reason("en")
    return refusal.value.code


def people(cell: object) -> int:
    return values.integer(cell, 1, 20, units=("人",))


def planted(cell: object) -> int:
    return values.year(cell, 1990, 2026)


@pytest.mark.parametrize("cell", ["6", " ６ ", 6, 6.0, "6.0", "6人", "6 人", "+6"], ids=repr)
def test_a_whole_number_is_read_in_any_dress(cell: object) -> None:
    assert people(cell) == 6


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("6.5", "not_whole"),
        ("0", "out_of_range"),
        ("21", "out_of_range"),
        ("-3", "out_of_range"),
        ("六", "not_a_number"),
        ("6户", "not_a_number"),
        (True, "not_a_number"),
        ("1_0", "not_a_number"),
        ("٣", "not_a_number"),
        ("9" * 400, "not_a_number"),
        ("Infinity", "not_a_number"),
        ("NaN", "blank"),
        ("1E+15", "scientific_notation"),
    ],
    ids=repr,
)
def test_what_is_no_whole_number_in_range_is_refused(cell: object, code: str) -> None:
    assert reason_of(people, cell) == code


def test_grouping_commas_are_read_and_decimal_commas_refused() -> None:
    assert values.decimal("1,234,567.5") == Decimal("1234567.5")
    assert reason_of(values.decimal, "7,3") == "not_a_number"
    assert reason_of(values.decimal, "12,34") == "not_a_number"


@pytest.mark.parametrize(
    "cell", ["7.3", 7.3, "７．３", "7.30", "7.3cm", "7.3 厘米", 7.300000000000001], ids=repr
)
def test_centimetres_become_millimetres_exactly(cell: object) -> None:
    assert values.dbh_mm(cell) == 73


@pytest.mark.parametrize("cell", ["5.9", 5.9, "5.90", "5.9m", "5.9米"], ids=repr)
def test_metres_become_centimetres_exactly(cell: object) -> None:
    assert values.height_cm(cell) == 590


@given(st.integers(50, 1000))
def test_every_tenth_of_a_centimetre_is_exact_as_text_and_as_figure(millimetres: int) -> None:
    assert values.dbh_mm(f"{millimetres // 10}.{millimetres % 10}") == millimetres
    assert values.dbh_mm(millimetres / 10) == millimetres


@given(st.integers(400, 5000))
def test_every_hundredth_of_a_metre_is_exact_as_text_and_as_figure(centimetres: int) -> None:
    assert values.height_cm(f"{centimetres // 100}.{centimetres % 100:02d}") == centimetres
    assert values.height_cm(centimetres / 100) == centimetres


@pytest.mark.parametrize(
    ("parse", "cell", "code"),
    [
        (values.dbh_mm, "4.9", "dbh_out_of_range"),
        (values.dbh_mm, "100.1", "dbh_out_of_range"),
        (values.dbh_mm, "7.35", "too_fine"),
        (values.dbh_mm, "73mm", "not_a_number"),
        (values.dbh_mm, "7.3m", "not_a_number"),
        (values.dbh_mm, "约7", "not_a_number"),
        (values.dbh_mm, "", "blank"),
        (values.height_cm, "3.99", "height_out_of_range"),
        (values.height_cm, "50.01", "height_out_of_range"),
        (values.height_cm, "5.901", "too_fine"),
        (values.height_cm, "590cm", "not_a_number"),
        (values.fen, "1.005", "too_fine"),
    ],
    ids=lambda given: getattr(given, "__name__", repr(given)),
)
def test_a_measure_that_cannot_be_meant_is_refused(
    parse: Callable[[object], object], cell: object, code: str
) -> None:
    assert reason_of(parse, cell) == code


def test_the_refusal_of_a_fine_measure_names_the_step() -> None:
    with pytest.raises(CellError) as refusal:
        values.dbh_mm("7.35")
    assert refusal.value.reason() == "最多精确到 0.1cm。"


@pytest.mark.parametrize("cell", ["3354.5", 3354.5, "3,354.50", "¥3354.50", "3354.5元"], ids=repr)
def test_yuan_become_fen_exactly(cell: object) -> None:
    assert values.fen(cell) == 335_450


@pytest.mark.parametrize(
    "cell",
    [
        "2026-05-01",
        "2026/5/1",
        "2026.05.01",
        "２０２６－０５－０１",
        "2026年5月1日",
        "2026 年 5 月 1 号",
        "20260501",
        20260501,
        "2026-05-01 00:00:00",
        "2026/5/1 8:30",
        46143,
        46143.0,
        46143.75,
        "46143",
        A_DAY_CELL,
        date(2026, 5, 1),
    ],
    ids=repr,
)
def test_a_day_is_read_in_any_dress(cell: object) -> None:
    assert values.day(cell) == date(2026, 5, 1)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("2026-02-30", "date_impossible"),
        ("20261301", "date_impossible"),
        ("2026年2月29日", "date_impossible"),
        ("2026-05", "date_incomplete"),
        ("2026年5月", "date_incomplete"),
        ("05/01/2026", "date_ambiguous"),
        ("1.5.26", "date_ambiguous"),
        ("去年春天", "not_a_date"),
        ("٢٠٢٦-05-01", "not_a_date"),
        ("2026-05/01", "not_a_date"),
        (20, "not_a_date"),
        (True, "not_a_date"),
        ("1949-12-31", "date_out_of_range"),
        ("0001-01-01", "date_out_of_range"),
        (99999, "date_out_of_range"),
        (A_FAR_DAY_CELL, "date_out_of_range"),
        ("-", "blank"),
        (None, "blank"),
    ],
    ids=repr,
)
def test_what_is_no_possible_day_is_refused(cell: object, code: str) -> None:
    assert reason_of(values.day, cell) == code


def test_a_day_after_the_last_allowed_one_is_refused_and_the_bounds_are_named() -> None:
    with pytest.raises(CellError) as refusal:
        values.day("2026-07-02", date(2026, 1, 1), date(2026, 7, 1))
    assert refusal.value.reason() == "日期应在 2026-01-01 至 2026-07-01 之间。"


@pytest.mark.parametrize("cell", ["2015", 2015, 2015.0, "2015.0", "２０１５年"], ids=repr)
def test_a_year_is_read_in_any_dress(cell: object) -> None:
    assert planted(cell) == 2015


@pytest.mark.parametrize(
    ("cell", "code"),
    [("15", "not_a_year"), ("2015-03", "not_a_year"), ("1989", "out_of_range"), ("2027", "out_of_range")],
    ids=repr,
)
def test_what_is_no_possible_year_is_refused(cell: object, code: str) -> None:
    assert reason_of(planted, cell) == code


@pytest.mark.parametrize(
    ("cell", "answer"),
    [
        *((cell, True) for cell in ("是", "有", "Y", "yes", "1", 1, 1.0, True, "√", "TRUE", " 是 ", "同意")),
        *((cell, False) for cell in ("否", "无", "N", "no", "0", 0, False, "×", "不同意")),
    ],
    ids=repr,
)
def test_yes_and_no_are_read_in_any_dress(cell: object, answer: bool) -> None:
    assert values.yes_no(cell) is answer


@pytest.mark.parametrize(
    ("cell", "code"),
    [("", "blank"), ("-", "blank"), (None, "blank"), ("也许", "not_yes_or_no"), (2, "not_yes_or_no")],
    ids=repr,
)
def test_what_is_neither_yes_nor_no_is_refused(cell: object, code: str) -> None:
    assert reason_of(values.yes_no, cell) == code


def test_a_code_of_digits_is_read_from_text_and_from_a_figure_that_is_whole() -> None:
    assert values.digits("5223 2610 7213", 12) == "522326107213"
    assert values.digits(522326107213, 12) == "522326107213"
    assert values.digits("5223261072130001", 16) == "5223261072130001"


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("52232610721", "wrong_length"),
        ("52232610721O", "not_digits"),
        ("522326107213.5", "not_digits"),
        (5223261072130001, "digits_lost"),
        (5.22326107213e15, "digits_lost"),
        ("5.22326E+11", "scientific_notation"),
    ],
    ids=repr,
)
def test_what_is_no_code_of_twelve_digits_is_refused(cell: object, code: str) -> None:
    assert reason_of(lambda it: values.digits(it, 12), cell) == code


def test_a_text_that_excel_made_a_date_is_refused() -> None:
    assert reason_of(values.text, A_DAY_CELL) == "became_a_date"


def test_a_text_has_a_longest_length() -> None:
    assert values.text("a" * 200) == "a" * 200
    assert reason_of(values.text, "a" * 201) == "too_long"


def test_a_choice_is_one_of_its_words_and_the_refusal_names_them() -> None:
    assert values.choice(" 人工 ", ("人工", "天然")) == "人工"
    with pytest.raises(CellError) as refusal:
        values.choice("飞播", ("人工", "天然"))
    assert refusal.value.reason() == "应为以下之一：人工、天然。"


@pytest.mark.parametrize(
    "cell", ["106.055738", 106.055738, "106.055738°", "１０６．０５５７３８E", "106.0557380000"], ids=repr
)
def test_a_longitude_is_read_to_six_decimals(cell: object) -> None:
    assert str(values.longitude(cell)) == "106.055738"


def test_a_latitude_is_read_to_six_decimals() -> None:
    assert str(values.latitude("25.3200961°N")) == "25.320096"


@pytest.mark.parametrize(
    ("parse", "cell", "code"),
    [
        (values.longitude, "25.320096", "longitude_latitude_swapped"),
        (values.latitude, "106.055738", "longitude_latitude_swapped"),
        (values.longitude, "116.40", "longitude_out_of_range"),
        (values.latitude, "39.90", "latitude_out_of_range"),
        (values.longitude, "-106.05", "longitude_out_of_range"),
        (values.longitude, "0", "longitude_out_of_range"),
        (values.longitude, "106°3'20\"", "not_a_number"),
        (values.latitude, "/", "blank"),
    ],
    ids=lambda given: getattr(given, "__name__", repr(given)),
)
def test_a_position_outside_guizhou_is_refused(
    parse: Callable[[object], object], cell: object, code: str
) -> None:
    assert reason_of(parse, cell) == code


PARSERS = (
    values.text,
    values.dbh_mm,
    values.height_cm,
    values.fen,
    values.day,
    values.digits,
    values.yes_no,
    values.longitude,
    values.latitude,
    planted,
    people,
)


@given(
    st.sampled_from(PARSERS),
    st.one_of(
        st.text(max_size=40),
        st.from_regex(r"[0-9年月日./: E+,-]{1,20}", fullmatch=True),
        st.floats(),
        st.integers(),
        st.booleans(),
        st.dates(),
        st.datetimes(),
        st.none(),
    ),
)
def test_any_cell_is_read_or_refused_for_a_known_reason(
    parse: Callable[[object], object], cell: object
) -> None:
    value: object
    try:
        value = parse(cell)
    except CellError as error:
        value = REASONS.get(error.code)
    assert value is not None
