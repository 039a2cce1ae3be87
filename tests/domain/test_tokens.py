"""Tokens: what a scanner without a network may believe."""

import random
from base64 import b32decode, b32encode
from dataclasses import replace
from datetime import date

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from domain import cbor
from domain.certificates import Basis, TokenCheck
from domain.signing import PublicKeyInfo, RingKey, make_key, public_keys
from domain.tokens import (
    TokenError,
    TokenFault,
    TokenSigner,
    check_token,
    claims_of,
    signature_input,
    verify,
)
from tests.support.certificates import OTHER_SERIAL, make_face

FIRST_DAY = date(2026, 1, 1)
CLAIMS = claims_of(make_face())


def make_ring_key(kid: str = "2026a", seed: int = 1) -> RingKey:
    return make_key(kid, random.Random(seed).randbytes, FIRST_DAY)


KEY, TEST_KEY = make_ring_key(), make_ring_key("test-2026a", 2)
KEYS = public_keys([KEY, TEST_KEY])
SIGNER, TEST_SIGNER = TokenSigner.of_key(KEY), TokenSigner.of_key(TEST_KEY)


def fault_of(token: str, keys: dict[str, PublicKeyInfo] = KEYS) -> TokenFault:
    with pytest.raises(TokenError) as caught:
        verify(token, keys)
    return caught.value.fault


def armoured(encoded: bytes) -> str:
    return b32encode(encoded).rstrip(b"=").decode()


def unarmoured(token: str) -> bytes:
    return b32decode(token + "=" * (-len(token) % 8))


def test_the_signature_is_that_of_the_cose_working_groups_example() -> None:
    # cose-wg/Examples, eddsa-sig-01: Ed25519, protected {1: -8, 3: 0}, "This is the content."
    private = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
    signed = signature_input(bytes.fromhex("a201270300"), b"This is the content.")
    signature = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(private)).sign(signed)
    assert signature.hex() == (
        "7142fd2ff96d56db85bee905a76ba1d0b7321a95c8c4d3607c5781932b7afb87"
        "11497dfa751bf40b58b3bcc32300b1487f3db34085eef013bf08f4a44d6fef0d"
    )


def test_a_token_is_a_cose_sign1_with_the_key_id_under_the_signature() -> None:
    message = cbor.decode(unarmoured(SIGNER.sign(CLAIMS)))
    assert isinstance(message, cbor.Tagged)
    assert message.tag == 18
    assert isinstance(message.value, list)
    protected, unprotected, payload, signature = message.value
    assert isinstance(protected, bytes)
    assert isinstance(payload, bytes)
    assert isinstance(signature, bytes)
    assert cbor.decode(protected) == {1: -8, 4: b"2026a"}
    assert unprotected == {}
    KEYS["2026a"].public_key.verify(signature, signature_input(protected, payload))


def test_a_token_says_what_was_signed_and_by_which_key() -> None:
    claims = verify(SIGNER.sign(CLAIMS), KEYS)
    assert claims == CLAIMS
    assert claims.kid == "2026a"


def test_a_certificate_has_one_token() -> None:
    assert SIGNER.sign(CLAIMS) == SIGNER.sign(replace(CLAIMS, kid="another"))


