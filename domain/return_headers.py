"""What a bank's return file says above its rows: which column holds what, whose batch it is, and how much it claims."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain import spreadsheet_values as values
from domain.bank_files import BATCH_NUMBER, LINE_COUNT
from domain.cell_errors import CellError
from domain.errors import Invalid
from domain.sheet_problems import reason
from domain.spreadsheet_headers import Column, HeaderMatch, canonical_header, find_header
from domain.spreadsheet_text import is_blank, text_of, written

COLUMNS: tuple[Column, ...] = (
    Column("reference", ("业务参考号", "参考号", "业务编号", "reference")),
    Column(
        "account",
        ("账号", "帐号", "银行账号", "收款账号", "收款人账号", "卡号", "账号后四位", "账号尾号", "account"),
    ),
    Column("amount", ("金额", "发放金额", "交易金额", "实发金额", "amount"), units=("元", "yuan")),
    Column("answer", ("处理结果", "处理状态", "交易结果", "交易状态", "发放结果", "状态", "result")),
    Column("reason", ("失败原因", "退回原因", "退汇原因", "原因", "返回信息", "reason"), required=False),
    Column("batch", ("批次号", "batch"), required=False),
)
#: Titles and control totals may stand above the header.
HEADER_WITHIN = 20

_TOTAL_NAMES = tuple(canonical_header(name) for name in ("总金额", "总金额（元）"))

Cells = tuple[int, Sequence[object]]


@dataclass(frozen=True, slots=True)
class Stated:
    """What stands above the header: the batch, how many payments, and their sum in fen."""

    batch: str | None = None
    lines: int | None = None
    amount_fen: int | None = None


@dataclass(frozen=True, slots=True)
class ReturnSheet:
    """A return file cut into what stands above its header, the header, and the filled rows below."""

    stated: Stated
    match: HeaderMatch
    rows: tuple[Cells, ...]

    def cell(self, cells: Sequence[object], name: str) -> object:
        """What a row has under a column; None where it has nothing."""
        place = self.match.places.get(name)
        return None if place is None or place >= len(cells) else cells[place]

    def reference(self, cells: Sequence[object]) -> str:
        """A row's reference however it is written, so that two ways to write one are seen to be one; "" for none."""
        cell = self.cell(cells, "reference")
        try:
            return written(cell)
        except CellError:
            return text_of(cell)

    def references(self) -> set[str]:
        """Everything that stands in the column of references."""
        return {self.reference(cells) for _, cells in self.rows} - {""}


def open_return(rows: Iterable[Cells]) -> ReturnSheet:
    """Find the header of a return file.

    Raises Invalid("return_file_unreadable") without a header, a column that is needed, or any row below it.
    """
    filled = [(row, cells) for row, cells in rows if not all(map(is_blank, cells))]
    if not filled:
        raise Invalid("return_file_unreadable", reason=reason("sheet_without_rows", {}))
    place, match = find_header([cells for _, cells in filled[:HEADER_WITHIN]], COLUMNS)
    if match.problems:
        wrong = match.problems[0]
        fields = {"row": filled[place][0], "column": wrong.header}
        raise Invalid("return_file_unreadable", fields, reason=wrong.error.reason())
    body = tuple(filled[place + 1 :])
    if not body:
        raise Invalid("return_file_unreadable", reason=reason("sheet_without_rows", {}))
    return ReturnSheet(_stated(cells for _, cells in filled[:place]), match, body)


def _stated(rows: Iterable[Sequence[object]]) -> Stated:
    """The batch number and control totals that stand above a header, each in the cell behind its name."""
    batch: str | None = None
    lines: int | None = None
    amount_fen: int | None = None
    for cells in rows:
        for name, cell in zip(map(canonical_header, cells), cells[1:], strict=False):
            try:
                if name == canonical_header(BATCH_NUMBER):
                    batch = values.text(cell)
                elif name == canonical_header(LINE_COUNT):
                    lines = values.integer(cell, 0, 10_000_000)
                elif name in _TOTAL_NAMES:
                    amount_fen = values.fen(cell)
            except CellError:
                # A remark that cannot be read is no statement; every row still has to prove itself.
                continue
    return Stated(batch, lines, amount_fen)
