"""Numbers that prove themselves by a check digit: resident identity (GB 11643), organisations (GB 32100),
bank cards (Luhn).

Each check returns the number in its one written form, so that equal numbers have equal hashes. Refusals
never carry the number.
"""

from datetime import date

from domain.errors import Invalid

_IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_IDENTITY_CHECKS = "10X98765432"
_EARLIEST_BIRTH = date(1900, 1, 1)

_CREDIT_CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_CODE_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))

_CARD_PREFIX = "62"
_CARD_LENGTHS = range(16, 20)
_ACCOUNT_LENGTHS = range(9, 31)


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def identity_check_character(first_17: str) -> str:
    """The check character (0-9 or X) of a resident identity number's first 17 digits, GB 11643 (ISO 7064,
    MOD 11-2).
    """
    total = sum(int(digit) * weight for digit, weight in zip(first_17, _IDENTITY_WEIGHTS, strict=True))
    return _IDENTITY_CHECKS[total % 11]


def check_identity_number(text: str, on: date) -> str:
    """A resident identity number with its X in upper case, if on the day `on` somebody could hold it.

    Raises Invalid: identity_number_length, identity_number_characters, identity_number_region,
    identity_number_birth_date, identity_number_check_digit.
    """
    number = text.strip().upper()
    if len(number) != 18:
        raise Invalid("identity_number_length", length=len(number))
    if not _is_digits(number[:17]) or not (_is_digits(number[17]) or number[17] == "X"):
        raise Invalid("identity_number_characters")
    if number[0] == "0":
        raise Invalid("identity_number_region")
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise Invalid("identity_number_birth_date") from None
    if not _EARLIEST_BIRTH <= born <= on:
        raise Invalid("identity_number_birth_date")
    if identity_check_character(number[:17]) != number[17]:
        raise Invalid("identity_number_check_digit")
    return number


def credit_code_check_character(first_17: str) -> str:
    """The check character of a unified social credit code's first 17 characters, GB 32100 (weights 3^i mod
    31).
    """
    values = (_CREDIT_CODE_ALPHABET.index(character) for character in first_17)
    total = sum(value * weight for value, weight in zip(values, _CREDIT_CODE_WEIGHTS, strict=True))
    return _CREDIT_CODE_ALPHABET[-total % 31]


def check_credit_code(text: str) -> str:
    """An organisation's unified social credit code in upper case (18 characters, never I, O, S, V or Z).

    Raises Invalid: credit_code_length, credit_code_characters, credit_code_check_digit.
    """
    code = text.strip().upper()
    if len(code) != 18:
        raise Invalid("credit_code_length", length=len(code))
    if any(character not in _CREDIT_CODE_ALPHABET for character in code) or not _is_digits(code[2:8]):
        raise Invalid("credit_code_characters")
    if credit_code_check_character(code[:17]) != code[17]:
        raise Invalid("credit_code_check_digit")
    return code


def luhn_holds(digits: str) -> bool:
    """Whether a number of digits ends with the right Luhn check digit (ISO/IEC 7812-1)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def check_account_number(text: str) -> str:
    """A bank account without spaces or hyphens: 9-30 digits, and for a bank card (62…, 16-19 digits) a
    right Luhn digit.

    Passbook accounts of rural banks carry no public check digit, so nothing more is asked of them.
    Raises Invalid: account_number_characters, account_number_length, account_number_check_digit.
    """
    number = text.replace(" ", "").replace("-", "")
    if not _is_digits(number):
        raise Invalid("account_number_characters")
    if len(number) not in _ACCOUNT_LENGTHS:
        raise Invalid("account_number_length", length=len(number))
    if number.startswith(_CARD_PREFIX) and len(number) in _CARD_LENGTHS and not luhn_holds(number):
        raise Invalid("account_number_check_digit")
    return number
