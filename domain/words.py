"""Words a certificate may not carry, whoever types them: the Advertising Law and the Charity Law forbid the claims.

The list is the programme's own and short on purpose; WeChat's content check looks at everything else.
"""

import unicodedata
from enum import StrEnum

from domain.errors import Invalid


class WordsState(StrEnum):
    """What has come of looking at somebody's words; nobody else is shown them unless they have passed.

    `unchecked` until they have been looked at; in `review` a person has to.
    """

    UNCHECKED = "unchecked"
    PASSED = "passed"
    REVIEW = "review"
    REFUSED = "refused"


#: States that a person can settle.
IN_DOUBT = (WordsState.UNCHECKED, WordsState.REVIEW)

FORBIDDEN = (
    "捐赠",
    "募捐",
    "善款",
    "国家核证",
    "CCER",
    "投资",
    "收益",
    "升值",
    "碳中和",
    "零碳",
    "国家级",
    "最高级",
    "最佳",
    "唯一",
    "第一",
)


def check_words(text: str) -> str:
    """The text itself; raises Invalid("words_not_allowed") naming the word that may not stand there.

    Letters of other widths, and whatever is put between the letters of a word, do not hide it.
    """
    plain = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text))).upper()
    for word in FORBIDDEN:
        if word in plain:
            raise Invalid("words_not_allowed", {"word": word})
    return text
