"""What can be wrong with a survey sheet beyond a single cell, and how any problem is told to whoever sent the sheet.

The sentences for single cells and headers stand in domain/cell_errors.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from domain.cell_errors import REASONS


class SheetKind(StrEnum):
    """What the rows of a sheet are."""

    HOUSEHOLDS = "households"
    TREES = "trees"
    MEASUREMENTS = "measurements"
    ACCOUNTS = "accounts"
    CONSENTS = "consents"


@dataclass(frozen=True, slots=True)
class SheetProblem:
    """One problem: the row as the spreadsheet counts it (0 for the whole file), the column, the value as it may be
    shown, why, and whether it keeps the sheet out (a warning does not).
    """

    row: int
    column: str
    value: str
    code: str
    details: Mapping[str, str] = field(default_factory=dict)
    blocks: bool = True


SHEET_REASONS: dict[str, tuple[str, str]] = {
    # The file
    "file_empty": ("文件是空的。", "The file is empty."),
    "file_too_large": ("文件过大，最多 {most}。", "The file is too large: at most {most}."),
    "file_expands_too_much": (
        "文件解压后过大，请直接提供 CSV。",
        "The file unpacks to far more than a survey holds; send a plain CSV.",
    ),
    "file_unknown_format": (
        "无法识别文件格式，请另存为 CSV 或 XLSX。",
        "The format is not known; save the sheet as CSV or XLSX.",
    ),
    "file_old_excel": (
        "不支持旧版 .xls，请另存为 .xlsx 或 CSV。",
        "Old .xls files are not read; save the sheet as .xlsx or CSV.",
    ),
    "file_encoding_unknown": (
        "文字编码不是 UTF-8 或 GB18030，请另存为“CSV UTF-8”。",
        "The text is neither UTF-8 nor GB18030; save it as “CSV UTF-8”.",
    ),
    "file_damaged": (
        "文件已损坏或不完整，请重新导出。",
        "The file is damaged or cut short; export it again.",
    ),
    "file_quotes_broken": (
        "第 {line} 行附近的引号不成对，请检查。",
        "The quotation marks near line {line} do not match.",
    ),
    "sheet_too_long": (
        "行数过多，最多 {most} 行，请分批导入。",
        "Too many rows: at most {most}; split the sheet.",
    ),
    "sheet_too_wide": ("列数过多，最多 {most} 列。", "Too many columns: at most {most}."),
    "line_too_long": ("有一行过长，最多 {most} 字节。", "A line is too long: at most {most} bytes."),
    "sheet_without_rows": ("表头下面没有数据。", "There is no row under the header."),
    "header_row_missing": (
        "找不到表头，请在前几行写明列名（如“{column}”）。",
        "No header was found; name the columns in the first rows (“{column}” and so on).",
    ),
    # Headers and rows
    "header_unknown": (
        "不认识这一列，其内容未导入。",
        "This column is not known; what it holds was not taken in.",
    ),
    "header_perhaps_misspelt": (
        "不认识这一列，同时缺少“{missing}”列：如果就是它，请改正列名；否则请删除此列。",
        "This column is not known while “{missing}” is missing: rename it if it is that one, else remove it.",
    ),
    "header_row_again": (
        "表头在这里又出现了一次，请删除这一行。",
        "The header stands here again; remove this row.",
    ),
    "cell_without_header": (
        "此格上方没有列名：可能多了一个分隔符，使整行错位。",
        "There is no header above this cell; an extra separator may have shifted the row.",
    ),
    # Households
    "number_not_of_village": (
        "户编号的前 12 位应是村代码。",
        "The first 12 digits of the household number must be the village code.",
    ),
    "account_without_bank": ("填了银行账号，缺少开户行。", "There is an account but no bank."),
    "bank_without_account": ("填了开户行，缺少银行账号。", "There is a bank but no account."),
    "consent_date_missing": (
        "同意公开姓名时，须填写知情同意日期。",
        "A name may be public only with the day of consent.",
    ),
    "village_unknown": ("没有这个村代码。", "There is no village with this code."),
    "outside_scope": ("不在您负责的区域内。", "This is outside the area you are responsible for."),
    "number_repeated": ("户编号与第 {row} 行重复。", "The household number stands in row {row} already."),
    "identity_repeated": ("身份证号与第 {row} 行重复。", "The identity number stands in row {row} already."),
    "account_repeated": ("银行账号与第 {row} 行重复。", "The account stands in row {row} already."),
    "household_changed": (
        "该户已登记，且内容与登记不同。修改须由登记员在系统中办理。",
        "The household is registered with other facts; changes are made by a registrar.",
    ),
    "identity_registered": (
        "该身份证号已在本县登记为另一户。",
        "Another household of this county is registered with this identity number.",
    ),
    "account_registered": (
        "该银行账号已由本县另一户使用。",
        "Another household of this county is paid to this account.",
    ),
    "needs_check_above": (
        "此户暂不能登记，请将本行报上级登记机构核对。",
        "This household cannot be registered yet; ask the registry above you to check the row.",
    ),
    # Accounts and consents
    "household_not_named": (
        "户编号与身份证号至少填一项。",
        "Name the household by its number or by the head's identity number.",
    ),
    "household_repeated": ("该户在第 {row} 行已出现。", "The household stands in row {row} already."),
    "identity_of_another": (
        "身份证号不是该户户主的。",
        "The identity number is not that of this household's head.",
    ),
    "account_undecided": (
        "该户已有另一个账户变更待确认，请先处理。",
        "Another account of this household waits for a second officer; have that decided first.",
    ),
    "consent_text_unknown": (
        "没有这个版本的同意书，或该版本不含此事项。",
        "There are no such words for this consent.",
    ),
    "consent_repeated": (
        "该户的这一事项在第 {row} 行已出现。",
        "The same consent of this household stands in row {row} already.",
    ),
    "consent_changed": (
        "该户已作出这项同意，但版本、日期或见证人与登记不同；如确有变更，请先登记撤回。",
        "This consent stands with other words, another day or witness; withdraw it first if it has changed.",
    ),
    "consent_withdrawn_later": (
        "该户在 {day} 撤回了这项同意，此前或当日的同意不再有效。",
        "The household took this consent back on {day}; what it gave up to that day holds no longer.",
    ),
    "sale_consent_missing": (
        "公开姓名须先同意出售碳汇。",
        "A name may be public only with consent to sale.",
    ),
    # Trees
    "tag_malformed": (
        "树牌号只能有字母、数字和连字符，最多 40 位。",
        "A tag has letters, digits and hyphens only, at most 40.",
    ),
    "tag_not_of_household": (
        "树牌号里的户编号与本行户编号不同。",
        "The household number in the tag is not the one of this row.",
    ),
    "species_not_listed": ("没有这个树种代码。", "There is no species with this code."),
    "origin_not_planted": ("只接收人工栽植的树木（起源：人工）。", "Only planted trees are taken (人工)."),
    "planted_after_survey": ("栽植年份晚于调查日期。", "The tree was planted after the day of the survey."),
    "tag_repeated": ("树牌号与第 {row} 行重复。", "The tag stands in row {row} already."),
    "household_unknown": (
        "没有登记这个户编号，请先导入农户。",
        "No such household; import the households first.",
    ),
    "tree_unknown": (
        "该户没有这个树牌号的树，请先导入树木。",
        "The household has no tree with this tag; import the trees first.",
    ),
    "dbh_shrank": (
        "胸径比上次测量（{earlier} 厘米）小：请核对；没有增长的树不能出售。",
        "The diameter is smaller than the last one ({earlier} cm): check it; a tree that did not grow sells nothing.",
    ),
    "tag_taken": (
        "这个树牌号在全项目中已被使用，请核对树牌；如确属此树，请报上级登记机构核对。",
        "This tag is in use in the programme already: compare the plate; if it is right, ask the registry above you.",
    ),
    "tree_changed": (
        "该树已登记，且树种、栽植年份、项目或位置与登记不同。修改须由登记员办理。",
        "The tree is registered with another species, year, project or place; changes are made by a registrar.",
    ),
    "measurement_changed": (
        "该树在这一天已有测量，且内容不同。修改须由登记员办理。",
        "The tree has another measurement of this day; changes are made by a registrar.",
    ),
    "tree_gone": ("该树已登记为死亡或采伐。", "The tree is registered as dead or felled."),
    "dbh_not_listed": (
        "新登记的树木胸径应在 {low} 至 {high} 厘米之间（注意是胸径，不是胸围）。",
        "A tree is listed with a diameter of {low} to {high} cm (diameter, not girth).",
    ),
    "too_many_trees_of_household": (
        "该户共 {trees} 株，超过每户上限 {most} 株（含已登记的）。",
        "The household would have {trees} trees; at most {most} may be listed, registered ones included.",
    ),
}


class _Blanks(dict[str, str]):
    """A detail that was not given shows as a dash instead of failing the whole report."""

    def __missing__(self, key: str) -> str:
        return "—"


def reason(code: str, details: Mapping[str, str], language: str = "zh") -> str:
    """The sentence for a problem: English for `en`, Chinese otherwise."""
    chinese, english = SHEET_REASONS[code] if code in SHEET_REASONS else REASONS[code]
    return (english if language == "en" else chinese).format_map(_Blanks(details))
