"""What a household agrees to, each by itself: the four consents, and the words in which they are asked.

A consent names the version of the words that were read out. Versions are never edited; other words are a new version.
Source: "People's data" in docs/domain.md; the words are for a lawyer to confirm (PIPL 13, 14, 15, 29).
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.errors import Invalid

#: The paper form, of the survey or of a new head, whose words do not come along.
SURVEY_FORM = "survey"
CURRENT = "2026-1"


class ConsentKind(StrEnum):
    """What is agreed to."""

    SALE = "sale"
    PUBLIC_NAME = "public_name"
    PAYEE_DATA = "payee_data"
    CREDIT_PLATFORM = "credit_platform"


#: What each is called where a person writes it.
NAMES = {
    ConsentKind.SALE: "碳汇出售",
    ConsentKind.PUBLIC_NAME: "公开姓名",
    ConsentKind.PAYEE_DATA: "收款信息",
    ConsentKind.CREDIT_PLATFORM: "信用平台",
}

#: version -> kind -> (中文, English)
TEXTS: dict[str, dict[ConsentKind, tuple[str, str]]] = {
    CURRENT: {
        ConsentKind.SALE: (
            "我家同意在合同期内出售自家林木每年的碳汇量，所得价款全部归我家。"
            "可随时撤回；撤回后未售出的年份不再出售，已售出的不受影响，应得款项照付。",
            "Our household agrees that the yearly carbon sink of our trees is sold during the contract, the "
            "whole price "
            "being ours. We may withdraw at any time; years not sold by then are no longer sold, what was sold "
            "stands, "
            "and what we are owed is still paid.",
        ),
        ConsentKind.PUBLIC_NAME: (
            "我同意在本项目页面上公开我的姓氏（如“张*”）。可随时撤回，撤回后不再显示。",
            "I agree that my family name is shown in public, masked (as in 张*). I may withdraw at any time; it "
            "is then "
            "no longer shown.",
        ),
        ConsentKind.PAYEE_DATA: (
            "我同意为发放款项使用我的银行账号或微信收款信息。可随时撤回；撤回后将改用其他方式付款。",
            "I agree that my bank account or WeChat is used to pay what we are owed. I may withdraw at any time; "
            "we are "
            "then paid in another way.",
        ),
        ConsentKind.CREDIT_PLATFORM: (
            "我同意将我家的碳汇收入情况提供给信用信息平台。不同意不影响出售与付款，可随时撤回。",
            "I agree that our income from the carbon sink is told to the credit-information platform. Refusing "
            "changes "
            "nothing about sale and payment, and I may withdraw at any time.",
        ),
    },
    SURVEY_FORM: {
        ConsentKind.SALE: (
            "签署的纸质知情同意书。",
            "The paper form that was signed at the survey, or by a new head.",
        ),
        ConsentKind.PUBLIC_NAME: (
            "签署的纸质知情同意书（同意公开姓名）。",
            "The paper form that was signed at the survey, or by a new head (name in public).",
        ),
    },
}


@dataclass(frozen=True, slots=True)
class Given:
    """A consent as it was given: to what, in which words, on which day, before whom (None: not written down)."""

    kind: ConsentKind
    text_version: str
    given_on: date
    witness: str | None


def is_text(kind: ConsentKind, version: str) -> bool:
    """Whether a consent was ever asked for in these words."""
    return kind in TEXTS.get(version, {})


def check_given(given: Given, today: date) -> None:
    """Raise Invalid for words that were never asked with, or a day to come."""
    if not is_text(given.kind, given.text_version):
        raise Invalid("consent_text_unknown", at="text_version")
    if given.given_on > today:
        raise Invalid("consent_in_future", at="given_on")
