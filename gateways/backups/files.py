"""Writing and reading the encrypted stream."""

import gzip
import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import BinaryIO, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"DANZHU-BACKUP-1\n"
SALT = 16
CHUNK = 1 << 20
_TAG = 16


class BackupBroken(Exception):
    """The file is no backup, was made with another key, or has been changed or cut short."""


@contextmanager
def writer(path: Path, key: bytes) -> Iterator[gzip.GzipFile]:
    """A file to write lines to; it stands under its name only once all of it is on the disk."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            sealing = _Sealing(file, key)
            with gzip.GzipFile(
                fileobj=cast(BinaryIO, sealing), mode="wb", compresslevel=6, mtime=0
            ) as stream:
                yield stream
            sealing.finish()
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def read_lines(path: Path, key: bytes) -> Iterator[bytes]:
    """The lines of a backup; raises BackupBroken as soon as something is wrong with it."""
    with path.open("rb") as file:
        opening = BufferedReader(_Opening(file, key), buffer_size=CHUNK)
        try:
            with gzip.GzipFile(fileobj=opening, mode="rb") as stream:
                yield from stream
        except (OSError, EOFError) as error:
            raise BackupBroken("the stream inside is not whole") from error


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=salt, info=MAGIC).derive(key))


class _Sealing:
    """What gzip writes to: gathers chunks and writes them encrypted."""

    def __init__(self, file: BinaryIO, key: bytes) -> None:
        salt = os.urandom(SALT)
        self._file, self._cipher = file, _cipher(key, salt)
        self._gathered = bytearray()
        self._number = 0
        file.write(MAGIC + salt)

    def write(self, content: bytes) -> int:
        self._gathered += content
        while len(self._gathered) > CHUNK:
            self._seal(bytes(self._gathered[:CHUNK]), last=False)
            del self._gathered[:CHUNK]
        return len(content)

    def flush(self) -> None:
        """Nothing: a chunk is written when it is full."""

    def finish(self) -> None:
        """Write what is left, marked as the end."""
        self._seal(bytes(self._gathered), last=True)

    def _seal(self, content: bytes, *, last: bool) -> None:
        sealed = self._cipher.encrypt(self._number.to_bytes(12, "big"), content, _mark(last))
        self._file.write(len(sealed).to_bytes(4, "big") + sealed)
        self._number += 1


class _Opening(RawIOBase):
    """What gzip reads from: chunks, decrypted one by one."""

    def __init__(self, file: BinaryIO, key: bytes) -> None:
        if file.read(len(MAGIC)) != MAGIC:
            raise BackupBroken("this is no backup of ours")
        self._file, self._cipher = file, _cipher(key, file.read(SALT))
        self._ready = b""
        self._number = 0
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast(bytearray, buffer))
        while not self._ready and not self._ended:
            self._open_next()
        count = min(len(view), len(self._ready))
        view[:count], self._ready = self._ready[:count], self._ready[count:]
        return count

    def _open_next(self) -> None:
        head = self._file.read(4)
        length = int.from_bytes(head, "big")
        if len(head) < 4 or not _TAG <= length <= CHUNK + _TAG:
            raise BackupBroken("it was cut short")
        sealed = self._file.read(length)
        last = not self._file.peek(1) if isinstance(self._file, BufferedReader) else False
        try:
            self._ready = self._cipher.decrypt(self._number.to_bytes(12, "big"), sealed, _mark(last))
        except InvalidTag:
            raise BackupBroken("it was changed or cut short, or made with another key") from None
        self._number += 1
        self._ended = last


def _mark(last: bool) -> bytes:
    return b"last" if last else b"more"