def test_a_token_fits_the_alphanumeric_mode_of_a_qr_code() -> None:
    assert set(SIGNER.sign(CLAIMS)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


def test_a_token_typed_in_small_letters_is_the_same_token() -> None:
    assert verify(SIGNER.sign(CLAIMS).lower(), KEYS) == CLAIMS


def test_every_changed_bit_is_noticed() -> None:
    encoded = unarmoured(SIGNER.sign(CLAIMS))
    for bit in range(len(encoded) * 8):
        changed = bytearray(encoded)
        changed[bit // 8] ^= 1 << bit % 8
        assert check_token(armoured(bytes(changed)), CLAIMS, KEYS) is TokenCheck.FORGED


@pytest.mark.parametrize(
    "token",
    [
        "",
        "A",
        "====",
        "树",
        "2" * 183,
        "A" * 100_000,
        armoured(cbor.encode(cbor.Tagged(18, [b"", {}, b"", b""]))),
    ],
)
def test_what_is_no_token_is_malformed(token: str) -> None:
    assert fault_of(token) is TokenFault.MALFORMED


def test_spare_bits_do_not_make_a_second_spelling() -> None:
    token = SIGNER.sign(CLAIMS)
    assert len(token) % 8 == 7, "the last character carries spare bits"
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    assert fault_of(token[:-1] + alphabet[alphabet.index(token[-1]) + 1]) is TokenFault.MALFORMED


def test_a_header_outside_the_signature_is_refused() -> None:
    message = cbor.decode(unarmoured(SIGNER.sign(CLAIMS)))
    assert isinstance(message, cbor.Tagged)
    assert isinstance(message.value, list)
    message.value[1] = {4: b"2026a"}
    assert fault_of(armoured(cbor.encode(message))) is TokenFault.MALFORMED


def test_a_key_nobody_published_is_unknown() -> None:
    assert fault_of(SIGNER.sign(CLAIMS), {}) is TokenFault.UNKNOWN_KEY


def test_another_key_under_a_known_id_does_not_sign() -> None:
    impostor = TokenSigner.of_key(make_ring_key("2026a", 99))
    assert fault_of(impostor.sign(CLAIMS)) is TokenFault.BAD_SIGNATURE


@pytest.mark.parametrize("issued_on", [date(2025, 12, 31), date(2027, 1, 1)])
def test_a_key_cannot_sign_before_or_after_its_time(issued_on: date) -> None:
    keys = public_keys([replace(KEY, not_after=date(2026, 12, 31))])
    token = SIGNER.sign(replace(CLAIMS, issued_on=issued_on))
    assert fault_of(token, keys) is TokenFault.KEY_NOT_VALID_THEN


def test_a_retired_keys_old_tokens_are_still_believed() -> None:
    keys = public_keys([replace(KEY, private=None, not_after=CLAIMS.issued_on)])
    assert verify(SIGNER.sign(CLAIMS), keys) == CLAIMS


def test_later_claims_are_passed_over() -> None:
    message = cbor.decode(unarmoured(SIGNER.sign(CLAIMS)))
    assert isinstance(message, cbor.Tagged)
    assert isinstance(message.value, list)
    protected, _, payload, _ = message.value
    assert isinstance(protected, bytes)
    assert isinstance(payload, bytes)
    claims = cbor.decode(payload)
    assert isinstance(claims, list)
    longer = cbor.encode([*claims, b"root"])
    assert KEY.private is not None
    signature = Ed25519PrivateKey.from_private_bytes(KEY.private).sign(signature_input(protected, longer))
    token = armoured(cbor.encode(cbor.Tagged(18, [protected, {}, longer, signature])))
    assert verify(token, KEYS) == CLAIMS


DIFFERENCES = {
    "the serial of another certificate": {"serial": OTHER_SERIAL},
    "another holder": {"holder": "李*四"},
    "more trees": {"count": 300},
    "more grams": {"sink_g": 30_001},
    "another year": {"years": (2027,)},
    "more years": {"years": (2026, 2027)},
    "a reviewed quantity": {"basis": Basis.MEASURED},
    "another day": {"issued_on": date(2026, 11, 21)},
}


@pytest.mark.parametrize("difference", DIFFERENCES)
@pytest.mark.parametrize("signer", [SIGNER, TEST_SIGNER])
def test_a_good_token_that_says_something_else_than_the_record_is_forged(
    difference: str, signer: TokenSigner
) -> None:
    token = signer.sign(replace(CLAIMS, **DIFFERENCES[difference]))  # type: ignore[arg-type]
    assert check_token(token, CLAIMS, KEYS) is TokenCheck.FORGED


def test_a_good_token_that_agrees_with_the_record_is_genuine() -> None:
    assert check_token(SIGNER.sign(CLAIMS), CLAIMS, KEYS) is TokenCheck.GENUINE


def test_a_test_key_makes_a_test_certificate_whether_the_server_knows_it_or_not() -> None:
    token = TEST_SIGNER.sign(CLAIMS)
    assert check_token(token, CLAIMS, KEYS) is TokenCheck.TEST
    assert check_token(token, CLAIMS, public_keys([KEY])) is TokenCheck.TEST


def test_an_unknown_key_that_is_no_test_key_is_forged() -> None:
    assert check_token(SIGNER.sign(CLAIMS), CLAIMS, public_keys([TEST_KEY])) is TokenCheck.FORGED


def test_a_retired_key_cannot_sign() -> None:
    with pytest.raises(ValueError, match="retired"):
        TokenSigner.of_key(replace(KEY, private=None))


@given(st.text(max_size=300))
def test_no_text_is_believed_or_breaks_the_check(noise: str) -> None:
    assert check_token(noise, CLAIMS, KEYS) is TokenCheck.FORGED


@given(
    holder=st.text(max_size=60),
    count=st.integers(1, 10**9),
    years=st.lists(st.integers(2020, 2100), min_size=1, max_size=6, unique=True),
    basis=st.sampled_from(Basis),
)
def test_whatever_can_be_certified_comes_back_from_its_token(
    holder: str, count: int, years: list[int], basis: Basis
) -> None:
    claims = replace(
        CLAIMS, holder=holder, count=count, sink_g=count * 10_000, years=tuple(years), basis=basis
    )
    assert verify(SIGNER.sign(claims), KEYS) == claims
