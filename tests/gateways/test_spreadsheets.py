"""Sheets are read whatever they are called and however they are written, within bounds."""

import gzip
import io
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.spreadsheets import SURVEY_LIMITS, Limits, SheetRefused, digest, open_sheet
from tests.support.sheets import as_csv, xlsx

TABLE = [["户编号", "姓名"], ["5223261072130001", "陈国光"], ["5223261072130002", "覃花,平"]]
SMALL = Limits(
    file_bytes=4096,
    unpacked_bytes=8192,
    ratio=100,
    rows=50,
    columns=5,
    line_bytes=300,
    shared_text_bytes=2000,
    ratio_from_bytes=1024,
)


def rows_of(content: bytes, limits: Limits = SURVEY_LIMITS) -> list[list[object]]:
    return [list(cells) for _, cells in open_sheet(io.BytesIO(content), limits).rows]


def refusal(content: bytes, limits: Limits = SMALL) -> str:
    with pytest.raises(SheetRefused) as refused:
        digest_and_rows(content, limits)
    return refused.value.code


def digest_and_rows(content: bytes, limits: Limits) -> list[list[object]]:
    assert len(digest(io.BytesIO(content), limits)) == 64
    return rows_of(content, limits)


def text(encoding: str, delimiter: str = ",") -> bytes:
    header = TABLE[0]
    return as_csv([dict(zip(header, row, strict=True)) for row in TABLE[1:]], header, encoding, delimiter)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_text_is_read_in_any_of_its_encodings_and_delimiters(encoding: str, delimiter: str) -> None:
    assert rows_of(text(encoding, delimiter)) == TABLE


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_compressed_text_is_read_like_plain_text(encoding: str) -> None:
    assert rows_of(gzip.compress(text(encoding))) == TABLE


def test_the_encoding_is_judged_by_the_whole_file() -> None:
    ascii_first = b"a,b\n" * 100_000
    content = ascii_first + "陈国光,覃花平\n".encode("gb18030")
    assert rows_of(content)[-1] == ["陈国光", "覃花平"]


def test_a_workbook_gives_texts_numbers_and_days_as_they_are() -> None:
    day = datetime(2026, 5, 1)  # noqa: DTZ001 - a spreadsheet's days have no zone
    assert rows_of(xlsx([["a", "b"], [6.5, day], [None, 5223261072130001]])) == [
        ["a", "b"],
        [6.5, day],
        [None, 5223261072130001],
    ]


def test_rows_are_numbered_as_a_spreadsheet_shows_them() -> None:
    content = b'a,b\n\n"1\n1",2\n3,4\n'
    assert [(row, cells) for row, cells in open_sheet(io.BytesIO(content)).rows if cells] == [
        (1, ["a", "b"]),
        (3, ["1\n1", "2"]),
        (4, ["3", "4"]),
    ]


@pytest.mark.parametrize("content", [text("utf-8"), gzip.compress(text("utf-8")), xlsx(TABLE)])
def test_the_file_stays_open_for_whoever_opened_it(content: bytes) -> None:
    file = io.BytesIO(content)
    assert len([*open_sheet(file).rows]) == 3
    assert not file.closed


def test_the_digest_is_of_the_bytes_as_sent() -> None:
    assert digest(io.BytesIO(b"abc")).startswith("ba7816bf8f01cfea")


def part_of(content: bytes, name: str, replaced: bytes) -> bytes:
    """An XLSX file with one part replaced or added."""
    changed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for part in source.namelist():
            if part != name:
                target.writestr(part, source.read(part))
        target.writestr(name, replaced)
    return changed.getvalue()


def sheet_xml(rows: str) -> bytes:
    namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{namespace}"><sheetData>{rows}</sheetData></worksheet>'.encode()


