"""The signed token in a certificate's QR code: COSE_Sign1 (RFC 9052), Ed25519, base32 (RFC 4648, unpadded).

    18([ << {1: -8, 4: kid} >>, {}, << claims >>, signature ])

    claims = [ serial (its fifteen random characters as ten bytes), masked holder, count of trees,
               grams of CO2e, [years], basis (0 expected, 1 measured), day of issue (days since 1970-01-01) ]

All CBOR is deterministic, so a certificate has exactly one token. Claims after the seventh are passed over,
so that scanners with a pinned key go on reading tokens of later versions. docs/decisions has the reasons.
"""

from base64 import b32decode, b32encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain import cbor
from domain.certificates import Basis, Face, TokenCheck
from domain.errors import Invalid
from domain.serials import serial_from_bytes, serial_to_bytes
from domain.signing import PublicKeyInfo, RingKey, is_test

_COSE_SIGN1 = 18
_ALGORITHM, _EDDSA, _KEY_ID = 1, -8, 4
_BASES = (Basis.EXPECTED, Basis.MEASURED)
_DAY_ZERO = date(1970, 1, 1)
_LONGEST_TOKEN = 1_000


class TokenFault(StrEnum):
    """Why a token was not believed."""

    MALFORMED = "malformed"
    UNKNOWN_KEY = "unknown_key"
    BAD_SIGNATURE = "bad_signature"
    KEY_NOT_VALID_THEN = "key_not_valid_then"


class TokenError(Exception):
    """A token that cannot be believed, with the fault found first."""

    def __init__(self, fault: TokenFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a token says; equal when they say the same, whichever key signed."""

    serial: str
    holder: str
    count: int
    sink_g: int
    years: tuple[int, ...]
    basis: Basis
    issued_on: date
    kid: str = field(default="", compare=False)


def claims_of(face: Face) -> Claims:
    """What the token of this face has to say."""
    return Claims(
        serial=face.serial,
        holder=face.holder_masked,
        count=face.count,
        sink_g=face.sink_g,
        years=face.years,
        basis=face.basis,
        issued_on=face.issued_on,
    )


class TokenSigner:
    """Signs with one key, parsed once."""

    def __init__(self, kid: str, private_key: Ed25519PrivateKey) -> None:
        self.kid = kid
        self._private_key = private_key
        protected = cbor.encode({_ALGORITHM: _EDDSA, _KEY_ID: kid.encode()})
        # All but the payload and the signature is the same in every token of this key.
        self._input_head = signature_input(protected, b"")[:-1]
        self._envelope_head = cbor.encode(cbor.Tagged(_COSE_SIGN1, [protected, {}, b"", b""]))[:-2]

    @classmethod
    def of_key(cls, key: RingKey) -> "TokenSigner":
        """The signer of a ring key that still has its private half."""
        if key.private is None:
            raise ValueError(f"key {key.kid} is retired")
        return cls(key.kid, Ed25519PrivateKey.from_private_bytes(key.private))

    def sign(self, claims: Claims) -> str:
        """The token that says `claims`, under this signer's kid; raises Invalid if the serial is mistyped."""
        payload = cbor.encode(_pack(claims))
        signature = self._private_key.sign(self._input_head + payload)
        return b32encode(self._envelope_head + payload + cbor.encode(signature)).rstrip(b"=").decode()


def verify(token: str, keys: Mapping[str, PublicKeyInfo]) -> Claims:
    """What a token says, once a known key's signature over it holds and the key was good on the day of issue.

    Raises TokenError with the fault found first.
    """
    envelope = _open(token)
    key = keys.get(envelope.claims.kid)
    if key is None:
        raise TokenError(TokenFault.UNKNOWN_KEY)
    try:
        key.public_key.verify(envelope.signature, signature_input(envelope.protected, envelope.payload))
    except InvalidSignature:
        raise TokenError(TokenFault.BAD_SIGNATURE) from None
    if not key.covers(envelope.claims.issued_on):
        raise TokenError(TokenFault.KEY_NOT_VALID_THEN)
    return envelope.claims


def check_token(token: str, expected: Claims, keys: Mapping[str, PublicKeyInfo]) -> TokenCheck:
    """Hold a token against the record of the serial it came with: any fault or difference is forged.

    A `test-` key that this server does not know cannot be checked, and is believed to be no more than a test.
    """
    try:
        claims = verify(token, keys)
    except TokenError as error:
        if error.fault is not TokenFault.UNKNOWN_KEY:
            return TokenCheck.FORGED
        claims = _open(token).claims
        if not is_test(claims.kid):
            return TokenCheck.FORGED
    if claims != expected:
        return TokenCheck.FORGED
    return TokenCheck.TEST if is_test(claims.kid) else TokenCheck.GENUINE


def signature_input(protected: bytes, payload: bytes) -> bytes:
    """The bytes that are signed: Sig_structure of RFC 9052 section 4.4, COSE_Sign1, nothing external."""
    return cbor.encode(["Signature1", protected, b"", payload])


@dataclass(frozen=True, slots=True)
class _Envelope:
    protected: bytes
    payload: bytes
    signature: bytes
    claims: Claims


def _open(token: str) -> _Envelope:
    try:
        return _envelope(_unarmour(token))
    except (cbor.CborError, Invalid, ValueError, TypeError, KeyError, IndexError, OverflowError):
        raise TokenError(TokenFault.MALFORMED) from None


def _unarmour(token: str) -> bytes:
    text = token.upper()
    if len(text) > _LONGEST_TOKEN:
        raise ValueError("too long")
    encoded = b32decode(text + "=" * (-len(text) % 8))
    if b32encode(encoded).rstrip(b"=").decode() != text:
        raise ValueError("spare bits are set")
    return encoded


def _envelope(encoded: bytes) -> _Envelope:
    match cbor.decode(encoded):
        case cbor.Tagged(tag=18, value=[bytes(protected), {**unprotected}, bytes(payload), bytes(signature)]):
            match cbor.decode(protected), cbor.decode(payload):
                case {1: -8, 4: bytes(kid), **others}, [*claims] if not (others or unprotected):
                    return _Envelope(protected, payload, signature, _unpack(claims, kid.decode("ascii")))
    raise ValueError("is no COSE_Sign1 of ours")


def _pack(claims: Claims) -> bytes:
    return cbor.encode(
        [
            serial_to_bytes(claims.serial),
            claims.holder,
            claims.count,
            claims.sink_g,
            list(claims.years),
            _BASES.index(claims.basis),
            (claims.issued_on - _DAY_ZERO).days,
        ]
    )


def _unpack(claims: list[cbor.Value], kid: str) -> Claims:
    match claims:
        case [
            bytes(serial),
            str(holder),
            int(count),
            int(sink_g),
            [*years],
            int(basis),
            int(issued),
            *_later,
        ] if basis in (0, 1) and all(isinstance(year, int) for year in years):
            return Claims(
                serial=serial_from_bytes(serial),
                holder=holder,
                count=count,
                sink_g=sink_g,
                years=tuple(year for year in years if isinstance(year, int)),
                basis=_BASES[basis],
                issued_on=_DAY_ZERO + timedelta(days=issued),
                kid=kid,
            )
    raise ValueError("a claim is missing or of the wrong kind")
