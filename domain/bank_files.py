"""The sheet a bank pays a batch by, in the manner of 一卡通 disbursement: exact, frozen, and safe to open.

Nothing in it is changed to make it fit. What a spreadsheet program could take for a formula, or what the encoding
cannot hold, is a problem to be put right at the household, because a name that is not the account's own bounces.
"""

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from unicodedata import category

from domain.errors import Invalid
from domain.money import yuan_text

HEADER = ("序号", "户名", "账号", "开户行", "金额（元）", "用途", "业务参考号")
BATCH_NUMBER, LINE_COUNT, TOTAL_YUAN = "批次号", "笔数", "总金额（元）"
LONGEST_PURPOSE = 30

#: What makes a spreadsheet program take a text for a formula, also after it has turned full-width into half-width.
_FORMULA = re.compile(r"[\s\u200b\ufeff']*[=+\-@＝＋－＠]")
_REFERENCE = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{3,63}", re.ASCII)
_ACCOUNT = re.compile(r"\d{9,30}", re.ASCII)
#: Behind an account, so that a spreadsheet program keeps its leading zeros and its sixteenth digit.
_KEPT_AS_TEXT = "\t"
_BOM = "\ufeff"


class BankFileEncoding(StrEnum):
    """How the text of the file is written; banks' own programs on Windows read GB18030."""

    GB18030 = "gb18030"
    UTF_8 = "utf-8"


@dataclass(frozen=True, slots=True)
class BankFileLine:
    """One payment: the name and account it goes to, whole fen, and the reference by which its answer is known."""

    reference: str
    name: str
    account: str
    bank: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class BankFile:
    """The bytes a bank is given, their SHA-256 in hexadecimal, and their control totals."""

    content: bytes
    encoding: BankFileEncoding
    sha256: str
    line_count: int
    amount_fen: int


@dataclass(frozen=True, slots=True)
class BankFileProblem:
    """Why a line cannot be written: its place from 1, its reference, the column, and a code of PROBLEMS."""

    sequence: int
    reference: str
    column: str
    code: str


#: Why a line cannot stand in a bank file. Chinese first, English second; never with what the cell says.
PROBLEMS: dict[str, tuple[str, str]] = {
    "bank_cell_blank": ("此格为空。", "The cell is blank."),
    "bank_cell_formula": (
        "以 = + - @ 开头，表格软件会当作公式。",
        "It begins with = + - or @, which a spreadsheet program takes for a formula.",
    ),
    "bank_cell_control": (
        "含有换行或不可见的控制字符。",
        "It holds a line break or an invisible control character.",
    ),
    "bank_cell_outside_encoding": (
        "含有文件编码无法表示的字符。",
        "It holds a character that the file's encoding cannot hold.",
    ),
    "bank_purpose_too_long": (
        f"用途最多 {LONGEST_PURPOSE} 个字。",
        f"A purpose has at most {LONGEST_PURPOSE} characters.",
    ),
    "bank_account_not_digits": ("账号须为 9 至 30 位数字。", "An account has 9 to 30 digits."),
    "bank_amount_not_positive": ("金额须大于零。", "The amount must be above zero."),
    "bank_reference_malformed": (
        "业务参考号须由 4 至 64 位字母、数字或连字符组成。",
        "A reference has 4 to 64 letters, digits and hyphens.",
    ),
    "bank_reference_repeated": ("业务参考号重复。", "The reference stands in the file twice."),
}


