"""What may be seen of a person: public pages, officers' lists, and never more (a full view is asked for
with a reason, and audited).

Unusual lengths never show more than usual ones: when a number is too short to hide at least four
characters, all of it is hidden.
"""

from decimal import ROUND_HALF_UP, Decimal

STAR = "*"
_LEAST_HIDDEN = 4


def public_name(name: str) -> str:
    """A name for everybody, once its bearer has consented: the first character, 张三 and 张小三 -> 张*,
    阿布都·热西提 -> 阿*.
    """
    letters = name.strip()
    return letters[0] + STAR if len(letters) > 1 else STAR * len(letters)


def officer_name(name: str) -> str:
    """A name in an officer's list: 张三 -> 张*, 张小三 -> 张*三, 欧阳小三 -> 欧*三; one star, so that its
    length stays hidden.
    """
    letters = name.strip()
    return letters[0] + STAR + letters[-1] if len(letters) > 2 else public_name(letters)


def _ends_only(text: str, first: int, last: int) -> str:
    letters = text.strip()
    hidden = len(letters) - first - last
    if hidden < _LEAST_HIDDEN:
        return STAR * len(letters)
    return letters[:first] + STAR * hidden + letters[-last:]


def masked_identity_number(number: str) -> str:
    """The first 3 and the last 4 characters of an identity number: 522***********4603."""
    return _ends_only(number, 3, 4)


def masked_phone(number: str) -> str:
    """The first 3 and the last 4 digits of a phone number: 138****1234."""
    return _ends_only(number, 3, 4)


def masked_account_number(number: str) -> str:
    """The first 4 and the last 4 digits of an account: 6217***********0311."""
    return _ends_only(number, 4, 4)


def public_degrees(degrees: Decimal) -> Decimal:
    """A longitude or latitude for everybody, to 0.01 degree (about 1 km)."""
    return degrees.quantize(Decimal("0.01"), ROUND_HALF_UP)


def officer_degrees(degrees: Decimal) -> Decimal:
    """A longitude or latitude in an officer's list, to 0.001 degree (about 100 m)."""
    return degrees.quantize(Decimal("0.001"), ROUND_HALF_UP)
