"""The problems of a sheet as a table that goes back to whoever sent the sheet."""

from collections.abc import Iterable, Iterator
from typing import Protocol

REFUSED_HEADER = ("行", "业务参考号", "列", "值", "代码", "原因", "reason")
PROBLEM_HEADER = ("行", "列", "值", "代码", "原因", "reason", "级别")


class Told(Protocol):
    """One problem with its reason in one language; row 0 is the file itself."""

    @property
    def row(self) -> int: ...

    @property
    def column(self) -> str: ...

    @property
    def value(self) -> str: ...

    @property
    def code(self) -> str: ...

    @property
    def reason(self) -> str: ...

    @property
    def blocks(self) -> bool: ...


class Refused(Protocol):
    """One row of a bank's answer that was not believed, with its reason in one language."""

    @property
    def row(self) -> int: ...

    @property
    def reference(self) -> str | None: ...

    @property
    def column(self) -> str | None: ...

    @property
    def value(self) -> str | None: ...

    @property
    def code(self) -> str | None: ...


def shown_row(told: Told) -> str:
    """The number a spreadsheet shows beside the row, a dash for the whole file."""
    return str(told.row) if told.row else "—"


def problem_table(chinese: Iterable[Told], english: Iterable[Told]) -> Iterator[tuple[str, ...]]:
    """Header and rows, from the same problems told in Chinese and in English."""
    yield PROBLEM_HEADER
    for told, other in zip(chinese, english, strict=True):
        level = "问题" if told.blocks else "提示"
        yield (shown_row(told), told.column, told.value, told.code, told.reason, other.reason, level)


def refused_table(refused: Iterable[tuple[Refused, str | None, str | None]]) -> Iterator[tuple[str, ...]]:
    """Header and rows, from rows with their reasons in Chinese and in English."""
    yield REFUSED_HEADER
    for told, chinese, english in refused:
        cells = (told.reference, told.column, told.value, told.code, chinese, english)
        yield (str(told.row), *(cell or "" for cell in cells))
