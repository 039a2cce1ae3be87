"""The file a bank pays by: exact, the same every time, and nothing in it that a spreadsheet program would run."""

import csv
import hashlib
import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.bank_files import (
    HEADER,
    PROBLEMS,
    BankFile,
    BankFileEncoding,
    BankFileLine,
    bank_file,
    file_text,
    problems_of,
    rare_names,
    text_bytes,
)
from domain.errors import Invalid
from tests.support.sheets import account

LINE = BankFileLine("P7K3M9QX2-0001", "韦大山", account(1), "望谟县农村信用合作联社", 30_005)
BATCH, PURPOSE = "P7K3M9QX2", "单株碳汇2026年收入"
BOTH = list(BankFileEncoding)


def made(*lines: BankFileLine, encoding: BankFileEncoding = BankFileEncoding.GB18030) -> BankFile:
    return bank_file(lines, batch_number=BATCH, purpose=PURPOSE, encoding=encoding)


def rows_of(file: BankFile) -> list[list[str]]:
    return list(csv.reader(io.StringIO(file_text(file.content, file.encoding), newline="")))


def codes(line: BankFileLine, encoding: BankFileEncoding = BankFileEncoding.GB18030) -> list[tuple[str, str]]:
    found = problems_of([line], batch_number=BATCH, purpose=PURPOSE, encoding=encoding)
    return [(problem.column, problem.code) for problem in found]


@pytest.mark.parametrize("encoding", BOTH)
def test_control_totals_stand_above_the_header_and_a_row_for_each_payment_below(
    encoding: BankFileEncoding,
) -> None:
    second = replace(LINE, reference="P7K3M9QX2-0002", name="岑小妹", account=account(2), amount_fen=7)
    file = made(LINE, second, encoding=encoding)
    assert rows_of(file) == [
        ["批次号", BATCH, "笔数", "2", "总金额（元）", "300.12", ""],
        ["序号", "户名", "账号", "开户行", "金额（元）", "用途", "业务参考号"],
        ["1", "韦大山", account(1) + "\t", "望谟县农村信用合作联社", "300.05", PURPOSE, "P7K3M9QX2-0001"],
        ["2", "岑小妹", account(2) + "\t", "望谟县农村信用合作联社", "0.07", PURPOSE, "P7K3M9QX2-0002"],
    ]
    assert (file.line_count, file.amount_fen) == (2, 30_012)
    assert file.sha256 == hashlib.sha256(file.content).hexdigest()


def test_the_bytes_are_those_of_the_encoding_with_a_line_end_that_windows_knows() -> None:
    windows = made(LINE).content
    assert windows.decode("gb18030").startswith("批次号,")
    assert windows.count(b"\r\n") == windows.count(b"\n") == 3
    unicode = made(LINE, encoding=BankFileEncoding.UTF_8).content
    assert unicode.startswith(b"\xef\xbb\xbf\xe6\x89\xb9")


@pytest.mark.parametrize("encoding", BOTH)
def test_the_same_lines_give_the_same_bytes_and_one_fen_gives_others(encoding: BankFileEncoding) -> None:
    assert made(LINE, encoding=encoding) == made(LINE, encoding=encoding)
    assert (
        made(replace(LINE, amount_fen=30_006), encoding=encoding).sha256
        != made(LINE, encoding=encoding).sha256
    )


def test_a_passbook_account_keeps_its_leading_zeros_as_text() -> None:
    assert rows_of(made(replace(LINE, account="000123456")))[2][2] == "000123456\t"


@given(st.lists(st.integers(1, 10**12), min_size=1, max_size=20))
def test_the_total_is_the_sum_of_the_rows_to_the_fen(amounts: list[int]) -> None:
    lines = [replace(LINE, reference=f"REF-{n}", amount_fen=fen) for n, fen in enumerate(amounts)]
    rows = rows_of(made(*lines))
    written = [int(row[4].replace(".", "")) for row in rows[2:]]
    assert written == amounts
    assert int(rows[0][5].replace(".", "")) == sum(amounts) == made(*lines).amount_fen


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", " =", "\u3000@", "\u200b="])
@pytest.mark.parametrize("field", ["name", "bank"])
def test_what_could_become_a_formula_is_not_written(start: str, field: str) -> None:
    line = replace(LINE, **{field: f"{start}HYPERLINK"})  # type: ignore[arg-type]  # a name or a bank
    assert "bank_cell_formula" in [code for _, code in codes(line)]
    with pytest.raises(Invalid, match="bank_file_impossible") as refused:
        made(line)
    column = {"name": "户名", "bank": "开户行"}[field]
    assert refused.value.fields == {"problems": [[LINE.reference, column, "bank_cell_formula"]]}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"name": " "}, ("户名", "bank_cell_blank")),
        ({"bank": ""}, ("开户行", "bank_cell_blank")),
        ({"name": "韦\n大山"}, ("户名", "bank_cell_control")),
        ({"bank": "农信社\u2028"}, ("开户行", "bank_cell_control")),
        ({"name": "韦\ud800"}, ("户名", "bank_cell_outside_encoding")),
        ({"account": "6217-0001"}, ("账号", "bank_account_not_digits")),
        ({"account": "１２３４５６７８９"}, ("账号", "bank_account_not_digits")),
        ({"amount_fen": 0}, ("金额（元）", "bank_amount_not_positive")),
        ({"reference": "a,b,c"}, ("业务参考号", "bank_reference_malformed")),
    ],
)
@pytest.mark.parametrize("encoding", BOTH)
def test_a_line_that_cannot_be_written_is_named_with_its_column(
    change: dict[str, object], problem: tuple[str, str], encoding: BankFileEncoding
) -> None:
    assert problem in codes(replace(LINE, **change), encoding)  # type: ignore[arg-type]


def test_a_reference_stands_in_a_file_once_and_a_file_without_lines_is_none() -> None:
    with pytest.raises(Invalid, match="bank_file_impossible"):
        made(LINE, LINE)
    with pytest.raises(Invalid, match="bank_file_impossible"):
        made()


def test_the_purpose_of_a_payment_is_short_and_no_formula() -> None:
    for purpose, code in (("=1+1", "bank_cell_formula"), ("长" * 31, "bank_purpose_too_long")):
        [problem] = problems_of([LINE], batch_number=BATCH, purpose=purpose)
        assert (problem.sequence, problem.column, problem.code) == (0, HEADER[5], code)


def test_rare_characters_of_names_are_written_and_reported() -> None:
    rare = replace(LINE, reference="RARE-1", name="韦\U00020164")
    private = replace(LINE, reference="RARE-2", name="韦\ue5c4")
    uncommon = replace(LINE, reference="RARE-3", name="韦䶮")
    common = replace(LINE, reference="COMMON", name="韦喆镕")
    assert rare_names([rare, private, uncommon, common]) == ["RARE-1", "RARE-2", "RARE-3"]
    assert rows_of(made(rare))[2][1] == "韦\U00020164"


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=50), st.sampled_from(BOTH))
def test_a_files_bytes_tell_its_text(text: str, encoding: BankFileEncoding) -> None:
    assert file_text(text_bytes(text, encoding), encoding) == text


def test_every_problem_has_its_sentence() -> None:
    found = {"bank_cell_blank", "bank_cell_formula", "bank_cell_control", "bank_cell_outside_encoding"}
    assert found < PROBLEMS.keys()
    assert all(chinese.endswith("。") and english.endswith(".") for chinese, english in PROBLEMS.values())
