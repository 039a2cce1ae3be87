"""Survey sheets to test with: good rows, changed at will, as CSV or XLSX."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import openpyxl

from domain.identity import identity_check_character, luhn_holds
from tests.support.world import VILLAGE

HOUSEHOLD_HEADER = (
    "户编号",
    "村代码",
    "户主姓名",
    "身份证号",
    "联系电话",
    "户属性",
    "家庭人口",
    "上年人均纯收入元",
    "开户行",
    "银行账号",
    "林权证号",
    "知情同意日期",
    "同意公开姓名",
)
TREE_HEADER = (
    "户编号",
    "树牌号",
    "树种代码",
    "胸径cm",
    "树高m",
    "栽植年份",
    "起源",
    "造林项目",
    "经度",
    "纬度",
    "调查日期",
    "调查员",
)

MEASUREMENT_HEADER = ("户编号", "树牌号", "胸径cm", "树高m", "调查日期", "调查员")

ACCOUNT_HEADER = ("户编号", "身份证号", "银行账号", "开户行", "账户户名")
CONSENT_HEADER = ("户编号", "同意事项", "文本版本", "同意日期", "见证人")

Row = dict[str, Any]


def number(n: int, village: str = VILLAGE) -> str:
    """The n-th household number of a village."""
    return f"{village}{n:04d}"


def identity(n: int) -> str:
    """An invented identity number with a right check digit."""
    first = f"522399{1940 + n // 900:04d}0101{n % 900:03d}"
    return first + identity_check_character(first)


def account(n: int) -> str:
    """An invented card number with a right Luhn digit."""
    body = f"621799{n:012d}"
    return next(body + digit for digit in "0123456789" if luhn_holds(body + digit))


def household_row(n: int = 1, **changes: Any) -> Row:
    """A good household row; changes by column name."""
    row = dict(
        zip(
            HOUSEHOLD_HEADER,
            (
                number(n),
                VILLAGE,
                "陈国光",
                identity(n),
                f"199{n:08d}",
                "脱贫户",
                "4",
                "3354",
                "中国邮政储蓄银行望谟县支行",
                account(n),
                "望府林证字(2010)第63945号",
                "2026-03-15",
                "是",
            ),
            strict=True,
        )
    )
    return {**row, **changes}


def tree_row(n: int = 1, household: int = 1, **changes: Any) -> Row:
    """A good tree row; changes by column name."""
    row = dict(
        zip(
            TREE_HEADER,
            (
                number(household),
                f"{number(household)}-{n:03d}",
                "SM",
                "6.5",
                "5.9",
                "2015",
                "人工",
                "退耕还林",
                "106.055738",
                "25.320096",
                "2026-05-01",
                "调查员01",
            ),
            strict=True,
        )
    )
    return {**row, **changes}


def measurement_row(n: int = 1, household: int = 1, **changes: Any) -> Row:
    """A good row that measures the tree of `tree_row` a year later; changes by column name."""
    again = {"胸径cm": "7.4", "树高m": "6.4", "调查日期": "2026-08-20"}
    row = {**tree_row(n, household), **again}
    return {**{name: row[name] for name in MEASUREMENT_HEADER}, **changes}


def account_row(n: int = 1, **changes: Any) -> Row:
    """A good row that proposes another account for the household of `household_row`; changes by column name."""
    cells = (number(n), "", account(1_000 + n), "望谟县农村信用合作联社", "陈国光")
    return {**dict(zip(ACCOUNT_HEADER, cells, strict=True)), **changes}


def consent_row(n: int = 1, **changes: Any) -> Row:
    """A good row by which the household of `household_row` agrees to something; changes by column name."""
    cells = (number(n), "收款信息", "2026-1", "2026-08-20", "村干部乙")
    return {**dict(zip(CONSENT_HEADER, cells, strict=True)), **changes}


def as_csv(
    rows: Sequence[Mapping[str, Any]],
    header: Sequence[str] | None = None,
    encoding: str = "utf-8-sig",
    delimiter: str = ",",
) -> bytes:
    """Rows as delimited text under the header (of the first row when not given)."""
    text = io.StringIO()
    table = csv.writer(text, delimiter=delimiter)
    header = header or list(rows[0])
    table.writerow(header)
    table.writerows([[row.get(name, "") for name in header] for row in rows])
    return text.getvalue().encode(encoding)


def as_xlsx(rows: Sequence[Mapping[str, Any]], header: Sequence[str] | None = None) -> bytes:
    """Rows as an XLSX file, numbers as numbers and days as days."""
    header = list(header or rows[0])
    return xlsx([header, *([row.get(name) for name in header] for row in rows)])


def xlsx(table: Sequence[Sequence[Any]]) -> bytes:
    """A table of cells as an XLSX file."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("调查")
    for cells in table:
        sheet.append(list(cells))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