SHEET = "xl/worksheets/sheet1.xml"
ROOMY = replace(SMALL, file_bytes=1 << 20, unpacked_bytes=1 << 20)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"a,b\n" * 2000, "file_too_large"),
        (b"a,b\n" * 60, "sheet_too_long"),
        (b"1,2,3,4,5,6\n", "sheet_too_wide"),
        (b"x" * 400, "line_too_long"),
        (b"a\n" + b"x" * 301 + b"\nb\n", "line_too_long"),
        (b"\r".join([b"a", b"x" * 301, b"b"]), "line_too_long"),
        (gzip.compress(b"\n" * 100_000), "file_expands_too_much"),
        (gzip.compress(b"0" * 9000), "file_expands_too_much"),
        (gzip.compress(b"a,b\n" * 20)[:-6], "file_damaged"),
        (gzip.compress(b"a,b\n" * 20)[:20] + b"\xff" * 20, "file_damaged"),
        (b"\x1f\x8bnonsense", "file_damaged"),
        (b'a,"b\nc,d\n', "file_quotes_broken"),
        (b'a,"b"c\n', "file_quotes_broken"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(20), "file_old_excel"),
        (b"%PDF-1.7\n", "file_unknown_format"),
        (b"a,\xff\xff\xff\n", "file_encoding_unknown"),
        (b"PK\x03\x04nonsense", "file_damaged"),
    ],
)
def test_a_file_that_is_no_sheet_is_refused_with_its_reason(content: bytes, code: str) -> None:
    assert refusal(content) == code


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (part_of(xlsx(TABLE), "word/media.xml", b"\0" * 200_000), "file_expands_too_much"),
        (part_of(xlsx(TABLE), "word/media.xml", b"\0" * 2_000_000), "file_expands_too_much"),
        (part_of(xlsx(TABLE), "xl/sharedStrings.xml", b"<sst>" + b"a" * 2001), "file_too_large"),
        (part_of(xlsx(TABLE), "xl/workbook.xml", b"<workbook"), "file_damaged"),
        (part_of(xlsx(TABLE), SHEET, b"<!DOCTYPE a [<!ENTITY b 'c'>]><worksheet/>"), "file_damaged"),
        (part_of(xlsx(TABLE), SHEET, sheet_xml('<row r="1"><c r="A1"><v>x</v></c></row>')), "file_damaged"),
        (part_of(xlsx(TABLE), SHEET, sheet_xml('<row r="9999999999"/>')), "sheet_too_long"),
        (
            part_of(xlsx(TABLE), SHEET, sheet_xml('<row r="1"><c r="F1"><v>1</v></c></row>')),
            "sheet_too_wide",
        ),
        (xlsx([[1]] * 51), "sheet_too_long"),
    ],
    ids=["bomb", "over the bound", "texts", "book", "entities", "number", "far row", "far cell", "long"],
)
def test_a_workbook_that_is_hostile_or_broken_is_refused(content: bytes, code: str) -> None:
    assert refusal(content, ROOMY) == code


def test_an_archive_that_is_no_workbook_is_refused() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as parts:
        parts.writestr("survey.csv", "a,b\n")
    assert refusal(archive.getvalue()) == "file_damaged"


def test_halves_of_characters_in_a_workbook_become_replacement_marks() -> None:
    row = '<row r="1"><c r="A1" t="inlineStr"><is><t>a_xD800_b陈</t></is></c></row>'
    (cells,) = rows_of(part_of(xlsx(TABLE), SHEET, sheet_xml(row)), ROOMY)
    said = str(cells[0])
    assert said.encode("utf-8")
    assert said[0] == "a"


def readable(content: bytes) -> Sequence[object] | str:
    try:
        return digest_and_rows(content, ROOMY)
    except SheetRefused as refused:
        return refused.code


@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"\x1f\x8b\x08", b"PK\x03\x04", b"\xff\xfe", b"\xef\xbb\xbf"]),
)
def test_no_bytes_make_the_reader_fail_otherwise(content: bytes, start: bytes) -> None:
    assert isinstance(readable(start + content), list | str)


@given(st.binary(max_size=60), st.integers(0, 5000))
def test_no_damage_to_a_workbook_makes_the_reader_fail_otherwise(damage: bytes, place: int) -> None:
    content = bytearray(xlsx(TABLE))
    place %= len(content)
    content[place : place + len(damage)] = damage
    assert isinstance(readable(bytes(content)), list | str)
