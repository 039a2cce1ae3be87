"""Why a row of a bank's return file is refused, and what the words a bank answers with mean.

The sentences for single cells and for the file as a whole stand in domain/cell_errors.py and domain/sheet_problems.py.
"""

import re
from collections.abc import Mapping
from enum import StrEnum

from domain import sheet_problems
from domain.payouts import BounceReason
from domain.spreadsheet_text import text_of


class BankAnswer(StrEnum):
    """What a bank says of one payment."""

    PAID = "paid"
    BOUNCED = "bounced"
    #: It had been paid, and came back afterwards (退汇).
    RETURNED = "returned"
    #: The bank has not finished; nothing follows from that.
    PENDING = "pending"


#: Words of the column 处理结果.
ANSWER_WORDS: Mapping[str, BankAnswer] = {
    **dict.fromkeys(
        (
            "成功", "交易成功", "支付成功", "处理成功", "发放成功", "代发成功", "入账成功", "付款成功", "转账成功",
            "已入账", "已发放", "已到账", "已支付", "success", "paid",
        ),
        BankAnswer.PAID,
    ),
    **dict.fromkeys(
        (
            "失败", "交易失败", "支付失败", "处理失败", "发放失败", "代发失败", "入账失败", "付款失败", "转账失败",
            "未成功", "不成功", "退回", "已退回", "退票", "failed", "bounced",
        ),
        BankAnswer.BOUNCED,
    ),
    **dict.fromkeys(("退汇", "已退汇", "returned"), BankAnswer.RETURNED),
    **dict.fromkeys(
        (
            "处理中", "交易处理中", "待处理", "未处理", "已受理", "受理中", "待发送", "已发送", "已提交", "待复核",
            "等待处理", "银行处理中", "状态未知", "结果未知", "pending", "processing",
        ),
        BankAnswer.PENDING,
    ),
}  # fmt: skip

#: Words of the column 失败原因; some banks write them as the result itself.
REASON_WORDS: Mapping[str, BounceReason] = {
    **dict.fromkeys(
        ("账号不存在", "账户不存在", "卡号不存在", "无此账号", "无此账户", "无此卡号", "账号错误", "账号有误",
         "账户错误", "卡号错误", "账号不符", "查无此户", "开户行错误", "开户行有误", "开户行不符", "行号错误",
         "行名行号不符", "非本行账户", "account_unknown"),
        BounceReason.ACCOUNT_UNKNOWN,
    ),
    **dict.fromkeys(
        ("已销户", "账户已销户", "账号已销户", "销户", "账户已注销", "卡已注销", "account_closed"),
        BounceReason.ACCOUNT_CLOSED,
    ),
    **dict.fromkeys(
        ("账户冻结", "账户已冻结", "账号冻结", "冻结", "止付", "账户止付", "只收不付", "挂失", "账户挂失", "卡已挂失",
         "账户状态异常", "账户状态不正常", "睡眠户", "久悬户", "久悬账户", "长期不动户", "不动户", "账户未激活",
         "卡未激活", "未激活", "account_frozen"),
        BounceReason.ACCOUNT_FROZEN,
    ),
    **dict.fromkeys(
        ("户名不符", "账号户名不符", "账户户名不符", "户名与账号不符", "账号与户名不符", "户名账号不符",
         "户名错误", "户名有误", "姓名不符", "name_mismatch"),
        BounceReason.NAME_MISMATCH,
    ),
    **dict.fromkeys(
        ("超限额", "超过限额", "账户超限额", "二类户超限额", "二类账户限额", "超出账户限额", "limit_exceeded"),
        BounceReason.LIMIT_EXCEEDED,
    ),
    **dict.fromkeys(("其他", "其他原因", "其它", "其它原因", "other"), BounceReason.OTHER),
}  # fmt: skip

