"""An auditor's export of a named period in full: how long it waits, what stands in the file, and its watermark.

It is the one way in which an auditor sees whom money was owed and paid to in plain. A second person grants it, every
row says who took it, when and why, and it can be taken once. Source: "Who may do what" in docs/domain.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.clock import shanghai_text
from domain.money import yuan_text

Row = Sequence[str | int | None]

#: How long a request waits to be granted, and a granted one to be taken.
WAITS = timedelta(days=7)
MAY_BE_TAKEN = timedelta(hours=48)
LONGEST_PERIOD = timedelta(days=366)
#: Rows of one file.
LONGEST_FILE = 50_000


class ExportState(StrEnum):
    """What became of a request; one that is over its time is shown as expired."""

    REQUESTED = "requested"
    GRANTED = "granted"
    REFUSED = "refused"
    TAKEN = "taken"


EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Watermark:
    """Who took which export, when, why, and who granted it."""

    export_id: int
    taken_by: str
    taken_at: datetime
    reason: str
    granted_by: str

    def text(self, *, english: bool) -> str:
        """The watermark as it stands on every row."""
        at = shanghai_text(self.taken_at)
        if english:
            return (
                f"export {self.export_id} | taken by {self.taken_by} at {at} (Asia/Shanghai)"
                f" | reason: {self.reason} | granted by {self.granted_by}"
            )
        return (
            f"第{self.export_id}号导出｜{self.taken_by}于{at}取走｜理由：{self.reason}｜{self.granted_by}批准"
        )


@dataclass(frozen=True, slots=True)
class ExportLine:
    """A credit, or a payment to a payee as it was when its batch was drafted; names and numbers in plain."""

    kind: str
    at: datetime
    household: str
    name: str
    identity: str | None
    phone: str | None
    bank: str | None
    account: str | None
    #: The certificate's serial, or the payment's reference.
    reference: str
    amount_fen: int
    state: str


_HEADERS = {
    "zh": (
        "类别",
        "时间（北京时间）",
        "户编号",
        "姓名",
        "身份证号",
        "电话",
        "开户行",
        "账号",
        "证书编号或付款编号",
        "金额（分）",
        "金额（元）",
        "状态",
        "水印",
    ),
    "en": (
        "kind",
        "at (Asia/Shanghai)",
        "household",
        "name",
        "identity number",
        "phone",
        "bank",
        "account",
        "certificate or payment",
        "amount_fen",
        "amount_yuan",
        "state",
        "watermark",
    ),
}


def export_table(lines: Iterable[ExportLine], watermark: Watermark, language: str) -> list[Row]:
    """The watermark, the header, and every line with the watermark at its end."""
    english = language == "en"
    mark = watermark.text(english=english)
    return [(mark,), _HEADERS["en" if english else "zh"], *(_row(line, mark) for line in lines)]


def _row(line: ExportLine, mark: str) -> Row:
    return (
        line.kind,
        shanghai_text(line.at),
        line.household,
        line.name,
        line.identity,
        line.phone,
        line.bank,
        line.account,
        line.reference,
        line.amount_fen,
        yuan_text(line.amount_fen),
        line.state,
        mark,
    )
