"""Personal data at rest: sealed with AES-256-GCM, found again by a keyed hash.

A sealed value is `version(1) | key id(1) | nonce(12) | ciphertext and tag`, authenticated together with the name of the
column it belongs to, so that a value copied into another column does not open. Several keys may be present; the
current one seals, all of them open, which is what makes rotation possible without downtime.
"""

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_VERSION = 1
_HEADER = 2
_NONCE = 12


class SealBroken(Exception):
    """A sealed value does not open: unknown key, wrong column, or changed bytes."""


@dataclass(frozen=True)
class Vault:
    """The key ring for personal data: `keys` by id (1..255, 32 bytes each), the `current` one, and the `index_key`."""

    keys: Mapping[int, bytes] = field(repr=False)
    current: int
    index_key: bytes = field(repr=False)
    random: Callable[[int], bytes] = os.urandom

    def __post_init__(self) -> None:
        if self.current not in self.keys:
            raise ValueError("the current key is not in the ring")
        if any(not 1 <= kid <= 255 or len(key) != 32 for kid, key in self.keys.items()):
            raise ValueError("a data key has an id of 1..255 and 32 bytes")
        object.__setattr__(self, "_ciphers", {kid: AESGCM(key) for kid, key in self.keys.items()})

    @classmethod
    def from_text(cls, ring: str, index_key: str) -> "Vault":
        """Read `1:base64,2:base64` (the last one seals) and the base64 index key; ValueError when malformed."""
        keys: dict[int, bytes] = {}
        for part in ring.split(","):
            kid, _, encoded = part.strip().partition(":")
            keys[int(kid)] = _decoded(encoded)
        return cls(keys=keys, current=list(keys)[-1], index_key=_decoded(index_key))

    def seal(self, text: str, column: str) -> bytes:
        """Seal `text` for one column."""
        return self.seal_bytes(text.encode(), column)

    def seal_bytes(self, content: bytes, column: str) -> bytes:
        """Seal bytes (a piece of an uploaded file) for one column."""
        nonce = self.random(_NONCE)
        ciphers: dict[int, AESGCM] = self._ciphers  # type: ignore[attr-defined]  # set once in __post_init__
        sealed = ciphers[self.current].encrypt(nonce, content, column.encode())
        return bytes((_VERSION, self.current)) + nonce + sealed

    def open(self, sealed: bytes, column: str) -> str:
        """Open what `seal` made for the same column; raises SealBroken."""
        return self.open_bytes(sealed, column).decode()

    def open_bytes(self, sealed: bytes, column: str) -> bytes:
        """Open what `seal_bytes` made for the same column; raises SealBroken."""
        ciphers: dict[int, AESGCM] = self._ciphers  # type: ignore[attr-defined]  # set once in __post_init__
        if len(sealed) < _HEADER + _NONCE or sealed[0] != _VERSION or sealed[1] not in ciphers:
            raise SealBroken(column)
        nonce, body = sealed[_HEADER : _HEADER + _NONCE], sealed[_HEADER + _NONCE :]
        try:
            return ciphers[sealed[1]].decrypt(nonce, body, column.encode())
        except InvalidTag:
            raise SealBroken(column) from None

    def fingerprint(self, text: str, kind: str) -> bytes:
        """A keyed hash (32 bytes) by which an equal value of the same kind can be found, and nothing else."""
        return hmac.new(self.index_key, f"{kind}\0{text}".encode(), hashlib.sha256).digest()


def _decoded(encoded: str) -> bytes:
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        raise ValueError("a key is not base64") from None
    if len(key) != 32:
        raise ValueError("a key has 32 bytes")
    return key
