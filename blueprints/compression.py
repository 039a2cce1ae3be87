"""Pages, scripts and lists go out compressed to whoever takes it; files of static/ are compressed once and kept.

What is small, drawn (PDF, PNG) or streamed goes out as it is. A proxy that would rather compress itself asks us without
Accept-Encoding. Secrets beside what an attacker chose cannot be guessed by their compressed length here: another
site's page can make no request in somebody's name, neither with a Bearer token nor with a SameSite=Strict cookie.
"""

from flask import Flask, Request, Response, g
from flask_compress import Compress

#: Bytes; below, the headers weigh more than what is saved.
SMALLEST = 1000
COMPRESSED = frozenset(
    {
        "application/javascript",
        "application/json",
        "application/manifest+json",
        "application/wasm",
        "image/svg+xml",
        "text/css",
        "text/html",
        "text/javascript",
    }
)


class KeptFiles:
    """Compressed files by encoding and digest; answers made for one request have no digest and are not kept."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def get(self, key: str) -> bytes | None:
        """What is kept, if anything is."""
        return self._kept.get(key)

    def set(self, key: str, value: bytes) -> None:
        """Keep a file."""
        if not key.endswith(";"):
            self._kept[key] = value


def register_compression(app: Flask) -> None:
    """Compress what is worth it, after the view and before anything measures the answer."""
    app.config.update(
        COMPRESS_REGISTER=False,
        COMPRESS_MIMETYPES=sorted(COMPRESSED),
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_STREAMS=False,
        COMPRESS_MIN_SIZE=SMALLEST,
        # A megabyte takes a twelfth of a second; the best level would take six.
        COMPRESS_BR_LEVEL=5,
        COMPRESS_CACHE_BACKEND=KeptFiles,
        COMPRESS_CACHE_KEY=_digest_of_answer,
    )
    compress = Compress(app)

    def worth_it(response: Response) -> Response:
        # Nearly every answer of the API is small, and done with here.
        size = response.content_length
        if size is None or size < SMALLEST or response.mimetype not in COMPRESSED:
            return response
        return compress.after_request(response)

    app.after_request(worth_it)


def keep_compressed(digest: str) -> None:
    """Let the answer to this request be compressed once for all who ask for the same."""
    g.kept_by_digest = digest


def _digest_of_answer(_request: Request) -> str:
    return str(g.get("kept_by_digest", ""))