RETURN_REASONS: dict[str, tuple[str, str]] = {
    "return_digits_full_width": (
        "含有全角数字或字母，请改为半角后重新提交。",
        "It holds full-width digits or letters; write them half-width and send the file again.",
    ),
    "return_reference_unknown": (
        "本批次没有这个业务参考号。",
        "This batch has no payment with this reference.",
    ),
    "return_reference_elsewhere": (
        "这个业务参考号属于另一批次，请在该批次提交。",
        "This reference belongs to another batch; send it there.",
    ),
    "return_batch_differs": ("批次号不是本批次。", "The batch number is another batch's."),
    "return_reference_repeated": (
        "业务参考号在文件中不止一行（又见第 {row} 行），无法判断以哪一行为准。",
        "The reference stands in more than one row (also in row {row}); which of them holds cannot be told.",
    ),
    "return_account_differs": (
        "账号末四位与发放时不符。",
        "The account does not end as the one that was paid.",
    ),
    "return_account_short": (
        "账号至少要有末四位数字。",
        "At least the last four digits of the account are needed.",
    ),
    "return_amount_differs": (
        "金额与发放金额 {expected} 元不符，须由两人核实。",
        "The amount is not the {expected} yuan that were sent; two people have to find out why.",
    ),
    "return_answer_unknown": (
        "不认识这个处理结果，请改为“成功”或“失败”并填写原因。",
        "This result is not known; write 成功 (paid), or 失败 (failed) with its reason.",
    ),
    "return_pending": (
        "银行尚未处理完，请等最终结果。",
        "The bank has not finished; wait for the final result.",
    ),
    "return_reason_missing": (
        "处理结果为失败，缺少失败原因。",
        "The payment failed, and the reason is missing.",
    ),
    "return_reason_unknown": (
        "不认识这个失败原因，请改为：户名不符、账号不存在、已销户、账户冻结、超限额或其他。",
        "This reason is not known; use 户名不符, 账号不存在, 已销户, 账户冻结, 超限额 or 其他.",
    ),
    "return_contradicts_itself": (
        "处理结果为成功，却填了失败原因。",
        "It says paid and gives a reason for failing.",
    ),
    "return_contradicts_booked": (
        "这笔款已记为{state}，与本行不符，请向银行核实。",
        "This payment is booked as {state}, which this row contradicts; ask the bank.",
    ),
    "return_paid_again": (
        "这笔款记为退回后，已由批次 {batch} 再次发放；本行说原款已到账，须由两人核实是否重复发放，未入账。",
        "This payment is booked as bounced and was made again by batch {batch}; if it arrived, it was paid twice: two"
        " people have to look into it, and nothing was booked.",
    ),
    "return_promised_again": (
        "这笔款记为退回后已列入批次 {batch}，请先驳回该批次或等其放款时剔除，再上传本文件。",
        "What this payment left owed stands in batch {batch}; have that rejected, or released, which leaves it out, and"
        " bring this row in a later file.",
    ),
    "return_under_incident": (
        "这笔款有待两人核实的异常，处理完之前不入账。",
        "Two people have still to settle an incident about this payment; until then nothing is booked.",
    ),
    "return_totals_row": (
        "这是合计行，不是一笔发放，未入账。",
        "This is a row of totals, not a payment; nothing was booked for it.",
    ),
    "return_rows_missing": (
        "文件写明 {stated} 笔，实有 {found} 笔，可能不完整。",
        "The file says {stated} payments and has {found}; it may be cut short.",
    ),
    "return_total_differs": (
        "文件写明总金额 {stated} 元，各行合计 {found} 元。",
        "The file says {stated} yuan in all, and its rows add up to {found}.",
    ),
}

#: Between a result and its reason in one cell: 失败：户名不符.
_JOINED = re.compile(r"[:,;/()\[\]|-]+")


def word_of(cell: object) -> str:
    """A cell as one word of the tables above: no spaces, no full stop, small letters."""
    return text_of(cell).casefold().replace(" ", "").strip("。.!")


def answer_of(cell: object) -> tuple[BankAnswer | None, BounceReason | None]:
    """What a result says, and the reason where it names one; (None, None) for words nobody has mapped."""
    word = word_of(cell)
    if word in ANSWER_WORDS:
        return ANSWER_WORDS[word], None
    if word in REASON_WORDS:
        return BankAnswer.BOUNCED, REASON_WORDS[word]
    parts = [part for part in _JOINED.split(word) if part]
    if len(parts) == 2:
        answer, why = ANSWER_WORDS.get(parts[0]), REASON_WORDS.get(parts[1])
        if answer in (BankAnswer.BOUNCED, BankAnswer.RETURNED) and why is not None:
            return answer, why
    return None, None


def reason_of(cell: object) -> BounceReason | None:
    """The typed reason of a cell's words; None for words nobody has mapped."""
    return REASON_WORDS.get(word_of(cell))


def return_reason(code: str, details: Mapping[str, str], language: str = "zh") -> str:
    """The sentence for a problem of a return file: English for `en`, Chinese otherwise."""
    if code not in RETURN_REASONS:
        return sheet_problems.reason(code, details, language)
    return RETURN_REASONS[code][1 if language == "en" else 0].format_map(details)
