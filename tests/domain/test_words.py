"""Words that may not stand on a certificate, however they are written."""

import pytest

from domain.errors import Invalid
from domain.words import FORBIDDEN, check_words


@pytest.mark.parametrize("word", FORBIDDEN)
def test_every_forbidden_word_is_refused_and_named(word: str) -> None:
    with pytest.raises(Invalid, match="words_not_allowed") as refused:
        check_words(f"林小满{word}纪念")
    assert refused.value.fields == {"word": word}


@pytest.mark.parametrize(
    "hidden",
    [
        "ccer", "Ccer", "ＣＣＥＲ", "C C E R", "C.C.E.R", "CC\u200bER",
        "碳 中 和", "碳-中-和", "碳·中·和", "碳\u00ad中和", "碳\u200d中和",
        "零\u3000碳", "投　资", "（投）资", "碳_中和",
    ],
)  # fmt: skip
def test_a_word_is_found_however_it_is_hidden(hidden: str) -> None:
    with pytest.raises(Invalid, match="words_not_allowed"):
        check_words(hidden)


@pytest.mark.parametrize(
    "name",
    [
        "林小满",
        "阿卜杜拉·买买提",
        "O'Neill-Smith, Jr.",
        "贵阳市花溪区某某小学三(2)班",
        "王 小明",
        "",
        "🌲 森林",
        "碳汇",
    ],
)
def test_a_name_is_given_back_as_it_was(name: str) -> None:
    assert check_words(name) == name
