"""Public answers that may be kept: max-age says how long nobody need ask, an ETag whether a copy is still good."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Generic, TypeVar

from flask import Response, jsonify, request
from marshmallow import Schema

#: Seconds for what changes with a release, with an approval, with a sale.
REFERENCE = 3600
PROGRAMME = 300
SALES = 10


def kept(schema: Schema, answer: Any, seconds: int) -> Response:
    """The answer as JSON that anybody may keep for so many seconds; 304 without a body where the copy is still good."""
    response = jsonify(schema.dump(answer))
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    response.add_etag()
    response.make_conditional(request)
    return response


Answer = TypeVar("Answer")


class Recent(Generic[Answer]):
    """One answer that is dear to compute, kept for as long as `seconds_of` says of it; zero keeps nothing.

    While one thread computes it anew the others are given the one before.
    """

    def __init__(self, seconds_of: Callable[[Answer], int]) -> None:
        self._seconds_of = seconds_of
        self._computing = Lock()
        self._kept: tuple[Answer, datetime] | None = None

    def get(self, now: datetime, compute: Callable[[], Answer]) -> Answer:
        """The answer kept, or a new one when that has aged."""
        kept = self._kept
        if kept is None:
            return self._keep(now, compute())
        answer, until = kept
        if now < until or not self._computing.acquire(blocking=False):
            return answer
        try:
            return self._keep(now, compute())
        finally:
            self._computing.release()

    def _keep(self, now: datetime, answer: Answer) -> Answer:
        seconds = self._seconds_of(answer)
        self._kept = (answer, now + timedelta(seconds=seconds)) if seconds else None
        return answer
