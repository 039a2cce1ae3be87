"""Published poverty lines by year, in yuan of net income for each person.

They stand beside what trees earned, and no ratio is made of the two: what a family's trees earn is a part of its income
and says nothing of the rest. A year without a published line has none; nothing is assumed in its place.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from domain.reference_tables import reference_rows

#: Beyond these a figure is a slip of the pen, not a line.
FIRST_YEAR, LAST_YEAR = 1978, 2199
LEAST_YUAN, MOST_YUAN = 100, 1_000_000

_CONFIDENCE = {"high": "高", "medium": "中", "low": "低"}


@dataclass(frozen=True, slots=True)
class Line:
    """The line of one year; None where none is published."""

    year: int
    national_yuan: int | None
    province_yuan: int | None
    source: str


def load_poverty_lines() -> Iterator[Line]:
    """The lines of data/poverty_lines.csv."""
    for row in reference_rows("poverty_lines.csv"):
        yield Line(
            year=int(row["year"]),
            national_yuan=int(row["national_yuan"]) if row["national_yuan"] else None,
            province_yuan=int(row["guizhou_yuan"]) if row["guizhou_yuan"] else None,
            source=f"data/poverty_lines.csv，可信度{_CONFIDENCE[row['confidence']]}",
        )
