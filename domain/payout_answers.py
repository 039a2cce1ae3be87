"""What a household says of a payment: that it came, or that something is wrong with it. Silence says neither.

Source: "A household's word" in docs/domain.md.
"""

from enum import StrEnum

from domain.errors import Conflict
from domain.payouts import PayoutLineState


class PayoutAnswerKind(StrEnum):
    """Each at most once for one payment; one does not take the other back."""

    CONFIRMED = "confirmed"
    CONTESTED = "contested"


#: What a statement says of each, Chinese and English.
SAID: dict[PayoutAnswerKind, tuple[str, str]] = {
    PayoutAnswerKind.CONFIRMED: ("本人已确认", "confirmed by the household"),
    PayoutAnswerKind.CONTESTED: ("本人有异议", "contested by the household"),
}

#: The kind of the incident that a contest opens, and how its subject begins: the payment's reference follows.
CONTESTED = "payout_contested"
SUBJECT = "payout:"

#: On its way or said to have arrived; what came back, or never left, is nobody's to confirm.
ANSWERABLE = frozenset({PayoutLineState.REQUESTED, PayoutLineState.SENT, PayoutLineState.PAID})


def check_answerable(state: PayoutLineState) -> None:
    """Raise Conflict payout_not_answerable for a payment about which there is nothing to say."""
    if state not in ANSWERABLE:
        raise Conflict("payout_not_answerable")
