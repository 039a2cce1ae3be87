"""Where the project's own reference tables lie and how their rows are read, one dictionary of text a row."""

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

REFERENCE_FOLDER = Path(__file__).resolve().parent.parent / "data"


def _open(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def reference_rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of `data/<name>` (csv or csv.gz) in the order of the file; ValueError when a row is too
    short or too long.
    """
    with _open(REFERENCE_FOLDER / name) as lines:
        table = csv.reader(lines, strict=True)
        header = next(table)
        for cells in table:
            yield dict(zip(header, cells, strict=True))
