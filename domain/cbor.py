"""The part of CBOR (RFC 8949) that a certificate token needs, in its deterministic form (section 4.2.1).

Whole numbers, byte strings, texts, arrays, maps and tags. Anything longer than it need be, unsorted, repeated
or left over is refused, so that one value has exactly one spelling.
"""

from dataclasses import dataclass
from typing import TypeAlias

Value: TypeAlias = "int | bytes | str | list[Value] | dict[int, Value] | Tagged"

_DEEPEST = 6
_ARGUMENT_SIZES = {24: 1, 25: 2, 26: 4, 27: 8}


class CborError(ValueError):
    """The bytes are not deterministic CBOR of the kinds read here."""


@dataclass(frozen=True, slots=True)
class Tagged:
    """A value under a registered tag number, e.g. 18 for COSE_Sign1."""

    tag: int
    value: Value


def encode(value: Value) -> bytes:
    """A value as deterministic CBOR: shortest arguments, map keys in bytewise order."""
    if isinstance(value, int):
        return _head(0, value) if value >= 0 else _head(1, -1 - value)
    if isinstance(value, bytes):
        return _head(2, len(value)) + value
    if isinstance(value, str):
        text = value.encode()
        return _head(3, len(text)) + text
    if isinstance(value, list):
        return _head(4, len(value)) + b"".join([encode(item) for item in value])
    if isinstance(value, dict):
        pairs = sorted([(encode(key), encode(item)) for key, item in value.items()])
        return _head(5, len(pairs)) + b"".join([key + item for key, item in pairs])
    return _head(6, value.tag) + encode(value.value)


def decode(encoded: bytes) -> Value:
    """The one value the bytes spell; raises CborError if they spell none, or not as `encode` would."""
    try:
        value = _Reader(encoded).read(_DEEPEST)
    except UnicodeDecodeError:
        raise CborError("a text is not UTF-8") from None
    if encode(value) != encoded:
        raise CborError("is not in its deterministic form")
    return value


def _head(major: int, argument: int) -> bytes:
    if argument < 24:
        return bytes([major << 5 | argument])
    for additional, size in _ARGUMENT_SIZES.items():
        if argument < 1 << 8 * size:
            return bytes([major << 5 | additional]) + argument.to_bytes(size, "big")
    raise CborError("a number is larger than 64 bits")


class _Reader:
    """The bytes still to be read; a length is believed only if so many bytes are left."""

    def __init__(self, encoded: bytes) -> None:
        self._encoded = encoded
        self._place = 0

    def read(self, depth: int) -> Value:
        first = self._take(1)[0]
        major, argument = first >> 5, first & 31
        if argument >= 24:
            if argument not in _ARGUMENT_SIZES:
                raise CborError("open-ended lengths are not read")
            argument = int.from_bytes(self._take(_ARGUMENT_SIZES[argument]), "big")
        if major <= 1:
            return argument if major == 0 else -1 - argument
        if major <= 3:
            content = self._take(argument)
            return content if major == 2 else content.decode()
        if major == 7:
            raise CborError("floats and simple values are not read")
        if depth == 0:
            raise CborError("is nested too deeply")
        if major == 6:
            return Tagged(argument, self.read(depth - 1))
        self._expect(argument)
        return (
            self._read_map(argument, depth) if major == 5 else [self.read(depth - 1) for _ in range(argument)]
        )

    def _read_map(self, size: int, depth: int) -> dict[int, Value]:
        pairs: dict[int, Value] = {}
        for _ in range(size):
            key = self.read(depth - 1)
            if not isinstance(key, int):
                raise CborError("a map key is no number")
            pairs[key] = self.read(depth - 1)
        return pairs

    def _take(self, size: int) -> bytes:
        self._expect(size)
        self._place += size
        return self._encoded[self._place - size : self._place]

    def _expect(self, size: int) -> None:
        if size > len(self._encoded) - self._place:
            raise CborError("ends too early")
