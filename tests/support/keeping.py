"""Worlds that are made once: the first test that asks for one makes it, those after it are given its rows again."""

import io
import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar, cast

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, object_session

from blueprints.limits import limiter
from flows.running import EXTENSION, Running
from models.base import Base, db
from services import offers
from tests.support.clock import SteppingClock
from tests.support.databases import Store, filled
from tests.support.reconciling import WECHAT_BOOKS, forget_orders

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class World:
    """All that a maker leaves: our rows, WeChat's, the time, and what it gave back."""

    rows: Any
    books: Mapping[str, list[tuple[object, ...]]]
    instant: datetime
    given: bytes


class Kept:
    """Makes a world the first time it is asked for, and afterwards brings it back as it was made.

    A world is the first thing a test makes. It depends on its maker and the maker's plain arguments alone.
    """

    def __init__(self, app: Flask, clock: SteppingClock, store: Store, worlds: dict[str, World]) -> None:
        self._app, self._clock, self._store, self._worlds = app, clock, store, worlds
        parts: Running = app.extensions[EXTENSION]
        assert parts.sandbox is not None
        self._parts, self._sandbox = parts, parts.sandbox

    def __call__(self, make: Callable[..., T], *args: Any) -> T:
        """What `make` gives for these arguments."""
        session = next((arg for arg in args if isinstance(arg, Session)), None)
        #: What a world names and does not consist of.
        around = {"app": self._app, "clock": self._clock, "parts": self._parts, "sandbox": self._sandbox}
        if session is not None:
            around["session"] = session
        plain = [arg for arg in args if not any(arg is one for one in around.values())]
        name = f"{make.__module__}.{make.__qualname__}{plain}"
        forget_orders(self._parts)
        if name in self._worlds:
            given = self._bring_back(self._worlds[name], around)
        else:
            with self._app.app_context(), db.engine.connect() as connection:
                assert not filled(connection), "a world is the first thing a test makes"
            given = make(*args)
            self._worlds[name] = self._keep(given, around)
        limiter.reset()
        offers.forget()
        return cast(T, given)

    def _keep(self, given: object, around: Mapping[str, object]) -> World:
        storage = self._sandbox.world.storage
        books = {
            table: [tuple(row) for row in storage.rows(f"SELECT * FROM {table}")] for table in WECHAT_BOOKS
        }
        with self._app.app_context():
            return World(self._store.copy(), books, self._clock.instant, _Writer.written(given, around))

    def _bring_back(self, world: World, around: Mapping[str, object]) -> object:
        with self._app.app_context():
            self._store.fill(world.rows)
        storage = self._sandbox.world.storage
        for table in reversed(WECHAT_BOOKS):
            for row in world.books[table]:
                storage.write(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", *row)
        self._clock.instant = world.instant
        return _Reader.read(world.given, around)


class _Writer(pickle.Pickler):
    """Writes what a maker gave, with a name for everything around it, and last the objects of its session."""

    def __init__(self, file: io.BytesIO, around: Mapping[str, object]) -> None:
        super().__init__(file)
        self._names = {id(one): name for name, one in around.items()}
        self._app = around["app"]
        self.of_session: list[Base] = []

    @classmethod
    def written(cls, given: object, around: Mapping[str, object]) -> bytes:
        """What was given, as bytes."""
        file = io.BytesIO()
        writer = cls(file, around)
        writer.dump(given)
        writer.dump(writer.of_session)
        return file.getvalue()

    def persistent_id(self, obj: object) -> str | None:
        """The name of what is around a world."""
        return self._names.get(id(obj))

    def reducer_override(self, obj: object) -> Any:
        """A client is one of the same application who signed in by the same token."""
        if isinstance(obj, FlaskClient):
            return _client, (self._app, obj.environ_base)
        if isinstance(obj, Base) and object_session(obj) is not None:
            self.of_session.append(obj)
        return NotImplemented


class _Reader(pickle.Unpickler):
    """Reads what was written, among what is around it now."""

    def __init__(self, file: io.BytesIO, around: Mapping[str, object]) -> None:
        super().__init__(file)
        self._around = around

    @classmethod
    def read(cls, written: bytes, around: Mapping[str, Any]) -> object:
        """What was given, its objects in the session of now."""
        reader = cls(io.BytesIO(written), around)
        given, of_session = reader.load(), reader.load()
        if of_session:
            around["session"].add_all(of_session)
            # Nothing is to be written; the session is left as after the maker's own commit.
            around["session"].commit()
        return cast(object, given)

    def persistent_load(self, pid: str) -> object:
        """What has this name around a world."""
        return self._around[pid]


def _client(app: Flask, environ: Mapping[str, Any]) -> FlaskClient:
    client = app.test_client()
    client.environ_base.update(environ)
    return client
