"""One-time codes against the vectors of RFC 6238, and what people do with them."""

import base64
import os
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from domain.one_time_codes import (
    RECOVERY_CODES,
    code_of,
    enrolment_uri,
    matching_step,
    new_recovery_codes,
    new_secret,
    read_recovery_code,
    step_of,
)

#: RFC 6238, appendix B: the secret, and (Unix time, code of eight digits) for SHA-1.
RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()
RFC_VECTORS = [
    (59, "94287082"),
    (1111111109, "07081804"),
    (1111111111, "14050471"),
    (1234567890, "89005924"),
    (2000000000, "69279037"),
    (20000000000, "65353130"),
]
NOW = datetime(2026, 9, 1, 2, 0, 10, tzinfo=UTC)
STEP = timedelta(seconds=30)


@pytest.mark.parametrize(("seconds", "code"), RFC_VECTORS)
def test_the_codes_are_those_of_the_rfc(seconds: int, code: str) -> None:
    step = step_of(datetime.fromtimestamp(seconds, UTC))
    assert code_of(RFC_SECRET, step, digits=8) == code
    assert code_of(RFC_SECRET, step) == code[2:]


@pytest.mark.parametrize(("steps", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_one_step_off_either_way(steps: int, taken: bool) -> None:
    code = code_of(RFC_SECRET, step_of(NOW + steps * STEP))
    assert (matching_step(RFC_SECRET, code, NOW) is not None) is taken


def test_a_code_is_good_once_and_so_are_those_before_it() -> None:
    here = step_of(NOW)
    assert matching_step(RFC_SECRET, code_of(RFC_SECRET, here), NOW, after=here - 1) == here
    assert matching_step(RFC_SECRET, code_of(RFC_SECRET, here), NOW, after=here) is None
    assert matching_step(RFC_SECRET, code_of(RFC_SECRET, here - 1), NOW, after=here) is None
    assert matching_step(RFC_SECRET, code_of(RFC_SECRET, here + 1), NOW, after=here) == here + 1


def test_a_secret_has_160_bits_and_no_padding_to_type() -> None:
    secret = new_secret(os.urandom)
    assert len(base64.b32decode(secret)) == 20
    assert secret.isalnum()
    assert secret != new_secret(os.urandom)


def test_a_secret_that_is_none_makes_no_code() -> None:
    with pytest.raises(ValueError, match="base32"):
        code_of("not base32!", 1)


def test_an_app_reads_name_and_parameters_from_the_link() -> None:
    link = urlsplit(enrolment_uri(RFC_SECRET, "wei.li"))
    assert (link.scheme, link.netloc, link.path) == ("otpauth", "totp", "/Danzhu%3Awei.li")
    assert parse_qs(link.query) == {
        "secret": [RFC_SECRET],
        "issuer": ["Danzhu"],
        "algorithm": ["SHA1"],
        "digits": ["6"],
        "period": ["30"],
    }


def test_recovery_codes_differ_and_are_read_as_people_type_them() -> None:
    codes = new_recovery_codes(os.urandom)
    assert len(set(codes)) == len(codes) == RECOVERY_CODES
    for code in codes:
        assert len(read_recovery_code(code)) == 12
        assert read_recovery_code(f" {code.lower().replace('-', ' ')} ") == read_recovery_code(code)
