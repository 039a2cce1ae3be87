"""What is said beside the face: a verdict for people, where the money is, where the trees stand."""

import pytest

from domain.certificate_words import money_words, places_text, verdict_words
from domain.certificates import Purpose, Verdict
from tests.support.certificates import make_face

GIFT = make_face(purpose=Purpose.GIFT, amount_fen=None)


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_has_its_own_words_in_both_languages(verdict: Verdict) -> None:
    for language in ("zh", "en"):
        words = verdict_words(verdict, language)
        others = [verdict_words(other, language).word for other in Verdict if other is not verdict]
        assert words.word
        assert words.meaning
        assert words.word not in others


def test_only_the_valid_verdict_says_genuine() -> None:
    assert [verdict for verdict in Verdict if "有效" in verdict_words(verdict, "zh").word] == [Verdict.VALID]


@pytest.mark.parametrize(
    ("owed", "paid", "zh", "en"),
    [
        (900, 0, "应付农户 9.00 元, 尚未发放", "CNY 9.00 owed, not yet paid out"),
        (900, 300, "应付农户 9.00 元, 其中 3.00 元已进入农户账户", "CNY 9.00 owed, CNY 3.00 of it paid out"),
        (900, 900, "9.00 元全额进入农户账户", "CNY 9.00, in full in the households' accounts"),
        (0, 0, "目前没有应付农户的款项", "Nothing is owed to households at present"),
        (
            123_456_789,
            0,
            "应付农户 1,234,567.89 元, 尚未发放",
            "CNY 1,234,567.89 owed, not yet paid out",
        ),
    ],
)
def test_the_money_is_said_to_be_where_it_is(owed: int, paid: int, zh: str, en: str) -> None:
    assert money_words(make_face(), owed, paid, "zh") == zh
    assert money_words(make_face(), owed, paid, "en") == en


@pytest.mark.parametrize(("owed", "paid"), [(900, 0), (900, 300), (900, 899), (0, 0)])
def test_in_full_is_said_only_with_proof_of_payout(owed: int, paid: int) -> None:
    for face in (make_face(), GIFT):
        assert "全额" not in money_words(face, owed, paid, "zh")
        assert "in full" not in money_words(face, owed, paid, "en").lower()


@pytest.mark.parametrize("paid", [0, 300, 900])
def test_the_money_of_a_gift_is_followed_without_sums(paid: int) -> None:
    said = money_words(GIFT, 900, paid, "zh") + money_words(GIFT, 900, paid, "en")
    assert not any(digit in said for digit in "0123456789")
    assert ("全额进入农户账户" in said) == (paid == 900)


@pytest.mark.parametrize(
    ("villages", "text"),
    [
        ((), ""),
        (("岜赖村",), "岜赖村"),
        (("望谟县蔗香镇岜赖村", "望谟县蔗香镇纳王村"), "望谟县蔗香镇岜赖村、纳王村"),
        (("望谟县蔗香镇岜赖村", "望谟县平洞街道洛郎村"), "望谟县蔗香镇岜赖村、平洞街道洛郎村"),
        (("望谟县蔗香镇岜赖村", "册亨县双江镇纳王村"), "望谟县蔗香镇岜赖村、册亨县双江镇纳王村"),
        (("岜赖村", "岜赖村"), "岜赖村、岜赖村"),
    ],
)
def test_villages_are_named_without_repeating_where_they_lie(villages: tuple[str, ...], text: str) -> None:
    assert places_text(villages) == text
