"""The refusals a rule can raise, and what each means to a client.

    Refusal
    ├── Invalid       422  the request cannot be meant as it stands
    ├── NotFound      404  there is no such thing, or it is not yours to see
    ├── Unauthorised  401  nobody is signed in
    ├── Forbidden     403  signed in, but not for this
    ├── Conflict      409  the request is fine, the state of things is not
    │   └── Raced          somebody else was faster: the same again, in a new transaction, may well succeed
    ├── TooMany       429  asked too often
    └── Unavailable   503  something we depend on is down; nothing was lost

`code` is snake_case, stands in docs/errors.md and has its sentences in domain/messages.py. `details` fill those
sentences; `fields` go to the client beside the message (a CellError as its sentence), which stands there too at the
field of the request that a refusal is about (`at`).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager


class Refusal(Exception):
    """Base of every refusal: a code, the fields a client may show, and the values its sentence needs."""

    status = 400

    def __init__(
        self,
        code: str,
        fields: Mapping[str, object] | None = None,
        *,
        at: str | None = None,
        **details: object,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.fields = dict(fields) if fields else None
        self.at = at
        self.details = details


class Invalid(Refusal):
    """The request cannot be meant as it stands (422)."""

    status = 422


class NotFound(Refusal):
    """There is no such thing, or it is not the asker's to see (404)."""

    status = 404


class Unauthorised(Refusal):
    """Nobody is signed in (401)."""

    status = 401


class Forbidden(Refusal):
    """Signed in, but not for this (403)."""

    status = 403


class Conflict(Refusal):
    """The request is fine, the state of things is not (409)."""

    status = 409


class Raced(Conflict):
    """Somebody else was faster; whoever opened the transaction rolls it back and tries again."""

    def __init__(self) -> None:
        super().__init__("conflict")


class TooMany(Refusal):
    """Asked too often (429)."""

    status = 429


class Unavailable(Refusal):
    """Something we depend on is down and nothing was lost (503, with Retry-After)."""

    status = 503
    retry_after_seconds = 5


@contextmanager
def about(field: str) -> Iterator[None]:
    """Have a refusal of what is done within name the field of the request it is about."""
    try:
        yield
    except Refusal as refusal:
        refusal.at = field
        raise
