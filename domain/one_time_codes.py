"""One-time codes of an authenticator app (TOTP, RFC 6238) and the recovery codes for the day the phone is lost.

SHA-1, six digits and thirty seconds are what every authenticator app takes; docs/decisions says why this is ours.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime
from urllib.parse import quote, urlencode

from domain.codes import random_characters
from domain.gift_codes import read_gift_code

STEP_SECONDS = 30
DIGITS = 6
#: RFC 4226 asks for at least 128 bits and recommends 160.
SECRET_BYTES = 20
#: Steps that a phone's clock may be off, either way.
DRIFT = 1
RECOVERY_CODES = 10
RECOVERY_LENGTH = 12
ISSUER = "Danzhu"


def new_secret(random: Callable[[int], bytes]) -> str:
    """A secret for one phone, in the base32 that people can type."""
    return base64.b32encode(random(SECRET_BYTES)).decode()


def step_of(instant: datetime) -> int:
    """The number of the thirty seconds an instant lies in."""
    return int(instant.timestamp()) // STEP_SECONDS


def code_of(secret: str, step: int, digits: int = DIGITS) -> str:
    """The code of one step; raises ValueError for a secret that is not base32."""
    try:
        key = base64.b32decode(secret)
    except binascii.Error:
        raise ValueError("the secret is not base32") from None
    digest = hmac.new(key, step.to_bytes(8, "big"), hashlib.sha1).digest()
    start = digest[-1] & 0xF
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**digits:0{digits}d}"


def matching_step(secret: str, code: str, now: datetime, after: int | None = None) -> int | None:
    """The step whose code this is, now or one step off, and later than `after`; None where there is none.

    A code is good once: whoever keeps the step it was used for as `after` refuses it the second time.
    """
    here = step_of(now)
    found = None
    for step in range(here - DRIFT, here + DRIFT + 1):
        # All are compared, so that the time it takes tells nothing.
        if hmac.compare_digest(code_of(secret, step), code) and (after is None or step > after):
            found = step
    return found


def enrolment_uri(secret: str, username: str) -> str:
    """What an authenticator app reads from a QR code: secret, name and parameters."""
    asked = {
        "secret": secret,
        "issuer": ISSUER,
        "algorithm": "SHA1",
        "digits": DIGITS,
        "period": STEP_SECONDS,
    }
    return f"otpauth://totp/{quote(f'{ISSUER}:{username}')}?{urlencode(asked)}"


def new_recovery_codes(random: Callable[[int], bytes]) -> list[str]:
    """Ten codes of 60 random bits, in groups of four to be written on paper."""
    return [_grouped(random_characters(random, RECOVERY_LENGTH)) for _ in range(RECOVERY_CODES)]


def read_recovery_code(text: str) -> str:
    """A recovery code as somebody typed it, in its one form: case, spaces, hyphens and look-alikes forgiven."""
    return read_gift_code(text)


def _grouped(code: str) -> str:
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))