def bank_file(
    lines: Sequence[BankFileLine],
    *,
    batch_number: str,
    purpose: str,
    encoding: BankFileEncoding = BankFileEncoding.GB18030,
) -> BankFile:
    """The file for these lines in this order; the same arguments give the same bytes.

    A row of control totals (batch number, how many lines, how many yuan), the header, then one row a line; commas,
    CRLF; UTF-8 with its mark. Raises Invalid("bank_file_impossible") naming what stands against it.
    """
    problems = problems_of(lines, batch_number=batch_number, purpose=purpose, encoding=encoding)
    if problems or not lines:
        raise Invalid(
            "bank_file_impossible",
            {"problems": [[p.reference, p.column, p.code] for p in problems[:100]]},
            count=len(problems),
        )
    amount_fen = sum(line.amount_fen for line in lines)
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\r\n")
    totals = (BATCH_NUMBER, batch_number, LINE_COUNT, len(lines), TOTAL_YUAN, yuan_text(amount_fen), "")
    writer.writerows((totals, HEADER))
    writer.writerows(
        (
            sequence,
            line.name,
            line.account + _KEPT_AS_TEXT,
            line.bank,
            yuan_text(line.amount_fen),
            purpose,
            line.reference,
        )
        for sequence, line in enumerate(lines, start=1)
    )
    content = text_bytes(written.getvalue(), encoding)
    return BankFile(content, encoding, digest_of(content), len(lines), amount_fen)


def digest_of(content: bytes) -> str:
    """The SHA-256 of a file's bytes in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def text_bytes(text: str, encoding: BankFileEncoding) -> bytes:
    """A file's text as its bytes."""
    return (_BOM + text if encoding is BankFileEncoding.UTF_8 else text).encode(encoding.value)


def file_text(content: bytes, encoding: BankFileEncoding) -> str:
    """The text of a file's bytes: the reverse of `text_bytes`."""
    text = content.decode(encoding.value)
    return text.removeprefix(_BOM) if encoding is BankFileEncoding.UTF_8 else text


def problems_of(
    lines: Sequence[BankFileLine],
    *,
    batch_number: str,
    purpose: str,
    encoding: BankFileEncoding = BankFileEncoding.GB18030,
) -> list[BankFileProblem]:
    """Every reason why these lines cannot be written as they are; those of the whole file stand at place 0."""
    found = [
        BankFileProblem(0, "", column, code)
        for column, text in ((BATCH_NUMBER, batch_number), (HEADER[5], purpose))
        for code in _text_problems(text, encoding)
    ]
    if len(purpose) > LONGEST_PURPOSE:
        found.append(BankFileProblem(0, "", HEADER[5], "bank_purpose_too_long"))
    seen: set[str] = set()
    for sequence, line in enumerate(lines, start=1):
        found += [
            BankFileProblem(sequence, line.reference, column, code)
            for column, code in _line_problems(line, encoding)
        ]
        if line.reference in seen:
            found.append(BankFileProblem(sequence, line.reference, HEADER[6], "bank_reference_repeated"))
        seen.add(line.reference)
    return found


def rare_names(lines: Sequence[BankFileLine]) -> list[str]:
    """The references of lines whose name or bank an old bank program may not read: characters outside GBK, or of the
    private area where older fonts kept rare characters. The file holds them; whether the bank does must be asked.
    """
    return [line.reference for line in lines if any(map(_is_rare, line.name + line.bank))]


def _is_rare(letter: str) -> bool:
    if category(letter) == "Co":
        return True
    try:
        letter.encode("gbk")
    except UnicodeEncodeError:
        return True
    return False


def _line_problems(line: BankFileLine, encoding: BankFileEncoding) -> Iterator[tuple[str, str]]:
    for column, text in ((HEADER[1], line.name), (HEADER[3], line.bank)):
        for code in _text_problems(text, encoding):
            yield column, code
    if not _ACCOUNT.fullmatch(line.account):
        yield HEADER[2], "bank_account_not_digits"
    if line.amount_fen <= 0:
        yield HEADER[4], "bank_amount_not_positive"
    if not _REFERENCE.fullmatch(line.reference):
        yield HEADER[6], "bank_reference_malformed"


def _text_problems(text: str, encoding: BankFileEncoding) -> Iterator[str]:
    if not text.strip():
        yield "bank_cell_blank"
    if _FORMULA.match(text):
        yield "bank_cell_formula"
    if any(category(letter) in ("Cc", "Zl", "Zp") for letter in text):
        yield "bank_cell_control"
    try:
        text.encode(encoding.value)
    except UnicodeEncodeError:
        yield "bank_cell_outside_encoding"
