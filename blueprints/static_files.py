"""The files of static/: at their plain addresses, and under a build, where they may be kept for good.

Modules and style sheets name each other by relative addresses. So it is not each file that carries its version but the
folder they all seem to lie in, `/static/<build>/client/main.js`: a page names one build, and the rest follows from it.
"""

import hashlib
import mimetypes
import os
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import NotFound
from werkzeug.routing import BaseConverter
from werkzeug.security import safe_join

from blueprints.compression import COMPRESSED, keep_compressed
from flows.running import running

FOREVER = "public, max-age=31536000, immutable"
#: Kept, but asked about each time.
ASK_AGAIN = "no-cache"
#: Shown in a page only by the server, inside a PDF; no page depends on them.
NOT_IN_A_BUILD = (".ttf",)
_BUILD = "danzhu-static-build"
_LETTERS = 10

#: A file by name, time of change (ns) and size (bytes).
Seen = tuple[str, int, int]


class BuildConverter(BaseConverter):
    """The name of a build, ours or that of another version."""

    regex = f"[0-9a-f]{{{_LETTERS}}}"
    part_isolating = True


def register_static_files(app: Flask) -> None:
    """Serve static/, and let templates name its files by `asset(path)`."""
    app.url_map.converters["build"] = BuildConverter
    app.add_url_rule("/static/<path:filename>", "static", get_file)
    app.add_url_rule("/static/<build:build>/<path:filename>", "static_of_build", get_file_of_build)
    app.add_template_global(asset)


def asset(path: str) -> str:
    """The address of a file of static/ in the build of today."""
    return f"/static/{build_name()}/{path}"


def get_file(filename: str) -> Response:
    """A file at its plain address, for what must not move: 304 while it is the same."""
    return _answer(filename, ASK_AGAIN)


def get_file_of_build(build: str, filename: str) -> Response:
    """A file of a build; a page of another version, open since before an upgrade, is given today's, not to be kept."""
    return _answer(filename, FOREVER if build == build_name() else "no-store")


def build_name() -> str:
    """Ten hex digits that change with any file of static/; looked up once, in development once a request."""
    if "static_build" not in g:
        known = current_app.extensions.get(_BUILD) if running().settings.production else None
        g.static_build = known or _build_of(_folder(), _all_seen(_folder()))
        current_app.extensions[_BUILD] = g.static_build
    return str(g.static_build)


def _answer(filename: str, keeping: str) -> Response:
    path = _find(filename)
    seen = _seen(str(path))
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    # From memory, not as a stream, which would be compressed anew for everybody.
    response = Response(_content(*seen), mimetype=kind)
    response.headers["Cache-Control"] = keeping
    response.set_etag(_digest(*seen))
    if kind in COMPRESSED:
        response.headers["Vary"] = "Accept-Encoding"
        keep_compressed(_digest(*seen))
    response.make_conditional(request)
    return response


def _find(filename: str) -> Path:
    """The file of static/ by its name; raises NotFound, also for a name that leads out of it."""
    joined = safe_join(str(_folder()), filename)
    if joined is None or not (path := Path(joined)).is_file():
        raise NotFound
    return path


def _folder() -> Path:
    return Path(current_app.root_path) / "static"


def _seen(file: str) -> Seen:
    status = os.stat(file)
    return file, status.st_mtime_ns, status.st_size


def _all_seen(folder: Path) -> tuple[Seen, ...]:
    files = (os.path.join(place, name) for place, _, names in os.walk(folder) for name in names)
    return tuple(sorted(_seen(file) for file in files if not file.endswith(NOT_IN_A_BUILD)))


@lru_cache(maxsize=4)
def _build_of(folder: Path, files: tuple[Seen, ...]) -> str:
    whole = hashlib.sha256()
    for seen in files:
        whole.update(f"{Path(seen[0]).relative_to(folder).as_posix()}\0{_digest(*seen)}\n".encode())
    return whole.hexdigest()[:_LETTERS]


@lru_cache(maxsize=1024)
def _digest(name: str, _changed: int, _size: int) -> str:
    with Path(name).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:32]


@lru_cache(maxsize=256)
def _content(name: str, _changed: int, _size: int) -> bytes:
    return Path(name).read_bytes()
