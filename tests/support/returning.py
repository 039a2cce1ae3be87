"""Return files as banks send them back: good ones, and ten in which something is wrong."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.money import yuan_text
from domain.return_lines import SentLine

HEADER = ("批次号", "业务参考号", "户名", "账号", "金额（元）", "处理结果", "失败原因")

Row = dict[str, object]


def answer_row(line: SentLine, batch: str, /, **changes: object) -> Row:
    """The bank's row for a payment that arrived; changes by column name."""
    row: Row = dict(
        zip(
            HEADER,
            (
                batch,
                line.reference,
                line.name,
                line.account + "\t",
                yuan_text(line.amount_fen),
                "成功",
                "",
            ),
            strict=True,
        )
    )
    return {**row, **changes}


def return_csv(rows: Sequence[Mapping[str, object]], encoding: str = "gb18030") -> bytes:
    """Rows under the header (of the first row) as a bank's program writes them."""
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(list(rows[0]))
    table.writerows([list(row.values()) for row in rows])
    return text.getvalue().encode(encoding)


@dataclass(frozen=True, slots=True)
class Malformed:
    """A file in which row 2 is good and something else is not: what is refused as (row, column, value, code)."""

    content: bytes
    refused: tuple[tuple[int, str, str, str], ...]
    #: Rows that nevertheless count.
    answered: tuple[int, ...] = (2,)


def ten_malformed(sent: Sequence[SentLine], batch: str) -> dict[str, Malformed]:
    """Ten files about at least three payments whose second row is wrong, each in another way."""
    first, second, third = (answer_row(line, batch) for line in sent[:3])
    line = sent[1]
    other = line.account[:-4] + f"{(int(line.account[-4:]) + 1) % 10_000:04d}"
    other_mask = other[:4] + "*" * (len(other) - 8) + other[-4:]

    def with_second(*problem: str, encoding: str = "gb18030", **changes: object) -> Malformed:
        column, value, code = problem
        content = return_csv([first, {**second, **changes}, third], encoding)
        return Malformed(content, ((3, column, value, code),), (2, 4))

    def wide(text: str) -> str:
        return text.translate({ord("0") + digit: chr(0xFF10 + digit) for digit in range(10)})

    amount, reference = yuan_text(line.amount_fen), line.reference
    more = yuan_text(line.amount_fen + 1)
    cut = return_csv([first, second, third])
    cut = cut[: cut.index(reference.encode()) + len(reference)]
    return {
        "a blank answer": with_second("处理结果", "", "blank", 处理结果=""),
        "an unknown reference": with_second(
            "业务参考号", "NO-SUCH-1", "return_reference_unknown", 业务参考号="NO-SUCH-1"
        ),
        "the same payment twice": Malformed(
            return_csv([first, second, {**second, "处理结果": "失败", "失败原因": "户名不符"}]),
            (
                (3, "业务参考号", reference, "return_reference_repeated"),
                (4, "业务参考号", reference, "return_reference_repeated"),
            ),
        ),
        "another amount": with_second(
            "金额", more, "return_amount_differs", encoding="utf-8-sig", **{"金额（元）": more}
        ),
        "another account": with_second("账号", other_mask, "return_account_differs", 账号=other),
        "words nobody knows": with_second(
            "处理结果", "好像成功了", "return_answer_unknown", encoding="utf-8", 处理结果="好像成功了"
        ),
        "an account that became a figure": with_second(
            "账号", "*" * 11, "scientific_notation", encoding="utf-8-sig", 账号="6.21799E+15"
        ),
        "full-width digits": with_second(
            "金额", amount, "return_digits_full_width", **{"金额（元）": wide(amount)}
        ),
        "a file cut short": Malformed(cut, ((3, "账号", "", "blank"),)),
        "a row of another batch and one of totals": Malformed(
            return_csv(
                [
                    first,
                    {**second, "批次号": "OTHER-1"},
                    dict(zip(HEADER, ("合计", "", "", "", amount, "成功", ""), strict=True)),
                ]
            ),
            ((3, "批次号", "OTHER-1", "return_batch_differs"), (4, "", "", "return_totals_row")),
        ),
    }
