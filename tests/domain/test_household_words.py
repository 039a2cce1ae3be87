"""What a household is told, in sentences that can be read to it."""

from domain.household_words import income_sentences
from domain.income import Earnings


def test_every_fen_is_in_one_of_the_sentences() -> None:
    told = income_sentences(Earnings(4, 40_000, 1200, 300, 600), 30, "zh")
    assert told == [
        "您家的树卖了 4 棵次，一共挣了 12.00 元。",
        "已经发到您手里 6.00 元。",
        "3.00 元正在发，还没有到。",
        "还有 3.00 元没有发，这是您的钱。",
    ]


def test_nothing_is_said_of_nothing() -> None:
    assert income_sentences(Earnings(1, 10_000, 300, 0, 300), 3, "en") == [
        "Your trees were sold once and earned 3.00 yuan.",
        "3.00 yuan have been paid to you.",
    ]


def test_a_household_that_has_sold_nothing_is_told_so() -> None:
    assert income_sentences(Earnings(), 12, "zh") == ["您家有 12 棵树，还没有卖出。"]
    assert income_sentences(Earnings(), 1, "en") == ["You have 1 tree. None has been sold yet."]
    assert income_sentences(Earnings(), 12, "en") == ["You have 12 trees. None has been sold yet."]
