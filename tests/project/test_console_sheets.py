"""What the console says that a sheet must hold is what the importer reads."""

import json
import re
from pathlib import Path

import pytest

from domain.sheet_problems import SheetKind
from domain.spreadsheet_headers import (
    ACCOUNT_COLUMNS,
    CONSENT_COLUMNS,
    HOUSEHOLD_COLUMNS,
    MEASUREMENT_COLUMNS,
    TREE_COLUMNS,
    match_headers,
)

ROOT = Path(__file__).parents[2]
COLUMNS = {
    SheetKind.HOUSEHOLDS: HOUSEHOLD_COLUMNS,
    SheetKind.TREES: TREE_COLUMNS,
    SheetKind.MEASUREMENTS: MEASUREMENT_COLUMNS,
    SheetKind.ACCOUNTS: ACCOUNT_COLUMNS,
    SheetKind.CONSENTS: CONSENT_COLUMNS,
}


@pytest.mark.parametrize("kind", SheetKind)
def test_the_empty_sheet_that_the_console_hands_out_has_the_header_the_importer_reads(
    kind: SheetKind,
) -> None:
    script = (ROOT / "static/console/sheets.js").read_text("utf-8")
    said = re.search(rf'^  "{kind.value}": (\[.*\]),$', script, re.MULTILINE)
    assert said, kind
    names = json.loads(said[1])
    match = match_headers([name.removesuffix("?") for name in names], COLUMNS[kind])
    assert (match.problems, match.ignored) == ((), ())
    assert set(match.places) == {column.field for column in COLUMNS[kind]}
    # A column that may be missing may be empty too.
    optional = {column.field for column in COLUMNS[kind] if not column.required}
    assert optional <= {field for field, place in match.places.items() if names[place].endswith("?")}
