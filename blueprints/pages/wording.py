"""The words a certificate's page may use, by the names its template knows them by."""

from collections.abc import Callable

from domain.certificate_words import money_words, places_text, verdict_words
from domain.certificates import (
    basis_text,
    claim,
    fee_text,
    holder_note,
    kilograms_text,
    method_text,
    owed_text,
    purpose_text,
    typeset_zh,
    years_text,
)

WORDS: dict[str, Callable[..., object]] = {
    "basis_text": basis_text,
    "claim": claim,
    "fee_text": fee_text,
    "holder_note": holder_note,
    "kilograms_text": kilograms_text,
    "method_text": method_text,
    "money_words": money_words,
    "owed_text": owed_text,
    "places_text": places_text,
    "purpose_text": purpose_text,
    "typeset_zh": typeset_zh,
    "verdict_words": verdict_words,
    "years_text": years_text,
}
