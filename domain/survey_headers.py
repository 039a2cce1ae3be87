"""What a header row leaves to be said: columns that are missing, misread, misspelt or simply not known."""

from collections.abc import Sequence

from domain.sheet_problems import SheetProblem
from domain.shown_values import LONGEST, shown
from domain.spreadsheet_headers import Column, HeaderMatch


def header_problems(
    row: int, match: HeaderMatch, columns: Sequence[Column], least_columns: int
) -> list[SheetProblem]:
    """The problems of a header in a row; fewer than `least_columns` known names are no header at all."""
    if len(match.places) < least_columns:
        # A row of data may stand where the header should, so nothing of it is shown.
        girth = [one for one in match.problems if one.error.code in ("header_girth", "header_not_dbh")]
        return [
            SheetProblem(row, "", "", "header_row_missing", {"column": columns[0].names[0]}),
            *(SheetProblem(row, one.header[:LONGEST], "", one.error.code) for one in girth),
        ]
    found = [
        SheetProblem(
            row,
            shown("header", one.header),
            "",
            one.error.code,
            {name: str(detail) for name, detail in one.error.details.items()},
        )
        for one in match.problems
    ]
    missing = "、".join(
        column.names[0] for column in columns if not column.required and column.field not in match.places
    )
    for header in match.ignored:
        name = shown("header", header)
        if missing:
            # It may be that column under a name nobody knows, and a household would lose its account.
            found.append(SheetProblem(row, name, "", "header_perhaps_misspelt", {"missing": missing}))
        else:
            found.append(SheetProblem(row, name, "", "header_unknown", blocks=False))
    return found
