"""The project's reference tables are complete, explained, and compressed so that their bytes depend on the
text alone.
"""

from decimal import Decimal
from pathlib import Path

import pytest

from domain import reference_tables
from domain.reference_tables import REFERENCE_FOLDER, reference_rows


def test_every_table_is_explained_in_the_folder() -> None:
    explained = (REFERENCE_FOLDER / "README.md").read_text(encoding="utf-8")
    files = [path for path in REFERENCE_FOLDER.rglob("*") if path.is_file() and path.name != "README.md"]
    assert len(files) == 8
    assert [path.name for path in files if path.name not in explained] == []


@pytest.mark.parametrize("name", ["regions_guizhou.csv.gz", "survey_wangmo/trees.csv.gz"])
def test_a_compressed_table_carries_neither_time_nor_name(name: str) -> None:
    header = (REFERENCE_FOLDER / name).read_bytes()[:10]
    assert header[:3] == b"\x1f\x8b\x08"
    assert header[3] == 0
    assert header[4:8] == bytes(4)


def test_a_byte_order_mark_is_no_part_of_the_first_column() -> None:
    first = next(iter(reference_rows("survey_wangmo/trees.csv.gz")))
    assert first["户编号"] == "5223261072130001"


def test_a_row_of_another_length_than_the_header_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "short.csv").write_text("a,b\n1,2\n3\n", encoding="utf-8")
    monkeypatch.setattr(reference_tables, "REFERENCE_FOLDER", tmp_path)
    rows = reference_rows("short.csv")
    assert next(rows) == {"a": "1", "b": "2"}
    with pytest.raises(ValueError, match="shorter"):
        next(rows)


def test_published_sales_are_three_yuan_a_tree() -> None:
    sales = [row for row in reference_rows("published_totals.csv") if row["sold_trees"]]
    assert len(sales) == 5
    for row in sales:
        # The first hour was published as a sum, which is not a multiple of three yuan.
        assert abs(int(row["sold_trees"]) * 3 - int(row["yuan"])) <= 1


def test_the_poverty_line_never_falls() -> None:
    lines = [Decimal(row["national_yuan"]) for row in reference_rows("poverty_lines.csv")]
    assert lines == sorted(lines)
    assert [row["year"] for row in reference_rows("poverty_lines.csv")] == [
        str(year) for year in range(2010, 2021)
    ]
