"""Where a process may die: as a transaction begins, before it commits, before a call to WeChat, after its answer."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum

import httpx
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateways.wechat.simulator import Deliver


class Place(StrEnum):
    """Between which two steps of a flow."""

    BEGIN = "begin"
    COMMIT = "commit"
    CALL = "call"
    ANSWER = "answer"


class Died(BaseException):
    """The process is gone: nothing of ours catches this, and nothing that was not committed is there any more."""


class Fate:
    """Has the process die at the next passing of a place, or at one of those after it."""

    def __init__(self) -> None:
        self.place: Place | None = None
        self.passings = 0
        self.deaths = 0
        #: How many transactions have been committed while this watched.
        self.commits = 0

    def plan(self, place: Place, passings: int) -> None:
        """Die when `place` has been passed so many times."""
        self.place, self.passings = place, passings

    def spare(self) -> None:
        """Plan no death."""
        self.place = None

    def passes(self, place: Place) -> None:
        """Come by a place; raises Died where that is the end."""
        if place is not self.place:
            return
        if self.passings:
            self.passings -= 1
            return
        self.spare()
        self.deaths += 1
        raise Died(place.value)

    def calls(self, _request: httpx.Request) -> None:
        """A call to WeChat goes out."""
        self.passes(Place.CALL)

    def answered(self, _request: httpx.Request) -> None:
        """WeChat has done what it was asked."""
        self.passes(Place.ANSWER)

    @contextmanager
    def over_transactions(self) -> Iterator[None]:
        """Watch every transaction of this process."""

        def began(*_: object) -> None:
            self.passes(Place.BEGIN)

        def commits(*_: object) -> None:
            self.passes(Place.COMMIT)

        def committed(*_: object) -> None:
            self.commits += 1

        watched = {"after_begin": began, "before_commit": commits, "after_commit": committed}
        for event, heard in watched.items():
            sa.event.listen(Session, event, heard)
        try:
            yield
        finally:
            for event, heard in watched.items():
                sa.event.remove(Session, event, heard)


def survived(deliver: Deliver) -> Deliver:
    """The same way to bring a callback, on which WeChat sees no answer where we die of it."""

    def bring(url: str, headers: Mapping[str, str], body: bytes) -> int:
        try:
            return deliver(url, headers, body)
        except Died:
            return 0

    return bring
