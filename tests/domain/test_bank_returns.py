"""Return files row by row: what counts, what is refused and why, and that nothing is guessed."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from domain.bank_files import BankFileLine, bank_file
from domain.bank_returns import read_return
from domain.errors import Invalid
from domain.payouts import BounceReason
from domain.return_headers import open_return
from domain.return_lines import LineStanding, NextAttempt, Reading, SentLine
from domain.return_reasons import (
    ANSWER_WORDS,
    REASON_WORDS,
    RETURN_REASONS,
    BankAnswer,
    answer_of,
    return_reason,
)
from gateways.spreadsheets import open_sheet
from tests.support.returning import HEADER, Row, answer_row, return_csv, ten_malformed
from tests.support.sheets import account, xlsx

BATCH = "P7K3M9QX2"
SENT = [
    SentLine("P7K3M9QX2-A1", "韦大山", account(1), 30_000),
    SentLine("P7K3M9QX2-B2", "岑小妹", account(2), 12_345),
    SentLine("P7K3M9QX2-C3", "罗永", account(3), 7),
]
LINE = SENT[0]
MALFORMED = ten_malformed(SENT, BATCH)


def read_bytes(content: bytes, sent: Sequence[SentLine] = SENT) -> Reading:
    sheet = open_return(open_sheet(io.BytesIO(content)).rows)
    return read_return(
        sheet, {line.reference: line for line in sent}, batch_number=BATCH, elsewhere={"ELSEWHERE-1"}
    )


def read(*rows: Row, sent: Sequence[SentLine] = SENT) -> Reading:
    return read_bytes(return_csv(rows), sent)


def row(line: SentLine = LINE, /, **changes: object) -> Row:
    return answer_row(line, BATCH, **changes)


def refused(reading: Reading) -> list[tuple[str, str]]:
    assert reading.answered == ()
    return [(line.problem.column, line.problem.code) for line in reading.refused]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16"])
def test_a_row_that_echoes_its_payment_counts_in_every_encoding(encoding: str) -> None:
    content = return_csv(
        [row(), row(SENT[1], 处理结果="失败", 失败原因="户名不符"), row(SENT[2], 处理结果="账户已销户")],
        encoding,
    )
    reading = read_bytes(content)
    assert [(line.row, line.reference, line.answer, line.why) for line in reading.answered] == [
        (2, "P7K3M9QX2-A1", BankAnswer.PAID, None),
        (3, "P7K3M9QX2-B2", BankAnswer.BOUNCED, BounceReason.NAME_MISMATCH),
        (4, "P7K3M9QX2-C3", BankAnswer.BOUNCED, BounceReason.ACCOUNT_CLOSED),
    ]
    assert (reading.refused, reading.remarks) == ((), ())


def test_a_workbook_is_read_like_text() -> None:
    table: list[list[object]] = [
        list(HEADER),
        [*row().values()],
        [BATCH, LINE.reference, "", account(1), 300.0, "成功"],
    ]
    assert [line.row for line in read_bytes(xlsx(table[:2])).answered] == [2]
    # A figure for an amount is good; as long an account as a figure is not.
    table[1][4], table[2][1], table[2][3] = 300, SENT[1].reference, float(account(2))
    reading = read_bytes(xlsx(table))
    assert [line.row for line in reading.answered] == [2]
    assert [(line.problem.column, line.problem.code) for line in reading.refused] == [("账号", "digits_lost")]


def test_our_own_file_with_the_banks_columns_behind_it_is_a_return_file() -> None:
    lines = [BankFileLine(one.reference, one.name, one.account, "农信社", one.amount_fen) for one in SENT]
    file = bank_file(lines, batch_number=BATCH, purpose="单株碳汇收入")
    totals, header, *body = file.content.decode("gb18030").splitlines()
    answered = [totals, header + ",处理结果,失败原因", *(one + ",成功," for one in body)]
    reading = read_bytes("\r\n".join(answered).encode("gb18030"))
    assert [line.reference for line in reading.answered] == [one.reference for one in SENT]
    assert (reading.refused, reading.remarks) == ((), ())


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_row_is_refused_with_row_column_value_and_reason(name: str) -> None:
    file = MALFORMED[name]
    reading = read_bytes(file.content)
    assert tuple(line.row for line in reading.answered) == file.answered
    assert (
        tuple(
            (line.problem.row, line.problem.column, line.problem.value, line.problem.code)
            for line in reading.refused
        )
        == file.refused
    )
    for line in reading.refused:
        sentence = return_reason(line.problem.code, line.problem.details)
        assert sentence.endswith("。")
        assert "{" not in sentence


def test_there_are_ten_malformed_files() -> None:
    assert len(MALFORMED) == 10


@pytest.mark.parametrize("said", [None, "", " ", "-", "无", "NaN", "NULL", "　"])
def test_a_blank_answer_never_passes_as_paid(said: str | None) -> None:
    assert refused(read(row(处理结果=said))) == [("处理结果", "blank")]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"业务参考号": ""}, ("业务参考号", "blank")),
        ({"业务参考号": "ELSEWHERE-1"}, ("业务参考号", "return_reference_elsewhere")),
        ({"业务参考号": "1E+15"}, ("业务参考号", "scientific_notation")),
        ({"业务参考号": "Ｐ7K3M9QX2-A1"}, ("业务参考号", "return_digits_full_width")),
        ({"业务参考号": "p7k3m9qx2-a1"}, ("业务参考号", "return_reference_unknown")),
        ({"账号": ""}, ("账号", "blank")),
        ({"账号": "311"}, ("账号", "return_account_short")),
        ({"账号": "6217****0"}, ("账号", "return_account_short")),
        ({"账号": "韦大山"}, ("账号", "account_number_characters")),
        ({"账号": "6228" + account(1)[4:]}, ("账号", "return_account_differs")),
        ({"账号": "6228****" + account(1)[-4:]}, ("账号", "return_account_differs")),
        ({"账号": account(1)[-9:]}, ("账号", "return_account_differs")),
        ({"金额（元）": ""}, ("金额", "blank")),
        ({"金额（元）": "300.001"}, ("金额", "too_fine")),
        ({"金额（元）": "3E+2"}, ("金额", "scientific_notation")),
        ({"金额（元）": "=300"}, ("金额", "formula_error")),
        ({"金额（元）": "-300.00"}, ("金额", "return_amount_differs")),
        ({"金额（元）": "30000"}, ("金额", "return_amount_differs")),
        ({"处理结果": "处理中"}, ("处理结果", "return_pending")),
        ({"处理结果": "0000"}, ("处理结果", "return_answer_unknown")),
        ({"处理结果": "交易成功撤销"}, ("处理结果", "return_answer_unknown")),
        ({"处理结果": "失败"}, ("失败原因", "return_reason_missing")),
        ({"处理结果": "退汇"}, ("失败原因", "return_reason_missing")),
        ({"处理结果": "失败", "失败原因": "不清楚"}, ("失败原因", "return_reason_unknown")),
        ({"处理结果": "成功", "失败原因": "户名不符"}, ("失败原因", "return_contradicts_itself")),
        ({"处理结果": "已销户", "失败原因": "户名不符"}, ("失败原因", "return_contradicts_itself")),
        ({"批次号": "P1"}, ("批次号", "return_batch_differs")),
    ],
)
def test_a_row_that_does_not_echo_its_payment_is_refused(
    changes: dict[str, object], problem: tuple[str, str]
) -> None:
    assert refused(read(row(**changes))) == [problem]


@pytest.mark.parametrize(
    "said",
    [account(1), account(1)[-4:], account(1)[-6:], "****" + account(1)[-4:], "6217***" + account(1)[-4:],
     f"'{account(1)}", " ".join(account(1))],
)  # fmt: skip
def test_an_account_may_be_echoed_in_full_masked_or_by_its_end(said: str) -> None:
    assert [line.reference for line in read(row(账号=said)).answered] == [LINE.reference]


@pytest.mark.parametrize("said", ["300", "300.0", "300.00元", "¥300.00"])
def test_an_amount_may_have_its_unit_and_no_decimals(said: str) -> None:
    assert [line.row for line in read(row(**{"金额（元）": said})).answered] == [2]


@pytest.mark.parametrize(
    ("said", "why", "answer", "reason"),
    [
        ("交易成功", "", BankAnswer.PAID, None),
        ("成功", "成功", BankAnswer.PAID, None),
        ("Success", "", BankAnswer.PAID, None),
        ("失败", "账号不存在", BankAnswer.BOUNCED, BounceReason.ACCOUNT_UNKNOWN),
        ("失败：户名不符", "", BankAnswer.BOUNCED, BounceReason.NAME_MISMATCH),
        ("失败(久悬户)", "", BankAnswer.BOUNCED, BounceReason.ACCOUNT_FROZEN),
        ("户名不符", "户名不符", BankAnswer.BOUNCED, BounceReason.NAME_MISMATCH),
        ("退汇", "其他", BankAnswer.BOUNCED, BounceReason.OTHER),
    ],
)
def test_the_banks_words_are_paid_or_a_typed_reason(
    said: str, why: str, answer: BankAnswer, reason: BounceReason | None
) -> None:
    [line] = read(row(处理结果=said, 失败原因=why)).answered
    assert (line.answer, line.why, line.is_news) == (answer, reason, True)


@pytest.mark.parametrize(
    ("before", "said", "outcome"),
    [
        (LineStanding.PAID, "成功", "again"),
        (LineStanding.PAID, "退汇", BankAnswer.RETURNED),
        (LineStanding.PAID, "失败", "return_contradicts_booked"),
        (LineStanding.BOUNCED, "失败", "again"),
        (LineStanding.BOUNCED, "退汇", "again"),
        (LineStanding.BOUNCED, "成功", "return_contradicts_booked"),
        (LineStanding.RETURNED, "退汇", "again"),
        (LineStanding.RETURNED, "成功", "return_contradicts_booked"),
        (LineStanding.RETURNED, "失败", "again"),
    ],
)
def test_what_was_booked_before_is_no_news_and_is_not_turned_round(
    before: LineStanding, said: str, outcome: object
) -> None:
    why = "" if said == "成功" else "户名不符"
    reading = read(row(处理结果=said, 失败原因=why), sent=[replace(LINE, standing=before)])
    if isinstance(outcome, BankAnswer):
        assert [(line.answer, line.is_news) for line in reading.answered] == [(outcome, True)]
    elif outcome == "again":
        assert [line.is_news for line in reading.answered] == [False]
    else:
        assert refused(reading) == [("处理结果", outcome)]


@pytest.mark.parametrize(
    ("found_arrived", "next_attempt", "code"),
    [
        (True, None, None),
        (False, NextAttempt("P00000002", released=False), "return_contradicts_booked"),
        (True, NextAttempt("P00000002", released=False), "return_promised_again"),
        (True, NextAttempt("P00000002", released=True), "return_paid_again"),
        (False, NextAttempt("P00000002", released=True), "return_paid_again"),
    ],
)
def test_a_bounce_is_turned_round_once_people_have_found_so_and_nothing_else_has_its_money(
    found_arrived: bool, next_attempt: NextAttempt | None, code: str | None
) -> None:
    bounced = replace(
        LINE, standing=LineStanding.BOUNCED, found_arrived=found_arrived, next_attempt=next_attempt
    )
    reading = read(row(), sent=[bounced])
    assert [(line.answer, line.is_news) for line in reading.answered] == (
        [(BankAnswer.PAID, True)] if code is None else []
    )
    assert [(line.problem.code, line.paid_again) for line in reading.refused] == (
        [] if code is None else [(code, "P00000002" if code == "return_paid_again" else None)]
    )


def test_nothing_counts_for_a_payment_that_two_people_look_into() -> None:
    reading = read(row(), row(SENT[1]), sent=[replace(LINE, under_incident=True), SENT[1]])
    assert [line.reference for line in reading.answered] == [SENT[1].reference]
    assert [line.problem.code for line in reading.refused] == ["return_under_incident"]


def test_another_amount_is_told_for_two_people_to_look_into_and_only_where_the_bank_gave_an_answer() -> None:
    [line] = read(row(**{"金额（元）": "299.99"})).refused
    assert (line.reference, line.received_fen, line.problem.details) == (
        LINE.reference,
        29_999,
        {"expected": "300.00"},
    )
    [line] = read(row(处理结果="", **{"金额（元）": "299.99"})).refused
    assert (line.problem.code, line.received_fen) == ("blank", None)


def test_two_ways_to_write_a_reference_are_one() -> None:
    reading = read(row(), row(业务参考号=f'="{LINE.reference}"', 处理结果="失败", 失败原因="其他"))
    assert refused(reading) == [("业务参考号", "return_reference_repeated")] * 2


def test_a_header_that_comes_again_is_refused_and_the_rows_below_it_are_read() -> None:
    again: Row = dict(zip(HEADER, HEADER, strict=True))
    reading = read(row(), again, row(SENT[1]))
    assert [line.row for line in reading.answered] == [2, 4]
    assert [(line.problem.row, line.problem.code) for line in reading.refused] == [(3, "header_row_again")]


@pytest.mark.parametrize("missing", ["业务参考号", "账号", "金额（元）", "处理结果"])
def test_a_file_without_a_needed_column_is_refused_by_the_columns_name(missing: str) -> None:
    content = return_csv([{name: cell for name, cell in row().items() if name != missing}])
    with pytest.raises(Invalid, match="return_file_unreadable") as wrong:
        read_bytes(content)
    assert (wrong.value.fields or {})["column"] == missing.removesuffix("（元）")


def test_a_file_without_rows_or_of_another_batch_is_refused() -> None:
    for content in (b"\r\n", ",".join(HEADER).encode()):
        with pytest.raises(Invalid, match="return_file_unreadable"):
            read_bytes(content)
    with pytest.raises(Invalid, match="return_file_of_another_batch"):
        read_bytes("批次号,OTHER,笔数,1\r\n".encode() + return_csv([row()], "utf-8"))


def test_rows_that_are_missing_are_remarked_by_the_control_totals() -> None:
    stated = f"批次号,{BATCH},笔数,3,总金额（元）,423.52\r\n".encode()
    reading = read_bytes(stated + return_csv([row(), row(SENT[1])], "utf-8"))
    assert len(reading.answered) == 2
    assert [(one.row, one.code, dict(one.details)) for one in reading.remarks] == [
        (0, "return_rows_missing", {"stated": "3", "found": "2"}),
        (0, "return_total_differs", {"stated": "423.52", "found": "423.45"}),
    ]


@pytest.mark.parametrize(
    ("column", "said", "shown"),
    [
        ("账号", "6228480000000000017", "6228***********0017"),
        ("处理结果", f"卡号{account(1)}已停用", f"卡号621{'*' * 12}{account(1)[-4:]}已停用"),
        ("处理结果", "岑小妹", "岑*妹"),
        ("处理结果", "请联系罗永本人", "请联系罗*本人"),
        ("业务参考号", account(1), "621" + "*" * 12 + account(1)[-4:]),
    ],
)
def test_a_refused_value_shows_no_person(column: str, said: str, shown: str) -> None:
    [line] = read(row(**{column: said})).refused
    assert line.problem.value == shown


def test_every_word_means_one_thing_and_every_reason_has_its_sentence() -> None:
    assert not ANSWER_WORDS.keys() & REASON_WORDS.keys()
    assert set(REASON_WORDS.values()) <= set(BounceReason)
    assert all(answer_of(f"{word}。")[0] is answer for word, answer in ANSWER_WORDS.items())
    details: Mapping[str, str] = dict.fromkeys(("row", "expected", "state", "stated", "found", "batch"), "1")
    for code, (chinese, english) in RETURN_REASONS.items():
        assert chinese.endswith("。"), code
        assert return_reason(code, details, "en") == english.format_map(details)
