"""Photos in a folder: named by what they hold, written whole or not at all."""

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from gateways.pictures import Picture

#: A photo is on its way into the registry for no longer than this.
YOUNG = timedelta(hours=1)
_NAME = re.compile(r"[0-9a-f]{32}(?:_t)?\.jpg")


def is_name(name: str) -> bool:
    """Whether a file of ours can be called so."""
    return _NAME.fullmatch(name) is not None


def thumbnail_of(name: str) -> str:
    """The name of a photo's thumbnail."""
    return name.removesuffix(".jpg") + "_t.jpg"


def keep(folder: Path, picture: Picture) -> str:
    """Write a photo and its thumbnail; returns the photo's name, the same for the same picture."""
    folder.mkdir(parents=True, exist_ok=True)
    name = hashlib.sha256(picture.full).hexdigest()[:32] + ".jpg"
    # The thumbnail first: where there is a photo, there is its thumbnail.
    _write(folder / thumbnail_of(name), picture.thumbnail)
    _write(folder / name, picture.full)
    return name


def read(folder: Path, name: str) -> bytes | None:
    """A photo or thumbnail; None for what is not, or no longer, there, and for a name that is none of ours."""
    if not is_name(name):
        return None
    try:
        return (folder / name).read_bytes()
    except FileNotFoundError:
        return None


def with_thumbnail(folder: Path, name: str) -> Iterator[tuple[str, bytes]]:
    """The files of a photo, by name; none for a photo that is not, or no longer, there."""
    found = [(one, read(folder, one)) for one in (thumbnail_of(name), name)]
    yield from ((one, content) for one, content in found if content is not None)


def put_back(folder: Path, name: str, content: bytes) -> None:
    """Write a file that was read here before; ValueError for a name that is none of ours."""
    if not is_name(name):
        raise ValueError(f"{name!r} is no photo of ours")
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / name, content)


def remove(folder: Path, name: str) -> None:
    """Delete a photo and its thumbnail, if they are there."""
    for one in (name, thumbnail_of(name)):
        (folder / one).unlink(missing_ok=True)


def settled(folder: Path, now: datetime) -> Iterator[str]:
    """The photos that are not on their way into the registry any more, thumbnails left out."""
    if not folder.is_dir():
        return
    before = (now - YOUNG).timestamp()
    for file in folder.iterdir():
        if is_name(file.name) and "_t" not in file.name and file.stat().st_mtime < before:
            yield file.name


def _write(path: Path, content: bytes) -> None:
    """Write a file so that a power cut leaves all of it or nothing."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
