"""How every case tells people what it found: columns under one another, and its checks a line each."""

from collections.abc import Iterator, Sequence

from bench.checks import Check


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Rows with the first column to the left and figures to the right."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def told(checks: Sequence[Check]) -> str:
    """Every rule, and under a broken one what breaks it."""
    return "\n".join(_told(checks))


def _told(checks: Sequence[Check]) -> Iterator[str]:
    for check in checks:
        yield f"{'BROKEN' if check.broken_by else 'holds '}  {check.rule}"
        yield from (f"          {row}" for row in check.broken_by)
