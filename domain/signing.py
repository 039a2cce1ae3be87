"""The keys that certificates are signed with: the ring in the settings, its rotation, what is published.

A ring is a JSON array, newest key last; a key is
`{"kid", "private_b64"?, "public_b64", "not_before", "not_after"}`: base64url without padding of the 32 bytes
of an Ed25519 key (RFC 8032), and the business days on which it may sign. A retired key keeps its public half
for ever, so that old certificates can still be checked. Key ids beginning `test-` belong to the demo.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from string import ascii_lowercase

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

TEST_PREFIX = "test-"
LONGEST_KID = 24


class KeyRingError(ValueError):
    """The key ring in the settings cannot be used; the message says why and never shows a key."""


@dataclass(frozen=True, slots=True)
class RingKey:
    """One key of the ring; `private` is None once retired, `not_after` None while in use."""

    kid: str
    public: bytes
    private: bytes | None
    not_before: date
    not_after: date | None


@dataclass(frozen=True, slots=True)
class PublicKeyInfo:
    """A published key, parsed once, with the business days on which it may have signed."""

    kid: str
    public_key: Ed25519PublicKey
    not_before: date
    not_after: date | None

    def covers(self, day: date) -> bool:
        """Whether the key was allowed to sign on that day."""
        return self.not_before <= day and (self.not_after is None or day <= self.not_after)


def is_test(kid: str) -> bool:
    """Whether a key id belongs to the demo, whose certificates are worth nothing."""
    return kid.startswith(TEST_PREFIX)


def make_key(kid: str, random_bytes: Callable[[int], bytes], not_before: date) -> RingKey:
    """A new key from 32 random bytes, good from a business day on."""
    seed = random_bytes(32)
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    return RingKey(kid, public, seed, not_before, None)


def rotate(
    ring: Sequence[RingKey], random_bytes: Callable[[int], bytes], today: date, *, demo: bool
) -> tuple[RingKey, ...]:
    """The ring with a new signing key from today on; older keys lose their private half.

    The new id is the year and the next free letter, e.g. `2026b`, with `test-` before it for the demo.
    Raises KeyRingError when the year has no letter left.
    """
    prefix = f"{TEST_PREFIX if demo else ''}{today.year}"
    taken = {key.kid for key in ring}
    kid = next((prefix + letter for letter in ascii_lowercase if prefix + letter not in taken), None)
    if kid is None:
        raise KeyRingError("the ring already holds 26 keys of this year")
    retired = (
        replace(key, private=None, not_after=today if key.not_after is None else key.not_after)
        for key in ring
    )
    return (*retired, make_key(kid, random_bytes, today))


def signing_key(ring: Sequence[RingKey], today: date) -> RingKey:
    """The newest key that can sign today; raises KeyRingError when there is none."""
    for key in reversed(ring):
        if (
            key.private is not None
            and key.not_before <= today
            and (key.not_after is None or today <= key.not_after)
        ):
            return key
    raise KeyRingError("no key of the ring can sign today")


def public_keys(ring: Sequence[RingKey]) -> dict[str, PublicKeyInfo]:
    """The public halves by key id, ready to verify with."""
    return {
        key.kid: PublicKeyInfo(
            key.kid, Ed25519PublicKey.from_public_bytes(key.public), key.not_before, key.not_after
        )
        for key in ring
    }


def keys_document(keys: Mapping[str, PublicKeyInfo]) -> dict[str, list[dict[str, str | None]]]:
    """What /.well-known/danzhu-keys.json says: a JWK set (RFC 7517, RFC 8037) with use and validity."""
    return {
        "keys": [
            {
                "kid": key.kid,
                "kty": "OKP",
                "crv": "Ed25519",
                "alg": "EdDSA",
                "use": "sig",
                "x": _b64(key.public_key.public_bytes_raw()),
                "signs": "certificates",
                "environment": "demo" if is_test(key.kid) else "production",
                "not_before": key.not_before.isoformat(),
                "not_after": key.not_after.isoformat() if key.not_after else None,
            }
            for key in keys.values()
        ]
    }


def key_ring_text(ring: Sequence[RingKey]) -> str:
    """The ring as one line of JSON for the settings. It holds private keys: keep it like a password."""
    rows = []
    for key in ring:
        row: dict[str, str | None] = {"kid": key.kid}
        if key.private is not None:
            row["private_b64"] = _b64(key.private)
        row |= {
            "public_b64": _b64(key.public),
            "not_before": key.not_before.isoformat(),
            "not_after": key.not_after.isoformat() if key.not_after else None,
        }
        rows.append(row)
    return json.dumps(rows, separators=(",", ":"))


def parse_key_ring(text: str) -> tuple[RingKey, ...]:
    """The ring that a setting holds; raises KeyRingError saying which key is wrong."""
    try:
        rows = json.loads(text)
    except ValueError:
        raise KeyRingError("the key ring is no JSON") from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise KeyRingError("the key ring is no JSON array of keys")
    ring = tuple(_ring_key(place, row) for place, row in enumerate(rows, start=1))
    if len({key.kid for key in ring}) != len(ring):
        raise KeyRingError("two keys of the ring have the same kid")
    return ring


def _ring_key(place: int, row: Mapping[str, object]) -> RingKey:
    try:
        kid = str(row["kid"])
        public = urlsafe_b64decode(f"{row['public_b64']}=")
        private = urlsafe_b64decode(f"{row['private_b64']}=") if row.get("private_b64") else None
        not_before = date.fromisoformat(str(row["not_before"]))
        not_after = date.fromisoformat(str(row["not_after"])) if row.get("not_after") else None
    except (KeyError, ValueError):
        raise KeyRingError(f"key {place} of the ring lacks a part or holds one that cannot be read") from None
    if not kid.isascii() or not 0 < len(kid) <= LONGEST_KID:
        raise KeyRingError(f"key {place} of the ring needs a kid of 1 to {LONGEST_KID} plain characters")
    if len(public) != 32 or (private is not None and len(private) != 32):
        raise KeyRingError(f"key {place} of the ring is no 32-byte Ed25519 key")
    if private is not None:
        derived = Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()
        if derived != public:
            raise KeyRingError(f"key {place} of the ring has a public half that is not its private half's")
    return RingKey(kid, public, private, not_before, not_after)


def _b64(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()
