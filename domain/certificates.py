"""What a certificate says, in which words it may say it, and what a scanner is told about it.

The words follow the Advertising Law and the Anti-Unfair-Competition Law: a certificate claims a quantity
bought, for a stated year, not transferable and no CCER, and never that money has arrived before a payout
proves it.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby
from typing import Literal

from domain.method_words import METHOD_ID, METHOD_NAME

Language = Literal["zh", "en"]


class Purpose(StrEnum):
    """Why the trees were bought."""

    PERSONAL = "personal"
    GIFT = "gift"


class Basis(StrEnum):
    """Whether the grams are foreseen (the year is not over) or measured."""

    EXPECTED = "expected"
    MEASURED = "measured"


class CertificateStatus(StrEnum):
    """What our record says of a certificate."""

    VALID = "valid"
    REVOKED = "revoked"


class TokenCheck(StrEnum):
    """What became of a token held against the record of the serial it came with."""

    GENUINE = "genuine"
    TEST = "test"
    FORGED = "forged"


class Verdict(StrEnum):
    """The one answer a scanner gets, the same word in API, page, scanner and command line."""

    VALID = "valid"
    REVOKED = "revoked"
    TEST = "test"
    FORGED = "forged"
    UNKNOWN = "unknown"
    #: Shown by the page for a wrong check character; the API refuses with `serial_mistyped` instead.
    MISTYPED = "mistyped"
    #: Said by the scanner alone: without a network, a good signature; and a code that does not lead to us.
    SIGNED_OFFLINE = "signed_offline"
    FOREIGN_LINK = "foreign_link"


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """All that the printed face, the public page and the token say, as this reader may see it."""

    serial: str
    #: As this reader may see it: in full for the owner, masked for the public unless made public.
    holder: str
    #: As the token says it, whoever reads.
    holder_masked: str
    holder_verified: bool
    purpose: Purpose
    count: int
    years: tuple[int, ...]
    basis: Basis
    sink_g: int
    villages: tuple[str, ...]
    households: int
    issued_on: date
    method_id: str
    method_version: str
    verifier: str
    #: None where the price is not for this reader, as on a gift.
    amount_fen: int | None
    fee_borne_by: str
    #: Where the certificate can be checked: the host of the link, and the WeChat account that links to it.
    host: str
    account_name: str
    status: CertificateStatus = CertificateStatus.VALID
    revoked_on: date | None = None
    demo: bool = False


def decide_verdict(
    status: CertificateStatus | None, token: TokenCheck | None, *, production: bool
) -> Verdict:
    """The verdict on a serial: no record is unknown; else forged over revoked over test over valid.

    `status` is None where no such serial was issued, `token` None where none came with the serial. Where the
    record's own token is checked instead of None, production also tells what a test key signed.
    """
    if status is None:
        return Verdict.UNKNOWN
    if token is TokenCheck.FORGED:
        return Verdict.FORGED
    if status is CertificateStatus.REVOKED:
        return Verdict.REVOKED
    if token is TokenCheck.TEST and production:
        return Verdict.TEST
    return Verdict.VALID


def kilograms_text(grams: int) -> str:
    """Whole grams as kilograms, exactly, without idle zeros: 10000 -> "10", 1234500 -> "1,234.5"."""
    whole, rest = divmod(grams, 1000)
    return f"{whole:,}.{rest:03d}".rstrip("0").rstrip(".") if rest else f"{whole:,}"


def years_text(years: tuple[int, ...]) -> str:
    """Years as people write them: (2026,) -> "2026", (2026, 2027, 2029) -> "2026-2027, 2029"."""
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in _runs(years))


def claim(face: Face, language: Language) -> str:
    """The sentence a holder may repeat: what was bought, for which days, and what it is not."""
    year, kilograms = years_text(face.years), kilograms_text(face.sink_g)
    expected = face.basis is Basis.EXPECTED
    if language == "zh":
        days = "、".join(f"{first}-01-01 至 {last}-12-31" for first, last in _runs(face.years))
        bought = f"购买 {face.count:,} 株树 {year} 年度({days})"
        quantity = (
            f"预计碳汇量约 {kilograms} 千克 CO₂; 年度结束复核后另行标注。"
            if expected
            else f"碳汇量约 {kilograms} 千克 CO₂, 已于年度结束后复核。"
        )
        return f"{bought}{quantity}非CCER, 不可用于碳市场履约, 不可转让。"
    days = ", ".join(f"{first}-01-01 to {last}-12-31" for first, last in _runs(face.years))
    trees = "1 tree" if face.count == 1 else f"{face.count:,} trees"
    quantity = (
        f"expected sink of {trees} in {year} ({days}), about {kilograms} kg CO₂, "
        "to be marked anew after the review that follows the year."
        if expected
        else f"sink of {trees} in {year} ({days}), about {kilograms} kg CO₂, reviewed after the year."
    )
    return f"Bought: the {quantity} Not a CCER, not usable in the carbon market, not transferable."


def owed_text(face: Face, language: Language) -> str:
    """What is owed to the households at issue; never that it has arrived."""
    if face.amount_fen is None:
        return "应付农户, 金额不公开" if language == "zh" else "Owed to the households; amount not shown"
    yuan = f"{face.amount_fen // 100:,}.{face.amount_fen % 100:02d}"
    return f"应付农户 {yuan} 元" if language == "zh" else f"Owed to the households: CNY {yuan}"


def fee_text(face: Face, language: Language) -> str:
    """Who bears the payment channel's fee, which is never the household's."""
    if language == "zh":
        return f"支付手续费由{face.fee_borne_by}承担, 不从农户所得中扣除"
    return f"Payment fees are borne by {face.fee_borne_by}, not by the households"


def holder_note(face: Face, language: Language) -> str:
    """Whether anybody has checked that the holder is who the name says."""
    if face.holder_verified:
        return "持证人名称已核实" if language == "zh" else "Holder's name verified"
    if language == "zh":
        return "持证人名称由购买人填写, 未经核实"
    return "Holder's name as entered by the buyer, not verified"


def method_text(face: Face, language: Language) -> str:
    """The methodology by name and version, as the record states it."""
    name = METHOD_NAME[language] if face.method_id == METHOD_ID else face.method_id
    return (
        f"{name}, 第 {face.method_version} 版"
        if language == "zh"
        else f"{name}, version {face.method_version}"
    )


def purpose_text(purpose: Purpose, language: Language) -> str:
    """Why the trees were bought, in words."""
    zh, en = {Purpose.PERSONAL: ("个人购碳", "Personal"), Purpose.GIFT: ("赠礼", "Gift")}[purpose]
    return zh if language == "zh" else en


def basis_text(basis: Basis, language: Language) -> str:
    """Whether the quantity is foreseen or measured, in words."""
    zh, en = {Basis.EXPECTED: ("预计", "expected"), Basis.MEASURED: ("已复核", "reviewed")}[basis]
    return zh if language == "zh" else en


def typeset_zh(sentence: str) -> str:
    """The same Chinese words with the full-width punctuation that print and page use."""
    for plain, wide in ((", ", "，"), ("; ", "；"), ("(", "（"), (")", "）")):
        sentence = sentence.replace(plain, wide)
    return sentence


def _runs(years: tuple[int, ...]) -> list[tuple[int, int]]:
    # Consecutive years differ from their place in the sorted list by the same number.
    ordered = sorted(set(years))
    runs = [list(run) for _, run in groupby(enumerate(ordered), key=lambda item: item[1] - item[0])]
    return [(run[0][1], run[-1][1]) for run in runs]
