"""Certificates say what may be said, and a scanner gets one verdict."""

from datetime import date

import pytest

from domain.certificates import (
    Basis,
    CertificateStatus,
    Language,
    Purpose,
    TokenCheck,
    Verdict,
    basis_text,
    claim,
    decide_verdict,
    fee_text,
    holder_note,
    kilograms_text,
    method_text,
    owed_text,
    purpose_text,
    typeset_zh,
    years_text,
)
from tests.support.certificates import make_face

VALID, REVOKED = CertificateStatus.VALID, CertificateStatus.REVOKED
GENUINE, TEST, FORGED = TokenCheck.GENUINE, TokenCheck.TEST, TokenCheck.FORGED

# status of the record, the token held against it, verdict in production, verdict in the demo
TRUTH_TABLE = [
    (None, None, Verdict.UNKNOWN, Verdict.UNKNOWN),
    (None, GENUINE, Verdict.UNKNOWN, Verdict.UNKNOWN),
    (None, TEST, Verdict.UNKNOWN, Verdict.UNKNOWN),
    (None, FORGED, Verdict.UNKNOWN, Verdict.UNKNOWN),
    (VALID, None, Verdict.VALID, Verdict.VALID),
    (VALID, GENUINE, Verdict.VALID, Verdict.VALID),
    (VALID, TEST, Verdict.TEST, Verdict.VALID),
    (VALID, FORGED, Verdict.FORGED, Verdict.FORGED),
    (REVOKED, None, Verdict.REVOKED, Verdict.REVOKED),
    (REVOKED, GENUINE, Verdict.REVOKED, Verdict.REVOKED),
    (REVOKED, TEST, Verdict.REVOKED, Verdict.REVOKED),
    (REVOKED, FORGED, Verdict.FORGED, Verdict.FORGED),
]


@pytest.mark.parametrize(("status", "token", "in_production", "in_demo"), TRUTH_TABLE)
def test_a_scanner_gets_one_verdict(
    status: CertificateStatus | None, token: TokenCheck | None, in_production: Verdict, in_demo: Verdict
) -> None:
    assert decide_verdict(status, token, production=True) is in_production
    assert decide_verdict(status, token, production=False) is in_demo


def test_the_truth_table_leaves_nothing_out() -> None:
    rows = {(status, token) for status, token, _, _ in TRUTH_TABLE}
    assert rows == {(s, t) for s in (None, *CertificateStatus) for t in (None, *TokenCheck)}


@pytest.mark.parametrize(
    ("grams", "text"),
    [
        (0, "0"),
        (1, "0.001"),
        (10_000, "10"),
        (10_500, "10.5"),
        (1_234_500, "1,234.5"),
        (1_000_000_000, "1,000,000"),
        (999_999_999_999_999_999_999, "999,999,999,999,999,999.999"),
    ],
)
def test_grams_are_written_as_kilograms_without_loss(grams: int, text: str) -> None:
    assert kilograms_text(grams) == text


@pytest.mark.parametrize(
    ("years", "text"),
    [((2026,), "2026"), ((2026, 2027), "2026-2027"), ((2029, 2026, 2027), "2026-2027, 2029")],
)
def test_years_are_written_as_people_write_them(years: tuple[int, ...], text: str) -> None:
    assert years_text(years) == text


def test_the_claim_of_an_expected_sink_is_the_permitted_sentence() -> None:
    assert claim(make_face(), "zh") == (
        "购买 3 株树 2026 年度(2026-01-01 至 2026-12-31)预计碳汇量约 30 千克 CO₂; 年度结束复核后另行标注。"
        "非CCER, 不可用于碳市场履约, 不可转让。"
    )
    assert claim(make_face(count=1, sink_g=10_000), "en") == (
        "Bought: the expected sink of 1 tree in 2026 (2026-01-01 to 2026-12-31), about 10 kg CO₂, "
        "to be marked anew after the review that follows the year. "
        "Not a CCER, not usable in the carbon market, not transferable."
    )


def test_a_reviewed_sink_is_no_longer_called_expected() -> None:
    face = make_face(basis=Basis.MEASURED)
    assert "预计" not in claim(face, "zh")
    assert "复核" in claim(face, "zh")
    assert "expected" not in claim(face, "en")


def test_the_claim_of_several_years_names_every_span_of_days() -> None:
    sentence = claim(make_face(years=(2026, 2027, 2029)), "zh")
    assert "2026-2027, 2029 年度(2026-01-01 至 2027-12-31、2029-01-01 至 2029-12-31)" in sentence


def test_at_issue_the_money_is_owed_and_not_yet_with_the_households() -> None:
    assert owed_text(make_face(), "zh") == "应付农户 9.00 元"
    assert owed_text(make_face(), "en") == "Owed to the households: CNY 9.00"
    assert owed_text(make_face(amount_fen=30_999_905), "zh") == "应付农户 309,999.05 元"


def test_the_price_of_a_gift_is_not_shown() -> None:
    gift = make_face(purpose=Purpose.GIFT, amount_fen=None)
    assert not any(digit in owed_text(gift, "zh") + owed_text(gift, "en") for digit in "0123456789")


def test_a_name_nobody_checked_says_so() -> None:
    assert holder_note(make_face(), "zh") == "持证人名称由购买人填写, 未经核实"
    assert holder_note(make_face(holder_verified=True), "zh") == "持证人名称已核实"
    assert "not verified" in holder_note(make_face(), "en")
    assert "not" not in holder_note(make_face(holder_verified=True), "en").split()


def test_the_method_is_named_with_its_version() -> None:
    assert method_text(make_face(), "zh").startswith("贵州省单株碳汇测算")
    assert method_text(make_face(), "zh").endswith(", 第 1 版")
    assert (
        method_text(make_face(method_id="other-method", method_version="2"), "en")
        == "other-method, version 2"
    )


FORBIDDEN = [
    "捐赠",
    "募捐",
    "捐款",
    "公益",
    "国家核证",
    "最",
    "第一",
    "唯一",
    "投资",
    "收益",
    "升值",
    "碳中和",
    "零碳",
    "贫困户",
    "donat",
    "invest",
    "neutral",
]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("basis", Basis)
@pytest.mark.parametrize("purpose", Purpose)
def test_no_certificate_uses_a_forbidden_word(language: Language, basis: Basis, purpose: Purpose) -> None:
    face = make_face(basis=basis, purpose=purpose)
    said = " ".join(
        [
            *(words(face, language) for words in (claim, owed_text, fee_text, holder_note, method_text)),
            purpose_text(purpose, language),
            basis_text(basis, language),
        ]
    )
    assert [word for word in FORBIDDEN if word in said.lower()] == []
    assert "全额进入农户账户" not in said


def test_print_uses_full_width_punctuation_and_the_same_words() -> None:
    assert typeset_zh("一(二), 三; 四") == "一（二），三；四"


def test_a_face_is_valid_until_it_is_revoked() -> None:
    assert make_face().status is VALID
    assert make_face(status=REVOKED, revoked_on=date(2026, 12, 1)).revoked_on == date(2026, 12, 1)
