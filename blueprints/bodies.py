"""What a request may bring: how much, of which type, and JSON that means one thing only."""

import json
from collections.abc import Callable
from io import BytesIO
from typing import IO, Any, TypeVar

from flask import Flask, Request, current_app, request
from werkzeug.exceptions import BadRequest, NotFound, RequestEntityTooLarge, UnsupportedMediaType

from domain.errors import Refusal

View = TypeVar("View", bound=Callable[..., Any])

_API = "/api/"
_UPLOAD = "_most_upload_bytes"


def upload(most_bytes: int) -> Callable[[View], View]:
    """Let a view take a multipart form of up to `most_bytes`; all others take JSON of up to MAX_BODY_BYTES."""

    def mark(view: View) -> View:
        setattr(view, _UPLOAD, most_bytes)
        return view

    return mark


class RequestInMemory(Request):
    """A request whose files never touch the disk: a sheet about people is written down sealed or not at all."""

    def _get_file_stream(self, *_facts: object, **_more: object) -> IO[bytes]:
        return BytesIO()


def register_bodies(app: Flask) -> None:
    """Look at every body before any view does."""
    app.before_request(_refuse_nul)
    app.before_request(_refuse_too_much)
    app.before_request(_refuse_other_types)


def _refuse_nul() -> None:
    """No database keeps U+0000 in text, so nothing can be found by it either."""
    if "\0" in request.path:
        raise NotFound
    if any("\0" in value for values in request.args.listvalues() for value in values):
        raise BadRequest


def _refuse_too_much() -> None:
    most = getattr(_view(), _UPLOAD, None)
    if most is not None:
        request.max_content_length = most
    limit = request.max_content_length
    if limit is None:
        return
    if (request.content_length or 0) > limit:
        raise RequestEntityTooLarge
    if request.content_length is None and "Transfer-Encoding" in request.headers:
        # Sent in chunks, its length is known by reading it, now, so that a view that needs no body refuses it too.
        # One byte more than allowed tells too long from just right: Werkzeug cuts off at the limit without a word.
        request.max_content_length = limit + 1
        if len(request.get_data()) > limit:
            raise RequestEntityTooLarge


def _refuse_other_types() -> None:
    if not request.path.startswith(_API) or request.routing_exception or hasattr(_view(), _UPLOAD):
        return
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    body = request.get_data()
    if not body:
        return
    if not request.is_json:
        raise UnsupportedMediaType
    try:
        read_json(body)
    except ValueError:
        raise Refusal("invalid_json") from None


def read_json(body: bytes) -> object:
    """A JSON text as RFC 8259 means it, and stricter; raises ValueError.

    Refused are NaN and Infinity, numbers too great for a double, the same name twice in an object, half surrogate
    pairs, U+0000, and nesting too deep to walk.
    """
    try:
        value = json.loads(
            body.decode("utf-8"),
            parse_constant=_refuse_constant,
            parse_float=_finite,
            object_pairs_hook=_once_each,
        )
        if b"\\u" in body:
            _refuse_unusable(json.dumps(value, ensure_ascii=False))
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return value


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError("a number too great")
    return number


def _once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("the same name twice")
    return found


def _refuse_unusable(text: str) -> None:
    # Half a surrogate pair cannot be encoded, and UnicodeEncodeError is a ValueError; U+0000 is written as an escape.
    text.encode("utf-8")
    if "\\u0000" in text.replace("\\\\", ""):
        raise ValueError("U+0000")


def _view() -> Callable[..., Any] | None:
    return current_app.view_functions.get(request.endpoint or "")
