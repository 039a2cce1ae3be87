"""A tree's photo: made anew, written to the folder, then named by the tree; the one before is deleted last.

Dying in between leaves a file that no tree names, which the worker deletes, and never a tree without its photo.
"""

from pathlib import Path

from domain.errors import Invalid
from domain.permissions import OfficerContext
from flows.running import Running
from gateways import photo_files
from gateways.pictures import PictureRefused, Problem, read_picture
from models.base import database, transaction
from services import tree_photos

FOLDER = "photos"
_AT_ONCE = 500


def folder_of(parts: Running) -> Path:
    """Where photos lie; every web process serves them from there."""
    return parts.settings.instance / FOLDER


def set_photo(
    parts: Running, code: str, content: bytes, *, officer: OfficerContext, address: str | None
) -> str:
    """Give a tree a photo, in place of the one it has; returns the name of the file.

    Raises NotFound for a foreign tree as for none; Invalid photo_too_large, photo_too_small or photo_unreadable.
    """
    tree_photos.find_tree(database(), code, officer)
    try:
        picture = read_picture(content)
    except PictureRefused as refused:
        raise _refusal(refused.code) from None
    name = photo_files.keep(folder_of(parts), picture)
    with transaction() as session:
        before = tree_photos.put(session, code, name, officer=officer, now=parts.clock(), address=address)
    _forget(parts, before, name)
    return name


def _refusal(code: Problem) -> Invalid:
    if code == "photo_too_large":
        return Invalid("photo_too_large")
    return Invalid("photo_too_small") if code == "photo_too_small" else Invalid("photo_unreadable")


def withdraw_photo(parts: Running, code: str, *, officer: OfficerContext, address: str | None) -> None:
    """Take a tree's photo away; raises NotFound for a foreign tree as for none."""
    with transaction() as session:
        before = tree_photos.put(session, code, None, officer=officer, now=parts.clock(), address=address)
    _forget(parts, before, None)


def clear_unused(parts: Running) -> int:
    """Delete photos that no tree names any more; returns how many."""
    folder, cleared = folder_of(parts), 0
    waiting = list(photo_files.settled(folder, parts.clock()))
    for start in range(0, len(waiting), _AT_ONCE):
        some = waiting[start : start + _AT_ONCE]
        with transaction() as session:
            used = tree_photos.in_use(session, some)
        for name in some:
            if name not in used:
                photo_files.remove(folder, name)
                cleared += 1
    return cleared


def _forget(parts: Running, before: str | None, now: str | None) -> None:
    if before is None or before == now:
        return
    with transaction() as session:
        used = tree_photos.in_use(session, [before])
    if not used:
        photo_files.remove(folder_of(parts), before)
